from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pycocotools.coco import COCO
from sqlalchemy import select

from tests.worlds import verifying
from tests.worlds.factories import encoded, photo
from vitrine.core.errors import Conflict, Full, Invalid, Unavailable
from vitrine.services import snapshots
from vitrine.services.snapshots import Dataset, Order
from vitrine.services.snapshots.folders import Draft, drafted
from vitrine.tables.catalog import Product
from vitrine.tables.models import ModelVersion
from vitrine.tables.snapshots import DataSnapshot
from vitrine.vision.types import WHOLE
from vitrine.wiring import Runtime

COLOURS = ("red", "green", "blue", "yellow", "black")


@pytest.fixture
def shop(runtime: Runtime) -> Runtime:
    """Five verified products with a photo and a crop each, and one that nobody looked at."""
    with runtime.sessions.write() as session:
        for seed, colour in enumerate(COLOURS):
            product = verifying.add_product(
                session, runtime.ports, colour, photo(colour, seed=seed), colour=colour
            )
            verifying.answer(session, product, {"colour": [colour]})
        verifying.add_product(session, runtime.ports, "unseen", photo("red", seed=9))
        session.add(ModelVersion(role="detector", version="seen-1", card={"licence": "MIT"}))
    return runtime


def written(runtime: Runtime, folder: Path, kind: str = "clip") -> Dataset:
    return snapshots.write(runtime.sessions, runtime.ports.blobs, folder, Order(kind))


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def change(runtime: Runtime, external_id: str, how: Callable[[Product], object]) -> None:
    with runtime.sessions.write() as session:
        how(session.scalars(select(Product).where(Product.external_id == external_id)).one())


@pytest.mark.parametrize("kind", snapshots.FORMATS)
def test_the_same_data_makes_the_same_bytes(shop: Runtime, tmp_path: Path, kind: str) -> None:
    first = written(shop, tmp_path / "first", kind)
    tells: list[tuple[int, int]] = []
    second = snapshots.write(
        *(shop.sessions, shop.ports.blobs, tmp_path / "second", Order(kind)),
        lambda done, total: tells.append((done, total)),
    )
    assert files(first.folder) == files(second.folder)
    assert first.sha256 == second.sha256 == snapshots.open(second.folder).sha256
    assert tells == [(done, 5) for done in range(1, 6)]
    change(shop, "red", lambda product: setattr(product.images[0].crops[0], "x1", 11.0))
    assert written(shop, tmp_path / "third", kind).card["version"] != first.card["version"]


def test_a_line_tells_all_of_a_verified_product(shop: Runtime, tmp_path: Path) -> None:
    dataset = written(shop, tmp_path / "clip")
    lines = {line["external_id"]: line for line in dataset.items()}
    assert sorted(lines) == sorted(COLOURS)
    red = lines["red"]
    assert (red["labels"], red["verified"], red["colour"]) == ({"colour": ["red"]}, True, "red")
    (crop,) = red["crops"]
    assert crop["box"] == list(verifying.BOX)
    assert (crop["kept"], crop["primary"], crop["by"]) == (True, True, "person")
    (shown,) = red["photos"]
    assert (dataset.folder / shown["file"]).read_bytes() == photo("red", seed=0)
    assert crop["image_sha256"] == shown["sha256"]


def test_the_card_counts_and_names_licences(shop: Runtime, tmp_path: Path) -> None:
    order = Order("clip", licence="CC0")
    card = snapshots.write(shop.sessions, shop.ports.blobs, tmp_path / "s", order).card
    assert card["licences"] == {"photos": "CC0", "models": {"seen-1": "MIT"}}
    counts = card["counts"]
    assert (counts["products"], counts["photos"], counts["labels"]) == (5, 5, {"colour": 5})
    assert sum(each["products"] for each in counts["splits"].values()) == 5
    assert card["leaks"] | {"photos": 5} == card["leaks"]
    told = (tmp_path / "s" / "README.md").read_text()
    assert "CC0" in told
    assert "0 groups, 0 photos and 0 near duplicates stand in two splits" in told


def test_whatever_was_changed_since_is_named(shop: Runtime, tmp_path: Path) -> None:
    dataset = written(shop, tmp_path / "s")
    gone, *_ = sorted((dataset.folder / "photos").iterdir())
    gone.unlink()
    (dataset.folder / "photos" / "new.jpg").write_bytes(b"new")
    (dataset.folder / "items.jsonl").write_text("{}\n")
    with pytest.raises(Invalid) as refused:
        snapshots.open(dataset.folder)
    name = f"photos/{gone.name}"
    assert refused.value.fields == {
        name: "missing",
        "photos/new.jpg": "added",
        "items.jsonl": "changed",
    }
    assert f"missing: {name}; added: photos/new.jpg; changed: items.jsonl" in str(refused.value)


