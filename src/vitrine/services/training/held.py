"""The products of a snapshot that models are judged by, and what is known of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitrine.services.evaluation.labels import places
from vitrine.services.snapshots import Dataset
from vitrine.vision.types import Box
from vitrine.vision.vocabulary import Facet, vocabulary

STATED = ("category", "colour")


@dataclass(frozen=True, slots=True)
class View:
    """Where a product is seen: a photo's file, and its box there."""

    photo: Path
    box: Box


@dataclass(frozen=True, slots=True)
class Held:
    """One product: what it is called, and by facet what is true of it, in words of the vocabulary.

    People's word is what counts; where nobody looked, the shop's own. `views` begin with the
    primary crop, then one of each other photo.
    """

    key: str
    group: str
    title: str
    split: str
    facets: Mapping[str, str]
    labels: Mapping[str, frozenset[str]]
    views: tuple[View, ...]


def read(dataset: Dataset) -> list[Held]:
    """The products of a snapshot of format "clip" that can be seen."""
    found = (_held(dataset.folder, item) for item in dataset.items())
    return [one for one in found if one.views]


def _held(folder: Path, item: Mapping[str, Any]) -> Held:
    labels = _confirmed(item) if item["verified"] else _stated(item)
    told = {name: str(item.get(name) or "") for name in STATED}
    first = {facet: sorted(values)[0] for facet, values in labels.items() if values}
    return Held(
        key=item["product_id"],
        group=item["group"],
        title=item.get("title") or "",
        split=item["split"],
        facets=told | {name: first[name] for name in STATED if name in first},
        labels=labels,
        views=tuple(_views(folder, item)),
    )


def _confirmed(item: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    return {facet: frozenset(values) for facet, values in item["labels"].items() if values}


def _stated(item: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """What the shop says, as far as the vocabulary has a word for it."""
    told = {**item["attributes"], **{name: item.get(name) for name in STATED}}
    found = {}
    for facet in vocabulary().facets.values():
        text = told.get(facet.name) or told.get(facet.head)
        word = _word(facet, text) if isinstance(text, str) else None
        if word is not None:
            found[facet.name] = frozenset({word})
    return found


def _word(facet: Facet, text: str) -> str | None:
    [place] = places(facet, [text])
    return facet.words[place].value if 0 <= place < len(facet.words) else None


def _views(folder: Path, item: Mapping[str, Any]) -> Iterator[View]:
    files = {photo["sha256"]: folder / photo["file"] for photo in item["photos"]}
    kept = [(crop, Box(*crop["box"])) for crop in item["crops"] if crop["kept"]]
    kept.sort(key=lambda pair: (not pair[0]["primary"], -pair[1].area))
    seen: set[str] = set()
    for crop, box in kept:
        if crop["image_sha256"] not in seen:
            seen.add(crop["image_sha256"])
            yield View(files[crop["image_sha256"]], box)
