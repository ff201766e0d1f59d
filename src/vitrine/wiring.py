"""From settings to a running Vitrine: the only place that picks implementations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import structlog
from sqlalchemy import func, select

from vitrine import schema
from vitrine.adapters import opening
from vitrine.adapters.disk import Disk
from vitrine.adapters.exact import StoredVectors
from vitrine.adapters.opening import blobs_of, load_vision
from vitrine.adapters.parts import WatchedParts
from vitrine.adapters.postgres import connecting
from vitrine.adapters.queue import CeleryQueue, SweptQueue, ThreadQueue, make_celery
from vitrine.adapters.training import TrainingProcess
from vitrine.adapters.vision import Supply
from vitrine.adapters.webhooks import HttpWebhookSender
from vitrine.core.clock import now
from vitrine.core.errors import Conflict, NotFound, Unavailable
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.ports import Blobs, Ports, Queue, VectorIndex
from vitrine.services import calibration, health, models, sources, training, webhooks
from vitrine.services.handlers import TOGETHER, handlers
from vitrine.services.indexing import reindex
from vitrine.services.jobs import runner, sweeping, workers
from vitrine.services.jobs.runner import Runner
from vitrine.services.jobs.sweeping import Sight
from vitrine.services.jobs.workers import Duty
from vitrine.services.models import store
from vitrine.services.retention import schedule
from vitrine.services.review import job as reviewing
from vitrine.services.search import upkeep
from vitrine.services.search.cache import refresh
from vitrine.services.search.cache.store import SearchCache
from vitrine.services.search.engine import SearchEngine
from vitrine.services.search.gathering import InPostgres
from vitrine.services.search.records import Records
from vitrine.services.search.retrieval import Retriever
from vitrine.services.search.upkeep import Upkeep
from vitrine.tables.catalog import Product
from vitrine.tables.models import Collection
from vitrine.vision import tuning
from vitrine.vision.tuning import Tunings

__all__ = [
    "Runtime",
    "attached",
    "blobs_of",
    "load_vision",
    "running_here",
    "running_or_attached",
    "stored",
    "tunings_of",
]

ADVISED_ABOVE = 500_000
"""From so many products on each process holds so much of them, and reads it for so long when it
starts, that PostgreSQL should be searched in its place (docs/scale.md)."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Runtime:
    """A running Vitrine: settings, database and ports; shared by threads, closed by its maker."""

    settings: Settings
    sessions: Sessions
    ports: Ports
    cache: SearchCache = field(default_factory=SearchCache)
    tunings: Tunings = field(default_factory=Tunings)
    duty: Duty = field(default_factory=Duty)
    stored: Retriever | None = None
    upkeep: Upkeep | None = None
    records: Records | None = None

    @cached_property
    def search_engine(self) -> SearchEngine:
        """What searches need of it."""
        return SearchEngine(
            self.sessions, self.ports, self.cache, self.tunings, self.stored, self.records
        )

    @property
    def runner(self) -> Runner:
        """What runs of jobs need of it."""
        policy, rules = self.settings.queue, self.settings.vision.quality
        pulls = sources.Rules.of(self.settings)
        made = handlers(self.search_engine, self.settings.data_dir, pulls)
        return Runner(self.sessions, self.ports, policy, rules, made, self.duty, TOGETHER)

    def run_job(self, job_id: str) -> None:
        """Run one job to its end, or do nothing if it is not to be had."""
        runner.run(self.runner, job_id)

    def wake(self, job_id: str) -> None:  # noqa: ARG002 - the database says whose turn it is
        """Run the jobs that wait, each in its turn, now that this one was sent."""
        runner.run_all(self.runner)

    def require_room(self) -> None:
        """Raise Full while too little of the disk is free to take anything in."""
        if opening.uses_disk(self.settings):
            Disk(self.settings.data_dir, self.settings.limits.free_bytes).require()

    def warm(self) -> None:
        """Read into memory what searches need, so that the first shopper does not wait for it."""
        with self.sessions.read() as session:
            searched = models.active(session)
            if searched is not None:
                with suppress(Conflict, Unavailable):  # whoever searches is told
                    self.ports.vision_of(searched.versions)
                self.search_engine.retriever.warm(session, searched)
                refresh.keep(session, self.cache, searched)

    def sweep(self) -> None:
        """Take up lost jobs, send unsent ones, submit what it is time for.

        With nothing to do it takes no write lock.
        """
        policy, away = self.settings.queue, self.ports.parts.away()
        if self.upkeep is not None:
            self.upkeep.begin()
        with self.duty.looking():
            with self.sessions.read() as session:
                sight = Sight(away, self.duty.blind(policy.lease))
                found = (
                    sweeping.due(session, policy, sight)
                    or schedule.due(session, self.settings.retention)
                    or calibration.due(session)
                    or reviewing.due(session)
                    or training.due(session, self.settings.training)
                    or sources.due(session)
                    or refresh.outdated(session, now())
                )
                if not found:
                    return
            with self.sessions.write() as session:
                schedule.submit_due(session, self.ports.queue, self.settings.retention)
                if calibration.due(session):
                    calibration.submit(session, self.ports.queue)
                if reviewing.due(session):
                    reviewing.submit(session, self.ports.queue)
                training.propose_due(session, self.settings.training)
                sources.submit_due(session, self.ports.queue)
                sweeping.sweep(session, self.ports.queue, policy, sight)
                refresh.forget(session, now())

    def beat(self) -> None:
        """Tell the others that this worker lives, every few seconds, and the log what waits."""
        if self.duty.silent():
            with self.sessions.write() as session:
                workers.beat(session, self.duty)
        if self.duty.tells():
            with self.sessions.read() as session:
                oldest, count = health.backlog(session).oldest_seconds, health.waiting(session)
            log.info("queue", waiting=count, oldest_seconds=round(oldest or 0.0, 1))

    def leave(self) -> None:
        """Begin no more jobs, let those that run end within the grace, and give back the rest."""
        self.duty.leave(self.settings.queue.grace)
        with suppress(Unavailable):  # then the leases run out
            runner.give_back(self.runner)
            with self.sessions.write() as session:
                workers.leave(session, self.duty)
            with self.sessions.read() as session:
                if (searched := models.active(session)) is not None:
                    refresh.keep(session, self.cache, searched)

    def deliver(self) -> None:
        """Send the webhooks that are due, and forget old ones."""
        with self.sessions.read() as session:
            if not webhooks.due(session, self.settings.webhooks):
                return
        with closing(HttpWebhookSender(self.settings.webhooks)) as sender:
            webhooks.deliver(self.sessions, sender, self.settings)


