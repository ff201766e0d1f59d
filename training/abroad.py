"""Photos of other shops: a catalogue that is only looked at, and real second photos of products."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from training.data import Shot, rows
from vitrine.services.evaluation.gallery import Known
from vitrine.vision.vocabulary import vocabulary

SHOP = "shop2"
"""The catalogue for validation alone: nothing that ships was trained or tuned on its products."""
TRAINED_STORES = ("luma", "venia", "madison")
"""Stores whose photos may be trained on; the others are looked at alone."""
STORES = (*TRAINED_STORES, "sportshop", "spree")
TRANSLATED = ("category", "colour", "gender")
STATED = ("category", "colour", "brand", "gender", "pattern", "department")


def shop(root: Path) -> list[Shot]:
    """Every photo of the validation shop; `group` is the design: articles in several colours."""
    folder = root / SHOP
    return [
        Shot(
            key=row["external_id"],
            path=folder / row["images"],
            source=SHOP,
            split="dev",
            group=row["group"],
            title=row["title"],
            description=row["description"],
            facets=_stated(row),
        )
        for row in rows(folder / "products.csv")
    ]


def in_home_words(shot: Shot) -> Shot:
    """The shot with its category, colour and gender as the home shop names them, where a word of
    `vocabulary.toml` is both, and without what else its own shop says of it."""
    found = {name: _at_home(name, shot.facets.get(name, "")) for name in TRANSLATED}
    return replace(shot, facets={name: value for name, value in found.items() if value})


def asking(shots: Sequence[Shot | Known]) -> list[bool]:
    """Of each shot whether it is the first of a group of several: those ask, all others answer."""
    sizes = Counter(shot.group for shot in shots)
    first = {shot.group: place for place, shot in reversed(list(enumerate(shots)))}
    return [
        first[shot.group] == place and sizes[shot.group] > 1 for place, shot in enumerate(shots)
    ]


def stores(root: Path, names: Sequence[str] = STORES) -> list[Shot]:
    """Every photo of the named stores; `group` is the style, all colours of a product together."""
    return [shot for name in names for shot in _store(root / "stores" / name, name)]


def _store(folder: Path, name: str) -> Iterator[Shot]:
    for row in rows(folder / "items.csv"):
        yield Shot(
            key=row["image"],
            path=folder / row["image"],
            source=name,
            split="train" if name in TRAINED_STORES else "dev",
            group=row["style_id"],
            product=row["product_id"],
            view=row["view"],
            title=row["title"],
            description=row["description"],
            facets=_stated(row),
        )


def _at_home(name: str, text: str) -> str:
    wanted = text.casefold()
    for word in vocabulary().facets[name].words:
        names = {each.casefold() for each in (word.value, *word.english, *word.same)}
        if wanted in names and word.same:
            return word.same[0]
    return ""


def _stated(row: Mapping[str, str]) -> dict[str, str]:
    return {facet: row[facet] for facet in STATED if row.get(facet)}
