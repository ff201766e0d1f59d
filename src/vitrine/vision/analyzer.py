"""The only door to a vector: the same road for what is indexed and for what is asked."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from vitrine.core.errors import Invalid
from vitrine.core.settings import VisionSettings
from vitrine.vision import geometry, registry
from vitrine.vision.card import DetectorCard, EncoderCard
from vitrine.vision.images import Limits, Picture
from vitrine.vision.nets import Detector, Encoder, bare_card
from vitrine.vision.preprocess import Recipe, prepare
from vitrine.vision.quality import judge
from vitrine.vision.sessions import Runtime
from vitrine.vision.types import WHOLE, Analysis, Box, Detection, Vector, Versions

GIVEN = "given"
"""The kind of a Detection whose box a caller gave."""


@dataclass(frozen=True, slots=True)
class Analyzer:
    """Says what is in pictures and embeds it; safe to share between threads."""

    encoder: Encoder
    detector: Detector | None
    recipe: Recipe
    versions: Versions
    limits: Limits

    def analyze(
        self, pictures: Sequence[Picture], boxes: Sequence[Box | None] | None = None
    ) -> list[Analysis]:
        """One Analysis per picture; where a box is given it is taken as it is, without detection.

        Detections come best score first, those rejected without an embedding; where nothing is
        kept the whole picture stands in. Raises Invalid for a box that is not inside its picture.
        """
        if not pictures:
            return []
        wanted = boxes if boxes is not None else [None] * len(pictures)
        for picture, box in zip(pictures, wanted, strict=True):
            _check_box(picture, box)
        clock = _Clock()
        with clock.lap("detect"):
            seen = self._see(pictures, wanted)
        kept = [
            (picture, detection.box)
            for picture, detections in zip(pictures, seen, strict=True)
            for detection in detections
            if detection.verdict.kept
        ]
        vectors = iter(list(self._embed(kept, clock)))
        shares = clock.shares(len(pictures))
        return [
            Analysis(picture.size, _with_vectors(detections, vectors), self.versions, shares)
            for picture, detections in zip(pictures, seen, strict=True)
        ]

    def embed_texts(self, texts: Sequence[str]) -> Vector:
        """Vectors (n, dimension) of texts, comparable to those of pictures."""
        return self.encoder.embed_texts(texts)

    def warm_up(self) -> None:
        """Run every net once, so that the first caller does not pay for their first run."""
        self.analyze([Picture(Image.new("RGB", (64, 64), "grey"), "image/png")])
        self.embed_texts(["warm up"])

    def _see(
        self, pictures: Sequence[Picture], boxes: Sequence[Box | None]
    ) -> list[list[Detection]]:
        free = [picture.pixels for picture, box in zip(pictures, boxes, strict=True) if box is None]
        found = iter(self.detector.detect(free) if self.detector else [[] for _ in free])
        return [
            _judged(picture, next(found)) if box is None else [Detection(box, GIVEN, 1.0)]
            for picture, box in zip(pictures, boxes, strict=True)
        ]

    def _embed(self, crops: Sequence[tuple[Picture, Box]], clock: _Clock) -> Iterator[Vector]:
        # Prepared in slices, because prepared pixels take far more memory than their vectors.
        step = self.encoder.batch
        for start in range(0, len(crops), step):
            with clock.lap("prepare"):
                some = crops[start : start + step]
                batch = np.stack([prepare(pic.pixels, box, self.recipe) for pic, box in some])
            with clock.lap("embed"):
                vectors = self.encoder.embed_images(batch)
            yield from vectors


def load(settings: VisionSettings, limits: Limits) -> Analyzer:
    """An Analyzer of the models the settings name; Invalid says which is missing or damaged."""
    runtime = Runtime(settings.threads, settings.batch)
    card, folder = registry.find_encoder(settings.encoder, settings.models_dir)
    recipe = Recipe(
        card.image.size, card.image.mean, card.image.std, settings.margin, settings.padding
    )
    detector = _load_detector(settings, runtime)
    return Analyzer(
        encoder=Encoder(card, folder, runtime),
        detector=detector,
        recipe=recipe,
        versions=_versions(card, recipe, detector),
        limits=limits,
    )


def _load_detector(settings: VisionSettings, runtime: Runtime) -> Detector | None:
    name = settings.detector
    if name is None:
        return None
    if name.endswith(".onnx"):
        path = Path(name)
        card = bare_card(path, runtime)
    else:
        card, folder = registry.find_detector(name, settings.models_dir)
        path = folder / card.file.file
    return Detector(_tuned(card, settings), path, runtime)


def _tuned(card: DetectorCard, settings: VisionSettings) -> DetectorCard:
    asked = {"confidence": settings.detector_confidence, "iou": settings.detector_iou}
    return card.model_copy(update={name: at for name, at in asked.items() if at is not None})


def _versions(card: EncoderCard, recipe: Recipe, detector: Detector | None) -> Versions:
    return Versions(
        encoder=card.model_version,
        preprocess=recipe.version,
        detector=detector.card.model_version if detector else "none",
        dimension=card.dimension,
    )


def _check_box(picture: Picture, box: Box | None) -> None:
    if box is not None and not geometry.inside(box, picture.size):
        width, height = picture.size
        reason = (
            f"The box must lie inside the picture of {width} x {height} pixels "
            "and be at least one pixel wide and high."
        )
        raise Invalid("box_outside", reason, fields={"box": reason})


def _judged(picture: Picture, found: Sequence[Detection]) -> list[Detection]:
    size = picture.size
    judged = [replace(seen, verdict=judge(seen.box, size)) for seen in found]
    if not any(seen.verdict.kept for seen in judged):
        judged.append(Detection(geometry.whole(size), WHOLE, 1.0))
    return sorted(judged, key=lambda seen: seen.score, reverse=True)


def _with_vectors(
    detections: Sequence[Detection], vectors: Iterator[Vector]
) -> tuple[Detection, ...]:
    return tuple(
        replace(seen, embedding=next(vectors)) if seen.verdict.kept else seen for seen in detections
    )


class _Clock:
    """Adds up the seconds of named stages."""

    def __init__(self) -> None:
        self._seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def lap(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self._seconds[stage] += time.perf_counter() - started

    def shares(self, count: int) -> tuple[tuple[str, float], ...]:
        return tuple((stage, 1000 * spent / count) for stage, spent in self._seconds.items())
