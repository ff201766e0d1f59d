from __future__ import annotations

from pathlib import Path

import pytest

from tests.worlds.fakes import ExactIndex, ListQueue, MemoryBlobs
from tests.worlds.lessons import taught
from tests.worlds.verified_shops import KNOWN, NAMES, Shop, World, added, settings_in
from vitrine import wiring
from vitrine.db import Sessions, make_engine
from vitrine.ports import Ports
from vitrine.services import models
from vitrine.wiring import Runtime


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> World:
    """Products of every category, all looked over by people, and a model that knows a part."""
    settings = settings_in(tmp_path_factory.mktemp("world"))
    database = settings.data_dir / "vitrine.db"
    database.write_bytes(migrated_sqlite.read_bytes())
    ports = Ports(MemoryBlobs(), ExactIndex(), wiring.load_vision(settings), ListQueue())
    engine = make_engine(settings)
    with Sessions(engine).write() as session:
        models.activate(session, models.collection_for(session, ports.vision.versions))
        known = [added(session, ports, place) for place in range(len(NAMES))]
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    part = [pair for pair in known if pair[1] in KNOWN]
    home = taught(settings, tmp_path_factory.mktemp("models") / "tiny", part, version="1").parent
    assert isinstance(ports.blobs, MemoryBlobs)
    return World(database.read_bytes(), ports.blobs.stored, home, known)


@pytest.fixture
def verified(world: World, tmp_path: Path) -> Shop:
    """The shop as it begins, for one test alone."""
    settings = settings_in(tmp_path / "shop")
    vision = settings.vision.model_copy(update={"models_dir": world.models})
    settings = settings.model_copy(update={"vision": vision})
    (settings.data_dir / "vitrine.db").write_bytes(world.database)
    blobs = MemoryBlobs()
    blobs.stored.update(world.blobs)
    ports = Ports(blobs, ExactIndex(), wiring.load_vision(settings), ListQueue())
    return Shop(Runtime(settings, Sessions(make_engine(settings)), ports), world.known)


@pytest.fixture
def shop(runtime: Runtime) -> Shop:
    """A shop in which nobody has verified anything, and nothing is looked at."""
    return Shop(runtime, [])
