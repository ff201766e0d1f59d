"""Many products at once."""

from __future__ import annotations

from vitrine.api.deps import CallerDep, RuntimeDep
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.bulk import BulkAnswer, BulkRequest, bulk_told
from vitrine.services import search
from vitrine.services.catalog import bulk
from vitrine.services.catalog.bulk import BulkAction
from vitrine.services.search import filters
from vitrine.wiring import Runtime

router = guarded("/v1/products", "products")


@router.post("/bulk", summary="Change many products")
def change_products(asked: BulkRequest, caller: CallerDep, runtime: RuntimeDep) -> BulkAnswer:
    """Delete, restore, index or set fields of up to 1,000 products, and what became of each.

    One that is unknown or refused stops no other. Sent again, it finds nothing left to do.
    """
    ids = _ids(runtime, asked)
    values = asked.set.sent if asked.set else {}
    deed = BulkAction(asked.action, values, caller.user_id)
    return bulk_told(bulk.run(runtime.sessions, runtime.ports, ids, deed))


def _ids(runtime: Runtime, asked: BulkRequest) -> list[str]:
    if asked.ids is not None:
        return asked.ids
    wanted = filters.parse(asked.filters)
    return search.matching_ids(runtime.search_engine, wanted, asked.text, bulk.MOST)
