"""What Vitrine is made of here, and how each part is: answered also when some are down."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import ColumnElement, Select, func, or_, select, text
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import Away, NotFound, VitrineError
from vitrine.core.settings import Settings
from vitrine.db import SHOW_DELETED, Sessions
from vitrine.ports import Ports
from vitrine.tables.calibration import Calibration
from vitrine.tables.catalog import Image, Product
from vitrine.tables.jobs import QUEUED, Job, Worker
from vitrine.tables.models import Collection, ModelVersion
from vitrine.tables.vectors import embedded

PATIENCE = 5.0
"""Seconds in which a part must answer."""

FRESH = 1.0
"""Seconds for which an answer is not asked for again."""

STALLED = 30.0
"""Seconds after which a job that could run and that nobody took is a sign that nobody will."""

WORKER_SILENT = timedelta(seconds=20)
"""How long a worker may be silent before it does not count."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Part:
    """One part: which kind is in use, how fast it answered, and what is wrong with it if any."""

    name: str
    kind: str
    milliseconds: float
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Depth:
    """How many jobs of a kind have a status."""

    kind: str
    status: str
    count: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """For how many seconds the oldest job has waited to run, and how long ago the latest began."""

    oldest_seconds: float | None
    latest_seconds: float | None
    workers: tuple[Worker, ...]

    @property
    def stalled(self) -> bool:
        """Whether jobs wait and nobody takes any."""
        waited = self.oldest_seconds or 0.0
        return waited > STALLED and (self.latest_seconds or waited) > STALLED


@dataclass(frozen=True, slots=True)
class Stock:
    """What the database holds; `embedded` is how many products the index should know, `stored` the
    encoders whose files are in the store."""

    products: int
    deleted: int
    images: int
    embedded: int
    collections: tuple[Collection, ...]
    stored: frozenset[str]
    jobs: tuple[Depth, ...]
    oldest_queued_at: datetime | None
    calibration: Calibration | None


class Pulse:
    """How each part is, asked at most every second, on one thread for each that nobody waits for.

    So it answers soon, whatever hangs, and a part that hangs costs one thread however often it is
    asked for.
    """

    def __init__(
        self, probes: Mapping[str, Callable[[], object]], kinds: Mapping[str, str]
    ) -> None:
        self._probes = {name: _Probe(name, kinds[name], ask) for name, ask in probes.items()}

    def look(self, patience: float = PATIENCE) -> list[Part]:
        """The parts as they are now; one that is silent for `patience` seconds counts as down."""
        for probe in self._probes.values():
            probe.ask()
        deadline = time.monotonic() + patience
        return [probe.told(deadline, patience) for probe in self._probes.values()]


