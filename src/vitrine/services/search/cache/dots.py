"""Dot products of many vectors with one: quickly in float32, exactly in float64."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vitrine.vision.types import Vector

BLOCK = 2**18
"""Numbers multiplied at once where copies are made of them: they stay in the processor's cache."""


def rough(vectors: Vector, vector: Vector) -> Vector:
    """The dot product of each with the vector, in float32."""
    return np.asarray(np.dot(vectors, vector), dtype=np.float32)


def exact(vectors: Vector, rows: NDArray[np.int64], vector: Vector) -> NDArray[np.float64]:
    """The dot product of each of the rows with the vector, in float64."""
    # Not a matrix product: its last bits depend on which rows happen to be beside each other.
    wide, block = vector.astype(np.float64), max(1, BLOCK // len(vector))
    blocks = [
        (vectors[rows[start : start + block]].astype(np.float64) * wide).sum(axis=1)
        for start in range(0, len(rows), block)
    ]
    return np.concatenate(blocks) if blocks else np.empty(0)
