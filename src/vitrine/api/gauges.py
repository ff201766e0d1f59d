"""What the database and the parts know, told as metrics in the moment that Prometheus asks.

Every API process tells the same of these, so dashboards take the maximum, not the sum.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from vitrine.adapters.disk import Disk
from vitrine.core.clock import now
from vitrine.core.errors import Unavailable
from vitrine.services import health
from vitrine.services.health import Backlog, Pulse, Stock
from vitrine.services.review import progress, quality
from vitrine.services.search.stored import keeping
from vitrine.wiring import Runtime

PATIENCE = 2.0
"""Seconds in which a part must answer."""

FRESH = 10.0
"""Seconds for which what was counted is not counted again, however many ask."""

AGREED = 300.0
"""Seconds for which agreement is not reckoned again: it reads every answer of a season."""

SEASON = timedelta(days=90)
"""Over how long a time agreement is told."""


class Gauges(Collector):
    """Metrics of one running Vitrine; asked by any number of scrapes, counts at most every 10 s."""

    def __init__(self, runtime: Runtime, pulse: Pulse) -> None:
        self._runtime, self._pulse = runtime, pulse
        self._counting = threading.Lock()
        self._counted: tuple[float, list[Metric]] | None = None
        self._agreed: tuple[float, list[Metric]] | None = None

    def collect(self) -> Iterable[Metric]:
        """Every metric; of a part that is away only that it is."""
        with self._counting:
            if self._counted is None or time.monotonic() - self._counted[0] > FRESH:
                self._counted = (time.monotonic(), list(self._metrics()))
            return self._counted[1]

    def _metrics(self) -> Iterator[Metric]:
        yield from _parts(self._pulse)
        yield _room(self._runtime)
        yield _connections(self._runtime)
        with suppress(Unavailable):  # the part is told to be away
            yield from self._of_database()

    def _agreement(self, session: Session) -> list[Metric]:
        if self._agreed is None or time.monotonic() - self._agreed[0] > AGREED:
            self._agreed = (time.monotonic(), [_agreement(session)])
        return self._agreed[1]

    def _of_database(self) -> Iterator[Metric]:
        with self._runtime.sessions.read() as session:
            stock, backlog = health.stock(session), health.backlog(session)
            reviews = [*_reviews(session), *self._agreement(session)]
            rows = _rows(self._runtime, session)
        yield from reviews
        yield rows
        yield from _jobs(stock, backlog)
        yield from _workers(backlog)
        yield from _products(self._runtime, stock)


def _reviews(session: Session) -> Iterator[Metric]:
    items = GaugeMetricFamily("vitrine_review_items", "Items of review", labels=["state"])
    for state, count in progress.depth(session).states.items():
        items.add_metric([state], count)
    yield items
    done = progress.done(session)
    yield CounterMetricFamily("vitrine_review_answers", "Items that people answered", done)


def _rows(runtime: Runtime, session: Session) -> Metric:
    return GaugeMetricFamily(
        "vitrine_search_rows_unsettled",
        "Collections whose rows for pgvector are being made or read anew; 0 where none are",
        keeping.unsettled(session) if runtime.settings.search.engine == "pgvector" else 0,
    )


def _agreement(session: Session) -> Metric:
    told = GaugeMetricFamily(
        "vitrine_review_agreement",
        "Krippendorff's alpha of reviewers who saw the same, by facet",
        labels=["facet"],
    )
    for facet in quality.of(session, now() - SEASON).facets:
        if facet.agreement.alpha is not None:
            told.add_metric([facet.name], facet.agreement.alpha)
    return told


def _parts(pulse: Pulse) -> Iterator[Metric]:
    up = GaugeMetricFamily("vitrine_part_up", "Whether a part answers", labels=["part"])
    for part in pulse.look(PATIENCE):
        up.add_metric([part.name], float(part.error is None))
    yield up


def _room(runtime: Runtime) -> Metric:
    limits = runtime.settings.limits
    free = Disk(runtime.settings.data_dir, limits.free_bytes).free()
    room = GaugeMetricFamily(
        "vitrine_disk_bytes", "Bytes of the disk of the data folder", labels=["state"]
    )
    room.add_metric(["free"], free)
    room.add_metric(["floor"], limits.free_bytes)
    return room


def _connections(runtime: Runtime) -> Metric:
    told = GaugeMetricFamily(
        "vitrine_database_connections", "Connections to the database", labels=["state"]
    )
    for state, number in runtime.sessions.connections().items():
        told.add_metric([state], number)
    return told


def _jobs(stock: Stock, backlog: Backlog) -> Iterator[Metric]:
    jobs = GaugeMetricFamily(
        "vitrine_jobs", "Jobs that there are, by kind and status", labels=["kind", "status"]
    )
    for depth in stock.jobs:
        jobs.add_metric([depth.kind, depth.status], depth.count)
    yield jobs
    yield GaugeMetricFamily(
        "vitrine_oldest_job_seconds",
        "For how long the oldest job that could run has waited; 0 where none does",
        backlog.oldest_seconds or 0.0,
    )
    yield GaugeMetricFamily(
        "vitrine_jobs_stalled",
        "1 where jobs wait and no worker takes any, whatever the broker says of itself",
        float(backlog.stalled),
    )


def _workers(backlog: Backlog) -> Iterator[Metric]:
    slots = GaugeMetricFamily(
        "vitrine_worker_slots", "Jobs that a worker can run at once", labels=["worker"]
    )
    running = GaugeMetricFamily(
        "vitrine_worker_running", "Jobs that a worker runs", labels=["worker"]
    )
    ran = CounterMetricFamily(
        "vitrine_worker_jobs", "Jobs that a worker ran since it began", labels=["worker"]
    )
    idle = GaugeMetricFamily(
        "vitrine_worker_idle_seconds", "Since when a worker began no job", labels=["worker"]
    )
    for worker in backlog.workers:
        slots.add_metric([worker.name], worker.slots)
        running.add_metric([worker.name], worker.running)
        ran.add_metric([worker.name], worker.jobs)
        if worker.last_job_at is not None:
            idle.add_metric([worker.name], (now() - worker.last_job_at).total_seconds())
    yield from (slots, running, ran, idle)
    yield GaugeMetricFamily(
        "vitrine_workers", "Workers that were heard of lately", len(backlog.workers)
    )


def _products(runtime: Runtime, stock: Stock) -> Iterator[Metric]:
    products = GaugeMetricFamily("vitrine_products", "Products", labels=["state"])
    products.add_metric(["shown"], stock.products)
    products.add_metric(["deleted"], stock.deleted)
    yield products
    yield GaugeMetricFamily("vitrine_photos", "Photos of products", stock.images)
    active = next((each for each in stock.collections if each.active), None)
    known = health.indexed(runtime.ports, active) if active else None
    index = GaugeMetricFamily(
        "vitrine_index_products",
        "Products with a vector, as the database knows them and as the index does",
        labels=["where"],
    )
    index.add_metric(["database"], stock.embedded)
    if known is not None:
        index.add_metric(["index"], known)
    yield index