class _Probe:
    """One part, asked by one thread at a time."""

    def __init__(self, name: str, kind: str, ask: Callable[[], object]) -> None:
        self._name, self._kind, self._ask = name, kind, ask
        self._answer: Future[Part] | None = None
        self._asked_at = -FRESH
        self._asking = threading.Lock()

    def ask(self) -> None:
        """Ask the part, unless it was asked just now or has not answered yet."""
        with self._asking:
            old = time.monotonic() - self._asked_at >= FRESH
            if old and (self._answer is None or self._answer.done()):
                self._asked_at, self._answer = time.monotonic(), Future()
                work = partial(self._run, self._answer)
                threading.Thread(target=work, name=f"health-{self._name}", daemon=True).start()

    def told(self, deadline: float, patience: float) -> Part:
        """What it answered until then."""
        assert self._answer is not None  # noqa: S101 - it was asked
        try:
            return self._answer.result(max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            silent = f"No answer within {patience:g} seconds."
            return Part(self._name, self._kind, 1000 * patience, silent)

    def _run(self, answer: Future[Part]) -> None:
        answer.set_result(_asked(self._name, self._kind, self._ask))


def parts(sessions: Sessions, ports: Ports, settings: Settings) -> list[Part]:
    """How each part is, all asked at once; one that is silent for seconds counts as down."""
    return Pulse(_probes(sessions, ports), _kinds(settings)).look()


def readiness(sessions: Sessions, ports: Ports, settings: Settings) -> Pulse:
    """The parts that are processes of their own, or the disk, asked something small."""

    def asking(name: str) -> Callable[[], None]:
        def ask() -> None:
            if ports.parts.is_away(name):
                raise Away(name, f"The part {name!r} does not answer.")

        return ask

    probes: dict[str, Callable[[], object]] = {
        "database": partial(_ask_database, sessions),
        "queue": ports.queue.ping,
    }
    probes |= {name: asking(name) for name in sorted(ports.parts.names())}
    return Pulse(probes, _kinds(settings))


def backlog(session: Session) -> Backlog:
    """The jobs that wait and could run, and the workers that were heard of lately."""
    moment = now()
    due = _due(moment)
    since = func.min(func.coalesce(Job.not_before, Job.created_at))
    oldest, latest = session.scalar(select(since).where(due)), session.scalar(_latest_start())
    heard = select(Worker).where(Worker.seen_at > moment - WORKER_SILENT).order_by(Worker.name)
    return Backlog(
        oldest_seconds=_seconds(moment, oldest),
        latest_seconds=_seconds(moment, latest),
        workers=tuple(session.scalars(heard)),
    )


def waiting(session: Session) -> int:
    """How many jobs wait and could run."""
    return session.scalar(select(func.count(Job.id)).where(_due(now()))) or 0


def _due(moment: datetime) -> ColumnElement[bool]:
    return (Job.status == QUEUED) & or_(Job.not_before.is_(None), Job.not_before <= moment)


def stock(session: Session) -> Stock:
    """What there is, counted."""
    collections = session.scalars(select(Collection).order_by(Collection.id)).all()
    active = next((each for each in collections if each.active), None)
    counted = select(Job.kind, Job.status, func.count(Job.id)).group_by(Job.kind, Job.status)
    gone = select(func.count(Product.id)).where(Product.deleted_at.is_not(None))
    shown = select(func.count(Image.id)).where(Image.product_id.is_not(None))
    return Stock(
        products=session.scalar(select(func.count(Product.id))) or 0,
        deleted=session.scalar(gone, execution_options=SHOW_DELETED) or 0,
        images=session.scalar(shown) or 0,
        embedded=_embedded(session, active),
        collections=tuple(collections),
        stored=_stored(session),
        jobs=tuple(Depth(*row) for row in session.execute(counted.order_by(Job.kind, Job.status))),
        oldest_queued_at=session.scalar(
            select(func.min(Job.created_at)).where(Job.status == QUEUED)
        ),
        calibration=_calibration(session, active),
    )


def indexed(ports: Ports, collection: Collection) -> int | None:
    """How many products the index knows; None if it does not answer."""
    try:
        return ports.vectors.count(collection.name)
    except NotFound:  # nothing was published yet
        return 0
    except VitrineError:
        return None


def _stored(session: Session) -> frozenset[str]:
    """The encoders whose files every process can have."""
    models = select(ModelVersion).where(ModelVersion.role == "encoder")
    return frozenset(each.version for each in session.scalars(models) if each.files)


def _calibration(session: Session, active: Collection | None) -> Calibration | None:
    if active is None:
        return None
    return session.scalar(select(Calibration).where(Calibration.collection_id == active.id))


def _embedded(session: Session, active: Collection | None) -> int:
    if active is None:
        return 0
    return session.scalar(embedded(active).with_only_columns(func.count(Product.id))) or 0


def _kinds(settings: Settings) -> Mapping[str, str]:
    database = settings.database_url.partition(":")[0].partition("+")[0]
    return {
        "database": database,
        "queue": settings.queue.kind,
        "blobs": settings.blobs.kind,
        "vectors": settings.vectors.kind,
        "vision": settings.vision.kind,
        "disk": "local",
    }


def _latest_start() -> Select[datetime | None]:
    return select(Job.started_at).order_by(Job.started_at.desc().nulls_last()).limit(1)


def _seconds(moment: datetime, since: datetime | None) -> float | None:
    return None if since is None else max(0.0, (moment - since).total_seconds())


def _ask_database(sessions: Sessions) -> None:
    with sessions.read() as session:
        session.execute(text("SELECT 1"))


def _probes(sessions: Sessions, ports: Ports) -> Mapping[str, Callable[[], object]]:
    def vectors() -> None:
        with suppress(NotFound):  # there is no such collection, as the index has told us
            ports.vectors.count("health-probe")

    return {
        "database": partial(_ask_database, sessions),
        "queue": ports.queue.ping,
        "blobs": lambda: ports.blobs.exists("health/probe"),
        "vectors": vectors,
        "vision": lambda: ports.vision.embed_texts(["health"]),
    }


def _asked(name: str, kind: str, ask: Callable[[], object]) -> Part:
    started = time.perf_counter()
    error = None
    try:
        ask()
    except VitrineError as known:
        error = known.message
    except Exception:
        log.exception("part failed", part=name)
        error = "It failed in a way nobody foresaw; the log says more."
    return Part(name, kind, round(1000 * (time.perf_counter() - started), 1), error)
