"""Which products a shop says are variants of one design."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

GROUPS = (
    "group",
    "group_id",
    "item_group_id",
    "product_group",
    "parent",
    "parent_id",
    "parent_sku",
    "style_id",
    "design",
    "design_id",
    "variant_of",
)
"""The attributes in which shops name the design that several products are variants of."""

LARGEST = 50
"""More products than this under one name are no variants of one design."""


def design(attributes: Mapping[str, Any]) -> str:
    """The name of the design that a product's attributes give; empty where they give none."""
    named = (str(attributes.get(name) or "").strip() for name in GROUPS)
    return next((name for name in named if name), "")
