"""What the public door earns, for admins."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import Query, Response

from vitrine.api.deps import ReadSession
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.analytics import Analytics, AnalyticsExport, AnalyticsQuery
from vitrine.api.tables import as_csv
from vitrine.services.shop import analytics

router = guarded("/v1/analytics", "analytics")


@router.get("", summary="What visitors searched, and what came of it")
def show_analytics(asked: Annotated[AnalyticsQuery, Query()], session: ReadSession) -> Analytics:
    """Counted from events that name nobody."""
    found = analytics.of(session, asked.since, asked.key_id)
    return Analytics(since=asked.since, **asdict(found))


@router.get("/export", summary="Export one list of figures", response_class=Response)
def export_analytics(asked: Annotated[AnalyticsExport, Query()], session: ReadSession) -> Response:
    """As CSV, in which no cell is a formula."""
    found = analytics.of(session, asked.since, asked.key_id)
    rows = (asdict(row) for row in getattr(found, asked.table))
    text = "".join(as_csv(rows, analytics.columns(asked.table)))
    named = f'attachment; filename="{asked.table}.csv"'
    return Response(text, headers={"Content-Disposition": named}, media_type="text/csv")
