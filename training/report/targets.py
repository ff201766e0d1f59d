"""What the shipped models have to reach, held against the figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from training.report.rows import IMAGENET, SHIPPED

Report = Mapping[str, Any]
WEIGHTS_BYTES = 40_000_000
GAIN = 1.15
ERROR_LEFT = 0.85


@dataclass(frozen=True, slots=True)
class Target:
    """One bound; `value` is None where the report has no such figure, and then it is not met."""

    name: str
    value: float | None
    bound: float
    at_most: bool = False

    @property
    def met(self) -> bool:
        """Whether the figure is there and on the right side of the bound."""
        if self.value is None:
            return False
        return self.value <= self.bound if self.at_most else self.value >= self.bound


def targets(report: Report) -> list[Target]:
    """Every target with the report's figure for it."""
    columns = {"map_main": "ap50"}
    least = [
        Target(name, value(report, key, columns.get(key, SHIPPED)), bound)
        for key, (name, bound) in _LEAST.items()
    ]
    category = best(value(report, "category_words"), value(report, "category_heads"))
    colour = best(value(report, "colour_words"), value(report, "colour_heads"))
    speed = report["sections"].get("speed", {}).get("extras", {}).get("vit_b_32", {}).get("ratio")
    weights = sum(report["made"]["bytes"].values())
    gains = [
        Target(f"{name} over plain ImageNet's", ratio(report, key), GAIN)
        for key, name in (
            ("phone_p10", "phone photos, same label P@10"),
            ("street_p10", "street crops, same word P@10"),
        )
    ]
    return [
        *least,
        Target("category macro-F1, better of words and heads", category, 0.80),
        Target("colour macro-F1, better of words and heads", colour, 0.55),
        *gains,
        Target("synthetic R@1, misses over plain ImageNet's", misses(report), ERROR_LEFT, True),
        Target("ViT-B/32 time over ours", speed, 6.0),
        Target("shipped weights, bytes", weights, WEIGHTS_BYTES, True),
    ]


def value(report: Report, key: str, column: str = SHIPPED) -> float | None:
    """The value of one row in one column; None where the report does not have it."""
    for section in report["sections"].values():
        for row in section["rows"]:
            if row["key"] == key:
                cell = row["cells"].get(column)
                return None if cell is None else float(cell["value"])
    return None


def best(*values: float | None) -> float | None:
    """The largest of those that are there."""
    return max((one for one in values if one is not None), default=None)


def ratio(report: Report, key: str) -> float | None:
    """The shipped figure over plain ImageNet's."""
    ours, theirs = value(report, key), value(report, key, IMAGENET)
    return round(ours / theirs, 4) if ours is not None and theirs else None


def misses(report: Report) -> float | None:
    """The share of synthetic second photos not found first, over plain ImageNet's share."""
    ours, theirs = value(report, "view_r1"), value(report, "view_r1", IMAGENET)
    if ours is None or theirs is None or theirs >= 1:
        return None
    return round((1 - ours) / (1 - theirs), 4)


def lines(report: Report) -> list[str]:
    """One line a target, for a terminal."""
    return [
        f"{'pass' if one.met else 'FAIL'}  {one.name}: {show(one.value)} "
        f"({'at most' if one.at_most else 'at least'} {show(one.bound)})"
        for one in targets(report)
    ]


def show(number: float | None) -> str:
    """A figure or a count of bytes as the report writes it."""
    if number is None:
        return "-"
    return f"{number / 1e6:.1f} MB" if number > 1e5 else f"{number:.3f}"


_LEAST = {
    "shop_category": ("another shop: same category P@10", 0.62),
    "shop_colour": ("... same colour P@10", 0.58),
    "shop_both": ("... both P@10", 0.34),
    "shop_article_r10": ("... same design and colour R@10", 0.66),
    "shop_other_colour_form": ("... same design in another colour by form alone R@10", 0.60),
    "shop_category_words": ("... names of kinds to photos P@10", 0.60),
    "shop_category_label": ("... category labels, macro-F1", 0.55),
    "shop_colour_label": ("... colour labels, macro-F1", 0.55),
    "text_r10": ("title to photo R@10", 0.86),
    "category_p10": ("same category P@10", 0.80),
    "colour_p10": ("same colour P@10", 0.57),
    "view_r1": ("synthetic second photo R@1", 0.85),
    "phone_p10": ("phone photos, same label P@10", 0.62),
    "phone_kind": ("kind of phone photos by words", 0.80),
    "map_main": ("mAP50 over the main kinds", 0.60),
    "one_box_packshots": ("one right box on packshots", 0.90),
}
