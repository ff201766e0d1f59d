"""What Vitrine is made of here, and how each part is: answered also when some are down."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from vitrine.core.errors import NotFound, VitrineError
from vitrine.core.settings import Settings
from vitrine.db import SHOW_DELETED, Sessions
from vitrine.ports import Ports
from vitrine.tables.calibration import Calibration
from vitrine.tables.catalog import Image, Product
from vitrine.tables.jobs import QUEUED, Job
from vitrine.tables.models import Collection
from vitrine.tables.vectors import embedded

PATIENCE = 5.0
"""Seconds in which a part must answer."""

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
class Stock:
    """What the database holds; `embedded` is how many products the index should know."""

    products: int
    deleted: int
    images: int
    embedded: int
    collections: tuple[Collection, ...]
    jobs: tuple[Depth, ...]
    oldest_queued_at: datetime | None
    calibration: Calibration | None


def parts(sessions: Sessions, ports: Ports, settings: Settings) -> list[Part]:
    """How each part is, all asked at once; one that is silent for seconds counts as down."""
    probes = _probes(sessions, ports)
    kinds = _kinds(settings)
    pool = ThreadPoolExecutor(len(probes), thread_name_prefix="health")
    asked = {name: pool.submit(_asked, name, kinds[name], ask) for name, ask in probes.items()}
    wait(asked.values(), timeout=PATIENCE)
    pool.shutdown(wait=False)  # a silent one is not waited for
    return [_answer(name, kinds[name], future) for name, future in asked.items()]


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
    }


def _probes(sessions: Sessions, ports: Ports) -> Mapping[str, Callable[[], object]]:
    def database() -> None:
        with sessions.read() as session:
            session.execute(text("SELECT 1"))

    def vectors() -> None:
        with suppress(NotFound):  # there is no such collection, as the index has told us
            ports.vectors.count("health-probe")

    return {
        "database": database,
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


def _answer(name: str, kind: str, asked: Future[Part]) -> Part:
    if asked.done():
        return asked.result()
    return Part(name, kind, 1000 * PATIENCE, f"No answer within {PATIENCE:g} seconds.")
