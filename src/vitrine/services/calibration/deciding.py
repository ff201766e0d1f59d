"""What the shop's values mean, seen and decided by people; a person's word wins."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import Invalid, NotFound
from vitrine.ports import Queue
from vitrine.services import jobs
from vitrine.services.jobs import Order
from vitrine.services.jobs.kinds import SelectPrimary
from vitrine.services.models.calibrations import key
from vitrine.tables.calibration import ValueMapping
from vitrine.tables.changes import everything_changed
from vitrine.vision.vocabulary import CATEGORY, vocabulary


def mappings(session: Session, facet: str | None = None) -> Sequence[ValueMapping]:
    """Every value that is stated, of one facet or of all, the most frequent first."""
    query = select(ValueMapping).order_by(
        ValueMapping.facet, ValueMapping.products.desc(), ValueMapping.value
    )
    if facet is not None:
        query = query.where(ValueMapping.facet == vocabulary().facet(facet).name)
    return session.scalars(query).all()


def decide(
    session: Session, queue: Queue, place: tuple[str, str], word: str | None, by: str | None
) -> ValueMapping:
    """Have a value, given by facet and value, mean a word: empty for none, None as proposed.

    Counts from the commit on. Raises NotFound for a value that is not stated, Invalid for no word.
    """
    facet, value = vocabulary().facet(place[0]), place[1]
    row = session.scalar(
        select(ValueMapping)
        .where(ValueMapping.facet == facet.name, ValueMapping.value == key(value))
        .with_for_update()
    )
    if row is None:
        raise NotFound(
            "value_unknown", f"No product states the {facet.name} {value[:100]!r}, as last fitted."
        )
    before = row.word
    row.stated = word and _word(facet.name, word)
    row.decided_by, row.decided_at = (None, None) if word is None else (by, now())
    if row.word != before:
        everything_changed(session)
        if facet.name == CATEGORY:
            jobs.submit(session, queue, Order(SelectPrimary()))
    return row


def _word(facet: str, text: str) -> str:
    try:
        return vocabulary().facets[facet].value(text)
    except Invalid as unknown:
        raise Invalid("word_unknown", unknown.message, fields={"word": unknown.message}) from None
