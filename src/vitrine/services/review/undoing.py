"""Answers taken back: one's own at once, anybody's later; the product is then as it was before."""

from __future__ import annotations

from sqlalchemy.orm import Session

from vitrine.core.clock import new_id, now
from vitrine.core.errors import Conflict, Forbidden, NotFound
from vitrine.ports import Ports
from vitrine.services import jobs
from vitrine.services.catalog import changelog
from vitrine.services.catalog.changelog import Change
from vitrine.services.indexing import crops
from vitrine.services.jobs import Order
from vitrine.services.jobs.kinds import Boxes
from vitrine.services.review import answers, leases, states
from vitrine.services.review.leases import Reviewer
from vitrine.tables.catalog import Product
from vitrine.tables.review import REVERT, ReviewAnswer, ReviewItem


def undo(session: Session, ports: Ports, answer_id: str, reviewer: Reviewer) -> ReviewItem:
    """Take one's own last answer about an item back; the item is leased to oneself again.

    Raises NotFound, Forbidden for another's answer, and Conflict where something came after it.
    """
    answer, item = _latest(session, answer_id)
    if answer.created_by != reviewer.user_id:
        told = "Only your own answers can be undone; revert another's instead."
        raise Forbidden("not_yours", told)
    leases.prolong(session, item, reviewer)
    _put_back(session, ports, answer, item, reviewer)
    answer.undone_at = now()
    item.state = answer.before["state"]
    session.flush()
    return item


def revert(session: Session, ports: Ports, answer_id: str, reviewer: Reviewer) -> ReviewAnswer:
    """Take anybody's answer back by an answer of one's own; the item waits for a reviewer again.

    Raises NotFound, and Conflict where something came after it.
    """
    answer, item = _latest(session, answer_id)
    _put_back(session, ports, answer, item, reviewer)
    row = ReviewAnswer(
        id=new_id(),
        item_id=item.id,
        product_id=item.product_id,
        created_by=reviewer.user_id,
        outcome=REVERT,
        sampled=item.sampled,
        before=answer.after,
        after=answer.before,
        versions=answer.versions,
    )
    session.add(row)
    answer.reverted_by = row.id
    item.state, item.leased_by, item.lease_until = answer.before["state"], None, None
    session.flush()
    return row


def _latest(session: Session, answer_id: str) -> tuple[ReviewAnswer, ReviewItem]:
    """The answer, if it is the newest about its item that stands, and that item."""
    answer = session.get(ReviewAnswer, answer_id)
    if answer is None:
        raise NotFound("answer_unknown", "There is no such answer.")
    item = leases.find(session, answer.item_id)
    newest = answers.standing(session, item.id)
    if newest is None or newest.id != answer.id:
        reason = "was taken back already, or another answer came after it"
        told = f"This answer cannot be taken back: it {reason}."
        raise Conflict("changed_since", told, fields={"answer_id": reason})
    return answer, item


def _put_back(
    session: Session, ports: Ports, answer: ReviewAnswer, item: ReviewItem, reviewer: Reviewer
) -> Product:
    found = crops.locked(session, [item.product_id])
    if not found:
        raise NotFound("product_unknown", "The product was deleted meanwhile.")
    [product] = found
    states.put_back(session, product, answer.before, answer.after)
    if answer.before.keys() & {"primary", "crops", "labels"}:
        told = Change(REVERT, {}, {"outcome": answer.outcome, "answer_id": answer.id})
        changelog.note(session, product, told, reviewer.user_id)
    if "primary" in answer.before or "crops" in answer.before:
        jobs.submit(session, ports.queue, Order(Boxes(), product.id))
    return product
