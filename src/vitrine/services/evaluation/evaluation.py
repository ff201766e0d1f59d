"""Every figure of a search one can trust, on one manifest."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from vitrine.core.errors import Invalid
from vitrine.ports import Vision
from vitrine.services.evaluation import gallery as galleries
from vitrine.services.evaluation import (
    labels,
    pictures,
    primary,
    queries,
    recolouring,
    reranking,
    retrieval,
)
from vitrine.services.evaluation import levels as leveling
from vitrine.services.evaluation.figures import Figure
from vitrine.services.evaluation.gallery import Gallery, Photo
from vitrine.services.evaluation.labels import FacetFigure
from vitrine.services.evaluation.levels import LevelFigures
from vitrine.services.evaluation.manifest import GALLERY, read_manifest
from vitrine.services.evaluation.neighbours import nearest
from vitrine.services.evaluation.pictures import Pictures
from vitrine.services.evaluation.queries import Asked
from vitrine.services.evaluation.reranking import Gain
from vitrine.vision.tuning import Kind, Level, Tuning, Tunings
from vitrine.vision.types import Versions

MOST = 2_000
"""So many pictures ask at most for re-ranking, levels and other colours, spread over all."""

COLOURS = 2
"""So many other colours a product is asked for in, where there are."""

SHOWN = 10
"""The levels of so many hits of a query are counted."""

NO_DETECTOR = "there is no detector"
NOTHING = {
    "recolouring": f"no category has {galleries.FEWEST} products of another colour in the gallery",
    "labels": f"no value of a facet is known of {labels.FEWEST} pictures of the gallery",
    "reranking": "there are no titles, second photos or other colours to ask for",
    "levels": "the encoder was not calibrated, or there is nothing to ask for",
    "primary": "no line has words, and boxes of two or more kinds",
}
"""Why a section has no figures."""

Progress = Callable[[str, int, int], None]
Queries = Mapping[Kind, Sequence[Asked]]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Every figure of one manifest; None, or left out, where there is nothing to measure it on.

    `skipped` says by section why it has none.
    """

    retrieval: Mapping[str, Figure | None]
    recolouring: Mapping[str, Figure | None]
    labels: Mapping[str, FacetFigure]
    reranking: Mapping[Kind, Gain]
    levels: Mapping[Kind, Mapping[Level, LevelFigures]]
    primary: Mapping[str, Figure | None]
    skipped: Mapping[str, str]
    milliseconds_per_image: float
    gallery: int
    queries: int
    unseen: int
    versions: Versions

    def as_json(self) -> dict[str, Any]:
        """The figures for machines, those of retrieval and other colours by their own names."""
        told = asdict(self)
        return {**told.pop("retrieval"), **told.pop("recolouring"), **told}


def evaluate(
    vision: Vision,
    manifest: Path,
    tunings: Tunings | None = None,
    items: Callable[[], Vision] | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Index the manifest's gallery, search it in every way, and count what was found.

    `items` gives the models that find the garments on a photo, None where there is no detector;
    `progress` hears what is done, and how far it is. Raises Invalid, with the line and the field,
    for a manifest that cannot be read.
    """
    entries = read_manifest(manifest)
    tell = progress or _silent
    started = time.perf_counter()
    seen = pictures.look(vision, entries, partial(tell, "Embedding"))
    per_image = (time.perf_counter() - started) / len(entries) * 1000
    sections = _measured(vision, seen, tunings or Tunings(), partial(tell, "Searching"))
    outfits = primary.asking(entries)
    choosing = partial(tell, "Choosing crops")
    sections["primary"] = primary.measure(items(), outfits, choosing) if outfits and items else {}
    skipped = {name: NOTHING[name] for name in NOTHING if not sections[name]}
    if outfits and not items:
        skipped["primary"] = NO_DETECTOR
    return Evaluation(
        **sections,
        skipped=skipped,
        milliseconds_per_image=round(per_image, 3),
        gallery=int(seen.gallery.sum()),
        queries=int((~seen.gallery).sum()),
        unseen=int((~seen.seen).sum()),
        versions=vision.versions,
    )


def _measured(
    vision: Vision, seen: Pictures, tunings: Tunings, progress: Callable[[int, int], None]
) -> dict[str, Mapping[Any, Any]]:
    """Every section that needs no detector."""
    held = _shelf(vision, seen)
    tuning = tunings.of(vision.versions.encoder, vision.versions.text_share)
    progress(0, 1)
    asked = _asked(held, seen)
    steps: Mapping[str, Callable[[], Mapping[Any, Any]]] = {
        "retrieval": lambda: retrieval.measure(vision, seen),
        "recolouring": lambda: recolouring.measure(held, asked["composed"]),
        "labels": lambda: _labels(vision, seen),
        "reranking": lambda: _reranking(held, asked, tuning),
        "levels": lambda: _levels(held, asked, tuning),
    }
    found = {}
    for done, (name, step) in enumerate(steps.items(), 1):
        found[name] = step()
        progress(done, len(steps))
    return found


def _shelf(vision: Vision, seen: Pictures) -> Gallery:
    """The gallery as a catalogue holds it: every product by its first picture."""
    products: dict[str, Photo] = {}
    for photo in seen.where(seen.gallery):
        products.setdefault(photo.of.key, photo)
    if not products:
        raise Invalid("manifest_unseen", "Nothing was seen on any picture of the gallery.")
    share = vision.versions.text_share
    return galleries.build(list(products.values()), vision.embed_texts, share, vision.parts)


def _asked(held: Gallery, seen: Pictures) -> Queries:
    known = {photo.of.key for photo in held.photos}
    second = [photo for photo in seen.where(~seen.gallery) if photo.of.key in known]
    return {
        "photo": queries.by_photo(held, _spread(second)),
        "words": queries.by_words(held, [photo.of for photo in _spread(held.photos)]),
        "composed": queries.recoloured(held, _spread(seen.where(seen.asking)), COLOURS),
    }


def _labels(vision: Vision, seen: Pictures) -> dict[str, FacetFigure]:
    held = [row for row, entry in enumerate(seen.entries) if entry.split == GALLERY]
    photos = [seen.photos[row] for row in held]
    vectors = [None if photo is None else photo.vector for photo in photos]
    return labels.measure(vision, [seen.entries[row] for row in held], vectors)


def _reranking(held: Gallery, asked: Queries, tuning: Tuning) -> dict[Kind, Gain]:
    found = {}
    for kind, some in asked.items():
        weights = tuning.weights.get(kind, {})
        if some:
            found[kind] = reranking.measure(nearest(held, some, heard=tuple(weights)), weights)
    return found


def _levels(
    held: Gallery, asked: Queries, tuning: Tuning
) -> dict[Kind, Mapping[Level, LevelFigures]]:
    found: dict[Kind, Mapping[Level, LevelFigures]] = {}
    for kind, some in asked.items():
        if some and kind in tuning.levels:
            weights = tuning.weights.get(kind, {})
            near = nearest(held, some, heard=tuple(weights)).first(SHOWN, weights)
            found[kind] = leveling.measure(near, tuning.levels[kind], weights)
    return found


def _spread(photos: Sequence[Photo]) -> Sequence[Photo]:
    """At most MOST of them, evenly spread."""
    return photos[:: max(1, -(-len(photos) // MOST))]


def _silent(_what: str, _done: int, _total: int) -> None:
    """Hear progress where nobody does."""
