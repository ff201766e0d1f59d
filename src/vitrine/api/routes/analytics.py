"""What the public door earns, for admins."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import Query, Response

from vitrine.api.deps import ReadSession, RuntimeDep
from vitrine.api.guard import router as guarded
from vitrine.api.routes.images import BYTES
from vitrine.api.schemas.analytics import (
    Analytics,
    AnalyticsExport,
    AnalyticsPhoto,
    AnalyticsQuery,
)
from vitrine.api.tables import as_csv
from vitrine.services.shop import analytics, missed

router = guarded("/v1/analytics", "analytics")


@router.get("", summary="What visitors searched, and what came of it")
def show_analytics(
    asked: Annotated[AnalyticsQuery, Query()], runtime: RuntimeDep, session: ReadSession
) -> Analytics:
    """Counted from events that name nobody."""
    runtime.search_engine.settle()
    found = analytics.of(session, asked.since, asked.key_id)
    photos = missed.newest(session, asked.since, asked.key_id)
    told = [AnalyticsPhoto.model_validate(each) for each in photos]
    return Analytics(since=asked.since, **asdict(found), photos=told)


@router.get("/export", summary="Export one list of figures", response_class=Response)
def export_analytics(
    asked: Annotated[AnalyticsExport, Query()], runtime: RuntimeDep, session: ReadSession
) -> Response:
    """As CSV, in which no cell is a formula."""
    runtime.search_engine.settle()
    found = analytics.of(session, asked.since, asked.key_id)
    rows = (asdict(row) for row in getattr(found, asked.table))
    text = "".join(as_csv(rows, analytics.columns(asked.table)))
    named = f'attachment; filename="{asked.table}.csv"'
    return Response(text, headers={"Content-Disposition": named}, media_type="text/csv")


@router.get(
    "/photos/{photo_id}",
    summary="Show a photo that nothing fitted",
    response_class=Response,
    responses=BYTES,
)
def show_missed_photo(photo_id: str, runtime: RuntimeDep, session: ReadSession) -> Response:
    """The part of it that was searched with, small, as long as it is kept."""
    data = missed.read(session, runtime.ports.blobs, photo_id)
    headers = {"Cache-Control": "private, no-store"}
    return Response(data, media_type="image/webp", headers=headers)
