"""Both shapes of Vitrine as estates, with small models."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bench.estate import Child, Disk, Estate, Part, kept, small_disk
from bench.links import Network
from tests.worlds import engines, graphs
from tests.worlds.engines import vitrine_in
from tests.worlds.kills import EMAIL, PASSWORD
from tests.worlds.servers import FLAT
from tests.worlds.waiting import eventually
from vitrine import schema
from vitrine.cli.accounts import make_admin
from vitrine.core.groups import BlobSettings
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine

HEALTH = "/v1/health"
COMMON: dict[str, Any] = {
    "log_level": "INFO",
    "auth": {"access_ttl": 86_400},
    "rates": {"per_address": 0, "per_user": 0, "pictures": 0},
    "fetch": {"networks": "127.0.0.1"},
}
"""One person asks as a crowd here, which rates would refuse; a shop's pictures lie on loopback."""

STARTING = 400.0
"""Seconds that each part of a shape may take to start."""

STUBBORN = ("s3", "chroma")
"""SeaweedFS and Chroma write nothing more after their disk was full, until they start anew."""

DISK = 700
"""Megabytes of a small disk."""


@contextmanager
def folder_of(name: str) -> Iterator[Path]:
    """A new folder that other users may look into; it is kept where it broke off."""
    folder = Path(tempfile.mkdtemp(prefix=f"vitrine-{name}-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def scaled_out(network: Network, search: str = "memory") -> Iterator[Estate]:
    """PostgreSQL, Redis, S3, Chroma, a model server, the API and two workers of one slot each."""
    programs = engines.pgvector_programs() if search == "pgvector" else None
    with ExitStack() as stack:
        home = stack.enter_context(folder_of("scaled"))
        disks: dict[str, Disk | None] = {}
        for name in ("postgres", "redis", "s3", "chroma", "models", "api", "worker 1", "worker 2"):
            (home / name).mkdir()
            if name in ("postgres", "s3", "chroma"):
                disks[name] = stack.enter_context(small_disk(home / name, DISK))

        postgres = engines.postgres_in(home / "postgres", programs)
        redis = engines.redis_in(home / "redis")
        s3, blobs = engines.s3_in(home / "s3")
        chroma = engines.chroma_in(home / "chroma")
        models = vitrine_in(home / "models", _tiny(home), "mlserver", health="/healthz")
        servers = {"postgres": postgres, "redis": redis, "s3": s3, "chroma": chroma}
        servers["models"] = models
        links = {name: network.link(engine.port) for name, engine in servers.items()}
        ports = {name: link.port for name, link in links.items()}
        settings = _linked(home, blobs, ports, search)
        parts = [
            Part(name, engine, links[name], disks.get(name)) for name, engine in servers.items()
        ]
        stack.enter_context(kept(parts))
        for part in parts:
            eventually(part.engine.ready, f"{part.name} did not start", STARTING)
        direct = settings.model_copy(
            update={
                "database": settings.database.model_copy(
                    update={"url": engines.postgres_at(postgres.port)}
                )
            }
        )
        sessions = stack.enter_context(_prepared(direct))
        api = vitrine_in(home / "api", settings, "serve", health=HEALTH)
        working = ("worker", "--concurrency", "1")
        ours = [Part("api", api)]
        ours += [
            Part(name, vitrine_in(home / name, settings, *working))
            for name in ("worker 1", "worker 2")
        ]
        stack.enter_context(kept(ours))
        eventually(api.ready, "the API did not start", STARTING)
        full = [(name, disk, 0) for name, disk in disks.items() if disk and name not in STUBBORN]
        stubborn = [(part, part.disk) for part in parts if part.name in STUBBORN and part.disk]
        url = f"http://127.0.0.1:{api.port}"
        tried = [*parts, *ours[:2]]
        yield Estate(
            name="scaled out" if search == "memory" else search,
            url=url,
            settings=direct,
            sessions=sessions,
            parts=tried,
            disks=full,
            workers=ours[1:],
            stubborn=stubborn,
        )


@contextmanager
def embedded() -> Iterator[Estate]:
    """`vitrine serve` alone, on a small disk where one can be mounted."""
    with ExitStack() as stack:
        home = stack.enter_context(folder_of("embedded"))
        data, logs = home / "data", home / "logs"
        data.mkdir()
        logs.mkdir()
        disk = stack.enter_context(small_disk(data, DISK))
        settings = _tiny(home, data_dir=data)
        sessions = stack.enter_context(_prepared(settings))
        serve = vitrine_in(logs, settings, "serve", health=HEALTH)
        server = Part("server", serve)
        stack.enter_context(kept([server]))
        eventually(serve.ready, "the server did not start", STARTING)
        floor = settings.limits.free_bytes // 2
        full = [("server", disk, floor), ("server", disk, 0)] if disk else []
        url = f"http://127.0.0.1:{serve.port}"
        index = Child("index process", server)
        yield Estate("embedded", url, settings, sessions, [server], [index], full, [server])


def _tiny(home: Path, **given: Any) -> Settings:
    graphs.write_encoder(home / "tiny")
    vision = {"encoder": "tiny", "detector": None, "models_dir": home / "tiny", "quality": FLAT}
    return Settings.model_validate(COMMON | {"data_dir": home, "vision": vision} | given)


def _linked(home: Path, blobs: BlobSettings, ports: dict[str, int], search: str) -> Settings:
    tiny = _tiny(home)
    endpoint = f"http://127.0.0.1:{ports['s3']}"
    models = {"kind": "server", "url": f"http://127.0.0.1:{ports['models']}"}
    broker = f"redis://127.0.0.1:{ports['redis']}/0"
    given = tiny.model_dump() | {
        "database": {"url": engines.postgres_at(ports["postgres"])},
        "blobs": blobs.model_copy(update={"endpoint": endpoint}),
        "vectors": {"kind": "server", "port": ports["chroma"]},
        "queue": {"kind": "celery", "broker_url": broker},
        "search": {"engine": search},
    }
    given["vision"] |= models
    return Settings.model_validate(given)


@contextmanager
def _prepared(settings: Settings) -> Iterator[Sessions]:
    engine = make_engine(settings)
    schema.upgrade(engine)
    make_admin(Sessions(engine), EMAIL, PASSWORD)
    yield Sessions(engine)
    engine.dispose()
