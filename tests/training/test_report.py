"""The report on painted pictures with tiny models, and its arithmetic by hand."""

from __future__ import annotations

import csv
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from PIL import Image, ImageDraw

from bench import encoder_speed
from tests.worlds import graphs
from training import backbone, baseline, crops, data, error_sheet, manifests
from training.report import __main__ as report
from training.report import abroad, columns, facets, naming, packshots, phone, render, targets
from training.report.facets import Named
from training.report.finder import Sight
from training.report.rows import SHIPPED, Row, Section, curve
from vitrine.services.evaluation.figures import macro_f1, resampled
from vitrine.services.evaluation.manifest import Marked, read_manifest
from vitrine.vision.ap import IOUS, average_precision, match
from vitrine.vision.card import EncoderCard, read_card
from vitrine.vision.images import Picture
from vitrine.vision.types import Box, Detection, Size

COLOURS = {"Red": "#d01818", "Blue": "#1818d0", "Green": "#107010"}
COLUMNS = ("external_id", "title", "description", *data.FACETS, "sub_category", "master_category")
QUICK = ("--threads", "1")


def painted(path: Path, colour: str, dice: random.Random, ground: str = "white") -> Box:
    """A photo of one garment; where it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.new("RGB", (64, 64), ground)
    left, top = dice.randint(8, 16), dice.randint(8, 16)
    box = (left, top, left + 38, top + 38)
    ImageDraw.Draw(picture).rectangle((left, top, left + 37, top + 37), fill=COLOURS[colour])
    picture.save(path)
    return Box(*map(float, box))


def products(root: Path, count: int, dice: random.Random) -> None:
    """Products known by title, category and colour, a third of them dev."""
    folder = root / "products"
    folder.mkdir(parents=True)
    with (folder / "products.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, (*COLUMNS, "images", "split"), restval="")
        table.writeheader()
        for number in range(count):
            colour = list(COLOURS)[number % 3]
            painted(folder / "images" / f"{number}.png", colour, dice)
            row = {"external_id": number, "title": f"{colour} shirt {number // 9}"}
            row |= {"category": "Shirts", "colour": colour, "group": f"g{number}"}
            row |= {"master_category": "Apparel", "images": f"images/{number}.png"}
            table.writerow(row | {"split": "dev" if number % 9 < 3 else "train"})


def phones(root: Path, dice: random.Random) -> None:
    """Phone photos of two labels."""
    (root / "phone" / "images").mkdir(parents=True)
    with (root / "phone" / "photos.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, ("image", "sender_id", "label", "kids", "split"))
        table.writeheader()
        for number in range(12):
            label, colour = (("T-Shirt", "Red"), ("Pants", "Blue"))[number % 2]
            painted(root / "phone" / "images" / f"{number}.png", colour, dice, "#e8e8e8")
            row = {"image": f"images/{number}.png", "sender_id": number, "label": label}
            table.writerow(row | {"kids": "False", "split": "dev"})


def street(root: Path, dice: random.Random) -> None:
    """Street photos with a marked top each, and a bag of another colour on half of them."""
    boxes = {}
    for number in range(6):
        box = painted(root / "garments" / "images" / f"{number:04}.jpg", "Red", dice, "#e0e0e0")
        marked: list[list[Any]] = [["top", "blouse", *box.as_tuple()]]
        if number % 2:
            marked.append(["bag", "purse", 0, 0, 60, 60])
        boxes[f"{number:04}"] = {"w": 64, "h": 64, "boxes": marked, "split": "dev"}
    (root / "garments" / "boxes.json").write_text(json.dumps(boxes))


SHOP = (*("external_id", "group", "title", "description", "category", "colour"), "images")
ITEMS = ("image", "product_id", "style_id", "view", "title", "description", "category", "colour")


def another_shop(root: Path, dice: random.Random) -> None:
    """Twelve designs in two colours each: red and blue shirts, and green and red trousers."""
    folder = root / "shop2"
    folder.mkdir()
    with (folder / "products.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, SHOP, restval="")
        table.writeheader()
        for number in range(24):
            colour = (("Red", "Blue"), ("Green", "Red"))[number // 12][number % 2]
            painted(folder / "images" / f"{number}.png", colour, dice)
            row = {"external_id": number, "group": f"d{number // 2}", "colour": colour}
            row |= {"category": ("Shirt", "Trousers")[number // 12], "description": "Plain."}
            table.writerow(row | {"images": f"images/{number}.png"})


def store(root: Path, dice: random.Random) -> None:
    """Six products of a store, front and back, each of a colour of its own but two."""
    folder = root / "stores" / "luma"
    folder.mkdir(parents=True)
    with (folder / "items.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, ITEMS, restval="")
        table.writeheader()
        for number in range(6):
            colour = list(COLOURS)[number // 2]
            painted(folder / "images" / f"{number}.png", colour, dice)
            row = {"image": f"images/{number}.png", "product_id": f"p{number // 2}"}
            table.writerow(row | {"style_id": f"s{number // 2}", "colour": colour})


@dataclass(frozen=True)
class Ran:
    """What a run of the whole report was given and wrote."""

    arguments: list[str]
    out: Path
    written: dict[str, Any]

    def again(self, *more: str) -> dict[str, Any]:
        """The report after another run with these arguments too."""
        assert report.main([*self.arguments, *more]) == 0
        return dict(json.loads((self.out / "evaluation.json").read_text()))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The whole report on painted data, with a tiny encoder and detector."""
    root, work = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("work")
    dice = random.Random(3)
    products(root, 90, dice)
    phones(root, dice)
    street(root, dice)
    another_shop(root, dice)
    store(root, dice)
    encoder = graphs.write_encoder(work)
    detector = graphs.write_detector(work, kinds=("top", "shoes", "bag"))
    arguments = ["--data", str(root), "--encoder", str(encoder), "--detector", str(detector)]
    arguments += ["--out", str(work / "out"), "--cache", str(work / "cache"), *QUICK]
    arguments += ["--models", str(work / "models")]
    assert report.main([*arguments, "--sheets", str(work / "sheets")]) == 0
    written = json.loads((work / "out" / "evaluation.json").read_text())
    return Ran(arguments, work / "out", written)


