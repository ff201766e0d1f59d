"""Parts that are frozen or away while people upload, with real processes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from tests.worlds import graphs, kills
from tests.worlds.programs import Program, answers, free_port
from tests.worlds.waiting import eventually
from vitrine import schema
from vitrine.cli.accounts import make_admin
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.tables.jobs import Job

UPLOADS = 5
PATIENCE = 180.0


@contextmanager
def prepared(settings: Settings) -> Iterator[Sessions]:
    engine = make_engine(settings)
    schema.upgrade(engine)
    make_admin(Sessions(engine), kills.EMAIL, kills.PASSWORD)
    yield Sessions(engine)
    engine.dispose()


@contextmanager
def signed_in(url: str) -> Iterator[httpx.Client]:
    eventually(lambda: answers(f"{url}/v1/health"), "the server did not start", PATIENCE)
    with httpx.Client(base_url=url, timeout=60) as api:
        body = {"email": kills.EMAIL, "password": kills.PASSWORD}
        token = api.post("/v1/auth/sign-in", json=body).json()["access_token"]
        api.headers["Authorization"] = f"Bearer {token}"
        yield api


def index_jobs(sessions: Sessions) -> list[Job]:
    with sessions.read() as session:
        return list(session.scalars(select(Job).where(Job.kind == "index")))


def all_succeeded(sessions: Sessions, number: int) -> bool:
    return [job.status for job in index_jobs(sessions)] == ["succeeded"] * number


def children(program: Program) -> list[int]:
    pid = program.process.pid
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for each in found for child in each.read_text().split()]


@pytest.mark.timeout(400)
def test_an_index_that_hangs_takes_nothing_down_with_it(settings: Settings) -> None:
    graphs.write_encoder(settings.data_dir / "models")
    given = settings.model_dump() | {"queue": {"sweep_every": 0.3}}
    given["vision"] |= {"encoder": "tiny", "detector": None}
    embedded = Settings.model_validate(given)
    url = f"http://127.0.0.1:{(port := free_port())}"
    folder = embedded.data_dir / "serve"
    with (
        prepared(embedded) as sessions,
        kills.vitrine(embedded, folder, "serve", "--port", str(port)) as server,
        signed_in(url) as api,
    ):
        kills.upload(api, 0)
        eventually(lambda: all_succeeded(sessions, 1), "the first was not indexed", PATIENCE)
        [index] = children(server)
        os.kill(index, signal.SIGSTOP)
        for number in range(1, UPLOADS):
            kills.upload(api, number)
        for _ in range(5):
            assert api.get("/v1/health/live").status_code == 200
            assert len(api.get("/v1/products").json()["products"]) == UPLOADS
        eventually(lambda: api.get("/v1/health").status_code == 503, "nobody noticed", PATIENCE)
        assert api.get("/v1/health").json()["code"] == "vectors_unavailable"
        eventually(lambda: all_succeeded(sessions, UPLOADS), "it was not started anew", PATIENCE)
        assert {job.attempts for job in index_jobs(sessions)} == {1}
        for child in children(server):
            os.kill(child, signal.SIGSTOP)
        asked = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(60)
        assert time.monotonic() - asked < 30, "it ends though the index hangs"


@pytest.mark.servers
@pytest.mark.timeout(400)
@pytest.mark.parametrize("hasty_shop", ["celery"], indirect=True)
def test_uploads_outlast_models_that_are_away(hasty_shop: Settings) -> None:
    models = free_port()
    given = hasty_shop.model_dump()
    given["vision"] |= {"kind": "server", "url": f"http://127.0.0.1:{models}"}
    shop = Settings.model_validate(given)
    url = f"http://127.0.0.1:{(port := free_port())}"
    folder = shop.data_dir / "processes"

    def program(name: str, *words: str) -> AbstractContextManager[Program]:
        return kills.vitrine(shop, folder / name, *words)

    serving = ("mlserver", "--port", str(models))
    with prepared(shop) as sessions, program("models", *serving) as first:
        first.wait_for(lambda: answers(f"http://127.0.0.1:{models}/healthz"), PATIENCE)
        with (
            program("api", "serve", "--port", str(port)),
            program("worker", "worker", "--concurrency", "1"),
            signed_in(url) as api,
        ):
            kills.upload(api, 0)
            eventually(lambda: all_succeeded(sessions, 1), "the first was not indexed", PATIENCE)
            first.stop(signal.SIGKILL)
            for number in range(1, UPLOADS):
                kills.upload(api, number)
            away = time.monotonic()
            eventually(lambda: api.get("/v1/health").status_code == 503, "nobody noticed", PATIENCE)
            assert api.get("/v1/health").json()["code"] == "vision_unavailable"
            assert api.get("/v1/products").status_code == 200
            # The outage, which is to be longer than a job's attempts would last.
            time.sleep(max(0.0, 20 - (time.monotonic() - away)))
            assert {job.status for job in index_jobs(sessions)} == {"succeeded", "queued"}
            with program("again", *serving) as again:
                again.wait_for(lambda: answers(f"http://127.0.0.1:{models}/healthz"), PATIENCE)
                eventually(
                    lambda: all_succeeded(sessions, UPLOADS), "they were not gone on with", PATIENCE
                )
            assert {job.attempts for job in index_jobs(sessions)} == {1}
