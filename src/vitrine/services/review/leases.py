"""Who reviews what now: two people never hold one item, and what is left lying comes free again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from vitrine.core.clock import now
from vitrine.core.errors import Conflict, NotFound
from vitrine.services.jobs.lifecycle import changed
from vitrine.services.review import queue
from vitrine.services.review.decisions import Person
from vitrine.services.review.looked import looked_at
from vitrine.tables.catalog import MODEL, PERSON, Label, Product
from vitrine.tables.review import (
    DECISIVE,
    DISPUTE,
    DONE,
    FLAGGED,
    OPEN,
    RETURN,
    SECOND,
    SKIP,
    ReviewAnswer,
    ReviewItem,
)

Columns = TypeVarTuple("Columns")

LEASE = timedelta(minutes=10)
"""How long an item is kept for whoever leased it."""

BEGUN = (SECOND, DISPUTE, FLAGGED, DONE)
"""The states of items that somebody has answered."""

AGAIN = timedelta(days=1)
"""So long an item does not come back to who skipped it or sent it back."""


@dataclass(frozen=True, slots=True)
class Reviewer(Person):
    """Who reviews; an admin may also settle a dispute they are part of."""

    admin: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items to lease; None and empty mean any.

    `alike` is a facet and the value that the model says there of all of them.
    """

    facet: str | None = None
    doubt: str | None = None
    category: str | None = None
    product_ids: Sequence[str] = ()
    alike: tuple[str, str] | None = None
    flagged: bool = False

    @property
    def anything(self) -> bool:
        """Whether nothing in particular is wanted: only then the honest sample is mixed in."""
        return self == Wanted()


def lease(
    session: Session, wanted: Wanted, reviewer: Reviewer, count: int, sample: float = 0.1
) -> list[ReviewItem]:
    """Up to `count` items for this reviewer alone: disputes and second opinions first, then in the
    order of the queue; a share `sample` of all is of a random order of the catalogue instead."""
    if wanted.product_ids:
        queue.ensure(session, wanted.product_ids)
    moment, taken, mine = now(), list[ReviewItem](), bool(wanted.product_ids)
    if wanted.anything:
        for _ in range(_sample_due(session, count, sample, moment)):
            taken += _next_of_sample(session, reviewer, moment)
    for state in (FLAGGED,) if wanted.flagged else (DISPUTE, SECOND, OPEN):
        while len(taken) < count:
            query = _waiting(wanted, reviewer, moment, state).limit(count - len(taken))
            found = session.scalars(query).all()
            taken += [item for item in found if _claim(session, item, reviewer, moment, mine=mine)]
            if not found:
                break
    return taken[:count]


def find(session: Session, item_id: str) -> ReviewItem:
    """The item of a living product; raises NotFound."""
    query = select(ReviewItem).join(Product, Product.id == ReviewItem.product_id)
    item = session.scalar(query.where(ReviewItem.id == item_id))
    if item is None:
        raise NotFound("item_unknown", "There is no such item to review.")
    return item


def prolong(session: Session, item: ReviewItem, reviewer: Reviewer) -> None:
    """Hold the item for a full lease from now on; raises Conflict while another person holds it."""
    if not _claim(session, item, reviewer, now(), mine=True):
        raise Conflict(
            "lease_lost",
            "Somebody else reviews this item now.",
            fields={"lease": "is another reviewer's"},
        )


def release(session: Session, item: ReviewItem, reviewer: Reviewer) -> None:
    """Let others have the item; nothing happens where it is not this reviewer's."""
    mine = update(ReviewItem).where(
        ReviewItem.id == item.id, ReviewItem.leased_by == reviewer.user_id
    )
    changed(session, mine.values(leased_by=None, lease_until=None))
    session.refresh(item)


def require(item: ReviewItem, reviewer: Reviewer) -> None:
    """Raise Conflict unless the item is leased to this reviewer now."""
    if item.leased_by != reviewer.user_id or item.lease_until is None:
        told = "This item is not leased to you: lease it again and look at it anew."
        raise Conflict("lease_lost", told, fields={"lease": "is not yours"})
    if item.lease_until <= now():
        at = item.lease_until.isoformat(timespec="seconds")
        told = f"Your lease of this item ran out at {at}. Lease it again and look at it anew."
        raise Conflict("lease_expired", told, fields={"lease": f"ran out at {at}"})


def open_count(session: Session, wanted: Wanted) -> int:
    """How many open items fulfil what is wanted, whoever holds them."""
    query = select(func.count(ReviewItem.id))
    if not wanted.anything:
        query = _matching(query, wanted)
    state = FLAGGED if wanted.flagged else OPEN
    return session.scalar(query.where(ReviewItem.state == state)) or 0


def alike(session: Session, facet: str) -> list[tuple[str, int]]:
    """The values that the model says in a facet, with how many open items have each, most first."""
    number = func.count(ReviewItem.id)
    query = (
        living(select(Label.value, number))
        .join(Label, _said_by_model(facet))
        .where(ReviewItem.state == OPEN)
        .group_by(Label.value)
        .order_by(number.desc(), Label.value)
    )
    return [(value, count) for value, count in session.execute(query)]


def living(query: Select[*Columns]) -> Select[*Columns]:
    """Of a query of items, those of living products."""
    return query.select_from(ReviewItem).join(Product, Product.id == ReviewItem.product_id)


