"""How well a photo and words find the same sort of thing in another colour, on a manifest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from vitrine.ports import Vision
from vitrine.services import composing
from vitrine.services.composing import Made
from vitrine.vision.types import Vector

MOST = 2_000
"""So many queries are asked at most, spread over the manifest."""


class Known(Protocol):
    """What a manifest's line says of a picture."""

    @property
    def product_id(self) -> str: ...  # noqa: D102 - as the manifest has it
    @property
    def category(self) -> str: ...  # noqa: D102
    @property
    def colour(self) -> str: ...  # noqa: D102


class Ranks(NamedTuple):
    """By way of asking the rank, from 1, of the first right product of each query."""

    image: NDArray[np.float64]
    text: NDArray[np.float64]
    composed: NDArray[np.float64]


class _Change(NamedTuple):
    place: int
    colour: str


def ranks(
    vision: Vision, entries: Sequence[Known], vectors: Vector, asking: NDArray[Any], gallery: Any
) -> Ranks:
    """One query each of the asking pictures: another colour that the gallery has of its category.

    Right is a product of that category and colour; the asking product itself is left out.
    `asking` and `gallery` are masks over the entries.
    """
    changes = _changes(entries, asking, gallery)
    if not changes:
        nothing = np.empty(0)
        return Ranks(nothing, nothing, nothing)
    names = sorted({_words(entries[one.place], one.colour) for one in changes})
    texts = sorted({*names, *(one.colour for one in changes)} | {e.colour for e in entries})
    known = dict(zip(texts, _embedded(vision, texts), strict=True))
    held = _Gallery(entries, vectors, np.flatnonzero(gallery))
    found = [_asked(held, one, known) for one in changes]
    image, text, composed = (np.array(each) for each in zip(*found, strict=True))
    return Ranks(image, text, composed)


class _Gallery(NamedTuple):
    entries: Sequence[Known]
    vectors: Vector
    places: NDArray[np.intp]

    def rank(self, vector: Vector, change: _Change) -> float:
        """The rank of the first right product; pictures of one product count once."""
        own = self.entries[change.place]
        scores = self.vectors[self.places] @ vector
        seen: set[str] = set()
        for at in np.argsort(-scores, kind="stable").tolist():
            entry = self.entries[int(self.places[at])]
            if entry.product_id == own.product_id or entry.product_id in seen:
                continue
            seen.add(entry.product_id)
            if (entry.category, entry.colour) == (own.category, change.colour):
                return float(len(seen))
        return float("inf")


def _asked(held: _Gallery, change: _Change, known: dict[str, Vector]) -> tuple[float, float, float]:
    entry, image = held.entries[change.place], held.vectors[change.place]
    words = known[change.colour]
    made = Made(image, known[_words(entry, change.colour)], replaced=(known[entry.colour],))
    return (
        held.rank(image, change),
        held.rank(words, change),
        held.rank(composing.compose(made, 0.5), change),
    )


def _changes(entries: Sequence[Known], asking: NDArray[Any], gallery: Any) -> list[_Change]:
    offered: defaultdict[str, set[str]] = defaultdict(set)
    for place in np.flatnonzero(gallery).tolist():
        if entries[place].colour:
            offered[entries[place].category].add(entries[place].colour)
    found = []
    for number, place in enumerate(np.flatnonzero(asking).tolist()):
        entry = entries[place]
        others = sorted(offered[entry.category] - {entry.colour})
        if entry.category and entry.colour and others:
            found.append(_Change(place, others[number % len(others)]))
    step = max(1, len(found) // MOST)
    return found[::step]


def _words(entry: Known, colour: str) -> str:
    """What search makes of the colour's name beside a picture of that category."""
    return f"{colour} {entry.category}"


def _embedded(vision: Vision, texts: Sequence[str]) -> list[Vector]:
    parts = [texts[start : start + 256] for start in range(0, len(texts), 256)]
    return [
        vector
        for part in parts
        for vector in vision.embed_texts([each.casefold() for each in part])
    ]
