"""A reviewer's answer: checked, looked at by vision where boxes are new, written at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.core.clock import new_id
from vitrine.core.errors import Conflict, NotFound, invalid
from vitrine.db import Sessions
from vitrine.ports import Ports
from vitrine.services import jobs, models
from vitrine.services.catalog import changelog
from vitrine.services.catalog.changelog import Change
from vitrine.services.indexing import crops
from vitrine.services.jobs import Order
from vitrine.services.jobs.kinds import Boxes
from vitrine.services.review import applying, changes, facts, leases, looked, seconds, states
from vitrine.services.review.applying import Applied, Sight
from vitrine.services.review.changes import Changes
from vitrine.services.review.leases import Reviewer
from vitrine.services.review.looked import EVERYTHING, Looked
from vitrine.tables.catalog import MODEL, Product
from vitrine.tables.review import (
    ACCEPT,
    CORRECT,
    DECISIVE,
    DONE,
    FLAG,
    FLAGGED,
    OPEN,
    REJECT,
    RETURN,
    SECOND,
    ReviewAnswer,
    ReviewItem,
)

REVIEW = "review"
"""What an answer is called where changes of products are told."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reviewer says of one item; `version` is that of the item they saw.

    `looked` is what of it they looked at: all that was shown unless they say otherwise.
    """

    version: str
    outcome: str
    changes: Changes = field(default_factory=Changes)
    comment: str = ""
    seconds: float | None = None
    looked: Looked = EVERYTHING


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an answer; a job follows where search is not up to date by the commit."""

    answer_id: str
    item_id: str
    outcome: str
    job_id: str | None = None


def submit(
    sessions: Sessions, ports: Ports, item_id: str, answer: Answer, reviewer: Reviewer
) -> Answered:
    """Write an answer down and do what it says, all or nothing.

    Raises NotFound, Conflict for a lease that is not held or a product that changed since it was
    shown, and Invalid naming what of the answer cannot be.
    """
    _check_outcome(answer)
    with sessions.read() as session:
        seen = _case(session, item_id, answer, reviewer)
        changes.check(seen.product, answer.changes, reviewer.rules)
        vision = ports.vision_of(models.searched(session).versions)
    sight = applying.look(ports.blobs, vision, seen.product, answer.changes)
    with sessions.write() as session:
        case = _case(session, item_id, answer, reviewer, lock=True)
        return _write(session, ports, case, sight)


def standing(session: Session, item_id: str) -> ReviewAnswer | None:
    """The newest answer about an item that was not taken back."""
    query = select(ReviewAnswer).where(
        ReviewAnswer.item_id == item_id,
        ReviewAnswer.undone_at.is_(None),
        ReviewAnswer.reverted_by.is_(None),
        ReviewAnswer.outcome != "revert",
    )
    order = (ReviewAnswer.created_at.desc(), ReviewAnswer.id.desc())
    return session.scalar(query.order_by(*order).limit(1))


def _check_outcome(answer: Answer) -> None:
    if answer.outcome == CORRECT and answer.changes.none:
        raise invalid("changes", "correct needs at least one; to change nothing, accept")
    if answer.outcome != CORRECT and not answer.changes.none:
        raise invalid("changes", f"{answer.outcome!r} changes nothing; send them with 'correct'")
    if answer.outcome == RETURN and not answer.comment.strip():
        raise invalid("comment", "say to the next reviewer why this is sent back")
    looked.check(answer.looked, answer.changes, answer.outcome in (ACCEPT, CORRECT))


@dataclass(frozen=True, slots=True)
class _Case:
    """An answer about an item that its reviewer holds, and the product as they saw it."""

    item: ReviewItem
    product: Product
    answer: Answer
    reviewer: Reviewer

    @property
    def looked(self) -> Looked:
        """What the reviewer looked at, with what they changed."""
        return self.answer.looked.told(self.answer.changes)