def test_every_section_has_figures_of_every_column(ran: Ran) -> None:
    assert list(ran.written["sections"]) == list(report.SECTIONS)
    empty = [
        name
        for name, section in ran.written["sections"].items()
        if not any(cell for row in section["rows"] for cell in row["cells"].values())
    ]
    assert empty == [
        "refusing",
        "calibrated",
        "levels",
    ]  # the painted model was never told what its cosines mean
    assert {"shipped", "imagenet", "histogram"} <= set(row(ran.written, "view_r1")["cells"])
    assert set(row(ran.written, "text_r1")["cells"]) <= {"shipped", "previous"}


def test_the_page_holds_the_numbers_of_the_json(ran: Ran) -> None:
    page = (ran.out / "evaluation.md").read_text()
    lines = page.splitlines()
    for section in ran.written["sections"].values():
        for one in section["rows"]:
            shown = [c for key in section["columns"] if (c := one["cells"].get(key))]
            cells = " | ".join(render.cell(c, section["digits"]) for c in shown)
            assert not shown or any(f"| {one['name']} |" in x and cells in x for x in lines)
    for target in targets.targets(ran.written):
        assert f"| {targets.show(target.value)} | {'yes' if target.met else '**no**'} |" in page


def test_every_picture_on_the_page_is_there_and_small(ran: Ran) -> None:
    page = (ran.out / "evaluation.md").read_text()
    drawn = list((ran.out / "images").iterdir())
    assert len(drawn) >= 8
    for path in drawn:
        assert f"(images/{path.name})" in page
        assert path.stat().st_size < 80_000


def test_a_report_and_its_pictures_are_the_same_every_time(ran: Ran, tmp_path: Path) -> None:
    report.write(ran.written, tmp_path)
    for path in ran.out.rglob("*.*"):
        assert (tmp_path / path.relative_to(ran.out)).read_bytes() == path.read_bytes()


