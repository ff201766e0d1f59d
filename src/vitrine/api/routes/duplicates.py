"""Photos that several products show."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from vitrine.api.deps import ReadSession
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.catalog import Duplicate, Duplicates
from vitrine.api.schemas.common import Id
from vitrine.services import catalog
from vitrine.services.catalog import duplicates

router = guarded("/v1/duplicates", "products")


@router.get("", summary="List photos that several products show")
def list_duplicates(
    session: ReadSession,
    product_id: Id | None = None,
    distance: Annotated[int, Query(ge=0, le=duplicates.FURTHEST)] = 4,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Duplicates:
    """The same bytes, or the same colours and perceptual hashes at most `distance` of 64 bits
    apart, nearest first."""
    if product_id is not None:
        catalog.get(session, product_id)
    found = duplicates.duplicates(session, distance, product_id)
    told = [Duplicate.model_validate(pair) for pair in found[:limit]]
    return Duplicates(duplicates=told, total=len(found))
