"""Which products come into question: the nearest, those that hold words or numbers, or in an order.

Each answer is a list of entries, which `records.snapshot_of` makes a small Snapshot of: there
cosines are exact, so that what was only chosen here is ordered there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    cast,
    or_,
    select,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from vitrine.services.search.cache.snapshot import Place
from vitrine.services.search.cache.store import Aliases, Entry
from vitrine.services.search.filters import Filters, key
from vitrine.services.search.orders import LAST, Sort
from vitrine.services.search.stored import conditions, planning, records, schema, tags, viewing
from vitrine.services.search.stored.conditions import EVERYWHERE, Where
from vitrine.services.search.stored.schema import Extent, Lists
from vitrine.services.search.tokens import DESIGN, WORDS
from vitrine.tables.models import Collection
from vitrine.tables.search_rows import ROWS, Halves
from vitrine.vision.types import Vector

DOT, STRAIGHT = "<#>", "<->"
"""pgvector's operators for the negative dot product, and the distance."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A collection as a session sees it; by `aliases` values are found as well. `views` are the
    lists of photos that look otherwise, None where no product has any."""

    session: Session
    name: str
    dimension: int
    aliases: Aliases
    extent: Extent
    views: int | None = None

    def where(self, filters: Filters, lifted: str | None = None) -> Where:
        """The rows that fulfil the filters, but for the wanted values of `lifted`."""
        return conditions.where(filters, self.aliases, lifted)


def opened(
    session: Session, collection: Collection, aliases: Aliases, extent: Extent | None = None
) -> Shelf:
    """The rows of a collection, whose extent is read unless it is known."""
    views = session.execute(planning.begin().add_columns(viewing.known(collection.name))).one()[-1]
    known = extent or schema.extent(session.connection(), collection.name)
    return Shelf(session, collection.name, collection.dimension, aliases, known, views)


def nearest(
    shelf: Shelf,
    vector: Vector,
    where: Where = EVERYWHERE,
    limit: int = 100,
    exclude: Iterable[str] = (),
) -> list[Entry]:
    """The `limit` rows whose dot product with the vector is largest by any of their photos, best
    first.

    Exact where the conditions leave few rows, or few near the vector; else of the lists that are
    nearest to it, which miss less than one of a hundred.
    """
    given = _given(where, exclude)
    found = _nearest(shelf, vector, given, limit)
    return found if shelf.views is None else viewing.beside(shelf, vector, given, limit, found)


def _nearest(shelf: Shelf, vector: Vector, given: Where, limit: int) -> list[Entry]:
    """The same by primary photos alone."""
    apart, rest = _apart(shelf, given)
    among = [shelf.extent.apart[tag] for tag in apart] or [shelf.extent.whole]
    if planning.is_compared(_estimated(shelf, given), among, limit):
        return _exact(shelf, vector, given, limit)
    if not apart:
        found = _listed(shelf, vector, given, limit, shelf.extent.whole)
    else:
        found = _exact(shelf, vector, (*given, conditions.tagged(rest)), limit) if rest else []
        for tag, lists in zip(apart, among, strict=True):
            here = (*given, conditions.tagged([tag]))
            found += _listed(shelf, vector, here, limit, lists)
    if len(found) < limit:
        return _exact(shelf, vector, given, limit)
    once = {each.id: each for each in found}.values()
    return sorted(once, key=lambda each: (-each.like(vector), each.id))[:limit]


def holding(
    shelf: Shelf,
    words: Sequence[str],
    vector: Vector,
    where: Where = EVERYWHERE,
    limit: int = 100,
) -> list[Entry]:
    """Of the rows whose title or brand holds the words (`tokens`) those nearest to the vector, and
    behind them those without a photo: all that hold every word before any that hold one."""
    wanted = [tags.tag(WORDS, key(word)) for word in dict.fromkeys(words)]
    if not wanted:
        return []
    found = _held(shelf, conditions.tagged_all(wanted), vector, where, limit)
    for one in wanted if len(wanted) > 1 else ():
        if len(found) >= limit:
            break
        known = [each.id for each in found]
        left = limit - len(found)
        apart = (*where, ROWS.c.product_id.not_in(known))
        found += _held(shelf, conditions.tagged([one]), vector, apart, left)
    return found


def coded(shelf: Shelf, codes: Iterable[str], limit: int = 100) -> list[Entry]:
    """The newest rows one of whose article numbers is among the codes (`tokens.code`)."""
    wanted = sorted(set(codes))
    if not wanted:
        return []
    here = (conditions.tagged(tags.codes(wanted)),)
    return [
        each
        for each in sorted_page(shelf, "newest", None, here, limit)
        if set(each.codes) & set(wanted)
    ]


def by_ids(shelf: Shelf, ids: Iterable[str]) -> list[Entry]:
    """The rows of these products, those that there are."""
    wanted = sorted(set(ids))
    return _entries(shelf, (ROWS.c.product_id.in_(wanted),)) if wanted else []


def of_designs(
    shelf: Shelf, designs: Iterable[str], where: Where = EVERYWHERE, limit: int = 1_000
) -> list[Entry]:
    """The rows that are variants of these designs, by their names."""
    wanted = sorted({tags.tag(DESIGN, key(each)) for each in designs})
    if not wanted:
        return []
    return _entries(shelf, (ROWS.c.design.in_(wanted), *where), limit=limit)


def sorted_page(
    shelf: Shelf,
    sort: Sort,
    after: Place | None = None,
    where: Where = EVERYWHERE,
    limit: int = 100,
    exclude: Iterable[str] = (),
) -> list[Entry]:
    """The `limit` first rows behind a place in an order of `orders`: by price, those without one
    last, the newer first among equals; else the newest first."""
    given = [*_given(where, exclude), *_behind(sort, after)]
    order: list[ColumnElement[Any]] = [ROWS.c.product_id.desc()]
    if sort == "price":
        order.insert(0, ROWS.c.price.asc())
    elif sort == "-price":
        order.insert(0, ROWS.c.price.desc().nulls_last())
    return _entries(shelf, given, order, limit)


def place(entry: Entry, sort: Sort) -> Place:
    """Where an entry stands in such an order."""
    if sort not in ("price", "-price"):
        return Place(0, entry.id)
    if entry.price is None:
        return Place(LAST, entry.id)
    return Place(entry.price if sort == "price" else -entry.price, entry.id)


def _far(shelf: Shelf, vector: Vector, way: str, *, exact: bool = False) -> ColumnElement[float]:
    """How far each row is from the vector, by an operator of pgvector: in float32, or by halves, as
    the lists have them."""
    asked = cast(records.written(vector), Text)
    kind = ROWS.c.vector.type if exact else Halves(shelf.dimension)
    return cast(ROWS.c.vector, kind).op(way)(cast(asked, kind))


def _estimated(shelf: Shelf, where: Where) -> float:
    """How many rows the conditions leave, as the server believes: a wrong guess costs time only."""
    if not where:
        return shelf.extent.whole.size
    return planning.estimated(shelf.session, _rows(shelf, (ROWS.c.product_id,), where))


def _exact(shelf: Shelf, vector: Vector, where: Where, limit: int) -> list[Entry]:
    # Only what is kept is read as a whole: sorting whole rows would take most of the time.
    product = _far(shelf, vector, DOT, exact=True).label("product")
    columns = (ROWS.c.product_id, product)
    ordered = _rows(shelf, columns, (*where, ROWS.c.vector.is_not(None)))
    best = ordered.order_by(product, ROWS.c.product_id).limit(limit).subquery()
    rows = _rows(shelf, records.COLUMNS, ()).join(best, best.c.product_id == ROWS.c.product_id)
    found = shelf.session.execute(rows.order_by(best.c.product, best.c.product_id))
    return records.entries(found.all(), shelf.dimension)


def _apart(shelf: Shelf, where: Where) -> tuple[Sequence[int], Sequence[int]]:
    """Of the tags that one condition asks for any of those that have lists of their own, and the
    others; none where no condition asks for such. Of several conditions the one with the fewest
    vectors in lists."""
    known, found = shelf.extent.apart, list[tuple[int, Sequence[int], Sequence[int]]]()
    for condition in where:
        asked = conditions.asked_tags(condition)
        if own := [tag for tag in asked if tag in known]:
            rest = [tag for tag in asked if tag not in known]
            found.append((sum(known[tag].size for tag in own), own, rest))
    _, apart, others = min(found, default=(0, (), ()))
    return apart, others


def _listed(shelf: Shelf, vector: Vector, where: Where, limit: int, lists: Lists) -> list[Entry]:
    shelf.session.execute(planning.look_through(lists))
    far = _far(shelf, vector, STRAIGHT if lists.apart else DOT)
    found = _entries(shelf, where, (far,), limit)
    shelf.session.execute(planning.choose_again())
    return found


def _held(
    shelf: Shelf, words: ColumnElement[bool], vector: Vector, where: Where, limit: int
) -> list[Entry]:
    found = nearest(shelf, vector, (*where, words), limit)
    if len(found) < limit:
        unseen = (*where, words, conditions.unseen())
        found += sorted_page(shelf, "newest", None, unseen, limit - len(found))
    return found


def _given(where: Where, exclude: Iterable[str]) -> Where:
    ids = list(exclude)
    return (*where, ROWS.c.product_id.not_in(ids)) if ids else where


def _behind(sort: Sort, after: Place | None) -> Where:
    if after is None:
        return EVERYWHERE
    older = ROWS.c.product_id < after.id
    if sort not in ("price", "-price"):
        return (older,)
    if after.score >= LAST:
        return (and_(ROWS.c.price.is_(None), older),)
    price = int(abs(after.score))
    further = ROWS.c.price > price if sort == "price" else ROWS.c.price < price
    same = and_(ROWS.c.price == price, older)
    return (or_(further, same, ROWS.c.price.is_(None)),)


def _entries(
    shelf: Shelf,
    where: Where,
    order: Sequence[ColumnElement[Any]] = (),
    limit: int | None = None,
) -> list[Entry]:
    query = _rows(shelf, records.COLUMNS, where).order_by(*order).limit(limit)
    return records.entries(shelf.session.execute(query).all(), shelf.dimension)


def _rows(shelf: Shelf, columns: Sequence[ColumnElement[Any]], where: Where) -> Select[Any]:
    return select(*columns).select_from(ROWS).where(ROWS.c.collection == shelf.name, *where)