def test_colours_alone_find_painted_products(ran: Ran) -> None:
    colour = row(ran.written, "colour_p10")["cells"]
    assert colour["histogram"]["value"] == colour["shipped"]["value"] == 1.0
    assert row(ran.written, "category_p10")["cells"]["histogram"]["value"] == 1.0
    assert row(ran.written, "colour_heads")["cells"]["histogram"]["value"] == 1.0


def test_the_detector_finds_what_is_painted(ran: Ran) -> None:
    assert row(ran.written, "ap_top")["cells"]["ap50"]["value"] == 1.0
    assert row(ran.written, "ap_bag")["cells"]["ap50"]["value"] == 0.0
    assert row(ran.written, "one_box_packshots")["cells"]["shipped"]["value"] == 1.0
    # Half of the phone photos show pants, and this detector takes everything for a top.
    assert row(ran.written, "one_box_phone")["cells"]["shipped"]["value"] == 0.5


def test_the_detector_is_measured_on_pictures_of_others(ran: Ran) -> None:
    right = row(ran.written, "seen_right")["cells"]
    # Half of the other shop's photos are called trousers, half of the phone photos pants.
    assert [right[source]["value"] for source in ("shop", "phone", "home")] == [0.5, 0.5, 1.0]
    assert row(ran.written, "seen_many")["cells"]["shop"]["value"] == 1.0
    assert row(ran.written, "seen_twice_boxes")["cells"]["home"]["value"] == 0.0
    assert row(ran.written, "seen_main")["cells"]["shop"]["value"] == 0.5
    assert row(ran.written, "seen_pairs")["cells"]["shop"] is None


def test_only_some_sections_are_measured_anew(ran: Ran) -> None:
    again = ran.again("--only", "second")
    assert again == ran.written
    limited = ran.again("--only", "titles", "--limit", "6")
    assert list(limited["sections"]) == ["titles"]
    assert limited["sections"]["titles"]["rows"][3]["cells"]["shipped"]["n"] == 6
    assert "A quick look at 6" in (ran.out / "evaluation.md").read_text()
    report.write(ran.written, ran.out)


def test_sheets_show_every_sort_of_query(ran: Ran) -> None:
    pages = {path.name for path in (ran.out.parent / "sheets").iterdir()}
    assert {f"{sort}-1.jpg" for sort in ("words", "synthetic", "phone", "drawn")} <= pages


def test_the_gate_says_no_while_a_target_is_missed(ran: Ran) -> None:
    assert report.main([*ran.arguments, "--only", "--gate"]) == 1


def row(written: dict[str, Any], key: str) -> dict[str, Any]:
    every = [one for section in written["sections"].values() for one in section["rows"]]
    return next(one for one in every if one["key"] == key)


def test_weights_that_git_cannot_give_leave_the_column_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "REVISION", "0" * 40)
    assert columns.previous(tmp_path) is None


def test_a_report_without_data_says_so(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="No dev and train products"):
        report.main(["--data", str(tmp_path)])


def test_manifests_can_be_read_by_vitrine_evaluate(ran: Ran, tmp_path: Path) -> None:
    root = Path(ran.arguments[1])
    written = {path.stem: count for path, count in manifests.write(root, tmp_path)}
    # Half of the six street photos show a bag beside the top: two lines each.
    counts = {"dev": 30, "dev-train": 90, "dev-views": 120, "phone-dev": 12, "street-dev": 6}
    counts["abroad"] = 24
    assert written == counts
    views = read_manifest(tmp_path / "dev-views.jsonl")
    assert sum(entry.split == "query" for entry in views) == 30
    assert len(read_manifest(tmp_path / "phone-dev.jsonl")) == 12
    streets = read_manifest(tmp_path / "street-dev.jsonl")
    assert [entry.title for entry in streets[:2]] == ["blouse", "purse"]
    assert all(entry.boxes[0].word == entry.title for entry in streets)


def test_manifests_name_attributes_as_the_vocabulary_does() -> None:
    facets = {"category": "Shirts", "neck": "V-Neck", "fabric": "Cotton", "usage": "Casual"}
    facets |= {"gender": "Men", "brand": "Acme", "department": "Apparel"}
    shot = data.Shot("1", Path(), "products", "dev", "g", facets=facets)
    assert manifests.attributes(shot) == {
        "neckline": "V-Neck",
        "material": "Cotton",
        "style": "Casual",
        "gender": "Men",
        "brand": "Acme",
    }


