"""Fixtures of every test and benchmark: a plugin of pytest."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from tests.worlds import databases, graphs
from tests.worlds.fakes import ExactIndex, FakeVision, ListQueue, MemoryBlobs
from vitrine.api import web
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.ports import Ports
from vitrine.services import models
from vitrine.services.search import upkeep
from vitrine.services.search.gathering import InPostgres
from vitrine.services.search.stored import catalogue
from vitrine.tables.catalog import ACTIVE
from vitrine.wiring import Runtime

HASTE = {"lease": 2.0, "sweep_every": 0.3, "resend_after": 3.0}


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither settings nor a front end that happens to be built here are a test's business."""
    monkeypatch.setattr(web, "PLACES", ())
    for name in list(os.environ):
        if name.startswith("VITRINE_"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """Commands set logging up for their process; here many share one."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a migrated database without rows, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "vitrine.db"
    path.write_bytes(databases.migrated_sqlite())
    return path


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `engines` run where products are searched in memory, and in PostgreSQL."""
    marked = metafunc.definition.get_closest_marker("engines")
    if marked and "search_engine" in metafunc.fixturenames:
        postgres = pytest.param("pgvector", marks=pytest.mark.servers)
        metafunc.parametrize("search_engine", ["memory", postgres], indirect=True)


@pytest.fixture
def search_engine(request: pytest.FixtureRequest) -> str:
    """Where products are searched."""
    return str(getattr(request, "param", "memory"))


@pytest.fixture
def settings(
    tmp_path: Path,
    search_engine: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Settings:
    folder = tmp_path / "data"
    folder.mkdir()
    if search_engine == "pgvector":
        monkeypatch.setattr(catalogue, "KEPT", 0.0)  # what a test adds is known at once
        url = request.getfixturevalue("emptied_pgvector")
        given = {"data_dir": folder, "database": {"url": url}, "search": {"engine": "pgvector"}}
        return Settings.model_validate(given)
    (folder / "vitrine.db").write_bytes(databases.migrated_sqlite())
    return Settings(data_dir=folder)


@pytest.fixture
def sessions(settings: Settings) -> Iterator[Sessions]:
    engine = make_engine(settings)
    made = Sessions(engine)
    yield upkeep.followed(made, (ACTIVE,)) if settings.search.engine == "pgvector" else made
    engine.dispose()


@pytest.fixture
def ports() -> Ports:
    return Ports(MemoryBlobs(), ExactIndex(), FakeVision(), ListQueue())


@pytest.fixture
def runtime(settings: Settings, sessions: Sessions, ports: Ports) -> Iterator[Runtime]:
    with sessions.write() as session:
        models.register(session, ports.vision.versions)
    made = Runtime(settings, sessions, ports)
    if settings.search.engine == "pgvector":
        upkeep.complete(sessions, (ACTIVE,), ports.vision.versions.collection)
        made = replace(made, stored=InPostgres((ACTIVE,)))
    yield made
    made.cache.sights.rest()


@pytest.fixture(params=["sqlite", "postgres"])
def both_databases(
    request: pytest.FixtureRequest, settings: Settings
) -> Iterator[tuple[Settings, Sessions]]:
    """A migrated database of each kind, without rows."""
    if request.param == "postgres":
        url = request.getfixturevalue("emptied_postgres")
        settings = settings.model_copy(
            update={"database": settings.database.model_copy(update={"url": url})}
        )
    engine = make_engine(settings)
    yield settings, Sessions(engine)
    engine.dispose()


@pytest.fixture(params=["threads", pytest.param("celery", marks=pytest.mark.servers)])
def hasty_shop(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """A shop of tiny models whose queue misses a dead worker soon; of each kind of queue."""
    graphs.write_encoder(settings.data_dir / "models")
    given = settings.model_dump() | {"queue": dict(HASTE)}
    given["vision"] |= {"encoder": "tiny", "detector": None}
    if request.param == "celery":
        given["database"] = {"url": request.getfixturevalue("postgres_database")}
        given["vectors"] = {"kind": "server", "port": request.getfixturevalue("chroma_port")}
        given["queue"] |= {"kind": "celery", "broker_url": request.getfixturevalue("redis_url")}
    return Settings.model_validate(given)
