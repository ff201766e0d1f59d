"""Why a product was found where it stands: told for the hits of one page only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vitrine.services.search import intent as seeking
from vitrine.services.search.intent import Intent
from vitrine.services.search.tokens import phrase
from vitrine.tables.catalog import Crop, Product
from vitrine.vision import colours, measuring


@dataclass(frozen=True, slots=True)
class Agreed:
    """A value that was wanted and that the product has."""

    facet: str
    value: str


@dataclass(frozen=True, slots=True)
class Differing:
    """A value of the product, and the one that was wanted instead."""

    facet: str
    value: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Reasons:
    """What agrees and what differs, how far colours are (CIEDE2000), the parts of the score, and
    how many places re-ranking won (or lost, below 0)."""

    agree: tuple[Agreed, ...] = ()
    differ: tuple[Differing, ...] = ()
    colour_distance: float | None = None
    parts: Mapping[str, float] = field(default_factory=dict)
    moved: int = 0

    def as_json(self) -> dict[str, Any]:
        """The reasons as they are recorded."""
        # Written out: `asdict` copies every value for a tenth of what a whole search takes.
        return {
            "agree": [{"facet": one.facet, "value": one.value} for one in self.agree],
            "differ": [
                {"facet": one.facet, "value": one.value, "wanted": one.wanted}
                for one in self.differ
            ],
            "colour_distance": self.colour_distance,
            "parts": dict(self.parts),
            "moved": self.moved,
        }


def colour_distances(intent: Intent | None, crops: Sequence[Crop | None]) -> list[float | None]:
    """How far the colours of each crop are from those of the intent, None where either has none."""
    if intent is None or not intent.colours:
        return [None] * len(crops)
    seen = (() if crop is None else measuring.stored(crop.measures).colours for crop in crops)
    return colours.distances(intent.colours, list(seen))


def of(
    product: Product,
    intent: Intent,
    parts: Mapping[str, float],
    moved: int,
    colour_distance: float | None,
) -> Reasons:
    """Why this product, by its own fields and how far the colours of its crop are."""
    judged = list(_judged(product, intent))
    return Reasons(
        agree=tuple(one for one in judged if isinstance(one, Agreed)),
        differ=tuple(one for one in judged if isinstance(one, Differing)),
        colour_distance=colour_distance,
        parts=parts,
        moved=moved,
    )


def from_json(told: Mapping[str, Any]) -> Reasons:
    """The reasons that `as_json` wrote."""
    return Reasons(
        agree=tuple(Agreed(**each) for each in told["agree"]),
        differ=tuple(Differing(**each) for each in told["differ"]),
        colour_distance=told["colour_distance"],
        parts=told["parts"],
        moved=told["moved"],
    )


def _judged(product: Product, intent: Intent) -> Iterator[Agreed | Differing]:
    for facet, wanted in intent.wanted.items():
        yield from _facet(facet, seeking.values_of(product, facet), wanted)
    for facet, avoided in intent.avoided.items():
        phrases = {phrase(value) for value in avoided}
        for value in seeking.values_of(product, facet):
            if phrase(value) in phrases:
                yield Differing(facet, value, f"not {value}")


def _facet(
    facet: str, values: tuple[str, ...], wanted: tuple[str, ...]
) -> Iterator[Agreed | Differing]:
    """Nothing where the product has no such value: what is not known does not differ."""
    phrases = {phrase(value) for value in wanted}
    agreeing = [value for value in values if phrase(value) in phrases]
    if agreeing:
        yield Agreed(facet, agreeing[0])
    elif values:
        yield Differing(facet, values[0], wanted[0])
