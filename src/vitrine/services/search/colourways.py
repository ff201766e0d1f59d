"""The colourways of a product: its design in other colours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from vitrine.fields.facets import LABEL
from vitrine.services.search import composing, filters, intent
from vitrine.services.search.filters import NOT, Filters
from vitrine.services.search.request import SearchRequest, changed
from vitrine.tables.catalog import Product
from vitrine.vision.card import Part

FORM_ALONE = -1.0
"""What finds designs best: colours would only bring back what is asked to be otherwise."""


def asked(product: Product, request: SearchRequest, parts: Sequence[Part]) -> SearchRequest:
    """The request for what is most like the product by form, of its kind and not of its colour.

    Kind and colour are those it states, else its labels'; of what is not known all are left, and
    a category that the request filters by stands. Raises Invalid about `other_colours` where
    vectors have no parts.
    """
    composing.need_parts(parts, "other_colours", "true")
    return changed(
        request,
        product_id=product.id,
        emphasis=FORM_ALONE,
        filters=_narrowed(request.filters, product),
    )


def _narrowed(given: Filters, product: Product) -> Filters:
    wanted = given.as_json()
    without = dict(wanted.pop(NOT, {}))
    for facet, values in _known(product, "colour"):
        without[facet] = [*values, *_listed(without.get(facet, []))]
    kind = {facet: [*values] for facet, values in _known(product, "category")}
    return filters.parse({**kind, **wanted, NOT: without})


def _known(product: Product, facet: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Under which name of the facet filters find which values of the product, if it has any."""
    stated = intent.values_of(product, facet)
    seen = tuple(label.value for label in product.labels if label.facet == facet)
    if stated or seen:
        yield (facet, stated) if stated else (f"{LABEL}{facet}", seen)


def _listed(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]
