"""Real servers for tests: each starts when first asked for, on loopback, in a folder of its own."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import chromadb
import psycopg
import pytest

from tests.worlds import engines, graphs
from tests.worlds.forks import Forked, forking
from tests.worlds.programs import Program, environment_of, served, started
from vitrine import schema
from vitrine.adapters import index_process
from vitrine.adapters.storage import s3_blobs
from vitrine.core.groups import BlobSettings, QualitySettings
from vitrine.core.settings import Settings
from vitrine.db import make_engine
from vitrine.mlserver import create_app

FLAT = QualitySettings(min_sharpness=0, min_colour_spread=0)
"""Rules for drawings of one colour, which no photo of a garment is."""

MODEL_TOKEN = "a-token-for-the-model-server"

Begun = Callable[[Path, socket.socket], Forked]
StartWorker = Callable[[Settings], Program]


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis that keeps nothing on disk."""
    engine = engines.redis_in(tmp_path_factory.mktemp("redis"))
    with engine.running():
        yield f"redis://127.0.0.1:{engine.port}/0"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL cluster made for this session; the URL of its first database."""
    with _cluster() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> str:
    """The name of a migrated database without rows, a template for others."""
    return _migrated(postgres_url)


@pytest.fixture
def postgres_database(postgres_url: str, migrated_postgres: str) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database of this test's own, without rows."""
    with copied(postgres_url, migrated_postgres) as url:
        yield url


@pytest.fixture(scope="session")
def pgvector_server() -> Iterator[str]:
    """A PostgreSQL cluster with pgvector; the URL of its first database."""
    with _cluster(engines.pgvector_programs()) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_pgvector(pgvector_server: str) -> str:
    """The name of a migrated database in it, a template for others."""
    return _migrated(pgvector_server)


@pytest.fixture
def pgvector_url(pgvector_server: str, migrated_pgvector: str) -> Iterator[str]:
    """The URL of a migrated database with pgvector of this test's own, without rows."""
    with copied(pgvector_server, migrated_pgvector) as url:
        yield url


