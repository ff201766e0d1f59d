"""Jobs as people think of them: batches as one thing, what failed first."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from vitrine.api.deps import ReadSession
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.jobs import (
    GroupCursor,
    JobGroup,
    JobGroupPage,
    JobMember,
    JobMemberPage,
    JobProduct,
)
from vitrine.services import jobs
from vitrine.services.jobs import JobKind, groups
from vitrine.services.jobs.groups import State, Stop, Wanted

router = guarded("/v1/jobs", "jobs")

Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("/groups", summary="List jobs with what belongs to them")
def list_job_groups(
    session: ReadSession,
    state: State | None = None,
    kind: JobKind | None = None,
    housekeeping: Annotated[
        bool, Query(description="Only what Vitrine does by itself, else left out.")
    ] = False,
    cursor: GroupCursor | None = None,
    limit: Limit = 50,
) -> JobGroupPage:
    """Those with a failure first, then those under way, then the others, each newest first."""
    wanted = Wanted(state, kind, housekeeping)
    found, stop = groups.list_groups(session, wanted, _stop(cursor), limit)
    folded = None if cursor else groups.count_folded(session)
    told = [JobGroup.model_validate(each) for each in found]
    return JobGroupPage(groups=told, folded=folded, next_cursor=str(stop) if stop else None)


@router.get("/{job_id}/group", summary="Show a job with what belongs to it")
def show_job_group(job_id: str, session: ReadSession) -> JobGroup:
    """What it is about, and how far all of it is."""
    return JobGroup.model_validate(groups.group_of(session, jobs.get(session, job_id)))


@router.get("/{job_id}/members", summary="List what belongs to a job")
def list_job_members(
    job_id: str, session: ReadSession, cursor: GroupCursor | None = None, limit: Limit = 50
) -> JobMemberPage:
    """Those that failed first, then those under way, then the others, each oldest first."""
    head = jobs.get(session, job_id)
    found, stop = groups.members(session, head.id, _stop(cursor), limit)
    told = [
        JobMember(job=job, product=product and JobProduct.model_validate(product))
        for job, product in found
    ]
    return JobMemberPage(members=told, next_cursor=str(stop) if stop else None)


def _stop(cursor: str | None) -> Stop | None:
    return Stop.read(cursor) if cursor else None
