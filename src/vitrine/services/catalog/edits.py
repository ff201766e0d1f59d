"""New values put into a product, and what they changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vitrine.core.errors import Invalid
from vitrine.services.catalog import fields
from vitrine.tables.catalog import Product


def merged(product: Product, sent: Mapping[str, Any]) -> dict[str, Any]:
    """What a merge patch (RFC 7396) makes of the fields it names; raises Invalid for a bad whole.

    Null clears a field, or takes an attribute away; attributes it does not name stay.
    """
    values = dict(sent)
    order = values.pop("image_ids", None)
    if values.get("attributes") is not None:
        together = {**product.attributes, **values["attributes"]}
        values["attributes"] = {k: value for k, value in together.items() if value is not None}
    changes = fields.changed(product, values)
    return changes if order is None else changes | {"image_ids": order}


def apply(product: Product, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Change what differs; what changed, before and after."""
    before, after = dict[str, Any](), dict[str, Any]()
    order = values.pop("image_ids", None)
    if order is not None and _reorder(product, order):
        # Not which is where: an image that is purged must leave no trace.
        before["image_ids"], after["image_ids"] = None, "reordered"
    for name, value in values.items():
        if getattr(product, name) != value:
            before[name], after[name] = getattr(product, name), value
            setattr(product, name, value)
    return before, after


def _reorder(product: Product, image_ids: Sequence[str]) -> bool:
    by_id = {image.id: image for image in product.images}
    if sorted(by_id) != sorted(image_ids):
        raise Invalid(
            "image_ids_differ",
            "image_ids must name each image of this product once.",
            fields={"image_ids": "must name each image of this product once"},
        )
    changed = False
    for position, image_id in enumerate(image_ids):
        changed = changed or by_id[image_id].position != position
        by_id[image_id].position = position
    return changed
