"""What visitors did, written down without a word about who they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.services.search import SearchEngine, SearchRequest, watched
from vitrine.services.shop import offer
from vitrine.services.shop.keys import Visitor
from vitrine.tables.jobs import QueryResult
from vitrine.tables.shop import SEARCH, SHOWN, ShopEvent

Kind = Literal["search", "view", "click", "add_to_cart"]

BESIDE = "beside"
"""How a search is called that asks what is worn beside a product."""

LONGEST_WORDS = 200
_PERSONAL = re.compile(r"\S+@\S+|(?:\+|\b00?)\d(?:[\s/()-]*\d){7,}")
"""E-mail addresses and numbers of telephones, which people paste into a search field by mistake."""


@dataclass(frozen=True, slots=True)
class Told:
    """One event as a page tells it; of a product by its id or its external id."""

    kind: Kind
    product_id: str | None = None
    external_id: str | None = None
    search_id: str | None = None
    rank: int | None = None


def searched(
    visitor: Visitor, request: SearchRequest, result: QueryResult, visit: str | None
) -> ShopEvent:
    """The event of a search that was answered; what it asked in words only where nothing
    matched."""
    summary = result.summary
    # What is about nothing that the shop has matches nothing, but for an article number in it.
    matches = summary.get("total")
    asked = request.filters.as_json()
    return ShopEvent(
        key_id=visitor.key_id,
        kind=SEARCH,
        visit=visit,
        search_id=result.id,
        asked=_asked(result),
        words="" if matches else plain(request.text),
        filters=sorted({*asked, *asked.get("not", {})} - {"not"}),
        matches=matches,
        hits=len(result.hits),
        milliseconds=result.milliseconds,
    )


def accept(
    session: Session,
    engine: SearchEngine,
    visitor: Visitor,
    told: Sequence[Told],
    visit: str | None = None,
) -> int:
    """Write down what a page tells; how many of the events were of this key's products and
    searches. The others are passed over: an old page may tell of what is gone."""
    ids = {each.product_id for each in told if each.product_id}
    codes = {each.external_id for each in told if each.external_id}
    products = offer.known(session, engine, visitor, ids, codes) if ids or codes else {}
    searches = _searches(session, visitor, {each.search_id for each in told if each.search_id})
    accepted = 0
    for each in told:
        product_id = products.get(each.product_id or each.external_id or "")
        search_id = each.search_id if each.search_id in searches else None
        if (search_id if each.kind == SEARCH else product_id) is None:
            continue
        accepted += 1
        session.add(
            ShopEvent(
                key_id=visitor.key_id,
                kind=SHOWN if each.kind == SEARCH else each.kind,
                visit=visit,
                search_id=search_id,
                product_id=product_id,
                rank=each.rank if search_id else None,
            )
        )
    return accepted


def plain(text: str) -> str:
    """The words of a search in one spelling, without addresses and numbers of people."""
    return " ".join(_PERSONAL.sub(" ", text).casefold().split())[:LONGEST_WORDS]


def _asked(result: QueryResult) -> str:
    kind = watched.kind_of(result.query)
    return BESIDE if kind == "look" and result.query.get("product_id") else kind


def _searches(session: Session, visitor: Visitor, ids: set[str]) -> frozenset[str]:
    """Those of the searches that were made with this key."""
    query = select(ShopEvent.search_id).where(
        ShopEvent.kind == SEARCH, ShopEvent.key_id == visitor.key_id, ShopEvent.search_id.in_(ids)
    )
    return frozenset(each for each in session.scalars(query) if each) if ids else frozenset()
