"""What was asked and found, written down."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from vitrine.core.clock import new_id, now
from vitrine.services.search import watched
from vitrine.services.search.context import SearchContext
from vitrine.services.search.engine import SearchEngine
from vitrine.tables.jobs import QueryResult


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and in which job if not at once."""

    user_id: str | None = None
    job_id: str | None = None


def draft(
    context: SearchContext,
    query: dict[str, Any],
    hits: Sequence[dict[str, Any]],
    summary: dict[str, Any],
    started: float,
) -> QueryResult:
    """The record of a search that began at `started` (of time.perf_counter), not saved yet."""
    seconds = time.perf_counter() - started
    watched.observe(query, hits, summary, seconds)
    return QueryResult(
        id=new_id(),
        created_at=now(),
        collection=context.collection.name,
        query=query,
        hits=list(hits),
        summary=summary,
        milliseconds=round(seconds * 1000, 3),
    )


def note(engine: SearchEngine, result: QueryResult, asker: Asker) -> None:
    """Write the record of an answered search down, soon if not at once."""
    if asker.job_id is None:
        engine.note(of(result, asker))
    else:
        with engine.sessions.note() as session:
            save(session, result, asker)


def of(result: QueryResult, asker: Asker) -> QueryResult:
    """The record of a search that somebody asked for."""
    result.user_id, result.job_id = asker.user_id, asker.job_id
    return result


def save(session: Session, result: QueryResult, asker: Asker) -> None:
    """Write the record down; a search job that runs again replaces what it found before."""
    if asker.job_id is not None:
        session.execute(delete(QueryResult).where(QueryResult.job_id == asker.job_id))
    session.add(of(result, asker))
