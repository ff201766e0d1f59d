"""The choice of the primary crop, on a photo of a dress and a bag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tests.worlds.spoken import SPOKEN, SpokenVision, at, counted, line, manifest
from vitrine.services.evaluation.evaluation import NO_DETECTOR, NOTHING, Evaluation, evaluate
from vitrine.vision.types import Analysis, Box, Detection, Size, Vector, Verdict

DRESS, BAG = [0.0, 0.0, 4.0, 8.0, "dress"], [5.0, 0.0, 7.0, 2.0, "bag"]
SIZE = Size(9, 9)
WORDS = {"red dress": at(0), "bag": at(90)}


def seen(box: Sequence[Any], kind: str, score: float, degrees: float, **more: Any) -> Detection:
    vector: Vector = np.array(at(degrees), np.float32)
    return Detection(Box(*box[:4]), kind, score, embedding=vector, **more)


FOUND = (
    seen(BAG, "bag", 0.9, 80),
    seen(DRESS, "dress", 0.6, 10),
    seen([0, 0, 9, 9], "top", 0.95, 0, verdict=Verdict("rejected", "tiny")),
    seen([0, 0, 9, 9], "whole", 1.0, 0),
)


@dataclass
class Looking(SpokenVision):
    """Sees the same on every photo."""

    found: tuple[Detection, ...] = FOUND
    photos: list[bytes] = field(default_factory=list)

    def analyze(
        self, images: Sequence[bytes], boxes: Sequence[Box | None] | None = None
    ) -> list[Analysis]:
        self.photos += images
        return [Analysis(SIZE, self.found, SPOKEN) for _ in images]


def outfits(folder: Path) -> Path:
    rows = [
        line(folder, "photo", at(0), product_id="1", title="red dress", boxes=[DRESS, BAG]),
        line(folder, "photo", at(0), product_id="2", category="bag", boxes=[BAG, DRESS]),
        line(folder, "other", at(0), title="one sort", boxes=[DRESS, DRESS]),
        line(folder, "third", at(0), title="no word", boxes=[DRESS[:4], BAG, DRESS]),
        line(folder, "fourth", at(0), title="one word", boxes=[DRESS, BAG[:4]]),
        line(folder, "silent", at(0), boxes=[DRESS, BAG]),
    ]
    return manifest(folder, rows)


def chosen(folder: Path, vision: Looking) -> Evaluation:
    return evaluate(SpokenVision(WORDS), outfits(folder), items=lambda: vision)


def test_every_rule_is_judged_by_the_first_box(tmp_path: Path) -> None:
    vision = Looking(WORDS)
    found = {name: counted(told) for name, told in chosen(tmp_path, vision).primary.items()}
    assert found == {
        "shipped rule": (1.0, 2),
        "words alone": (1.0, 2),
        "largest box": (0.5, 2),
        "highest detector score": (0.5, 2),
        "whole picture": (0.0, 2),
        "best of all crops": (1.0, 2),
    }
    assert len(vision.photos) == 1, "both lines are of one photo"


def test_a_photo_without_crops_stands_whole(tmp_path: Path) -> None:
    vision = Looking(WORDS, found=FOUND[-1:])
    found = chosen(tmp_path, vision).primary
    assert counted(found["shipped rule"]) == counted(found["whole picture"]) == (0.0, 2)


def test_what_is_skipped_says_why(tmp_path: Path) -> None:
    path = outfits(tmp_path)
    assert evaluate(SpokenVision(), path).skipped["primary"] == NO_DETECTOR
    plain = manifest(tmp_path, [line(tmp_path, "a", at(0), title="x", boxes=[DRESS])])
    result = evaluate(SpokenVision(), plain, items=Looking)
    assert result.skipped["primary"] == NOTHING["primary"]
    assert result.primary == {}
