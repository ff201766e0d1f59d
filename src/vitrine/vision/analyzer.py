"""The only door to a vector: the same road for what is indexed and for what is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from vitrine.core import spare
from vitrine.core.errors import Invalid
from vitrine.core.groups import QualitySettings, VisionSettings
from vitrine.vision import (
    geometry,
    images,
    items,
    labels,
    measuring,
    nets,
    quality,
    registry,
)
from vitrine.vision.card import DetectorCard, EncoderCard, read_card
from vitrine.vision.images import Limits, Picture
from vitrine.vision.labels import Labeller
from vitrine.vision.laps import Clock
from vitrine.vision.measuring import Contrast
from vitrine.vision.nets import Detector, Encoder
from vitrine.vision.preprocess import Recipe, prepare, recipe_named, recipe_of
from vitrine.vision.sessions import Runtime
from vitrine.vision.types import (
    GIVEN,
    NO_DETECTOR,
    WHOLE,
    Analysis,
    Box,
    Detection,
    LabelScore,
    Measures,
    Vector,
    Versions,
)
from vitrine.vision.vocabulary import vocabulary

MOST_SEEN = 100
"""So many detections of a photo at most are told of where a detector is measured."""


@dataclass(frozen=True, slots=True)
class Analyzer:
    """Says what is in pictures and embeds it; safe to share between threads."""

    encoder: Encoder
    detector: Detector | None
    recipe: Recipe
    versions: Versions
    limits: Limits
    rules: QualitySettings
    words: Contrast
    labeller: Labeller

    def analyze(
        self, pictures: Sequence[Picture], boxes: Sequence[Box | None] | None = None
    ) -> list[Analysis]:
        """One Analysis per picture; where a box is given it is taken as it is, without detection.

        Otherwise the whole picture is one of the detections, kept where nothing else is. Those kept
        come first, then best score first. Rejected ones have their vectors too, because a verdict
        may change; but the whole picture, which rarely stands in, has vector and colours only
        where it is kept.
        Raises Invalid for a box that is not inside its picture.
        """
        if not pictures:
            return []
        wanted = boxes if boxes is not None else [None] * len(pictures)
        for picture, box in zip(pictures, wanted, strict=True):
            if box is not None:
                geometry.require_inside(box, picture.size)
        clock = Clock()
        with clock.lap("detect"):
            seen = self._see(pictures, wanted)
        measured = spare.begun(partial(_measured, pictures, seen))
        seen = self._embedded(pictures, seen, _on_it, clock)
        with clock.lap("judge"):
            judged = [
                self._judged(picture, detections, measures)
                for picture, detections, measures in zip(pictures, seen, measured(), strict=True)
            ]
        judged = self._embedded(pictures, judged, _bare, clock)
        with clock.lap("judge"):
            judged = [
                self._with_colours(picture, detections)
                for picture, detections in zip(pictures, judged, strict=True)
            ]
        with clock.lap("label"):
            labelled = [self._labelled(detections) for detections in judged]
        shares = clock.shares(len(pictures))
        return [
            Analysis(picture.size, detections, self.versions, shares)
            for picture, detections in zip(pictures, labelled, strict=True)
        ]

    def analyze_photos(
        self, photos: Sequence[bytes], boxes: Sequence[Box | None] | None = None
    ) -> list[Analysis]:
        """One Analysis per encoded photo, decoding its first stage; raises as `images.open` too."""
        wanted = boxes if boxes is not None else [None] * len(photos)
        asked = list(zip(photos, wanted, strict=True))
        return [
            analysis
            for some in images.held_together(photos)
            for analysis in self._analyze_together(asked[some])
        ]

    def _analyze_together(self, asked: Sequence[tuple[bytes, Box | None]]) -> list[Analysis]:
        clock = Clock()
        with ExitStack() as stack:
            with clock.lap("decode"):
                photos = [data for data, _ in asked]
                pictures = stack.enter_context(images.opened(photos, self.limits))
            decode = clock.shares(len(asked))
            return [
                replace(each, milliseconds=(*decode, *each.milliseconds))
                for each in self.analyze(pictures, [box for _, box in asked])
            ]

    def embed_crops(self, photos: Sequence[bytes], boxes: Sequence[Sequence[Box]]) -> list[Vector]:
        """Vectors (n, dimension) of the boxes of each encoded photo, which is decoded once.

        Nothing is detected, judged or labelled; raises as `analyze_photos`.
        """
        asked = list(zip(photos, boxes, strict=True))
        return [
            vectors
            for some in images.held_together(photos)
            for vectors in self._embed_some(asked[some])
        ]

    def _embed_some(self, asked: Sequence[tuple[bytes, Sequence[Box]]]) -> list[Vector]:
        with ExitStack() as stack:
            pictures = stack.enter_context(images.opened([data for data, _ in asked], self.limits))
            crops = [
                (picture, box)
                for picture, (_, boxes) in zip(pictures, asked, strict=True)
                for box in boxes
            ]
            for picture, box in crops:
                geometry.require_inside(box, picture.size)
            vectors = iter(list(self._embed(crops, Clock())))
        nothing = np.zeros((0, self.versions.dimension), dtype=np.float32)
        return [
            np.stack([next(vectors) for _ in boxes]) if boxes else nothing for _, boxes in asked
        ]

    def embed_texts(self, texts: Sequence[str]) -> Vector:
        """Vectors (n, dimension) of texts, comparable to those of pictures."""
        return self.encoder.embed_texts(texts)

    def label(self, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        """The labels of garments by their vectors (n, dimension), as an Analysis has them."""
        return self.labeller.label(vectors)

    def candidates(self, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        """The likeliest values of every facet for garments by their vectors, best first."""
        return self.labeller.candidates(vectors)

    def remade(
        self, preprocess: str, text_share: float, detector: Detector | None = None
    ) -> Analyzer:
        """The same nets with other pixels, share of words or detector; Invalid for unknown pixels.

        Without a detector it keeps its own.
        """
        seeing = detector or self.detector
        recipe = recipe_named(self.encoder.card.image, preprocess)
        versions = _versions(self.encoder.card, recipe, seeing, text_share)
        return replace(self, recipe=recipe, versions=versions, detector=seeing)

    def warm_up(self) -> None:
        """Run every net once, so that the first caller does not pay for their first run."""
        self.analyze([Picture(Image.new("RGB", (64, 64), "grey"), "image/png")])
        self.embed_texts(["warm up"])

    def _see(
        self, pictures: Sequence[Picture], boxes: Sequence[Box | None]
    ) -> list[tuple[Detection, ...]]:
        free = [picture.pixels for picture, box in zip(pictures, boxes, strict=True) if box is None]
        found = iter(self.detector.items(free) if self.detector else [[] for _ in free])
        return [
            (*next(found), Detection(geometry.whole(picture.size), WHOLE, 1.0))
            if box is None
            else (Detection(box, GIVEN, 1.0),)
            for picture, box in zip(pictures, boxes, strict=True)
        ]

    def _judged(
        self, picture: Picture, seen: Sequence[Detection], measures: Sequence[Measures]
    ) -> tuple[Detection, ...]:
        measured = [
            replace(one, measures=self._with_garment(told, one))
            for one, told in zip(seen, measures, strict=True)
        ]
        if seen[0].kind == GIVEN:
            return tuple(measured)
        told = quality.verdicts(measured, picture.size, self.rules)
        judged = [replace(one, verdict=each) for one, each in zip(measured, told, strict=True)]
        return tuple(sorted(judged, key=lambda one: (not one.verdict.kept, -one.score)))

    def _labelled(self, seen: Sequence[Detection]) -> tuple[Detection, ...]:
        """The same with labels where they are kept."""
        vectors = [one.embedding for one in seen if one.embedding is not None and one.verdict.kept]
        told = iter(self.label(np.stack(vectors)) if vectors else [])
        return tuple(
            replace(one, labels=next(told))
            if one.embedding is not None and one.verdict.kept
            else one
            for one in seen
        )

    def _with_colours(self, picture: Picture, seen: Sequence[Detection]) -> tuple[Detection, ...]:
        """The same with the colours of the whole picture, where it stands in."""
        return tuple(
            replace(one, measures=measuring.pixels(picture.pixels, one))
            if one.kind == WHOLE and one.verdict.kept
            else one
            for one in seen
        )

    def _with_garment(self, pixels: Measures, one: Detection) -> Measures:
        if one.kind in (GIVEN, WHOLE) or one.embedding is None:
            return pixels
        return replace(pixels, garment=measuring.garment(one.embedding, self.words))

    def _embedded(
        self,
        pictures: Sequence[Picture],
        seen: Sequence[tuple[Detection, ...]],
        wanted: Callable[[Detection], bool],
        clock: Clock,
    ) -> list[tuple[Detection, ...]]:
        """The same with vectors of those that are wanted, of all pictures together."""
        crops = [
            (picture, one.box)
            for picture, detections in zip(pictures, seen, strict=True)
            for one in detections
            if wanted(one)
        ]
        vectors = iter(list(self._embed(crops, clock)))
        return [
            tuple(replace(one, embedding=next(vectors)) if wanted(one) else one for one in some)
            for some in seen
        ]

    def _embed(self, crops: Sequence[tuple[Picture, Box]], clock: Clock) -> Iterator[Vector]:
        # Prepared in slices, because prepared pixels take far more memory than their vectors.
        step = self.encoder.batch
        for start in range(0, len(crops), step):
            with clock.lap("prepare"):
                some = crops[start : start + step]
                batch = np.stack([prepare(pic.pixels, box, self.recipe) for pic, box in some])
            with clock.lap("embed"):
                vectors = self.encoder.embed_images(batch)
            yield from vectors


def _measured(
    pictures: Sequence[Picture], seen: Sequence[Sequence[Detection]]
) -> list[list[Measures]]:
    """What the pixels of each tell; nothing of a whole picture until it is known to stand in."""
    return [
        [
            Measures() if one.kind == WHOLE else measuring.pixels(picture.pixels, one)
            for one in detections
        ]
        for picture, detections in zip(pictures, seen, strict=True)
    ]


def load(settings: VisionSettings, limits: Limits) -> Analyzer:
    """An Analyzer of the models the settings name; Invalid says which is missing or damaged."""
    card, folder = registry.find_encoder(settings.encoder, settings.models_dir)
    return assembled(card, folder, nets.detector_of(settings), settings, limits)


def assembled(
    card: EncoderCard,
    folder: Path,
    detector: Detector | None,
    settings: VisionSettings,
    limits: Limits,
) -> Analyzer:
    """An Analyzer of the encoder in this folder and a detector, prepared as the settings say."""
    recipe = recipe_of(card.image, settings.margin, settings.padding)
    encoder = Encoder(card, folder, nets.runtime_of(settings))
    return Analyzer(
        encoder=encoder,
        detector=detector,
        recipe=recipe,
        versions=_versions(card, recipe, detector, settings.text_share),
        limits=limits,
        rules=settings.quality,
        words=(encoder.embed_texts(measuring.GARMENTS), encoder.embed_texts(measuring.OTHERS)),
        labeller=labels.load(card, folder, encoder.embed_texts, vocabulary(), settings.cache_dir),
    )


def versions_of(card: EncoderCard, settings: VisionSettings) -> Versions:
    """What an encoder would make with the settings' margin, padding and share of words."""
    recipe = recipe_of(card.image, settings.margin, settings.padding)
    return replace(_versions(card, recipe, None, settings.text_share), detector="")


def _versions(
    card: EncoderCard, recipe: Recipe, detector: Detector | None, text_share: float
) -> Versions:
    return Versions(
        encoder=card.model_version,
        preprocess=recipe.version,
        detector=f"{detector.card.model_version}-{items.RULE}" if detector else NO_DETECTOR,
        dimension=card.dimension,
        text_share=round(text_share, 3),
    )


def _on_it(seen: Detection) -> bool:
    return seen.kind != WHOLE


def _bare(seen: Detection) -> bool:
    return seen.verdict.kept and seen.embedding is None


def open_detector(folder: Path, lowest: float, runtime: Runtime = Runtime()) -> Detector:
    """The detector of a model folder, telling all that it sees from this score on.

    Raises Invalid for a folder without one, or whose files are not those that its card means.
    """
    card = read_card(folder / "card.json")
    if not isinstance(card, DetectorCard):
        raise Invalid("model_role", f"{folder} holds an {card.role}; a detector is needed.")
    registry.verify(card, folder)
    every = {"confidence": lowest, "confidence_alone": lowest, "max_items": MOST_SEEN}
    return Detector(card.model_copy(update=every), folder / card.file.file, runtime)
