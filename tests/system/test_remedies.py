"""What breaks a data folder, and that what is then said helps, or that it mends itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.worlds import graphs
from tests.worlds.factories import photo, product_with_photos
from tests.worlds.shops import COLOURS, fill, migrated, tiny, until_idle
from vitrine import schema, wiring
from vitrine.core.errors import Conflict, Unavailable, VitrineError
from vitrine.core.settings import Settings
from vitrine.db import make_engine
from vitrine.tables.catalog import Product
from vitrine.tables.jobs import Job


@pytest.fixture
def shop(tmp_path: Path) -> Settings:
    """A shop with three indexed products, closed."""
    made = tiny(tmp_path / "data")
    graphs.write_encoder(made.data_dir / "models")
    with wiring.running_here(migrated(made)) as runtime:
        fill(runtime)
    return made


def refusal(settings: Settings) -> VitrineError:
    """What whoever opens the shop is told."""
    with pytest.raises(VitrineError) as refused:
        _use(settings)
    return refused.value


def _use(settings: Settings) -> None:
    with wiring.stored(settings) as sessions:
        with sessions.read() as session:
            session.scalars(select(Product)).all()
        with sessions.write() as session:
            session.add(Product(external_id="new"))


def checkpointed(settings: Settings) -> Path:
    """The database file, all of it in one."""
    path = settings.data_dir / "vitrine.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("PRAGMA journal_mode=DELETE")
    return path


def test_a_database_that_is_damaged_is_to_be_restored_not_waited_for(shop: Settings) -> None:
    path = checkpointed(shop)
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    path.write_bytes(data)
    told = refusal(shop)
    assert told.code == "database_damaged"
    assert "vitrine restore" in told.message
    path.write_bytes(b"this is no database at all" * 400)
    assert refusal(shop).code == "database_damaged"


def test_a_database_that_was_cut_off_is_never_begun_anew_unasked(shop: Settings) -> None:
    checkpointed(shop).write_bytes(b"")
    told = refusal(shop)
    assert told.code == "database_lost"
    assert "restore a backup" in told.message
    engine = make_engine(shop)
    with pytest.raises(Conflict, match="restore a backup"):
        schema.upgrade(engine)
    with closing(sqlite3.connect(shop.data_dir / "vitrine.db")) as database:
        assert database.execute("SELECT * FROM sqlite_master").fetchall() == []
    schema.upgrade(engine, empty=True)
    schema.check(engine)
    engine.dispose()


def test_a_new_folder_is_migrated_without_a_question(tmp_path: Path) -> None:
    engine = make_engine(Settings(data_dir=tmp_path))
    with pytest.raises(Unavailable, match="vitrine migrate"):
        schema.check(engine)
    schema.upgrade(engine)
    schema.check(engine)
    engine.dispose()


def test_a_folder_that_cannot_be_written_is_said_to_be_so(
    shop: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = checkpointed(shop)
    url = f"sqlite:///file:{path}?mode=ro&uri=true"
    read_only = shop.model_copy(update={"database": shop.database.model_copy(update={"url": url})})
    monkeypatch.chdir(tmp_path)
    told = refusal(read_only)
    assert told.code == "database_unwritable"
    assert not (tmp_path / "file:").exists()
    assert "VITRINE_DATA_DIR" in told.message
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable) as refused:
        make_engine(Settings(data_dir=tmp_path / "file" / "data"))
    assert refused.value.code == "database_unwritable"
    with pytest.raises(Unavailable, match="VITRINE_AUTH__SECRET"):
        _ = Settings(data_dir=tmp_path / "file" / "data").secret


def _overwrite(index: Path) -> None:
    (index / "chroma.sqlite3").write_bytes(b"no database" * 1000)


def _truncate(index: Path) -> None:
    (index / "chroma.sqlite3").write_bytes(b"")


def _remove(index: Path) -> None:
    for path in index.iterdir():
        if path.is_file():
            path.unlink()


@pytest.mark.parametrize("harm", [_overwrite, _truncate, _remove])
def test_a_broken_index_is_set_aside_and_filled_from_sql(
    shop: Settings, harm: Callable[[Path], None]
) -> None:
    harm(shop.data_dir / "index")
    with wiring.running_here(shop) as runtime:
        until_idle(runtime)
        name = runtime.ports.vision.versions.collection
        assert len(runtime.ports.vectors.ids(name)) == len(COLOURS)
        with runtime.sessions.write() as session:
            product_with_photos(session, runtime.ports, "yellow", photo("yellow"))
        until_idle(runtime)
        assert len(runtime.ports.vectors.ids(name)) == len(COLOURS) + 1
    aside = list(shop.data_dir.glob("index-broken-*"))
    assert len(aside) == (1 if harm is _overwrite else 0) or harm is _truncate


def test_a_sound_index_is_left_alone(shop: Settings) -> None:
    with wiring.running_here(shop) as runtime, runtime.sessions.read() as session:
        kinds = session.scalars(select(Job.kind)).all()
    assert "reindex" not in kinds
    assert list(shop.data_dir.glob("index-broken-*")) == []
