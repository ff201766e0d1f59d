"""Labels of a garment from its vector: by linear heads where a model has them, else by words.

A facet's words become vectors once, each the mean over its lines, and are kept on disk by model and
vocabulary. Scores are a softmax over the values of a facet, at the temperature that its model's
card says makes them honest.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from vitrine.core.errors import Invalid
from vitrine.vision import registry
from vitrine.vision.card import EncoderCard
from vitrine.vision.types import LabelScore, Vector
from vitrine.vision.vocabulary import CATEGORY, Facet, Vocabulary

EmbedTexts = Callable[[Sequence[str]], Vector]
Floats = NDArray[np.float32]

HEAD, WORDS = "head", "words"
PARTS = ("weight", "bias", "values")
UNREADABLE = (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile)
"""What numpy raises for a file that is not one of its own."""

TEMPERATURES = {HEAD: 1.0, WORDS: 0.03}
"""Where the card says none: nobody measured how honest the scores are."""

MOST, FAINT = 9, 0.005
"""So many candidates of a facet are told at most, and none that scores less."""

LEAST = 0.3
"""What scores less is not said: on held back products that costs no F1 and saves wrong labels."""


@dataclass(frozen=True, slots=True)
class Naming:
    """How one facet is named: rows (k, d) to compare with, and `sums` (k, values) over them.

    `trusted` says that the card's figures let its labels be shown to shoppers.
    """

    facet: Facet
    source: str
    rows: Floats
    bias: Floats
    sums: Floats
    temperature: float
    trusted: bool = False

    def scores(self, vectors: Vector) -> Floats:
        """How well each value fits each vector, (n, values), from 0 to 1, at most 1 in all."""
        raw = (vectors @ self.rows.T + self.bias) / self.temperature
        powers = np.exp(raw - raw.max(axis=1, keepdims=True))
        shares = powers / powers.sum(axis=1, keepdims=True)
        return np.asarray(shares @ self.sums, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Labeller:
    """Labels vectors of one model by one vocabulary; safe to share between threads."""

    vocabulary: Vocabulary
    namings: tuple[Naming, ...]

    @property
    def shown_facets(self) -> frozenset[str]:
        """The facets whose labels were measured to be good enough for shoppers."""
        return frozenset(each.facet.name for each in self.namings if each.trusted)

    def label(self, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        """The best value of every facet that can be said of each vector's garment."""
        if not len(vectors):
            return []
        scored = {each.facet.name: each.scores(vectors) for each in self.namings}
        return [self._labels(scored, row) for row in range(len(vectors))]

    def candidates(self, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        """For each vector the likeliest values of every facet that can be said of its garment, best
        first, at most MOST a facet."""
        if not len(vectors):
            return []
        scored = {each.facet.name: each.scores(vectors) for each in self.namings}
        return [self._candidates(scored, row) for row in range(len(vectors))]

    def _candidates(self, scored: Mapping[str, Floats], row: int) -> tuple[LabelScore, ...]:
        found: list[LabelScore] = []
        kind: str | None = None
        for naming in self.namings:  # the category comes first, as above
            if not naming.facet.fits(kind):
                continue
            told = _likeliest(naming, scored[naming.facet.name][row])
            if naming.facet.name == CATEGORY and told and told[0].score >= LEAST:
                kind = self.vocabulary.kind(told[0].value)
            found += told
        return tuple(found)

    def _labels(self, scored: Mapping[str, Floats], row: int) -> tuple[LabelScore, ...]:
        found: list[LabelScore] = []
        kind: str | None = None
        for naming in self.namings:  # the category comes first: it tells what else can be said
            facet, scores = naming.facet, scored[naming.facet.name][row]
            best = int(scores.argmax())
            if not facet.fits(kind) or scores[best] < LEAST:
                continue
            word = facet.words[best]
            kind = word.kind if facet.name == CATEGORY else kind
            score = round(min(1.0, float(scores[best])), 4)
            label = LabelScore(facet.name, word.value, score, naming.source, naming.trusted)
            found.append(label)
        return tuple(found)


def _likeliest(naming: Naming, scores: Floats) -> list[LabelScore]:
    best = [int(place) for place in np.argsort(-scores, kind="stable")[:MOST]]
    name, words = naming.facet.name, naming.facet.words
    return [
        LabelScore(name, words[place].value, score, naming.source, naming.trusted)
        for place in best
        if (score := round(min(1.0, float(scores[place])), 4)) >= FAINT
    ]


def load(
    card: EncoderCard,
    folder: Path,
    embed_texts: EmbedTexts,
    vocabulary: Vocabulary,
    cache: Path | None = None,
) -> Labeller:
    """The labeller of an encoder; `cache` is a folder to keep the vectors of words in."""
    heads = by_heads(card, folder, vocabulary)
    asked = [facet for facet in vocabulary.facets.values() if facet.name not in heads]
    vectors = _kept(card, folder, vocabulary, cache)
    if vectors is None or {facet.name for facet in asked} - set(vectors):
        vectors = {facet.name: embedded(facet, embed_texts) for facet in asked}
        _keep(card, folder, vocabulary, cache, vectors)
    namings = heads | {facet.name: by_words(facet, vectors[facet.name]) for facet in asked}
    ready = [_figured(card, vocabulary, each) for each in namings.values()]
    order = [CATEGORY, *vocabulary.facets]
    ready.sort(key=lambda each: order.index(each.facet.name))
    return Labeller(vocabulary, tuple(ready))


def embedded(facet: Facet, embed_texts: EmbedTexts) -> Vector:
    """One unit vector per word (k, d): the mean over its lines."""
    lines = [facet.prompts(word) for word in facet.words]
    vectors = iter(embed_texts([line for some in lines for line in some]))
    means = np.stack([np.mean([next(vectors) for _ in some], axis=0) for some in lines])
    lengths = np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    return np.asarray(means / lengths, dtype=np.float32)


def by_words(facet: Facet, vectors: Vector) -> Naming:
    """Naming by the nearest of the words' vectors."""
    count = len(facet.words)
    none, each = np.zeros(count, np.float32), np.eye(count, dtype=np.float32)
    return Naming(facet, WORDS, vectors, none, each, TEMPERATURES[WORDS])


def by_heads(card: EncoderCard, folder: Path, vocabulary: Vocabulary) -> dict[str, Naming]:
    """Naming by the linear heads of the model, by facet; Invalid where their file is odd.

    Values of a head that no word stands for are left out: who is most likely one of them gets a
    low score for all others.
    """
    if card.heads is None:
        return {}
    path = folder / card.heads.file
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            found = {
                facet.name: _head(facet, *(kept[f"{facet.head}_{part}"] for part in PARTS))
                for facet in vocabulary.facets.values()
                if f"{facet.head}_weight" in kept
            }
    except UNREADABLE as broken:
        raise Invalid("model_broken", f"{path} does not hold heads: {broken}") from broken
    if any(head.rows.shape[1] != card.dimension for head in found.values()):
        raise Invalid("model_graph", f"{path} is not for {card.dimension} dimensions.")
    return found


def _head(facet: Facet, weight: Floats, bias: Floats, values: NDArray[np.str_]) -> Naming:
    sums = np.zeros((len(values), len(facet.words)), dtype=np.float32)
    if weight.ndim != 2 or weight.shape[0] != len(values) or bias.shape != (len(values),):
        raise ValueError(f"{facet.head} has no row and bias for each of its values")
    for row, value in enumerate(values):
        place = facet.place(str(value))
        if place is not None:
            sums[row, place] = 1.0
    rows, offsets = weight.astype(np.float32), bias.astype(np.float32)
    return Naming(facet, HEAD, rows, offsets, sums, TEMPERATURES[HEAD])


def _figured(card: EncoderCard, vocabulary: Vocabulary, naming: Naming) -> Naming:
    """The naming with what the card says of it, if that was measured with this vocabulary."""
    told = card.labels
    figures = None if told is None else told.facets.get(naming.facet.name)
    if told is None or figures is None or told.vocabulary != vocabulary.version:
        return naming
    if figures.source != naming.source:
        return naming
    return replace(naming, temperature=figures.temperature, trusted=figures.shown)


def _kept(
    card: EncoderCard, folder: Path, vocabulary: Vocabulary, cache: Path | None
) -> dict[str, Vector] | None:
    """The vectors of words as they were kept; None where they were not, or are damaged."""
    if cache is None:
        return None
    with suppress(*UNREADABLE):
        path = _path(card, folder, vocabulary, cache)
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            found = {name: kept[name] for name in kept.files}
        if all(_fits(card, vocabulary, name, rows) for name, rows in found.items()):
            return found
    return None


def _fits(card: EncoderCard, vocabulary: Vocabulary, name: str, rows: Vector) -> bool:
    facet = vocabulary.facets.get(name)
    wanted = None if facet is None else (len(facet.words), card.dimension)
    return bool(rows.shape == wanted and rows.dtype == np.float32 and np.isfinite(rows).all())


def _keep(
    card: EncoderCard,
    folder: Path,
    vocabulary: Vocabulary,
    cache: Path | None,
    vectors: Mapping[str, Vector],
) -> None:
    if cache is None or not vectors:
        return
    path = _path(card, folder, vocabulary, cache)
    with suppress(OSError):  # a folder that nobody may write to only costs time at the next start
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{uuid4().hex}.part")
        with unfinished.open("wb") as file:
            arrays: dict[str, Any] = dict(vectors)  # names are facets, none of them an option
            np.savez(file, **arrays)
        unfinished.replace(path)


def _path(card: EncoderCard, folder: Path, vocabulary: Vocabulary, cache: Path) -> Path:
    # Version numbers tell people which file it is; the hash knows every letter and weight.
    tower = card.text.sha256 or registry.checksum(folder / card.text.file)
    tokenizer = card.text.tokenizer.sha256 or registry.checksum(folder / card.text.tokenizer.file)
    mark = hashlib.sha256(f"{tower} {tokenizer} {vocabulary.digest}".encode()).hexdigest()[:16]
    return cache / f"words-{card.model_version}-v{vocabulary.version}-{mark}.npz"
