"""The job that fits a catalogue: read, ask, fit, and put in place of the last fit at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import VitrineError
from vitrine.ports import Vision
from vitrine.services import jobs, models
from vitrine.services.calibration import asking, fitting, stated
from vitrine.services.calibration.fitting import Fit
from vitrine.services.calibration.meaning import Meaning
from vitrine.services.calibration.stated import Stock
from vitrine.services.evaluation.gallery import Photo
from vitrine.services.jobs import Order
from vitrine.services.jobs.kinds import Label, SelectPrimary
from vitrine.services.jobs.work import Work
from vitrine.services.models.calibrations import key
from vitrine.services.search.cache import reading
from vitrine.services.search.cache.traits import Trait
from vitrine.services.search.engine import SearchEngine
from vitrine.tables.calibration import Calibration, ValueMapping
from vitrine.tables.catalog import blob_key
from vitrine.tables.changes import everything_changed
from vitrine.tables.models import Collection
from vitrine.vision import images, views
from vitrine.vision.tuning import Tuning
from vitrine.vision.types import Analysis

VIEWS = 60
"""So many photos at most are looked at anew as a shopper might take them, where a shop has no
second photos: some seconds."""

UNLIMITED = images.Limits(2**62, 2**62, min_side=1, max_declared=2**62)
"""Photos passed the limits when they came in; they may have been lowered since."""

Tell = Callable[[int, int], None]
"""Told how many of how many steps are done."""

log = structlog.get_logger()


def run(engine: SearchEngine, work: Work) -> None:
    """The job: fit the active collection and write it down, unless there is none.

    What it wrote counts from the commit on, in every process. Labels and primary crops follow in
    jobs of their own where the fit changes them.
    """
    with work.sessions.read() as session:
        collection = models.searched(session)
    fitted = fit_of(engine, work, collection)
    with work.write() as session:
        last = models.calibration(session, collection)
        relabelled = (last.labels if last else {}) != fitted.labels
        write(session, collection, fitted)
        if _remember(session, fitted.fit.meanings):
            everything_changed(session)
            jobs.submit(session, work.ports.queue, Order(SelectPrimary()))
        if relabelled:
            jobs.submit(session, work.ports.queue, Order(Label()))
        work.finish(session)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fit of a collection, which had so many products, and the tuning it started from."""

    fit: Fit
    products: int
    before: Tuning

    @property
    def labels(self) -> dict[str, Any]:
        """How the labels of each facet are to be read."""
        return {name: one.reading.model_dump() for name, one in self.fit.facets.items()}


def fit_of(
    engine: SearchEngine, work: Work, collection: Collection, tell: Tell | None = None
) -> Fitted:
    """Fit a collection, searched or not, to what its catalogue says; writes nothing down.

    `tell` hears how far it is, in place of the job.
    """
    tell = tell or work.report
    vision = work.ports.vision_of(collection.versions)
    with work.sessions.read() as session:
        stock = stated.read(session, collection, engine.cache.statuses)
        decided = _decided(session)
    stock = replace(stock, second=stock.second or _views(work, vision, stock, tell))
    before = replace(engine.tunings, weights=None).of(*_measured(collection))
    return Fitted(fitting.fit(vision, stock, before, decided, tell), stock.total, before)


def write(session: Session, collection: Collection, fitted: Fitted) -> None:
    """Put a fit in place of the last one of its collection."""
    session.execute(delete(Calibration).where(Calibration.collection_id == collection.id))
    session.add(
        Calibration(
            collection_id=collection.id,
            products=fitted.products,
            fitted_at=now(),
            tuning=fitted.fit.tuning(fitted.before).model_dump(mode="json"),
            labels=fitted.labels,
            figures=_figures(fitted.fit),
        )
    )


def _measured(collection: Collection) -> tuple[str, float]:
    return collection.model_version, collection.text_share


def _figures(fit: Fit) -> dict[str, Any]:
    """What people read of a fit."""
    return {
        "levels": {
            kind: {
                "queries": one.queries,
                "known": one.levels is not None,
                "levels": {level: asdict(told) for level, told in one.reliability.items()},
            }
            for kind, one in fit.kinds.items()
        },
        "facets": {
            name: {
                "f1": one.f1,
                "low": one.low,
                "accuracy": one.accuracy,
                "values": one.values,
                "n": one.n,
                "shown": one.reading.shown,
            }
            for name, one in fit.facets.items()
        },
    }


def _remember(session: Session, meanings: Sequence[Meaning]) -> bool:
    """Write down what values mean now; whether any word that counts is another than before.

    A person's word stays, also of a value that no product has any more.
    """
    known = {(row.facet, row.value): row for row in session.scalars(select(ValueMapping))}
    before = {place: row.word for place, row in known.items() if row.word}
    seen: set[tuple[str, str]] = set()
    for one in meanings:
        place = (one.facet, key(one.spelled))
        if place in seen:  # the same value in another case, of fewer products
            known[place].products += one.products
            continue
        seen.add(place)
        row = known.get(place) or ValueMapping(facet=one.facet, value=place[1])
        row.spelled, row.products = one.spelled[:200], one.products
        row.proposed, row.evidence = one.proposed, one.evidence
        session.add(row)
        known[place] = row
    for place in known.keys() - seen:
        _unseen(session, known, place)
    return before != {place: row.word for place, row in known.items() if row.word}


def _unseen(
    session: Session, known: dict[tuple[str, str], ValueMapping], place: tuple[str, str]
) -> None:
    row = known[place]
    if row.stated is None:
        session.delete(known.pop(place))
    else:
        row.products = 0


def _decided(session: Session) -> Mapping[tuple[str, str], str]:
    rows = session.scalars(select(ValueMapping).where(ValueMapping.stated.is_not(None)))
    return {(row.facet, row.value): row.stated or "" for row in rows}


def _views(work: Work, vision: Vision, stock: Stock, tell: Tell) -> list[Photo]:
    """Photos of a sample of products as a shopper might take them, seeded by their content."""
    found: list[Photo] = []
    for photo in asking.sample(stock.photos, VIEWS):
        sha256 = getattr(photo.of, "sha256", "")
        try:
            picture = images.open(work.ports.blobs.get(blob_key(sha256)), UNLIMITED)
            [seen] = vision.analyze([views.second(picture, sha256)])
        except VitrineError as gone:
            if gone.retried:
                raise
            log.warning("no view", sha256=sha256, code=gone.code)
            continue
        found += _largest(photo, seen)
        if len(found) % 10 == 0:
            tell(0, 1)
    return found


def _largest(photo: Photo, seen: Analysis) -> list[Photo]:
    """The view's largest kept crop, as a search would ask with; none if nothing was kept."""
    kept = [one for one in seen.detections if one.verdict.kept and one.embedding is not None]
    best = max(kept, key=lambda one: one.box.area, default=None)
    if best is None or best.embedding is None:
        return []
    trait = Trait(best.measures.colours, reading.aspect_of(best.kind, best.box))
    return [Photo(photo.of, best.embedding, trait)]