def _case(
    session: Session, item_id: str, answer: Answer, reviewer: Reviewer, *, lock: bool = False
) -> _Case:
    item = leases.find(session, item_id)
    read = crops.locked if lock else facts.products
    found = read(session, [item.product_id])
    if not found:
        raise NotFound("product_unknown", "The product was deleted meanwhile.")
    [product] = found
    session.refresh(item)  # it may have been answered while we waited for the product
    leases.require(item, reviewer)
    present = states.version(product, states.read(session, product))
    if present != answer.version:
        reason = f"{answer.version!r} is not the present version, {present!r}"
        told = "The product changed while you looked at it. Look at it again; nothing was written."
        raise Conflict("item_outdated", told, fields={"version": reason})
    return _Case(item, product, answer, reviewer)


def _write(session: Session, ports: Ports, case: _Case, sight: Sight) -> Answered:
    item, product, answer = case.item, case.product, case.answer
    before, was, told = states.read(session, product), item.state, _said(product)
    second = was == SECOND and answer.outcome in DECISIVE
    applied = None if second else _apply(session, case, sight)
    old, new = states.difference(before, states.read(session, product))
    row = ReviewAnswer(
        id=new_id(),
        item_id=item.id,
        product_id=product.id,
        created_by=case.reviewer.user_id,
        outcome=answer.outcome,
        sampled=item.sampled,
        second=second,
        comment=answer.comment,
        seconds=answer.seconds,
        before=old | {"state": was, "said": told},
        after=new | ({"moved": dict(applied.moved)} if applied else {}),
        versions=_versions(session, sight),
        verified=applied.verified if applied else {},
    )
    if second:
        row.verified = seconds.opinion(product, answer.changes, answer.outcome, case.looked)
    session.add(row)
    session.flush()
    _move_on(session, item, row)
    job = _follow(session, ports, case, row, sight) if applied else None
    return Answered(row.id, item.id, answer.outcome, job)


def _apply(session: Session, case: _Case, sight: Sight) -> Applied | None:
    outcome, product, reviewer = case.answer.outcome, case.product, case.reviewer
    if outcome == REJECT:
        return applying.reject(session, product, reviewer)
    if outcome in (ACCEPT, CORRECT):
        wanted = case.answer.changes
        return applying.correct(session, product, wanted, case.looked, sight, reviewer)
    return None


def _follow(
    session: Session, ports: Ports, case: _Case, row: ReviewAnswer, sight: Sight
) -> str | None:
    """Tell the product's history, and have the index follow where another vector stands for the
    product, or boxes are new."""
    product, done = case.product, {"outcome": row.outcome, "answer_id": row.id}
    changelog.note(session, product, Change(REVIEW, {}, done), case.reviewer.user_id)
    before = row.before.get("primary", {}).get("crop_id", product.primary_crop_id)
    bare = crops.without_vector(session, [product.id])
    if not sight.seen and before == product.primary_crop_id and not bare:
        return None
    return jobs.submit(session, ports.queue, Order(Boxes(), product.id)).id


def _move_on(session: Session, item: ReviewItem, row: ReviewAnswer) -> None:
    """Let go of the item, which now waits for somebody else or for nobody."""
    item.leased_by = item.lease_until = None
    if row.outcome == FLAG:
        item.state = FLAGGED
    if row.outcome in DECISIVE:
        item.state = seconds.following(session, item, row) or _rest(session, item, row)
    session.flush()


def _rest(session: Session, item: ReviewItem, row: ReviewAnswer) -> str:
    """Where an item stands of which nobody is asked again: done, unless only labels were looked at
    and it is of the honest sample, or something else of it is in doubt."""
    first = seconds.first_answer(session, item.id) or row
    seen = looked.looked_at(first.verified)
    left = (one for one in item.doubts if one["facet"] is None or not seen.at(one["facet"]))
    ends = seen.primary or not (item.sampled or any(left))
    return DONE if ends else OPEN


def _said(product: Product) -> dict[str, Any]:
    """What the models said before the answer: it is measured by it."""
    labels = dict[str, list[str]]()
    for label in product.said:
        if label.source == MODEL:
            labels.setdefault(label.facet, []).append(label.value)
    primary = product.primary_crop_id if product.primary_source == MODEL else None
    return {"labels": labels, "primary": primary}


def _versions(session: Session, sight: Sight) -> dict[str, Any]:
    found, versions = models.active(session), sight.versions
    name = found.name if found else versions.collection
    encoder = found.model_version if found else versions.encoder
    return {"encoder": encoder, "detector": versions.detector, "collection": name}