def test_the_baseline_is_the_bare_trunk(tmp_path: Path) -> None:
    baseline.write(tmp_path, 64, pretrained=False)
    card = read_card(tmp_path / "card.json")
    assert isinstance(card, EncoderCard)
    assert (card.dimension, card.image.size) == (backbone.DEEP_WIDTH, 64)
    pixels = np.random.default_rng(1).normal(size=(2, 3, 64, 64)).astype(np.float32)
    with torch.inference_mode():
        trunk = backbone.load(pretrained=False, size=64)
        deep = trunk(torch.from_numpy(pixels))[:, backbone.EARLY_WIDTH :]
    ours = torch.nn.functional.normalize(deep, dim=-1).numpy()
    session = onnxruntime.InferenceSession(tmp_path / "image.onnx")
    theirs = session.run(None, {"pixel_values": pixels})[0]
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_macro_f1_by_hand() -> None:
    truth, said = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 2, 2])
    # F1: 4/5, 2/4, 2/3; the last is not scored.
    assert macro_f1(truth, said, np.array([0, 1])) == pytest.approx((4 / 5 + 2 / 4) / 2)
    assert macro_f1(truth, said, np.array([0, 1, 7])) == pytest.approx((4 / 5 + 2 / 4) / 2)
    assert np.isnan(macro_f1(truth, said, np.array([7])))


def test_an_interval_holds_the_figure_and_is_seeded() -> None:
    values = np.array([0.0, 1.0] * 20)
    first = resampled(lambda rows: float(values[rows].mean()), 40, times=100)
    assert first == resampled(lambda rows: float(values[rows].mean()), 40, times=100)
    assert first is not None
    assert first.low < first.value == 0.5 < first.high
    assert resampled(lambda rows: 1.0, 0) is None


def test_average_precision_by_hand() -> None:
    def found(score: float, *edges: float) -> Detection:
        return Detection(Box(*edges), "top", score)

    true = [Box(0, 0, 10, 10), Box(20, 0, 30, 10)]
    first = match(
        [found(0.9, 0, 0, 10, 10), found(0.8, 0, 0, 10, 9), found(0.3, 50, 0, 60, 9)], true
    )
    # One of two found by the best; its second box comes too late; the third is on nothing.
    assert first.right[0].tolist() == [True, False, False]
    assert average_precision([first])[0] == pytest.approx(51 / 101)
    second = match([found(0.85, 0, 0, 10, 6)], [Box(0, 0, 10, 10)])
    # IoU 0.6 is right up to 0.6 and wrong from 0.65 on.
    assert second.right[:, 0].tolist() == [True] * 3 + [False] * 7
    both = average_precision([first, second])
    # By score: right, right, wrong, wrong; three to find: precision 1 up to recall 2/3.
    assert both[0] == pytest.approx(67 / 101)
    assert both[-1] == pytest.approx(34 / 101)
    assert average_precision([match([], [Box(0, 0, 1, 1)])]).tolist() == [0.0] * len(IOUS)
    assert np.isnan(average_precision([match([], [])])).all()


def test_curves_leave_out_what_is_rare() -> None:
    cosines, right = np.array([0.11, 0.12, 0.14, 0.99]), np.array([True, False, True, True])
    assert curve(cosines, right, fewest=2) == [{"cosine": 0.1, "share": 0.6667, "n": 3}]


def test_ridge_heads_name_what_can_be_told_apart() -> None:
    dice = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], [90, 10, 10])
    vectors = (np.eye(8)[labels] + dice.normal(size=(110, 8)) * 0.1).astype(np.float32)
    weight, bias = naming.fitted_heads(vectors, labels, np.arange(110) % 5 == 0)
    assert weight.shape == (3, 8)
    assert ((vectors @ weight.T + bias).argmax(axis=1) == labels).mean() > 0.98