@contextmanager
def _cluster(programs: Path | None = None) -> Iterator[str]:
    # Not below pytest's folder: PostgreSQL will not run as root, and others may not look in there.
    folder = Path(tempfile.mkdtemp(prefix="vitrine-postgres-"))
    try:
        engine = engines.postgres_in(folder, programs)
        with engine.running():
            yield engines.postgres_at(engine.port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _migrated(server: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE migrated")
    url = server.removesuffix("postgres") + "migrated"
    engine = make_engine(Settings.model_validate({"database": {"url": url}}))
    schema.upgrade(engine)
    engine.dispose()
    return "migrated"


@contextmanager
def copied(server: str, template: str) -> Iterator[str]:
    name = f"test_{time.monotonic_ns()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield server.removesuffix("postgres") + name
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True)
class Kept:
    """A migrated database that tests share, one after the other: emptying one takes a tenth of
    making one."""

    url: str
    tables: frozenset[str]

    @staticmethod
    def copied(server: str, template: str) -> Kept:
        """A copy of a template, which stays."""
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE kept TEMPLATE {template}")
        url = server.removesuffix("postgres") + "kept"
        with psycopg.connect(url) as connection:
            return Kept(url, frozenset(_tables(connection)))

    def empty(self) -> None:
        """Take out all rows, and what tables a test made."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(_LEFT_OVER)
            made = sorted(set(_tables(connection)) - self.tables)
            for name in made:
                connection.execute(f'DROP TABLE IF EXISTS "{name}" CASCADE')
            asked = [
                f"SELECT '{each}' WHERE EXISTS (SELECT FROM \"{each}\")" for each in self.tables
            ]
            filled = [f'"{name}"' for (name,) in connection.execute(" UNION ALL ".join(asked))]
            if filled:
                connection.execute(f"TRUNCATE {', '.join(filled)} RESTART IDENTITY CASCADE")


_LEFT_OVER = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    return [name for (name,) in connection.execute(query) if name != "alembic_version"]


@pytest.fixture(scope="session")
def kept_postgres(postgres_url: str, migrated_postgres: str) -> Kept:
    """A database for tests that leave tables as they are and no process behind."""
    return Kept.copied(postgres_url, migrated_postgres)


@pytest.fixture
def emptied_postgres(kept_postgres: Kept) -> Iterator[str]:
    """The URL of that database, without rows."""
    yield kept_postgres.url
    kept_postgres.empty()


@pytest.fixture(scope="session")
def kept_pgvector(pgvector_server: str, migrated_pgvector: str) -> Kept:
    """The same with pgvector."""
    return Kept.copied(pgvector_server, migrated_pgvector)


@pytest.fixture
def emptied_pgvector(kept_pgvector: Kept) -> Iterator[str]:
    """The URL of that database, without rows and without tables of collections."""
    yield kept_pgvector.url
    kept_pgvector.empty()


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BlobSettings]:
    """An S3 server with one bucket that the tests of a session share, and how to reach it."""
    engine, settings = engines.s3_in(tmp_path_factory.mktemp("s3"))
    with engine.running():
        yield settings


@pytest.fixture
def s3(s3_server: BlobSettings) -> BlobSettings:
    """How to reach a bucket that is empty: what earlier tests stored would be no model's files."""
    blobs = s3_blobs(s3_server)
    for key in list(blobs.keys()):
        blobs.delete(key)
    return s3_server


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a Chroma server that the tests of a session share."""
    engine = engines.chroma_in(tmp_path_factory.mktemp("chroma"))
    with engine.running():
        yield engine.port


@pytest.fixture
def chroma_port(chroma_server: int) -> int:
    """The port of a Chroma server that is empty: earlier tests' products would be ghosts."""
    server = chromadb.HttpClient(host="127.0.0.1", port=chroma_server)
    for collection in server.list_collections():
        server.delete_collection(collection.name)
    return chroma_server


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tiny encoder and a detector of strong colours."""
    folder = tmp_path_factory.mktemp("tiny-models")
    graphs.write_encoder(folder)
    graphs.write_detector(folder)
    return folder


@pytest.fixture(scope="session")
def model_server(tiny_models: Path) -> Iterator[str]:
    """The URL of a model server with the tiny models; it asks for MODEL_TOKEN."""
    vision: dict[str, object] = {"models_dir": tiny_models, "encoder": "tiny"}
    vision |= {"detector": "tiny-detector"}
    vision |= {"threads": 1, "token": MODEL_TOKEN, "quality": FLAT}
    with served(create_app(Settings.model_validate({"vision": vision}))) as url:
        yield url


@pytest.fixture(scope="session")
def forks() -> Iterator[Begun]:
    """Starts children of the vector index quickly."""
    with ExitStack() as stack:
        started = cache(lambda: stack.enter_context(forking()))
        yield lambda folder, pipe: started().begun(folder, pipe)


@pytest.fixture(autouse=True)
def _forked_indexes(forks: Begun, monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs in this process does not import Chroma anew for each index it opens."""
    monkeypatch.setattr(index_process, "begun", forks)


@dataclass
class _Workers:
    folder: Path
    stack: ExitStack = field(default_factory=ExitStack)

    def start(self, settings: Settings) -> Program:
        command = [sys.executable, "-c", "from vitrine.cli import app; app()", "worker"]
        environment = os.environ | environment_of(settings) | {"VITRINE_LOG_FORMAT": "json"}
        program = self.stack.enter_context(started(command, self.folder, env=environment))
        program.wait_for(lambda: b"ready." in program.log.read_bytes())
        return program


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[StartWorker]:
    """Starts a Celery worker with these settings in a process; it ends with the test."""
    folder = tmp_path / "worker"
    folder.mkdir()
    workers = _Workers(folder)
    with workers.stack:
        yield workers.start


@pytest.fixture
def scaled_out(
    tmp_path: Path,
    postgres_database: str,
    redis_url: str,
    s3: BlobSettings,
    chroma_port: int,
    model_server: str,
) -> Settings:
    """Settings of the scale-out shape with every server real, and the tiny models."""
    return Settings.model_validate(
        {
            "data_dir": tmp_path,
            "database": {"url": postgres_database},
            "blobs": s3,
            "vectors": {"kind": "server", "port": chroma_port},
            "vision": {"kind": "server", "url": model_server, "token": MODEL_TOKEN},
            "queue": {"kind": "celery", "broker_url": redis_url, "sweep_every": 0.5},
        }
    )
