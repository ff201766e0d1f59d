"""The detector of a model folder, and what it sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitrine.core.groups import QualitySettings
from vitrine.vision import items, registry
from vitrine.vision.card import DetectorCard
from vitrine.vision.images import Picture
from vitrine.vision.nets import Detector
from vitrine.vision.quality import verdicts
from vitrine.vision.sessions import Runtime
from vitrine.vision.types import Box, Detection, Size

UNSURE = 0.01
"""From this confidence on detections are looked at: average precision needs unsure ones too."""
APART = QualitySettings(max_nested=1.0, max_overlap_alike=1.0)
"""Rules that take no box for a double of another but by its overlap alone."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One photo's size and detections, best first."""

    size: Size
    found: tuple[Detection, ...]

    def as_json(self) -> list[Any]:
        """The sight in lists and numbers."""
        return [list(self.size), [[*d.box.as_tuple(), d.kind, d.score] for d in self.found]]

    @staticmethod
    def of_json(line: Sequence[Any]) -> Sight:
        """The sight that `as_json` wrote."""
        size, found = line
        return Sight(
            Size(*size),
            tuple(Detection(Box(*edges), kind, score) for *edges, kind, score in found),
        )


@dataclass(frozen=True, slots=True)
class Finder:
    """A detector with its card; safe to share between threads."""

    card: DetectorCard
    detector: Detector
    fingerprint: str
    folder: Path

    def look(self, pictures: Sequence[Picture]) -> list[Sight]:
        """What is in each picture from UNSURE on."""
        found = self.detector.detect([picture.pixels for picture in pictures])
        return [
            Sight(picture.size, tuple(some)) for picture, some in zip(pictures, found, strict=True)
        ]

    def sure(self, sight: Sight) -> list[Detection]:
        """The items that the product would keep, best first, as far as boxes alone tell."""
        card = self.card
        shown = items.shown(sight.found, card.confidence, card.confidence_alone)
        return _kept(shown, sight.size, QualitySettings())

    def boxes(self, sight: Sight) -> list[Detection]:
        """Those of the card's confidence, doubles and both shoes of a pair among them."""
        sure = [one for one in sight.found if one.score >= self.card.confidence]
        return _kept(sure, sight.size, APART)


def _kept(seen: Sequence[Detection], size: Size, rules: QualitySettings) -> list[Detection]:
    told = verdicts(seen, size, rules)
    return [one for one, verdict in zip(seen, told, strict=True) if verdict.kept]


def load(folder: Path, threads: int) -> Finder:
    """The detector of a model folder, verified as the product verifies it."""
    home = folder.resolve()
    card, place = registry.find_detector(home.name, home.parent)
    unsure = card.model_copy(update={"confidence": UNSURE})
    detector = Detector(unsure, place / card.file.file, Runtime(threads=threads))
    mark = f"{card.model_version} {card.file.sha256} {card.size} {card.iou} {UNSURE}"
    if card.first_look is not None:
        mark += f" {card.first_look.model_dump_json()}"
    return Finder(card, detector, mark, folder)