def test_shipped_heads_are_read_by_facet(tmp_path: Path) -> None:
    np.savez(
        tmp_path / naming.HEADS,
        colour_weight=np.eye(2),
        colour_bias=np.zeros(2),
        colour_values=np.array(["Red", "Blue"]),
    )
    heads = naming.shipped_heads(tmp_path, "colour")
    assert heads is not None
    assert heads[2] == ["Red", "Blue"]
    assert naming.shipped_heads(tmp_path, "neck") is None
    assert naming.shipped_heads(tmp_path / "none", "colour") is None


def test_confusions_sum_up_the_rare_ones() -> None:
    values = [f"v{number:02}" for number in range(25)]
    truth = np.repeat(np.arange(25), np.arange(30, 5, -1))
    table = facets.confusion(Named(values, truth, np.zeros_like(truth), np.arange(25)))
    assert table["values"] == [*values[:20], "other"]
    counts = np.array(table["counts"])
    assert counts.sum() == len(truth)
    assert counts[:, 0].sum() == len(truth)
    assert counts[20, 0] == sum(range(6, 11))


def white(width: int = 60, height: int = 80) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (width, height), "white")
    return picture, ImageDraw.Draw(picture)


def test_a_packshot_is_one_thing_on_white() -> None:
    picture, pen = white()
    pen.rectangle((10, 20, 39, 59), fill="navy")
    assert packshots.item(np.asarray(picture)) == Box(10, 20, 40, 60)
    assert packshots.alone(np.asarray(picture)) == Box(10, 20, 40, 60)


@pytest.mark.parametrize("what", ["touches", "two", "skin", "speck"])
def test_what_is_no_packshot(what: str) -> None:
    picture, pen = white()
    if what == "touches":
        pen.rectangle((0, 20, 39, 79), fill="navy")
    elif what == "two":
        pen.rectangle((5, 5, 20, 30), fill="navy")
        pen.rectangle((40, 40, 55, 70), fill="navy")
    elif what == "skin":
        pen.rectangle((10, 20, 39, 59), fill="navy")
        pen.ellipse((15, 5, 34, 24), fill=(220, 170, 140))
    else:
        pen.rectangle((10, 20, 15, 25), fill="navy")
    assert packshots.item(np.asarray(picture)) is None


def test_a_word_is_answered_by_the_nearest_box() -> None:
    marked = [Marked(Box(0, 0, 10, 10), "shoes"), Marked(Box(20, 0, 30, 10), "bag")]
    words = np.array([[1.0, 0.0], [0.0, 1.0]], dtype=np.float32)  # bag, shoes
    assert crops.asked(marked) == ["bag", "shoes"]
    boxes = [Box(0, 0, 10, 9), Box(50, 0, 60, 10)]
    vectors = np.array([[0.0, 1.0], [1.0, 0.0]], dtype=np.float32)
    assert crops.answers(words, boxes, vectors, marked) == [False, True]
    assert crops.answers(words, [], vectors[:0], marked) == [False, False]
    assert crops.chance(boxes, marked) == [0.0, 0.5]
    assert crops.asked(marked[:1]) == []


def test_histograms_are_of_length_1_and_know_colours() -> None:
    pictures = [Picture(Image.new("RGB", (30, 40), colour), "image/png") for colour in COLOURS]
    vectors = columns.histograms([*pictures, pictures[0]], [None] * 3 + [Box(3, 3, 20, 20)])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert (vectors @ vectors.T).round(3)[0].tolist() == [1.0, 0.0, 0.0, 1.0]


def test_a_sight_is_read_as_it_was_written() -> None:
    sight = Sight(Size(4, 5), (Detection(Box(0, 1, 2, 3), "top", 0.5),))
    assert Sight.of_json(json.loads(json.dumps(sight.as_json()))) == sight


def test_every_label_of_the_phone_photos_has_kinds() -> None:
    assert set(phone.KINDS) == set(data.PHONE_WORDS.values())
    assert set(data.PHONE_MAIN) < set(data.PHONE_WORDS)