def _waiting(
    wanted: Wanted, reviewer: Reviewer, moment: datetime, state: str
) -> Select[ReviewItem]:
    query = _matching(select(ReviewItem), wanted).where(ReviewItem.state == state)
    mine = bool(wanted.product_ids)
    query = query.where(_free(reviewer, moment, mine), _may(reviewer, moment, state, wanted))
    return query.order_by(ReviewItem.priority.desc(), ReviewItem.draw)


def _matching(query: Select[*Columns], wanted: Wanted) -> Select[*Columns]:
    query = living(query)
    if wanted.facet:
        query = query.where(ReviewItem.facets.contains(f" {wanted.facet} ", autoescape=True))
    if wanted.doubt:
        query = query.where(getattr(ReviewItem, wanted.doubt) > 0)
    if wanted.category:
        query = query.where(func.lower(Product.category) == wanted.category.lower())
    if wanted.product_ids:
        query = query.where(ReviewItem.product_id.in_(wanted.product_ids))
    if wanted.alike:
        facet, value = wanted.alike
        query = query.join(Label, _said_by_model(facet)).where(Label.value == value)
    return query


def _said_by_model(facet: str) -> ColumnElement[bool]:
    """Of the primary crop, where no person has said anything of the facet."""
    stated = aliased(Label)
    by_person = and_(
        stated.product_id == Product.id, stated.facet == facet, stated.source == PERSON
    )
    return and_(
        Label.crop_id == Product.primary_crop_id,
        Label.facet == facet,
        Label.source == MODEL,
        ~exists().where(by_person, stated.deleted_at.is_(None)),
    )


def _free(reviewer: Reviewer, moment: datetime, mine: bool) -> ColumnElement[bool]:
    free = or_(ReviewItem.lease_until.is_(None), ReviewItem.lease_until <= moment)
    return or_(free, ReviewItem.leased_by == reviewer.user_id) if mine else free


def _may(reviewer: Reviewer, moment: datetime, state: str, wanted: Wanted) -> ColumnElement[bool]:
    """Whether it makes sense to give this reviewer an item that they answered before."""
    own = aliased(ReviewAnswer)
    answered = and_(
        own.item_id == ReviewItem.id,
        own.created_by == reviewer.user_id,
        own.undone_at.is_(None),
        own.reverted_by.is_(None),
    )
    decided = exists().where(answered, own.outcome.in_(DECISIVE))
    put_off = exists().where(
        answered, own.outcome.in_((SKIP, RETURN)), own.created_at > moment - AGAIN
    )
    if state == SECOND or (state == DISPUTE and not reviewer.admin):
        return ~decided
    named = state == FLAGGED or wanted.product_ids
    return ReviewItem.id.is_not(None) if named or state == DISPUTE else ~put_off


def _claim(
    session: Session, item: ReviewItem, reviewer: Reviewer, moment: datetime, *, mine: bool
) -> bool:
    """Take the item in one UPDATE, so that of two who try one gets it; whether it was to be had.

    With `mine` also one that the reviewer holds already.
    """
    ours = update(ReviewItem).where(
        ReviewItem.id == item.id,
        ReviewItem.state == item.state,
        _free(reviewer, moment, mine),
    )
    until = {"leased_by": reviewer.user_id, "lease_until": moment + LEASE}
    taken = changed(session, ours.values(**until))
    session.refresh(item)
    return taken


def _sample_due(session: Session, count: int, share: float, moment: datetime) -> int:
    """How many of the next items shall be of the honest sample."""
    held = select(ReviewItem.state, ReviewItem.sampled).where(ReviewItem.lease_until > moment)
    leased = [sampled for state, sampled in session.execute(held) if state == OPEN]
    answered = select(func.count(ReviewItem.id)).where(ReviewItem.state.in_(BEGUN))
    begun = len(leased) + (session.scalar(answered) or 0)
    sampled = sum(leased) + (session.scalar(answered.where(ReviewItem.sampled)) or 0)
    return min(count, max(0, int(share * (begun + count)) - sampled))


def _next_of_sample(session: Session, reviewer: Reviewer, moment: datetime) -> list[ReviewItem]:
    """The next product of the random order that waits; what was answered already counts as it is.

    So the sample is always the first so many of a random order, whoever was asked about them.
    """
    begun = living(select(ReviewItem)).where(ReviewItem.sampled, ReviewItem.state == OPEN)
    mine = begun.where(_free(reviewer, moment, mine=False)).where(
        _may(reviewer, moment, OPEN, Wanted())
    )
    for item in session.scalars(mine.order_by(ReviewItem.draw).limit(1)).all():
        return [item] if _claim(session, item, reviewer, moment, mine=False) else []
    following = living(select(ReviewItem)).where(~ReviewItem.sampled).order_by(ReviewItem.draw)
    for item in session.scalars(following.limit(1)).all():
        _mark(session, item)
        if item.state == OPEN and _claim(session, item, reviewer, moment, mine=False):
            return [item]
    return []


def _mark(session: Session, item: ReviewItem) -> None:
    """Count the item to the honest sample; where only labels were looked at, it waits again."""
    item.sampled = True
    answers = select(ReviewAnswer.verified).where(
        ReviewAnswer.item_id == item.id,
        ReviewAnswer.outcome.in_(DECISIVE),
        ReviewAnswer.undone_at.is_(None),
        ReviewAnswer.reverted_by.is_(None),
    )
    told = session.scalars(answers).all()
    if item.state == DONE and told and not any(looked_at(one).primary for one in told):
        item.state = OPEN
    session.execute(
        update(ReviewAnswer).where(ReviewAnswer.item_id == item.id).values(sampled=True)
    )
    session.flush()
