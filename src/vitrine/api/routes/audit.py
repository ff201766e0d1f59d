"""The audit log, for admins."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import StreamingResponse

from vitrine.api.deps import ReadSession, RuntimeDep
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.audit import AuditEvent, AuditEvents, AuditExport, AuditPage
from vitrine.api.tables import as_csv
from vitrine.services import audit

router = guarded("/v1/audit", "audit")


@router.get("", summary="Read the audit log")
def list_audit(asked: Annotated[AuditPage, Query()], session: ReadSession) -> AuditEvents:
    """Who did what and when, newest first."""
    found = audit.find(session, asked.wanted(), asked.cursor, asked.limit + 1)
    told = [AuditEvent.model_validate(event) for event in found[: asked.limit]]
    more = len(found) > asked.limit
    return AuditEvents(events=told, next_cursor=told[-1].id if more else None)


@router.get("/export", summary="Export the audit log", response_class=StreamingResponse)
def export_audit(asked: Annotated[AuditExport, Query()], runtime: RuntimeDep) -> StreamingResponse:
    """Every such act as CSV, in which no cell is a formula, or as JSON lines."""
    write, media_type = WRITERS[asked.format]
    lines = write(audit.acts(runtime.sessions, asked.wanted()))
    named = f'attachment; filename="audit.{asked.format}"'
    return StreamingResponse(lines, headers={"Content-Disposition": named}, media_type=media_type)


def _csv(rows: Iterator[Mapping[str, Any]]) -> Iterator[str]:
    return as_csv(rows, audit.COLUMNS)


def _jsonl(rows: Iterator[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        told = dict(row) | {"details": json.loads(row["details"])}
        yield json.dumps(told, ensure_ascii=False) + "\n"


Write = Callable[[Iterator[Mapping[str, Any]]], Iterator[str]]
WRITERS: Mapping[str, tuple[Write, str]] = {
    "csv": (_csv, "text/csv; charset=utf-8"),
    "jsonl": (_jsonl, "application/jsonl"),
}