def test_targets_compare_with_the_bound_and_the_baseline() -> None:
    def section(key: str, **cells: float) -> dict[str, Any]:
        shown = {
            name: {"value": value, "low": 0, "high": 1, "n": 1} for name, value in cells.items()
        }
        return {"rows": [{"key": key, "name": key, "cells": shown}]}

    sections = {
        "second": section("view_r1", shipped=0.9, imagenet=0.6),
        "phone": section("phone_p10", shipped=0.5, imagenet=0.45),
        "facets": section("category_heads", shipped=0.8),
        "abroad": section("shop_category", shipped=0.63, previous=0.4),
    }
    found = targets.targets({"made": {"bytes": {"encoder": 41_000_000}}, "sections": sections})
    met = {one.name: (one.value, one.met) for one in found}
    told: dict[str, Any] = {
        "synthetic second photo R@1": (0.9, True),
        "another shop: same category P@10": (0.63, True),
        "... same colour P@10": (None, False),
        "synthetic R@1, misses over plain ImageNet's": (0.25, True),
        "phone photos, same label P@10 over plain ImageNet's": (1.1111, False),
        "category macro-F1, better of words and heads": (0.8, True),
        "shipped weights, bytes": (41_000_000, False),
        "mAP50 over the main kinds": (None, False),
    }
    assert met.items() >= told.items()


def test_a_section_without_figures_says_so() -> None:
    empty = Section("Title", "Text.", [Row("a", "a", {SHIPPED: None})])
    made: dict[str, Any] = {
        "columns": {},
        "preprocess": "p",
        "bytes": {},
        "previous": None,
        "limit": None,
    }
    page = render.page({"made": made, "sections": {"x": vars_of(empty)}}, {})
    assert "Not measured" in page
    assert "previous weights are not in this copy" in page


def vars_of(section: Section) -> dict[str, Any]:
    return {"title": section.title, "text": section.text, "rows": [], "columns": {}, "digits": 3}


def test_the_speed_of_the_encoder_is_a_ratio(tmp_path: Path) -> None:
    measured = encoder_speed.measure(graphs.write_encoder(tmp_path), threads=1, runs=2)
    assert float(measured["ratio"]) > 1
    assert float(measured["encoder_ms"]) < float(measured["vit_b_32_ms"])


def test_words_that_are_misread_are_shown_with_their_hits(tmp_path: Path) -> None:
    error_sheet.main(["--out", str(tmp_path / "misses.png")])
    with Image.open(tmp_path / "misses.png") as sheet:
        assert sheet.height > len(error_sheet.WORDS) * 200
        assert len(sheet.getcolors(256) or ()) > 50, "photos, not blank tiles"


def test_the_first_article_of_each_design_of_several_asks_abroad() -> None:
    shots = [
        data.Shot(str(n), Path("x"), "shop2", "dev", group, facets={"colour": colour})
        for n, (group, colour) in enumerate(
            [("a", "Red"), ("b", "Red"), ("a", "Red"), ("a", "Blue"), ("c", "Blue")]
        )
    ]
    held = abroad.Catalogue.of(shots)
    assert held.asking.tolist() == [True, False, False, False, False]
    vectors = np.array([[1, 0], [1, 0.1], [0, 1], [0.9, 0.4], [0.9, 0.5]], dtype=np.float32)
    found = abroad.same_design(held, vectors, vectors)
    value = {name: None if one is None else one.value for name, one in found.items()}
    assert value["design_r1"] == 0, "b, of another design, lies nearer"
    assert value["design_r10"] == value["other_colour"] == value["article_r10"] == 1


def test_by_colours_alone_a_painted_shop_finds_its_colours_and_not_its_designs(ran: Ran) -> None:
    section = ran.written["sections"]["abroad"]
    cells = {row["key"]: row["cells"]["histogram"]["value"] for row in section["rows"][:4]}
    assert cells["shop_colour"] == pytest.approx(0.3), "all three others of its colour, of ten"
    assert cells["shop_design_r1"] < 0.5


def test_a_front_asks_for_the_back_of_its_product(ran: Ran) -> None:
    rows = {row["key"]: row["cells"] for row in ran.written["sections"]["pairs"]["rows"]}
    assert rows["pair_luma_r1"]["histogram"]["value"] == 1.0
    assert rows["pair_luma_r1"]["histogram"]["n"] == 3
