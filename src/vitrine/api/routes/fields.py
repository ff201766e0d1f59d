"""What a product says of itself and what it is found by."""

from __future__ import annotations

from vitrine.api.guard import router as guarded
from vitrine.api.schemas.fields import Fields, fields_told

router = guarded("/v1/fields", "products")


@router.get("", summary="List a product's fields and the facets of search")
def show_fields() -> Fields:
    """Names in every language, limits, and what is done with each."""
    return fields_told()
