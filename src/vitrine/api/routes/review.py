"""The review desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import Query

from vitrine.api.deps import CallerDep, ReadSession, RuntimeDep
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.common import Id, Problem
from vitrine.api.schemas.review import (
    AlikeGroup,
    AlikeGroups,
    Lease,
    Leased,
    ReviewItem,
    ReviewProgress,
    ReviewQuality,
    Word,
)
from vitrine.api.schemas.review_answers import (
    Answered,
    ItemAnswer,
    ItemAnswered,
    ItemAnswers,
    ItemsAnswered,
    PastAnswers,
    Reverted,
    ReviewAnswer,
)
from vitrine.api.schemas.reviewed import answers_told, item_told, progress_told, quality_told
from vitrine.core.clock import now
from vitrine.core.errors import VitrineError
from vitrine.http import problems
from vitrine.services import search
from vitrine.services.accounts import Caller
from vitrine.services.review import answers, history, items, leases, progress, quality, undoing
from vitrine.services.review.answers import Answer
from vitrine.services.review.history import Of
from vitrine.services.review.leases import Reviewer
from vitrine.vision.vocabulary import vocabulary
from vitrine.wiring import Runtime

router = guarded("/v1/review", "review")


@router.post("/lease", summary="Lease items to review")
def lease_review(asked: Lease, caller: CallerDep, runtime: RuntimeDep) -> Leased:
    """The items that are worth your time most, for nobody else until the lease runs out."""
    for facet in (asked.facet, asked.alike.facet if asked.alike else None):
        if facet is not None:
            vocabulary().facet(facet)
    by_card = _by_card(runtime)
    with runtime.sessions.write() as session:
        taken = leases.lease(session, asked.wanted, _reviewer(runtime, caller), asked.count)
        told = [item_told(items.show(session, item, by_card)) for item in taken]
    with runtime.sessions.read() as session:
        count = leases.open_count(session, asked.wanted)
    return Leased(items=told, open=count, lease_seconds=int(leases.LEASE.total_seconds()))


@router.get("/alike", summary="List groups of alike items")
def list_alike(facet: Word, session: ReadSession) -> AlikeGroups:
    """What the model says of open items in a facet, the most frequent value first."""
    vocabulary().facet(facet)
    found = leases.alike(session, facet)
    return AlikeGroups(
        groups=[AlikeGroup(facet=facet, value=value, open=count) for value, count in found]
    )


@router.get("/items/{item_id}", summary="Show an item to review")
def show_review_item(item_id: str, runtime: RuntimeDep) -> ReviewItem:
    """The item as it is now, whoever holds it."""
    by_card = _by_card(runtime)
    with runtime.sessions.read() as session:
        return item_told(items.show(session, leases.find(session, item_id), by_card))


@router.post("/items/{item_id}/lease", summary="Prolong the lease of an item")
def prolong_review(item_id: str, caller: CallerDep, runtime: RuntimeDep) -> ReviewItem:
    """A full lease from now on; 409 while somebody else holds the item."""
    by_card = _by_card(runtime)
    with runtime.sessions.write() as session:
        item = leases.find(session, item_id)
        leases.prolong(session, item, _reviewer(runtime, caller))
        return item_told(items.show(session, item, by_card))


@router.delete("/items/{item_id}/lease", status_code=204, summary="Give an item back")
def release_review(item_id: str, caller: CallerDep, runtime: RuntimeDep) -> None:
    """Others may have it at once."""
    with runtime.sessions.write() as session:
        leases.release(session, leases.find(session, item_id), _reviewer(runtime, caller))


@router.post("/items/{item_id}/answer", summary="Answer an item")
def answer_review(
    item_id: str, asked: ReviewAnswer, caller: CallerDep, runtime: RuntimeDep
) -> Answered:
    """Nothing is written unless all of it can be; searches follow at once."""
    done = _answered(runtime, caller, item_id, asked)
    return Answered.model_validate(done)


@router.post("/answers", summary="Answer several items")
def answer_reviews(asked: ItemAnswers, caller: CallerDep, runtime: RuntimeDep) -> ItemsAnswered:
    """Each by itself: one that cannot be never costs the others."""
    return ItemsAnswered(answers=[_answered_or_not(runtime, caller, one) for one in asked.answers])


@router.get("/answers", summary="List answers")
def list_review_answers(
    session: ReadSession,
    product_id: Id | None = None,
    reviewer: Id | None = None,
    cursor: Id | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> PastAnswers:
    """Newest first, with those that were taken back."""
    found, following = history.listed(session, Of(product_id, reviewer), cursor, limit)
    return PastAnswers(answers=answers_told(found), next_cursor=following)


@router.post("/answers/{answer_id}/undo", summary="Undo your last answer to an item")
def undo_review(answer_id: str, caller: CallerDep, runtime: RuntimeDep) -> ReviewItem:
    """The product is exactly as it was before, and the item is leased to you again."""
    by_card = _by_card(runtime)
    with runtime.sessions.write() as session:
        item = undoing.undo(session, runtime.ports, answer_id, _reviewer(runtime, caller))
        return item_told(items.show(session, item, by_card))


@router.post("/answers/{answer_id}/revert", summary="Revert an answer")
def revert_review(answer_id: str, caller: CallerDep, runtime: RuntimeDep) -> Reverted:
    """Anybody's, also much later; 409 where another answer or change came after it."""
    with runtime.sessions.write() as session:
        row = undoing.revert(session, runtime.ports, answer_id, _reviewer(runtime, caller))
        return Reverted(answer_id=row.id)


@router.get("/progress", summary="Show how far reviewing is")
def show_review_progress(caller: CallerDep, session: ReadSession) -> ReviewProgress:
    """What is open, what was done, and your pace."""
    return progress_told(progress.of(session, caller.user_id))


@router.get("/quality", summary="Show how right models and reviewers are")
def show_review_quality(
    session: ReadSession, days: Annotated[int, Query(ge=1, le=3650)] = 90
) -> ReviewQuality:
    """Accuracy by the random sample, agreement by what two people judged, over so many days."""
    return quality_told(quality.of(session, now() - timedelta(days=days)))


def _reviewer(runtime: Runtime, caller: Caller) -> Reviewer:
    return Reviewer(caller.user_id, runtime.settings.vision.quality, admin=caller.ranks("admin"))


def _answered(
    runtime: Runtime, caller: Caller, item_id: str, asked: ReviewAnswer
) -> answers.Answered:
    told = Answer(
        version=asked.version,
        outcome=asked.outcome,
        changes=asked.changes.asked,
        comment=asked.comment,
        seconds=asked.seconds,
        looked=asked.looked.asked,
    )
    reviewer = _reviewer(runtime, caller)
    return answers.submit(runtime.sessions, runtime.ports, item_id, told, reviewer)


def _answered_or_not(runtime: Runtime, caller: Caller, asked: ItemAnswer) -> ItemAnswered:
    try:
        done = _answered(runtime, caller, asked.item_id, asked)
    except VitrineError as error:
        problem = Problem.model_validate(problems.told(problems.of_vitrine(error)))
        return ItemAnswered(item_id=asked.item_id, answer_id=None, problem=problem)
    return ItemAnswered(item_id=asked.item_id, answer_id=done.answer_id, problem=None)


def _by_card(runtime: Runtime) -> frozenset[str]:
    """The facets that the searched model names well enough to be shown."""
    with runtime.sessions.read() as session:
        return search.vision_of(runtime.search_engine, session).shown_facets
