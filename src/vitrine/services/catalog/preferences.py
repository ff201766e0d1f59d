"""What the shop chose for all of its products, before what the settings of the process say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import invalid
from vitrine.core.groups import ShopSettings
from vitrine.fields import ProductFields
from vitrine.services.catalog import prices
from vitrine.tables.catalog import Product
from vitrine.tables.preferences import Preference

CURRENCY = "currency"


def of_shop(session: Session, shop: ShopSettings) -> ShopSettings:
    """The shop's settings, with what people chose in their place."""
    chosen = session.scalar(select(Preference.value).where(Preference.name == CURRENCY))
    return shop.model_copy(update={CURRENCY: chosen}) if chosen else shop


def choose_currency(session: Session, currency: str, by: str | None) -> None:
    """Have prices that name no currency be in this one from the commit on.

    An empty one leaves it to the settings again. Raises Invalid for one that nobody pays with.
    """
    currency = currency.strip().upper()
    if currency and not prices.is_in_use(currency):
        raise invalid(
            CURRENCY, f"is {currency}, which is no currency in use; EUR and USD are, for example"
        )
    row = session.scalar(select(Preference).where(Preference.name == CURRENCY).with_for_update())
    if row is None:
        row = Preference(name=CURRENCY)
        session.add(row)
    row.value, row.changed_at, row.changed_by = currency, now(), by


def priced(fields: ProductFields, shop: ShopSettings) -> ProductFields:
    """The fields of a new product, with the shop's currency where a price names none."""
    if fields.price is None or fields.currency:
        return fields
    return fields.model_copy(update={CURRENCY: shop.currency})


def repriced(product: Product, sent: Mapping[str, Any], shop: ShopSettings) -> dict[str, Any]:
    """What was sent, with the shop's currency where it has a price, and nobody says another."""
    unsaid = CURRENCY not in sent and not product.currency
    if sent.get("price") is None or not unsaid or not shop.currency:
        return dict(sent)
    return {**sent, CURRENCY: shop.currency}
