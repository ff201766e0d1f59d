"""What was fitted of a collection in this catalogue, as search and labelling read it."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Collection as Names
from collections.abc import Mapping
from datetime import datetime

import structlog
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from vitrine.tables.calibration import Calibration, ValueMapping
from vitrine.tables.models import Collection
from vitrine.vision.honesty import Reading
from vitrine.vision.tuning import Tuning

Meanings = Mapping[tuple[str, str], str]
"""By facet and value, in lower case, the word of the vocabulary that the shop means by it; empty
for none."""

NAMED, UNSEEN = 1.0, 0.05
"""What words say for a value that is a name of the word itself, and what pictures say where there
are too few."""

_READINGS: TypeAdapter[dict[str, Reading]] = TypeAdapter(dict[str, Reading])

log = structlog.get_logger()


def calibration(session: Session, collection: Collection | None) -> Calibration | None:
    """The newest fit of a collection; None before the first."""
    if collection is None:
        return None
    return session.scalar(select(Calibration).where(Calibration.collection_id == collection.id))


def fitted_at(session: Session, collection: Collection) -> datetime | None:
    """When the newest fit of a collection was made: another moment is another fit."""
    return session.scalar(
        select(Calibration.fitted_at).where(Calibration.collection_id == collection.id)
    )


def tuning_of(fitted: Calibration) -> Tuning | None:
    """The fit as search reads it; None for one that another version of Vitrine wrote."""
    try:
        return Tuning.model_validate(fitted.tuning)
    except ValidationError as wrong:
        log.warning("calibration unread", errors=wrong.error_count())
        return None


def readings(session: Session) -> Mapping[str, Reading]:
    """By facet how labels are read in the active collection; empty before its first fit."""
    told = session.scalar(
        select(Calibration.labels)
        .join(Collection, Collection.id == Calibration.collection_id)
        .where(Collection.active)
    )
    try:
        return _READINGS.validate_python(told or {})
    except ValidationError as wrong:
        log.warning("calibration unread", errors=wrong.error_count())
        return {}


def shown_facets(session: Session, by_card: Names[str]) -> frozenset[str]:
    """The facets whose labels shoppers see: as fitted here, else as the model's card says."""
    known = readings(session)
    fitted = {name for name, reading in known.items() if reading.shown}
    return frozenset(fitted | (set(by_card) - known.keys()))


_MEANT = select(
    ValueMapping.facet,
    ValueMapping.value,
    func.coalesce(ValueMapping.stated, ValueMapping.proposed),
).where(or_(ValueMapping.stated.is_not(None), ValueMapping.proposed != ""))


def meanings(session: Session) -> Meanings:
    """What the shop's values mean; empty where a person decided that it is nothing of ours."""
    return {(facet, value): word for facet, value, word in session.execute(_MEANT)}


def sureties(session: Session) -> Mapping[tuple[str, str], float]:
    """By facet and value how sure it is that the shop means that word, 0 to 1: 1 where a person
    said so or the value is a name of the word, else what names and pictures say for it as one."""
    rows = session.scalars(select(ValueMapping))
    return {(row.facet, row.value): _surety(row) for row in rows if row.word}


def together(words: float, pictures: float | None) -> float:
    """What speaks for a word, of what its name and what pictures say: a name alone decides."""
    if words >= NAMED:
        return 1 + (pictures or 0)
    return math.sqrt(words * (UNSEEN if pictures is None else pictures))


def _surety(row: ValueMapping) -> float:
    if row.stated is not None:
        return 1.0
    found = [one for one in row.evidence.get("candidates", ()) if one["word"] == row.word]
    return min(1.0, together(found[0]["words"], found[0]["pictures"])) if found else 1.0


def meant(meanings: Meanings, facet: str, value: str) -> str:
    """The word of the vocabulary that the shop means by a value; empty for none."""
    return meanings.get((facet, key(value)), "")


def key(value: str) -> str:
    """How values of the shop are compared: without case, at most 200 characters."""
    return unicodedata.normalize("NFC", value).casefold().strip()[:200]
