"""Searches of visitors: the same search as the staff's, within what their key offers."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from vitrine.fields.facets import COUNTED
from vitrine.services import search as searching
from vitrine.services.search import (
    Answer,
    Asker,
    Hit,
    SearchEngine,
    SearchRequest,
    context,
    looks,
    record,
    suggesting,
)
from vitrine.services.search.looks import Look
from vitrine.services.search.suggesting import Named, Suggestion
from vitrine.services.shop import events, missed, offer
from vitrine.services.shop.keys import Visitor
from vitrine.tables.base import Base
from vitrine.tables.catalog import ACTIVE


def search(
    engine: SearchEngine,
    visitor: Visitor,
    request: SearchRequest,
    visit: str | None = None,
    *,
    keeps_missed: bool = False,
) -> Answer:
    """What a visitor's search finds; records it, and who asked of nobody. A photo that nothing fits
    is kept where that is asked for.

    Raises what `search.search` raises, NotFound for a product that the key does not offer, Invalid
    for facets that are not for visitors.
    """
    _check(engine, visitor, request)
    answer = searching.find(engine, request, visitor.within)
    answer = replace(answer, hits=_active(answer.hits))
    rows: list[Base] = [record.of(answer.result, Asker())]
    if request.cursor is None:
        rows.append(events.searched(visitor, request, answer.result, visit))
    engine.note(*rows)
    if keeps_missed:
        missed.keep(engine, visitor, request, answer.result)
    return answer


def look(
    engine: SearchEngine,
    visitor: Visitor,
    request: SearchRequest,
    visit: str | None = None,
    *,
    keeps_missed: bool = False,
) -> Look:
    """What fits each item of a photo, or what else is worn on the photos of a product; keeps photos
    as `search` does."""
    _check(engine, visitor, request)
    of_photo = request.product_id is None
    found = (looks.by_item if of_photo else looks.of_product)(
        engine, request, Asker(), visitor.within
    )
    engine.note(events.searched(visitor, request, found.result, visit))
    if keeps_missed:
        missed.keep(engine, visitor, request, found.result)
    groups = (replace(group, hits=_active(group.hits)) for group in found.groups)
    return replace(found, groups=tuple(group for group in groups if group.hits))


def suggest(
    session: Session,
    engine: SearchEngine,
    visitor: Visitor,
    typed: str,
    named: Named,
    limit: int,
) -> list[Suggestion]:
    """How a visitor's text may go on, by the products that their key offers alone."""
    catalogue, counts = context.counted(engine, session, visitor.within)
    return suggesting.suggest(catalogue, counts, typed, named, limit)


def _active(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """Without what stopped being active while the search ran."""
    return tuple(hit for hit in hits if hit.product.status == ACTIVE)


def _check(engine: SearchEngine, visitor: Visitor, request: SearchRequest) -> None:
    with engine.sessions.read() as session:
        if request.product_id is not None:
            offer.product(session, engine, visitor, request.product_id)
        counted = () if request.facets == COUNTED else request.facets
        if request.filters or counted:
            open_ = offer.facets(session, engine, visitor)
            offer.check(request.filters, open_)
            offer.check_counted(counted, open_)
