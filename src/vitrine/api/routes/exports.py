"""Lists of products as files."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Annotated

from fastapi import Query
from fastapi.responses import StreamingResponse

from vitrine.api.deps import CallerDep, RuntimeDep
from vitrine.api.guard import router as guarded
from vitrine.api.routes.products import require_scores
from vitrine.api.schemas.catalog import ProductExport
from vitrine.services import exports
from vitrine.wiring import Runtime

router = guarded("/v1/products", "products")

MEDIA_TYPES: Mapping[str, tuple[str, str]] = {
    "jsonl": ("application/jsonl", "jsonl"),
    "google": ("text/tab-separated-values; charset=utf-8", "tsv"),
    "google-xml": ("application/xml; charset=utf-8", "xml"),
}
CSV = ("text/csv; charset=utf-8", "csv")


@router.get("/export", summary="Export products", response_class=StreamingResponse)
def export_products(
    asked: Annotated[ProductExport, Query()], caller: CallerDep, runtime: RuntimeDep
) -> StreamingResponse:
    """The products of a list, in its order, as a file that Vitrine and shops read.

    Pictures are named by the address they came from; those that came as files are left out.
    """
    require_scores(caller, asked)
    media_type, ending = MEDIA_TYPES.get(asked.format, CSV)
    named = f'attachment; filename="catalogue-{asked.format}.{ending}"'
    headers = {"Content-Disposition": named}
    return StreamingResponse(_written(runtime, asked), headers=headers, media_type=media_type)


def _written(runtime: Runtime, asked: ProductExport) -> Iterator[str]:
    to = io.StringIO(newline="")
    written = exports.export(
        *(runtime.sessions, asked.format, to, exports.addresses_only),
        filters=asked.filters,
        sorting=asked.sorting,
    )
    for _ in written:
        yield to.getvalue()
        to.seek(0)
        to.truncate()
    yield to.getvalue()
