"""A backup of the embedded shape, taken while it serves, brought back and searched."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.worlds import graphs
from tests.worlds.factories import photo, product_with_photos
from tests.worlds.shops import answers, fill, migrated, tiny, until_idle
from vitrine import backup, wiring
from vitrine.core.errors import Conflict, Invalid, Unavailable
from vitrine.core.settings import Settings
from vitrine.services import jobs
from vitrine.services.jobs import Order, kinds
from vitrine.tables.catalog import Product
from vitrine.wiring import Runtime

COLOURS = ("red", "green", "blue", "yellow")


@pytest.fixture
def shop(tmp_path: Path) -> Settings:
    settings = tiny(tmp_path / "shop")
    graphs.write_encoder(settings.data_dir / "models")
    return migrated(settings)


def add(runtime: Runtime, external_id: str, *photos: bytes) -> None:
    with runtime.sessions.write() as session:
        product_with_photos(session, runtime.ports, external_id, *photos)


def filled(settings: Settings) -> None:
    with wiring.running_here(settings) as runtime:
        fill(runtime, COLOURS)


def proved(folder: Path) -> bool:
    """Whether the system's own tool finds every file as it was saved."""
    command = ["sha256sum", "--check", "--quiet", "SHA256SUMS"]
    return subprocess.run(command, cwd=folder, check=False).returncode == 0


def test_a_backup_taken_while_serving_gives_the_same_answers(
    shop: Settings, tmp_path: Path
) -> None:
    filled(shop)
    stop = threading.Event()
    with wiring.running_here(shop) as runtime:

        def upload() -> None:
            number = 0
            while not stop.is_set():
                number += 1
                add(runtime, f"busy-{number}", photo(seed=number))

        busy = threading.Thread(target=upload)
        busy.start()
        time.sleep(0.3)
        saved = backup.save(shop, tmp_path / "saved")
        stop.set()
        busy.join()
        assert (saved.missing, saved.damaged) == ((), ())
        with runtime.sessions.write() as session:  # what came after is not in it
            after = select(Product).where(Product.external_id.startswith("busy-"))
            assert len(session.scalars(after).all()) + 4 >= saved.manifest.products > 4
    assert proved(tmp_path / "saved")

    first, second = (tiny(tmp_path / name) for name in ("first", "second"))
    for restored in (first, second):
        assert backup.restore(restored, tmp_path / "saved") == saved.manifest
    found = []
    for restored in (first, second):
        with wiring.running_here(restored) as runtime:
            until_idle(runtime)  # what was under way at that moment
            found.append(answers(runtime, COLOURS))
            with runtime.sessions.read() as session:
                products = session.scalars(select(Product)).all()
                assert len(products) == saved.manifest.products
                for product in products:
                    for image in product.images:
                        data = runtime.ports.blobs.get(image.blob_key)
                        assert sha256(data).hexdigest() == image.sha256
    assert found[0] == found[1]


def test_a_restored_catalogue_answers_as_the_saved_one_and_refills_its_index(
    shop: Settings, tmp_path: Path
) -> None:
    filled(shop)
    with wiring.running_here(shop) as runtime:
        before = answers(runtime, COLOURS)
        name = runtime.ports.vision.versions.collection
        known = runtime.ports.vectors.ids(name)
    backup.save(shop, tmp_path / "saved")
    shutil.rmtree(shop.data_dir)
    backup.restore(shop, tmp_path / "saved")
    with wiring.running_here(shop) as runtime:
        assert answers(runtime, COLOURS) == before
        with runtime.sessions.write() as session:
            jobs.submit(session, runtime.ports.queue, Order(kinds.Reindex()))
        until_idle(runtime)
        assert runtime.ports.vectors.ids(name) == known
        assert len(known) == len(COLOURS)
    for private in ("vitrine.db", "secret.key"):
        path = shop.data_dir / private
        assert not path.exists() or stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_is_overwritten(shop: Settings, tmp_path: Path) -> None:
    backup.save(shop, tmp_path / "saved")
    with pytest.raises(Conflict, match="exists"):
        backup.save(shop, tmp_path / "saved")
    before = (shop.data_dir / "vitrine.db").read_bytes()
    with pytest.raises(Conflict, match=r"vitrine\.db already"):
        backup.restore(shop, tmp_path / "saved")
    assert (shop.data_dir / "vitrine.db").read_bytes() == before


