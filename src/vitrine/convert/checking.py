"""Compares a model folder with the checkpoint it was made of, along the road of every search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from vitrine.convert import towers
from vitrine.convert.checkpoint import Checkpoint, Pixels, Preparation
from vitrine.core.errors import Invalid
from vitrine.vision import geometry
from vitrine.vision.card import EncoderCard, Padding
from vitrine.vision.nets import Encoder
from vitrine.vision.preprocess import prepare, recipe_of
from vitrine.vision.sessions import Runtime
from vitrine.vision.types import Size

LEAST_COSINE = 0.9999
NEIGHBOURS = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """Pictures and texts to measure with, at least two of each."""

    pictures: Sequence[Image.Image]
    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Vectors:
    """A sample embedded: pictures and texts, each (n, dimension) and normalised."""

    pictures: Pixels
    texts: Pixels


@dataclass(frozen=True, slots=True)
class Agreement:
    """How near two ways of embedding one sample are.

    The least and the mean cosine of one thing in both, and the share of each thing's nearest
    pictures that stay the same.
    """

    least: float
    mean: float
    neighbours: float


def pixels(card: EncoderCard, pictures: Sequence[Image.Image]) -> Pixels:
    """Whole pictures as Vitrine prepares them for this encoder: (n, 3, size, size)."""
    recipe = recipe_of(card.image, margin=0.0)
    return np.stack([prepare(one, geometry.whole(Size(*one.size)), recipe) for one in pictures])


def by_vitrine(card: EncoderCard, folder: Path, sample: Sample) -> Vectors:
    """The sample as searches embed it."""
    encoder = Encoder(card, folder, Runtime())
    return Vectors(
        encoder.embed_images(pixels(card, sample.pictures)), encoder.embed_texts(sample.texts)
    )


def by_torch(checkpoint: Checkpoint, card: EncoderCard, sample: Sample) -> Vectors:
    """The sample as the checkpoint's own library embeds it, as far as that can be run."""
    own = checkpoint.own_pixels if _as_trained(card, checkpoint.preparation) else None
    seen = own(sample.pictures) if own else pixels(card, sample.pictures)
    tokens = (checkpoint.own_tokens or checkpoint.wording.tokens)(sample.texts)
    return Vectors(towers.embed_pixels(checkpoint, seen), towers.embed_tokens(checkpoint, tokens))


def pixel_levels(checkpoint: Checkpoint, card: EncoderCard, sample: Sample) -> float | None:
    """The largest difference between the library's pixels and ours, in levels of 255.

    None where that library cannot be run, or another padding than its own was asked for.
    """
    if checkpoint.own_pixels is None or not _as_trained(card, checkpoint.preparation):
        return None
    apart = np.abs(checkpoint.own_pixels(sample.pictures) - pixels(card, sample.pictures))
    levels = 255 * apart.max(axis=(0, 2, 3)) * np.asarray(card.image.std)
    return round(float(levels.max()), 4)


def agreement(one: Pixels, other: Pixels, among: tuple[Pixels, Pixels]) -> Agreement:
    """How near two ways of embedding are, where pictures are `among` (embedded in both ways)."""
    cosines = (one * other).sum(axis=1)
    pairs = zip(_nearest(one, among[0]), _nearest(other, among[1]), strict=True)
    kept = [len(set(first) & set(second)) / len(first) for first, second in pairs]
    return Agreement(*(round(float(x), 6) for x in (cosines.min(), cosines.mean(), np.mean(kept))))


def compare(one: Vectors, other: Vectors) -> dict[str, Agreement]:
    """How near two ways of embedding a sample are, for its pictures and for its texts."""
    among = (one.pictures, other.pictures)
    return {
        "pictures": agreement(one.pictures, other.pictures, among),
        "texts": agreement(one.texts, other.texts, among),
    }


def check(found: dict[str, Agreement]) -> None:
    """Raise Invalid where a model does not do what its checkpoint does."""
    for what, agreed in found.items():
        if not agreed.least >= LEAST_COSINE:
            raise Invalid(
                "convert_differs",
                f"The converted model is not the checkpoint: for {what} of the sample the least "
                f"cosine is {agreed.least:.6f}; {LEAST_COSINE} is needed. Nothing was kept.",
            )


def _as_trained(card: EncoderCard, preparation: Preparation) -> bool:
    own: Padding | None = preparation.padding
    return card.image.padding == own


def _nearest(vectors: Pixels, pictures: Pixels) -> list[list[int]]:
    """The nearest pictures of each vector; one that is among them finds itself, in both ways."""
    order = np.argsort(-(vectors @ pictures.T), axis=1, kind="stable")
    return [[int(place) for place in row] for row in order[:, :NEIGHBOURS]]
