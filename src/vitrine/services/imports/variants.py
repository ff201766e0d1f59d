"""The rows of one product, as each format writes its variants: spread into columns of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from vitrine.services.imports.records import Cells

NUMBERLESS = "::"
"""Between a group's id and an item's place in it, where the item has no number of its own."""

WOO_OPTION = re.compile(r"attribute_\d+_(?P<part>name|value_s)")
OPTION = re.compile(r"(variant_)?option_?(\d)_(?P<part>name|value)")
_NO_OPTIONS = ("", "title", "variant")


@lru_cache(maxsize=4096)
def plain(column: str) -> str:
    """A column's name in plain letters: lower case, one `_` for all that is no letter or digit."""
    return re.sub(r"[\W_]+", "_", column.casefold().removeprefix("g:")).strip("_")


def options(rows: Sequence[Cells]) -> list[Cells]:
    """Rows with a column per option, such as size: the option's name may stand in one row only."""
    names: dict[str, str] = {}
    spread: list[Cells] = []
    for cells in rows:
        found: dict[str, Any] = {}
        for column, value in cells.items():
            option = OPTION.fullmatch(plain(column))
            if option and option[3] == "name" and value:
                names[option[2]] = plain(value)
        for column, value in cells.items():
            option = OPTION.fullmatch(plain(column))
            name = names.get(option[2], "") if option and option[3] == "value" else ""
            if name not in _NO_OPTIONS:
                found[f"option:{name}"] = value
        spread.append({**cells, **found})
    return spread


def items(rows: Sequence[Cells]) -> list[Cells]:
    """Items of a group under the group's id; their own ids are what Google calls them by."""
    spread: list[Cells] = []
    for cells in rows:
        names = {plain(column): column for column in cells}
        group, own = (cells.get(names.get(name, "")) for name in ("item_group_id", "id"))
        if not group:
            spread.append(cells)
            continue
        number = "" if str(own).startswith(f"{group}{NUMBERLESS}") else own
        spread.append({**cells, names.get("id", "id"): group, "sku": number})
    return spread


def woo_row(cells: Cells) -> Cells:
    """A row under its product's number; what has none goes by WooCommerce's own, as it does."""
    names = {plain(column): column for column in cells}
    own, number = (cells.get(names.get(name, "")) for name in ("sku", "id"))
    known = own or (f"id:{number}" if number else "")
    return {**cells, names.get("sku", "SKU"): known, "variant_sku": ""}


def woo(rows: Sequence[Cells]) -> list[Cells]:
    """The product first, then its variations as its options; one category, attributes as lists."""
    ordered = sorted(rows, key=is_variation)
    has_parent = not is_variation(ordered[0])
    return [
        _woo_cells(cells, is_part=is_variation(cells), has_parent=has_parent) for cells in ordered
    ]


def is_variation(cells: Cells) -> bool:
    """Whether a row of WooCommerce is a variation of the product that it names."""
    named = {plain(column): value for column, value in cells.items()}
    return bool(named.get("parent")) and str(named.get("type", "")).startswith("variation")


def _woo_cells(cells: Cells, *, is_part: bool, has_parent: bool) -> Cells:
    names = {plain(column): column for column in cells}
    spread = dict(cells)
    if is_part:
        own = str(cells.get(names.get("sku", "SKU")) or "")
        spread["variant_sku"] = "" if own.startswith("id:") else own
        spread[names.get("sku", "SKU")] = cells.get(names["parent"])
        for name in ("name", "categories", "description", "short_description", "published"):
            if has_parent and name in names:
                spread[names[name]] = None  # of the product, not of one size
    if "categories" in names and spread[names["categories"]]:
        spread[names["categories"]] = next(iter(_listed(spread[names["categories"]])), "")
    if tags := cells.get(names.get("tags", "")):
        spread[names["tags"]] = _listed(tags)
    for name, column in names.items():
        option = re.fullmatch(r"attribute_(\d+)_name", name)
        value = cells.get(names.get(f"attribute_{option[1]}_value_s", "")) if option else None
        if value and plain(str(cells[column] or "")) not in _NO_OPTIONS:
            spread[f"option:{plain(str(cells[column]))}"] = _listed(value)
    return spread


def _listed(text: str) -> list[str]:
    """The words between commas; one that belongs to a word has a backslash before it."""
    words = (word.replace("\\,", ",").strip() for word in re.split(r"(?<!\\),", text))
    return [word for word in words if word]
