"""Uploads while workers are killed: the scenario shared by a test and a benchmark."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
from sqlalchemy import func, select

from tests.worlds import ledger
from tests.worlds.factories import photo
from tests.worlds.programs import Program, answers, environment_of, free_port, started
from vitrine import schema, wiring
from vitrine.cli.accounts import make_admin
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.tables.jobs import Job

EMAIL, PASSWORD = "admin@example.com", "correct horse battery"
KILLS = 3
DEADLINE = 240.0


@dataclass(frozen=True)
class Tally:
    """What was found when all had settled; `lost` and `twice` must be empty."""

    queue: str
    uploads: int
    accepted: int
    kills: int
    products: int
    jobs: dict[str, int]
    jobs_tried_again: int
    results: int
    vectors_missing: int
    lost: list[str]
    twice: list[str]
    seconds: float

    def as_json(self) -> str:
        """One line for people and programs."""
        return json.dumps(asdict(self))


@contextmanager
def vitrine(settings: Settings, folder: Path, *words: str) -> Iterator[Program]:
    """A `vitrine` command running as a process of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "vitrine", *words]
    environment = os.environ | environment_of(settings) | {"VITRINE_LOG_FORMAT": "json"}
    with started(command, folder, env=environment) as program:
        yield program


class Fleet:
    """Processes of one command, any of which can be killed and replaced."""

    def __init__(self, settings: Settings, folder: Path, words: tuple[str, ...]) -> None:
        self._settings, self._folder, self._words = settings, folder, words
        self._stack = ExitStack()
        self._running: list[Program] = []
        self.kills = 0

    def start(self) -> None:
        folder = self._folder / f"{self._words[0]}-{time.monotonic_ns()}"
        program = vitrine(self._settings, folder, *self._words)
        self._running.append(self._stack.enter_context(program))

    def kill_oldest(self) -> None:
        self._running.pop(0).stop(signal.SIGKILL)
        self.kills += 1
        self.start()

    def stop(self) -> None:
        self._stack.close()


def run(settings: Settings, uploads: int, workers: int) -> Tally:
    """Upload from as many threads at once, kill three workers on the way, count what came of it.

    With the thread queue the one server is worker as well, and is killed; with Celery the workers
    are processes of their own.
    """
    engine = make_engine(settings)
    schema.upgrade(engine)
    sessions = Sessions(engine)
    make_admin(sessions, EMAIL, PASSWORD)
    port = free_port()
    serving = ("serve", "--port", str(port))
    server = Fleet(settings, settings.data_dir / "processes", serving)
    fleet = server
    server.start()
    if settings.queue.kind == "celery":
        fleet = Fleet(settings, settings.data_dir / "processes", ("worker", "--concurrency", "1"))
        for _ in range(workers):
            fleet.start()
    begun = time.monotonic()
    try:
        accepted = _upload_and_kill(sessions, fleet, f"http://127.0.0.1:{port}", uploads)
        _until(lambda: _ended(sessions) >= len(accepted), "jobs did not end")
        seconds = time.monotonic() - begun
    finally:
        server.stop()
        fleet.stop()
    tally = _count(settings, sessions, accepted, fleet.kills, seconds, uploads)
    engine.dispose()
    return tally


def _upload_and_kill(sessions: Sessions, fleet: Fleet, url: str, uploads: int) -> list[str]:
    _until(lambda: answers(f"{url}/v1/health"), "the server did not start")
    ended = threading.Event()
    killer = threading.Thread(target=_kill_on_the_way, args=(sessions, fleet, uploads, ended))
    killer.start()
    try:
        with httpx.Client(base_url=url, timeout=30, limits=httpx.Limits(max_connections=64)) as api:
            body = {"email": EMAIL, "password": PASSWORD}
            token = api.post("/v1/auth/sign-in", json=body).json()["access_token"]
            api.headers["Authorization"] = f"Bearer {token}"
            with ThreadPoolExecutor(uploads) as pool:
                accepted = list(pool.map(lambda number: upload(api, number), range(uploads)))
        killer.join(DEADLINE)
    finally:
        ended.set()
        killer.join()
    return accepted


def upload(api: httpx.Client, number: int) -> str:
    """Post until it is accepted, always with the same key: the client of a careful shop."""
    sku = f"SKU-{number:04}"
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        try:
            answer = api.post(
                "/v1/products",
                headers={"Idempotency-Key": sku},
                data={"product": json.dumps({"external_id": sku, "title": f"Product {sku}"})},
                files={"images": (f"{sku}.jpg", photo("green", seed=number), "image/jpeg")},
            )
        except httpx.TransportError:
            time.sleep(0.3)
            continue
        if answer.status_code == 202:
            return sku
        if answer.status_code not in (409, 503):
            raise AssertionError(f"{sku}: {answer.status_code} {answer.text}")
        time.sleep(0.3)
    raise AssertionError(f"{sku} was never accepted")


def _kill_on_the_way(
    sessions: Sessions, fleet: Fleet, uploads: int, ended: threading.Event
) -> None:
    for share in range(1, KILLS + 1):
        wanted = share * uploads // (KILLS + 2)
        while _ended(sessions) < wanted:
            if ended.wait(0.05):
                return
        fleet.kill_oldest()


def _ended(sessions: Sessions) -> int:
    with sessions.read() as session:
        ended = (
            select(func.count())
            .select_from(Job)
            .where(Job.kind == "index", Job.finished_at.is_not(None))
        )
        return session.scalar(ended) or 0


def _until(reached: Callable[[], bool], complaint: str) -> None:
    deadline = time.monotonic() + DEADLINE
    while not reached():
        if time.monotonic() > deadline:
            raise AssertionError(complaint)
        time.sleep(0.1)


def _count(
    settings: Settings,
    sessions: Sessions,
    accepted: list[str],
    kills: int,
    seconds: float,
    uploads: int,
) -> Tally:
    found = ledger.look(sessions, accepted)
    with wiring.running_here(settings) as runtime:
        published = runtime.ports.vectors.ids(runtime.ports.vision.versions.collection)
    return Tally(
        queue=settings.queue.kind,
        uploads=uploads,
        accepted=len(accepted),
        kills=kills,
        products=len(found.products),
        jobs=found.jobs,
        jobs_tried_again=found.jobs_tried_again,
        results=found.results,
        vectors_missing=len(set(found.products.values()) - published),
        lost=found.lost,
        twice=found.twice,
        seconds=round(seconds, 1),
    )
