"""What the shop itself says of a product in the facets of our vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from vitrine.core.errors import Invalid
from vitrine.fields import FIELDS
from vitrine.services.models import Meanings
from vitrine.services.models.calibrations import key
from vitrine.tables.catalog import Product
from vitrine.vision.vocabulary import Facet, vocabulary


def stated(product: Product) -> dict[str, str]:
    """By facet the shop's own value, as it is spelled; of lists the first."""
    told = {facet.name: _value(product, facet) for facet in vocabulary().facets.values()}
    return {name: text for name, text in told.items() if text}


def meant(facet: str, value: str, meanings: Meanings) -> str | None:
    """The word of the vocabulary that the shop means by a value; None where nobody knows."""
    known = meanings.get((facet, key(value)))
    if known:
        return known
    with suppress(Invalid):
        return vocabulary().facet(facet).value(value)
    return None


def _value(product: Product, facet: Facet) -> str:
    if facet.name in FIELDS:
        return str(getattr(product, facet.name) or "").strip()
    told: Mapping[str, object] = product.attributes
    value = told.get(facet.name) or told.get(facet.head)
    first = value[0] if isinstance(value, list) and value else value
    return first.strip() if isinstance(first, str) else ""