def _flip(folder: Path) -> None:
    photo_file = next((folder / "blobs" / "images").rglob("*.*"), None) or next(
        path for path in (folder / "blobs" / "images").rglob("*") if path.is_file()
    )
    data = bytearray(photo_file.read_bytes())
    data[len(data) // 2] ^= 1
    photo_file.write_bytes(data)


def _lose(folder: Path) -> None:
    next(path for path in (folder / "blobs").rglob("*") if path.is_file()).unlink()


def _cut(folder: Path) -> None:
    data = (folder / "vitrine.db").read_bytes()
    (folder / "vitrine.db").write_bytes(data[: len(data) // 2])


def _unlist(folder: Path) -> None:
    lines = (folder / "SHA256SUMS").read_text().splitlines(keepends=True)
    (folder / "SHA256SUMS").write_text("".join(lines[1:]))


def _escape(folder: Path) -> None:
    """A forged backup that would write outside, its sums in order."""
    (folder.parent / "evil").write_text("evil")
    line = f"{sha256(b'evil').hexdigest()}  ../evil\n"
    (folder / "SHA256SUMS").write_text(line)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["sums"] = sha256(line.encode()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("harm", [_flip, _lose, _cut, _unlist, _escape])
def test_a_backup_that_was_touched_restores_nothing(
    shop: Settings, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    filled(shop)
    backup.save(shop, tmp_path / "saved")
    harm(tmp_path / "saved")
    fresh = tiny(tmp_path / "fresh")
    with pytest.raises(Invalid) as refused:
        backup.restore(fresh, tmp_path / "saved")
    assert refused.value.code == "backup_damaged"
    assert list(fresh.data_dir.rglob("*")) == []


def test_half_a_backup_and_one_of_a_later_version_are_refused(
    shop: Settings, tmp_path: Path
) -> None:
    backup.save(shop, tmp_path / "saved")
    fresh = tiny(tmp_path / "fresh")
    manifest = json.loads((tmp_path / "saved" / "manifest.json").read_text())
    later = json.dumps(manifest | {"revision": "9999", "version": "9.0"})
    (tmp_path / "saved" / "manifest.json").write_text(later)
    with pytest.raises(Conflict, match=r"Vitrine 9\.0"):
        backup.restore(fresh, tmp_path / "saved")
    (tmp_path / "saved" / "manifest.json").unlink()
    with pytest.raises(Invalid, match="no complete backup"):
        backup.restore(fresh, tmp_path / "saved")


def test_photos_that_the_store_lost_or_spoilt_are_told(shop: Settings, tmp_path: Path) -> None:
    filled(shop)
    stored = sorted(
        path for path in (shop.data_dir / "blobs" / "images").rglob("*") if path.is_file()
    )
    stored[0].unlink()
    stored[1].write_bytes(b"spoilt")
    saved = backup.save(shop, tmp_path / "saved")
    assert saved.missing == (stored[0].name,)
    assert saved.damaged == (stored[1].name,)


def test_a_damaged_database_makes_no_backup(shop: Settings, tmp_path: Path) -> None:
    with closing(sqlite3.connect(shop.data_dir / "vitrine.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("PRAGMA journal_mode=DELETE")
    data = bytearray((shop.data_dir / "vitrine.db").read_bytes())
    data[4096 : 4096 * 4] = b"\xff" * 4096 * 3
    (shop.data_dir / "vitrine.db").write_bytes(data)
    with pytest.raises(Unavailable) as refused:
        backup.save(shop, tmp_path / "saved")
    assert refused.value.code == "database_damaged"
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


def test_another_shape_is_pointed_to_its_own_tools(tmp_path: Path) -> None:
    settings = Settings.model_validate(
        {"data_dir": tmp_path, "database": {"url": "postgresql://shop@db/shop"}}
    )
    with pytest.raises(Invalid, match="pg_dump"):
        backup.save(settings, tmp_path / "saved")
