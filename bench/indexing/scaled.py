"""The scale-out shape with the models of given settings, each part a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.worlds import engines
from tests.worlds.engines import Engine, vitrine_in
from vitrine import schema
from vitrine.core.settings import Settings
from vitrine.db import make_engine

PARTS = ("postgres", "redis", "s3", "chroma", "mlserver", "worker")


@contextmanager
def started(settings: Settings) -> Iterator[Settings]:
    """All servers, a model server and a worker of two slots; how to reach them."""
    home = settings.data_dir
    for name in PARTS:
        (home / name).mkdir()
    with ExitStack() as stack:

        def begun(engine: Engine) -> Engine:
            stack.enter_context(engine.running())
            return engine

        postgres, redis = engines.postgres_in(home / "postgres"), engines.redis_in(home / "redis")
        s3, blobs = engines.s3_in(home / "s3")
        chroma = engines.chroma_in(home / "chroma")
        models = vitrine_in(home / "mlserver", settings, "mlserver", health="/healthz")
        for each in (postgres, redis, s3, chroma, models):
            begun(each)
        vision = {"kind": "server", "url": f"http://127.0.0.1:{models.port}"}
        linked = Settings.model_validate(
            settings.model_dump()
            | {
                "database": {"url": engines.postgres_at(postgres.port)},
                "blobs": blobs,
                "vectors": {"kind": "server", "port": chroma.port},
                "queue": {"kind": "celery", "broker_url": f"redis://127.0.0.1:{redis.port}/0"},
                "vision": settings.vision.model_dump() | vision,
            }
        )
        engine = make_engine(linked)
        schema.upgrade(engine)
        engine.dispose()
        begun(vitrine_in(home / "worker", linked, "worker", "--concurrency", "2"))
        yield linked