def test_a_forger_who_makes_the_sums_anew_is_refused_where_the_hash_is_known(
    shop: Runtime, tmp_path: Path
) -> None:
    dataset = written(shop, tmp_path / "s")
    draft = Draft(dataset.folder)
    for path, data in files(dataset.folder).items():
        if path != "SHA256SUMS":
            draft.put(path, data)
    draft.put("items.jsonl", "{}\n")
    draft.json("card.json", {**dataset.card, "version": draft.version})
    draft.seal()
    assert snapshots.open(dataset.folder)
    with pytest.raises(Invalid, match="changed: SHA256SUMS"):
        snapshots.open(dataset.folder, dataset.sha256)


def test_what_is_no_snapshot_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="vitrine export"):
        snapshots.open(tmp_path)


def test_a_detector_learns_boxes_from_yolo(shop: Runtime, tmp_path: Path) -> None:
    change(shop, "green", lambda product: verifying.reject_by_person(product.images[0].crops[0]))
    change(shop, "blue", lambda product: setattr(product.images[0].crops[0], "kind", WHOLE))
    dataset = written(shop, tmp_path / "yolo", "yolo")
    labels = {path.stem: path.read_text() for path in (dataset.folder / "labels").rglob("*.txt")}
    pictures = {path.stem: path for path in (dataset.folder / "images").rglob("*.jpg")}
    # Blue's only crop stands in for the whole: what is on that photo nobody told.
    assert labels.keys() == pictures.keys()
    assert len(labels) == 4
    assert sorted(labels.values())[0] == ""
    number, *shares = sorted(labels.values())[1].split()
    assert [float(share) for share in shares] == pytest.approx(
        [35 / 96, 56 / 128, 50 / 96, 88 / 128], abs=1e-5
    )
    assert f'  {number}: "top"' in (dataset.folder / "data.yaml").read_text()
    (rejected,) = map(json.loads, (dataset.folder / "negatives.jsonl").read_text().splitlines())
    assert (rejected["box"], rejected["reason"]) == (list(verifying.BOX), "by_person")
    counts = dataset.card["counts"]
    assert (counts["boxes"], counts["photos_without_objects"], counts["negatives"]) == (3, 1, 1)


