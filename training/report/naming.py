"""Naming what vectors show: by the words of values, and by linear heads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training import captions
from vitrine.services.evaluation.figures import Ints
from vitrine.vision.types import Vector

Floats = NDArray[np.float64]
EmbedTexts = Callable[[Sequence[str]], Vector]

HEADS = "heads.npz"
PENALTIES = (1e-5, 1e-4, 1e-3, 1e-2)


def prompts(facet: str, value: str) -> list[str]:
    """English lines that say this value of a facet."""
    write = getattr(captions, "prompts", None)
    return list(write(facet, value, "en")) if write else [f"a photo of {value.lower()}"]


def names_of(embed_texts: EmbedTexts, facet: str, values: Sequence[str]) -> Vector:
    """One vector a value (k, d): the mean over its lines, brought back to length 1."""
    means = np.stack([embed_texts(prompts(facet, value)).mean(axis=0) for value in values])
    return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), dtype=np.float32)


def shipped_heads(folder: Path | None, facet: str) -> tuple[Floats, Floats, list[str]] | None:
    """Weights (k, d), biases (k,) and value names of a facet in a model folder; None without."""
    if folder is None or not (folder / HEADS).exists():
        return None
    with np.load(folder / HEADS) as kept:
        if f"{facet}_weight" not in kept:
            return None
        weight, bias, values = (kept[f"{facet}_{part}"] for part in ("weight", "bias", "values"))
    return weight.astype(np.float64), bias.astype(np.float64), [str(value) for value in values]


def fitted_heads(vectors: Vector, labels: Ints, held: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Class-balanced ridge heads: weights (k, d), biases (k,) of labels 0..k-1.

    The penalty is the one that names the held rows best, every value counting the same.
    """

    def balanced(penalty: float) -> float:
        weight, bias = _ridge(vectors[~held], labels[~held], penalty)
        said = (vectors[held] @ weight.T + bias).argmax(axis=1)
        shares = [(said == value)[labels[held] == value] for value in np.unique(labels[held])]
        return float(np.mean([share.mean() for share in shares]))

    penalty = max(PENALTIES, key=balanced) if held.any() and not held.all() else PENALTIES[1]
    return _ridge(vectors, labels, penalty)


def _ridge(vectors: Vector, labels: Ints, penalty: float) -> tuple[Floats, Floats]:
    count = int(labels.max()) + 1
    often = np.bincount(labels, minlength=count)
    weights = 1 / (often[labels] * max(1, (often > 0).sum()))
    wanted = np.eye(count)[labels] * 2 - 1
    rows = vectors.astype(np.float64)
    middle, offset = weights @ rows, weights @ wanted
    rows, wanted = rows - middle, wanted - offset
    square = rows.T @ (rows * weights[:, None]) + penalty * np.eye(rows.shape[1])
    weight = np.linalg.solve(square, rows.T @ (wanted * weights[:, None])).T
    return weight, offset - weight @ middle
