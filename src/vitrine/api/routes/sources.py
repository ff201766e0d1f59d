"""Sources: where catalogues are pulled from, when, and how that went."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from vitrine.adapters.feeds import check_host
from vitrine.api.deps import CallerDep, ReadSession, RuntimeDep, WriteSession
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.common import Id
from vitrine.api.schemas.jobs import Job
from vitrine.api.schemas.sources import (
    NewSource,
    PullAnswer,
    PullRequest,
    Source,
    SourceChange,
    SourcePull,
    SourcePullPage,
    Sources,
)
from vitrine.services import sources
from vitrine.services.sources import Rules
from vitrine.services.sources.endpoints import newest

router = guarded("/v1/sources", "imports")


@router.post("", status_code=201, summary="Add a source")
def create_source(asked: NewSource, caller: CallerDep, runtime: RuntimeDep) -> Source:
    """Pulled soon for the first time where it has a schedule; its secrets are never shown again."""
    _check(asked, runtime)
    rules = Rules.of(runtime.settings)
    with runtime.sessions.write() as session:
        return Source.of(sources.add(session, rules, asked.wanted, caller.user_id), None)


@router.get("", summary="List sources")
def list_sources(session: ReadSession) -> Sources:
    """Every source with its newest pull, oldest first."""
    return Sources(sources=[Source.of(*each) for each in sources.list_sources(session)])


@router.get("/{source_id}", summary="Show a source")
def show_source(source_id: str, session: ReadSession) -> Source:
    """One source, without its secrets."""
    return Source.of(sources.get(session, source_id), newest(session, source_id))


@router.patch("/{source_id}", summary="Change a source")
def change_source(source_id: str, asked: SourceChange, runtime: RuntimeDep) -> Source:
    """Only what is sent changes. An address at another host forgets the credentials."""
    _check(asked, runtime)
    rules = Rules.of(runtime.settings)
    with runtime.sessions.write() as session:
        changed = sources.change(session, rules, source_id, asked.wanted)
        return Source.of(changed, newest(session, source_id))


@router.delete("/{source_id}", status_code=204, summary="Delete a source")
def delete_source(source_id: str, session: WriteSession) -> None:
    """It is pulled no more; its products stay as they are."""
    sources.remove(session, source_id)


@router.post("/{source_id}/pull", status_code=202, summary="Pull a source now")
def pull_source(
    source_id: str,
    asked: PullRequest,
    caller: CallerDep,
    runtime: RuntimeDep,
    session: WriteSession,
) -> PullAnswer:
    """A job that reads it; `confirmed` lets it hide so many products as a held pull told."""
    source = sources.get(session, source_id, locked=True)
    queue = runtime.ports.queue
    pull = sources.start(session, queue, source, caller.user_id, asked.confirmed)
    return PullAnswer(pull=SourcePull.model_validate(pull), job=Job.model_validate(pull.job))


@router.get("/{source_id}/pulls", summary="List a source's pulls")
def list_pulls(
    source_id: str,
    session: ReadSession,
    cursor: Id | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
) -> SourcePullPage:
    """What each did, newest first, a page at a time."""
    sources.get(session, source_id)
    found, following = sources.list_pulls(session, source_id, cursor, limit)
    shown = [SourcePull.model_validate(each) for each in found]
    return SourcePullPage(pulls=shown, next_cursor=following)


def _check(asked: SourceChange, runtime: RuntimeDep) -> None:
    if asked.url:
        check_host(asked.url, runtime.settings.fetch)  # slow, so before the transaction begins