def test_coco_is_read_by_its_own_library(
    shop: Runtime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = written(shop, tmp_path / "coco", "coco").folder
    boxes = []
    for split in ("train", "val", "test"):
        coco = COCO(str(folder / "annotations" / f"instances_{split}.json"))
        for told in coco.loadAnns(coco.getAnnIds()):
            (picture,) = coco.loadImgs(told["image_id"])
            with Image.open(folder / picture["file_name"]) as opened:
                assert opened.size == (picture["width"], picture["height"])
            assert picture["file_name"].startswith(f"images/{split}/")
            (category,) = coco.loadCats(told["category_id"])
            boxes.append((category["name"], tuple(told["bbox"])))
    assert boxes == [("top", (10.0, 12.0, 50.0, 88.0))] * 5


def test_a_photo_that_lies_on_its_side_is_upright_for_a_detector(
    runtime: Runtime, tmp_path: Path
) -> None:
    lying = Image.open(BytesIO(photo("red")))
    exif = lying.getexif()
    exif[0x0112] = 6
    with runtime.sessions.write() as session:
        turned = encoded(lying, exif=exif)
        verifying.answer(session, verifying.add_product(session, runtime.ports, "A", turned))
    folder = written(runtime, tmp_path / "coco", "coco").folder
    (picture,) = (folder / "images").rglob("*.jpg")
    with Image.open(picture) as opened:
        assert opened.size == (128, 96)
        assert 0x0112 not in opened.getexif()


def test_boxes_count_only_where_people_looked_at_them(shop: Runtime, tmp_path: Path) -> None:
    with shop.sessions.write() as session:
        products = {each.external_id: each for each in session.scalars(select(Product))}
        late = verifying.add_crop(products["red"].images[0], "bag")  # another detector's, since
        late.x1 = 1.0
        unlooked = verifying.add_product(session, shop.ports, "plain", photo("blue", seed=8))
        verifying.answer(session, unlooked, {"colour": ["blue"]}, boxes=False)
    assert written(shop, tmp_path / "yolo", "yolo").card["counts"]["photos"] == 4
    lines = {line["external_id"]: line for line in written(shop, tmp_path / "clip").items()}
    assert [crop["by"] for crop in lines["red"]["crops"]] == ["model", "person"]
    assert [crop["by"] for crop in lines["plain"]["crops"]] == ["model"]


def test_a_box_that_people_moved_is_where_they_put_it(shop: Runtime, tmp_path: Path) -> None:
    def moved(product: Product) -> None:
        verifying.reject_by_person(product.images[0].crops[0], reason="moved")
        drawn = verifying.add_crop(product.images[0], "dress", verdict_source="person")
        drawn.x2 = 70.0

    change(shop, "red", moved)
    lines = {line["external_id"]: line for line in written(shop, tmp_path / "clip").items()}
    (crop,) = lines["red"]["crops"]
    assert (crop["kind"], crop["box"][2], crop["by"]) == ("dress", 70.0, "person")
    yolo = written(shop, tmp_path / "yolo", "yolo")
    assert yolo.card["counts"]["negatives"] == 0
    assert yolo.card["counts"]["boxes"] == 5


def test_a_photo_that_came_after_the_answer_is_left_out(shop: Runtime, tmp_path: Path) -> None:
    with shop.sessions.write() as session:
        other = verifying.add_product(session, shop.ports, "X", photo("green", seed=7))
        image = other.images[0]
        image.product = session.scalars(select(Product).where(Product.external_id == "red")).one()
    lines = {line["external_id"]: line for line in written(shop, tmp_path / "clip").items()}
    assert len(lines["red"]["photos"]) == len(lines["red"]["crops"]) == 1


@pytest.mark.parametrize("kind", ["clip", "yolo"])
def test_where_nothing_is_verified_the_next_step_is_told(
    runtime: Runtime, tmp_path: Path, kind: str
) -> None:
    with runtime.sessions.write() as session:
        product = verifying.add_product(session, runtime.ports, "A", photo())
        if kind == "yolo":
            verifying.answer(session, product, {"colour": ["red"]}, boxes=False)
    with pytest.raises(Conflict, match="review desk"):
        written(runtime, tmp_path / "s", kind)
    assert not list(tmp_path.glob("s*"))


def test_nothing_is_overwritten(shop: Runtime, tmp_path: Path) -> None:
    first = written(shop, tmp_path / "s")
    with pytest.raises(Conflict, match="is there already"):
        written(shop, tmp_path / "s", "yolo")
    assert snapshots.open(first.folder)


def test_a_full_disk_leaves_nothing_and_is_told(
    shop: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "place"

    def full(_draft: Draft, _path: str, _data: bytes | str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Draft, "put", full)
    with pytest.raises(Full, match="Make room"):
        written(shop, place / "s")
    assert list(place.iterdir()) == []


def test_a_kill_leaves_nothing_half_and_the_next_run_clears_up(tmp_path: Path) -> None:
    program = """
import sys, time
from pathlib import Path
from vitrine.services.snapshots.folders import drafted
with drafted(Path(sys.argv[1])) as draft:
    draft.put("a", b"b")
    print(draft.root.parent, flush=True)
    time.sleep(60)
"""
    command = [sys.executable, "-c", program, str(tmp_path / "s")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        left = Path(process.stdout.readline().strip())
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert left.is_dir()
    assert not (tmp_path / "s").exists()
    os.utime(left, (0, 0))
    with drafted(tmp_path / "s") as draft:
        draft.put("a", b"c")
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_a_damaged_photo_is_not_passed_on(shop: Runtime, tmp_path: Path) -> None:
    key = next(iter(shop.ports.blobs.keys("images/")))
    shop.ports.blobs.delete(key)
    shop.ports.blobs.put(key, b"else", "image/jpeg")
    with pytest.raises(Unavailable, match="damaged"):
        snapshots.catalogue(shop.sessions, shop.ports.blobs, tmp_path / "s")


def test_a_catalogue_is_written_without_peoples_word(shop: Runtime, tmp_path: Path) -> None:
    dataset = snapshots.catalogue(shop.sessions, shop.ports.blobs, tmp_path / "all")
    lines = list(dataset.items())
    assert len(lines) == 6
    assert not any(line["verified"] or line["labels"] for line in lines)
    assert {crop["by"] for line in lines for crop in line["crops"]} == {"model"}
    assert all(any(crop["primary"] for crop in line["crops"]) for line in lines)
    assert snapshots.open(dataset.folder).card["of"] == "catalogue"


def test_a_snapshot_is_registered_once(shop: Runtime, tmp_path: Path) -> None:
    for name in ("one", "two"):
        dataset = written(shop, tmp_path / name)
        with shop.sessions.write() as session:
            snapshots.register(session, dataset)
    with shop.sessions.read() as session:
        (row,) = snapshots.listed(session)
        assert isinstance(row, DataSnapshot)
        assert (row.name, row.sha256) == (dataset.card["name"], dataset.sha256)
        assert row.folder == str(tmp_path / "two")