@contextmanager
def running_here(settings: Settings) -> Iterator[Runtime]:
    """A complete Vitrine of this process, models warm; with the thread queue it also runs jobs.

    Raises Invalid when a model is missing, Conflict when another process owns the embedded index,
    Unavailable when the database is not migrated or a server does not answer.
    """
    with ExitStack() as stack:
        sessions = stack.enter_context(_database(settings))
        parts = opening.parts_of(settings)
        vectors = stack.enter_context(opening.index(settings, parts))
        blobs = opening.blobs(settings, parts)
        supply = _supply(sessions, blobs, settings)
        vision, visions = stack.enter_context(opening.vision(settings, parts, supply))
        with sessions.write() as session:
            models.register(session, vision.versions)
            store.keep_installed(session, blobs, settings.vision)
            searched = models.active(session)
        if settings.search.engine == "memory":
            _warm(vectors, searched, settings.search.index_above)
        fetcher = stack.enter_context(opening.fetcher(settings))
        feeds = stack.enter_context(opening.feeds(settings))
        trainer = TrainingProcess(settings)
        queue = SweptQueue()
        ports = Ports(blobs, vectors, vision, queue, fetcher, parts, visions, trainer, feeds)
        if settings.vectors.kind == "embedded":
            with sessions.write() as session:
                reindex.submit_missing(session, ports)
        stack.callback(parts.close)
        made = _runtime(settings, sessions, ports)
        if settings.vectors.kind == "embedded":  # no other process answers people
            records = Records(sessions)
            stack.callback(records.close)
            made = replace(made, records=records)
        stack.callback(made.cache.sights.rest)
        _complete(made)
        yield stack.enter_context(_queued(made))


@contextmanager
def attached(settings: Settings) -> Iterator[Runtime]:
    """A Vitrine beside the process that owns the embedded index.

    It searches exactly, from SQL, and leaves its jobs to the owner's sweep.
    """
    with ExitStack() as stack:
        sessions = stack.enter_context(_database(settings))
        parts, blobs = WatchedParts(), blobs_of(settings)
        supply = _supply(sessions, blobs, settings)
        vision, visions = stack.enter_context(opening.vision(settings, parts, supply))
        fetcher = stack.enter_context(opening.fetcher(settings))
        vectors, queue = StoredVectors(sessions), SweptQueue()
        ports = Ports(blobs, vectors, vision, queue, fetcher, visions=visions)
        stack.callback(parts.close)
        yield _runtime(settings, sessions, ports)


