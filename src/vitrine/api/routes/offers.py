"""Prices and stock of many products by one call."""

from __future__ import annotations

from vitrine.api.deps import CallerDep, RuntimeDep
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.offers import OffersAnswer, OffersChange, offers_told
from vitrine.services.catalog import offers

router = guarded("/v1/products", "products")


@router.patch("/offers", summary="Change prices and stock of many products")
def change_offers(asked: OffersChange, caller: CallerDep, runtime: RuntimeDep) -> OffersAnswer:
    """Price, currency, availability and status of up to 5,000 products by their external ids.

    A row that is refused stops no other, and nothing is indexed anew. Sent again, it finds nothing
    left to do.
    """
    shop = runtime.settings.shop
    return offers_told(list(offers.change(runtime.sessions, asked.offers, shop, caller.user_id)))
