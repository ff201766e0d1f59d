"""Workers and model servers are added by number alone: they share the work, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.worlds.factories import photo, product_with_photos
from tests.worlds.fakes import ExactIndex, ListQueue, MemoryBlobs
from tests.worlds.slow_models import Tally, slow_servers
from vitrine.adapters.vision import HttpVision
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.ports import Ports
from vitrine.services import jobs, models
from vitrine.services.jobs import Order, Share, kinds, workers
from vitrine.tables.jobs import SUCCEEDED, Job
from vitrine.wiring import Runtime

PRODUCTS = 48
SERVERS = ["127.0.0.2", "127.0.0.3"]

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", *SERVERS])


@dataclass
class Machines:
    """Workers, each with connections of its own to the database and to the model servers."""

    settings: Settings
    port: int
    addresses: list[str]
    blobs: MemoryBlobs = field(default_factory=MemoryBlobs)
    vectors: ExactIndex = field(default_factory=ExactIndex)

    @contextmanager
    def worker(self) -> Iterator[Runtime]:
        url = f"http://models.internal:{self.port}"
        engine = make_engine(self.settings)
        with closing(HttpVision(url, resolve=lambda _: self.addresses)) as vision:
            ports = Ports(self.blobs, self.vectors, vision, ListQueue())
            yield Runtime(self.settings, Sessions(engine), ports)
        engine.dispose()


def test_one_worker_and_one_model_server_do_all_one_after_the_other(
    postgres_database: str, tiny_models: Path, tmp_path: Path
) -> None:
    tally, shares = indexed(settings_of(postgres_database, tmp_path), tiny_models, 1, SERVERS[:1])
    assert shares == [2 * PRODUCTS]
    assert tally.peak == 1
    assert list(tally.answered) == SERVERS[:1]


def test_three_workers_and_two_model_servers_each_do_their_part_at_once(
    postgres_database: str, tiny_models: Path, tmp_path: Path
) -> None:
    tally, shares = indexed(settings_of(postgres_database, tmp_path), tiny_models, 3, SERVERS)
    assert tally.peak == 3, "all workers had a model run at the same time"
    assert sum(shares) == 2 * PRODUCTS, "nothing was done twice"
    assert min(shares) >= 2 * PRODUCTS // 8, shares
    answered = tally.answered
    assert min(answered[each] for each in SERVERS) >= sum(answered.values()) // 4, answered


def settings_of(database: str, folder: Path) -> Settings:
    return Settings.model_validate({"data_dir": folder, "database": {"url": database}})


def indexed(
    settings: Settings, tiny_models: Path, crew: int, addresses: list[str]
) -> tuple[Tally, list[int]]:
    """What model servers answered, and how many jobs each worker of the crew did.

    Every product has two jobs, of an import and of nobody, so that workers may meet in one.
    """
    tally = Tally(crew)
    with ExitStack() as stack:
        port = stack.enter_context(slow_servers(tiny_models, addresses, tally))
        machines = Machines(settings, port, addresses)
        runtimes = [stack.enter_context(machines.worker()) for _ in range(crew)]
        submit_all(runtimes[0])
        for runtime in runtimes:
            with runtime.sessions.write() as session:
                workers.beat(session, runtime.duty)
        threads = [threading.Thread(target=each.wake, args=("",)) for each in runtimes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        check_all(runtimes[0])
        return tally, [each.duty.jobs for each in runtimes]


def submit_all(runtime: Runtime) -> None:
    with runtime.sessions.write() as session:
        models.register(session, runtime.ports.vision.versions)
    with runtime.sessions.write() as session:
        for n in range(PRODUCTS):
            with jobs.taking(Share("import", bulk=True)):
                picture = photo("red", seed=n)
                product, _ = product_with_photos(session, runtime.ports, f"{n}", picture)
            jobs.submit(session, runtime.ports.queue, Order(kinds.Publish(), product.id))


def check_all(runtime: Runtime) -> None:
    """Every job succeeded, at its first attempt, and no two of one product ran at once."""
    with runtime.sessions.read() as session:
        done = session.scalars(select(Job).order_by(Job.product_id, Job.started_at)).all()
    assert {(each.status, each.attempts) for each in done} == {(SUCCEEDED, 1)}
    for one, next_ in pairwise(done):
        if one.product_id == next_.product_id:
            assert one.finished_at is not None
            assert next_.started_at is not None
            assert one.finished_at <= next_.started_at, (one.kind, next_.kind)
