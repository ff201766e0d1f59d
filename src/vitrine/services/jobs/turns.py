"""Whose turn it is: one job after another, fair between people and between kinds of job.

Each person has a share of each kind, and so has each source that is pulled. What belongs to a whole
catalogue is a share of its own. The share that has waited longest goes next, by its weight: 200
searches of one person and the one of another take turns, and a photo comes before the rest of an
import. Within a share the oldest goes first, no two of one product at once. Long jobs hold at most
half of all slots, so that what is short finds one soon.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import CTE, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from vitrine.core.clock import now
from vitrine.services.jobs import lifecycle, workers
from vitrine.services.jobs.claims import Claim
from vitrine.services.jobs.kinds import NEEDS, JobKind
from vitrine.services.jobs.shares import Share
from vitrine.tables.jobs import QUEUED, RUNNING, Job

WEIGHTS: Mapping[str, float] = {
    JobKind.BOXES: 16.0,  # somebody waits for what they corrected
    JobKind.SEARCH: 4.0,
    JobKind.INDEX: 2.0,
    JobKind.PUBLISH: 2.0,
}
"""How much sooner than that of others the turn of a kind comes round; 1 for what is not here."""

BULK = 0.25
"""How much of its weight a kind has where the job belongs to a whole catalogue."""

REMEMBERED = 60.0
"""Seconds after which it is forgotten that a share had its turn."""


class _Head(NamedTuple):
    """The oldest job of a share and kind, and since when it is there."""

    share: Share
    kind: str
    job_id: str
    since: datetime

    @property
    def weight(self) -> float:
        return WEIGHTS.get(self.kind, 1.0) * (BULK if self.share.bulk else 1.0)


def take(session: Session, lease: float, away: Collection[str] = ()) -> Claim | None:
    """Claim the job whose turn it is; None if there is none to be had.

    Jobs that need a part which is `away` stay where they are.
    """
    workers.lock(session)  # or two would start a long job each where there is room for one
    for head in _in_turn(session, now(), away):
        if held := lifecycle.claim(session, head.job_id, lease):
            return held
    return None


def take_more(session: Session, held: Claim, lease: float, most: int) -> list[Claim]:
    """Claim further jobs of one product each that wait in the share and kind of a claimed one.

    None of the same product twice, none that was tried before, which may be what ended its worker,
    and so few that each slot of all workers has its part.
    """
    (who, bulk), slots = held.share, max(1, workers.slots(session))
    query = (
        select(Job.product_id, Job.id)
        .where(waiting(now()), Job.share == who, Job.bulk == bulk, Job.kind == held.kind)
        .where(Job.product_id.is_not(None), Job.attempts == 0)
        .order_by(Job.id)
        .limit((most + 1) * slots)
    )
    oldest: dict[str | None, str] = {}
    for product_id, job_id in session.execute(query):
        oldest.setdefault(product_id, job_id)
    found = list(oldest.values())
    part = (len(found) + 1) // slots - 1
    return lifecycle.claim_all(session, found[: min(most, part)], lease) if part > 0 else []


def waiting(moment: datetime, away: Collection[str] = ()) -> Any:
    """What a job fulfils that could run at that moment, with these parts away."""
    stuck = [kind for kind in JobKind if NEEDS[kind] & set(away)]
    due = or_(Job.not_before.is_(None), Job.not_before <= moment)
    return (Job.status == QUEUED) & due & Job.kind.not_in(stuck) & lifecycle.free()


def any_waiting(session: Session, away: Collection[str] = ()) -> bool:
    """Whether `take` may find something: a cheap look that takes no lock."""
    return session.scalar(select(Job.id).where(waiting(now(), away)).limit(1)) is not None


def _in_turn(session: Session, moment: datetime, away: Collection[str]) -> list[_Head]:
    wanted = waiting(moment, away)
    if not _room_for_long(session, moment):
        wanted &= ~_is_long()
    heads = _heads(session, wanted)
    served = _served(session, moment)

    def waited(head: _Head) -> float:
        last = served.get((head.share, head.kind))
        if last is not None:
            return (moment - last).total_seconds() * head.weight
        # Without an end, so that what weighs little comes round however much is asked beside it.
        return max(REMEMBERED, (moment - head.since).total_seconds()) * head.weight

    return sorted(heads, key=lambda head: (-waited(head), head.job_id))


def _heads(session: Session, wanted: Any) -> list[_Head]:
    """The oldest wanted job of each share and kind."""
    one, queued = _another(), _one_of_each()
    oldest = select(Job.id).where(wanted, _alike(Job, one)).order_by(Job.id).limit(1)
    found = select(oldest.correlate(one).scalar_subquery()).join_from(
        queued, one, one.id == queued.c.id
    )
    told = select(Job).where(Job.id.in_(list(session.scalars(found))))
    return [
        _Head(Share(job.share, job.bulk), job.kind, job.id, job.created_at)
        for job in session.scalars(told)
    ]


@cache
def _another() -> Any:
    return aliased(Job)


@cache
def _one_of_each() -> CTE:
    """The id of one queued job of each share and kind, and a null.

    Of one import 100,000 may wait, which a GROUP BY would all read: this walks `ix_jobs_turns`
    from each share to the next.
    """
    queued = select(Job.id).where(Job.status == QUEUED).order_by(*_turn(Job)).limit(1)
    seen = select(queued.scalar_subquery().label("id")).cte("seen", recursive=True)
    last = aliased(Job)
    after = queued.where(tuple_(*_turn(Job)) > tuple_(*_turn(last))).correlate(last)
    step = select(after.scalar_subquery()).join_from(seen, last, last.id == seen.c.id)
    return seen.union_all(step)


def _turn(job: Any) -> tuple[Any, Any, Any]:
    return job.share, job.bulk, job.kind


def _alike(job: Any, other: Any) -> Any:
    """Whether both have the same turn."""
    return and_(*(mine == theirs for mine, theirs in zip(_turn(job), _turn(other), strict=True)))


def _served(session: Session, moment: datetime) -> dict[tuple[Share, str], datetime]:
    """When each share last had its turn, by share and kind, as far as it is remembered."""
    lately = Job.started_at > moment - timedelta(seconds=REMEMBERED)
    latest = select(*_turn(Job), func.max(Job.started_at)).where(lately).group_by(*_turn(Job))
    rows = session.execute(latest)
    return {(Share(who, bulk), kind): started for who, bulk, kind, started in rows if started}


def _room_for_long(session: Session, moment: datetime) -> bool:
    held = (Job.status == RUNNING) & (Job.lease_until > moment) & _is_long()
    running = session.scalar(select(func.count(Job.id)).where(held)) or 0
    return running < max(1, workers.slots(session) // 2)


def _is_long() -> Any:
    """Whether a job goes over a whole catalogue, or waits for servers of others."""
    whole = Job.product_id.is_(None) & (Job.kind != JobKind.SEARCH)
    return whole | (Job.kind == JobKind.PICTURES)