@contextmanager
def running_or_attached(settings: Settings) -> Iterator[tuple[Runtime, bool]]:
    """The complete Vitrine and True; where another process owns it, an attached one and False."""
    with ExitStack() as stack:
        try:
            runtime = stack.enter_context(running_here(settings))
        except Conflict as error:
            if error.code != "index_owned":
                raise
            yield stack.enter_context(attached(settings)), False
        else:
            yield runtime, True


@contextmanager
def stored(settings: Settings) -> Iterator[Sessions]:
    """Just the migrated database, for what needs nothing else."""
    with _database(settings) as sessions:
        yield sessions


@contextmanager
def _database(settings: Settings) -> Iterator[Sessions]:
    engine = make_engine(settings, connecting(settings))
    try:
        schema.check(engine)
        sessions = Sessions(engine)
        if settings.search.engine == "pgvector":
            sessions = upkeep.followed(sessions, settings.search.statuses)
        yield sessions
    finally:
        engine.dispose()


def _supply(sessions: Sessions, blobs: Blobs, settings: Settings) -> Supply:
    """Where models that are not installed come from."""

    def folder(role: str, version: str) -> Path:
        with sessions.read() as session:
            model = store.known(session, role, version)
        return store.fetch(blobs, model, settings.vision.models_dir)

    return folder


def tunings_of(settings: Settings) -> Tunings:
    """What was measured of the installed models, and the weights that the settings put in place."""
    return tuning.installed(settings.vision.models_dir, settings.search.weights)


def _runtime(settings: Settings, sessions: Sessions, ports: Ports) -> Runtime:
    made = Runtime(settings, sessions, ports, _cache(settings), tunings_of(settings))
    if settings.search.engine == "memory":
        return made
    statuses = settings.search.statuses
    return replace(made, stored=InPostgres(statuses), upkeep=Upkeep(sessions, statuses))


def _complete(runtime: Runtime) -> None:
    """Have what is searched ready, and say where it is searched."""
    search = runtime.settings.search
    with runtime.sessions.read() as session:
        searched = models.active(session)
        count = session.scalar(select(func.count(Product.id)))
    if searched is not None:
        runtime.search_engine.retriever.complete(runtime.sessions, searched)
    log.info("search", engine=search.engine, products=count, pgvector_advised_above=ADVISED_ABOVE)


def _cache(settings: Settings) -> SearchCache:
    search = settings.search
    # Where several processes search, each has a disk of its own or none.
    folder = settings.data_dir / "cache" / "search" if settings.vectors.kind == "embedded" else None
    return SearchCache(search.cache_bytes, search.index_above, search.statuses, folder)


def _warm(vectors: VectorIndex, searched: Collection | None, index_above: int) -> None:
    """Have an index that searches ask read its graph now: the first shopper shall not wait."""
    if searched is None:
        return
    # An index that is empty or away is no reason not to start: what needs it says so itself.
    with suppress(NotFound, Unavailable):
        if vectors.count(searched.name) > index_above:
            vectors.query(searched.name, np.eye(1, searched.dimension, dtype=np.float32)[0], 1)


@contextmanager
def _queued(idle: Runtime) -> Iterator[Runtime]:
    """The runtime with its queue; in the embedded shape the queue's threads run until the end."""
    policy = idle.settings.queue
    if policy.kind == "celery":
        with make_celery(idle.settings) as app:
            yield _with_queue(idle, CeleryQueue(app))
        return
    # The queue runs jobs on a runtime that has this very queue to send follow-ups with.
    runtime: Runtime
    queue = ThreadQueue(
        lambda job_id: runtime.wake(job_id),  # noqa: PLW0108
        lambda: runtime.sweep(),  # noqa: PLW0108
        lambda: runtime.deliver(),  # noqa: PLW0108
        lambda: runtime.beat(),  # noqa: PLW0108
        workers=policy.workers,
        sweep_every=policy.sweep_every,
    )
    runtime = _with_queue(replace(idle, duty=Duty(policy.workers)), queue)
    if idle.settings.vectors.kind == "embedded":
        with runtime.sessions.write() as session:
            # We hold the embedded index alone, so whoever was running these jobs is gone.
            sweeping.release_all(session)
    runtime.beat()
    queue.start()
    try:
        yield runtime
    finally:
        runtime.leave()
        queue.stop(1.0)


def _with_queue(runtime: Runtime, queue: Queue) -> Runtime:
    return replace(runtime, ports=replace(runtime.ports, queue=queue))
