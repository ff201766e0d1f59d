"""Jobs as people think of them: a batch as one thing, what failed first, each with what it is of.

However many jobs a page shows, it asks the same few queries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from vitrine.core.clock import least_id, now
from vitrine.services.jobs.kinds import HOUSEKEEPING, JobKind
from vitrine.tables.catalog import Image, Product
from vitrine.tables.jobs import FAILED, QUEUED, RUNNING, Job
from vitrine.tables.sources import Source

State = Literal["failed", "open", "ended"]
STATES: tuple[State, ...] = ("failed", "open", "ended")
"""In the order in which people want to see them."""

PICTURES = 3
"""Most pictures that stand for a batch."""

RECENT = timedelta(days=1)
"""Housekeeping older than this is not counted."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which groups; None means any. `housekeeping` asks for that alone, which is else left out,
    but for what failed of it, and where a kind is asked for."""

    state: State | None = None
    kind: JobKind | None = None
    housekeeping: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """The last row of a page: its state as it was then, and its id."""

    state: State
    job_id: str

    @classmethod
    def read(cls, cursor: str) -> Stop:
        """The stop that `str` wrote; StopIteration for what is none."""
        state, _, job_id = cursor.partition(".")
        return cls(next(each for each in STATES if each == state), job_id)

    def __str__(self) -> str:
        return f"{self.state}.{self.job_id}"


@dataclass(frozen=True, slots=True)
class _Page:
    """So many rows of these states after a stop, newest or oldest first."""

    states: Sequence[State]
    after: Stop | None
    limit: int
    newest: bool = True


@dataclass(frozen=True, slots=True)
class Shown:
    """The product that a job is about, and the image that shows it."""

    id: str
    title: str
    image_id: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """A job with what belongs to it: how many by status, the first that failed, some products.

    `name` is what a person called it: the file of an import, the source of a pull.
    """

    job: Job
    state: State
    name: str = ""
    product: Shown | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    failure: Job | None = None
    shown: Sequence[Shown] = ()


Member = tuple[Job, Shown | None]
"""A job of a batch, and its product."""


def list_groups(
    session: Session, wanted: Wanted, after: Stop | None, limit: int
) -> tuple[list[Group], Stop | None]:
    """Groups: those with a failure, then those under way, then the others, each newest first."""
    heads = select(Job).where(Job.batch_id.is_(None))
    if wanted.kind is not None:
        heads = heads.where(Job.kind == wanted.kind)
    tidies = _is_housekeeping()
    if wanted.housekeeping:
        heads = heads.where(tidies)
    elif wanted.kind is None:
        heads = heads.where(or_(not_(tidies), _in_state(FAILED)))
    states = STATES if wanted.state is None else (wanted.state,)
    found, stop = _page(session, heads, _Page(states, after, limit))
    return _groups(session, found), stop


def count_folded(session: Session) -> int:
    """How many groups of housekeeping there were lately, beside those that failed."""
    recent = Job.id > least_id(now() - RECENT)
    heads = select(func.count(Job.id)).where(Job.batch_id.is_(None), recent, _is_housekeeping())
    return session.scalar(heads.where(not_(_in_state(FAILED)))) or 0


def group_of(session: Session, job: Job) -> Group:
    """The job with what belongs to it."""
    [group] = _groups(session, [(job, "ended")])
    return replace(group, state=_state(job, group.counts))


def members(
    session: Session, head_id: str, after: Stop | None, limit: int
) -> tuple[list[Member], Stop | None]:
    """What belongs to a job, in the order of `list_groups`, but each oldest first."""
    every = select(Job).where(Job.batch_id == head_id)
    found, stop = _page(session, every, _Page(STATES, after, limit, newest=False))
    jobs = [job for job, _ in found]
    products = _products(session, {job.product_id for job in jobs if job.product_id})
    return [(job, products.get(job.product_id or "")) for job in jobs], stop


_Found = tuple[Job, State]


def _page(session: Session, rows: Select[Job], asked: _Page) -> tuple[list[_Found], Stop | None]:
    """State after state, until the page is full."""
    found: list[_Found] = []
    states, after, limit = asked.states, asked.after, asked.limit
    order = Job.id.desc() if asked.newest else Job.id.asc()
    begin = states.index(after.state) if after and after.state in states else 0
    for state in states[begin:]:
        some = rows.where(_in_state(state)).order_by(order).limit(limit + 1 - len(found))
        if after and after.state == state:
            beyond = Job.id < after.job_id if asked.newest else Job.id > after.job_id
            some = some.where(beyond)
        found += [(job, state) for job in session.scalars(some)]
        if len(found) > limit:
            job, last = found[limit - 1]
            return found[:limit], Stop(last, job.id)
    return found, None


def _in_state(state: str) -> ColumnElement[bool]:
    """Whether the row, or anything that belongs to it, is in that state, and in none before it."""
    member = aliased(Job)
    whole = select(func.coalesce(member.batch_id, member.id))
    failed = or_(Job.id.in_(whole.where(member.status == FAILED)), Job.status == FAILED)
    busy = (QUEUED, RUNNING)
    goes_on = or_(Job.id.in_(whole.where(member.status.in_(busy))), Job.status.in_(busy))
    if state == FAILED:
        return failed
    return and_(not_(failed), goes_on if state == "open" else not_(goes_on))


def _is_housekeeping() -> ColumnElement[bool]:
    """A pull by the clock is, where it changed nothing."""
    member = aliased(Job)
    changed = exists().where(member.batch_id == Job.id)
    tidies = or_(Job.kind.in_(HOUSEKEEPING), and_(Job.kind == JobKind.PULL, not_(changed)))
    return and_(Job.created_by.is_(None), tidies)


def _groups(session: Session, found: Sequence[_Found]) -> list[Group]:
    jobs = [job for job, _ in found]
    ids = [job.id for job in jobs]
    counts, failures = _counts(session, ids), _failures(session, ids)
    samples = _samples(session, ids)
    of_jobs = {job.product_id for job in jobs if job.product_id}
    products = _products(session, of_jobs.union(*samples.values()))
    names = _names(session, jobs)
    return [
        Group(
            job,
            state,
            names.get(job.id, ""),
            products.get(job.product_id or ""),
            counts[job.id],
            job if job.status == FAILED else failures.get(job.id),
            [products[each] for each in samples[job.id] if each in products],
        )
        for job, state in found
    ]


def _state(job: Job, counts: Mapping[str, int]) -> State:
    present = {job.status, *counts}
    if FAILED in present:
        return "failed"
    return "open" if present & {QUEUED, RUNNING} else "ended"


def _counts(session: Session, ids: Sequence[str]) -> dict[str, dict[str, int]]:
    counted = select(Job.batch_id, Job.status, func.count(Job.id)).where(Job.batch_id.in_(ids))
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for head, status, count in session.execute(counted.group_by(Job.batch_id, Job.status)):
        counts[str(head)][status] = count
    return counts


def _failures(session: Session, ids: Sequence[str]) -> dict[str, Job]:
    of_batch = Job.batch_id.in_(ids), Job.status == FAILED
    first = select(func.min(Job.id)).where(*of_batch).group_by(Job.batch_id)
    found = session.scalars(select(Job).where(Job.id.in_(first)))
    return {job.batch_id or "": job for job in found}


def _samples(session: Session, ids: Sequence[str]) -> dict[str, list[str]]:
    """By batch the first few products that it is about."""
    place = func.row_number().over(partition_by=Job.batch_id, order_by=Job.id).label("place")
    of_batch = Job.batch_id.in_(ids), Job.product_id.is_not(None)
    placed = select(Job.batch_id, Job.product_id, place).where(*of_batch).subquery()
    few = select(placed.c.batch_id, placed.c.product_id).where(placed.c.place <= PICTURES)
    samples: dict[str, list[str]] = defaultdict(list)
    for head, product_id in session.execute(few.order_by(placed.c.place)):
        samples[head].append(product_id)
    return samples


def _products(session: Session, ids: Iterable[str]) -> dict[str, Shown]:
    """Those that live, by id."""
    asked = sorted(set(ids))
    first: dict[str, str] = {}
    images = select(Image.product_id, Image.id).where(Image.product_id.in_(asked))
    for product_id, image_id in session.execute(images.order_by(Image.position, Image.id)):
        first.setdefault(str(product_id), image_id)
    alive = select(Product.id, Product.title).where(Product.id.in_(asked))
    return {one.id: Shown(one.id, one.title, first.get(one.id)) for one in session.execute(alive)}


def _names(session: Session, jobs: Sequence[Job]) -> dict[str, str]:
    given = {job.id: str(job.payload.get("name", "")) for job in jobs if job.kind == JobKind.IMPORT}
    pulls: dict[str, Any] = {
        job.id: job.payload.get("source_id") for job in jobs if job.kind == JobKind.PULL
    }
    found = select(Source.id, Source.name).where(Source.id.in_(set(pulls.values())))
    sources = dict(iter(session.execute(found))) if pulls else {}
    return given | {job_id: sources.get(source, "") for job_id, source in pulls.items()}
