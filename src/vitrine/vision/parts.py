"""The parts of a vector, form and colour: weighed anew or exchanged without running a model.

A picture's vector is its parts side by side, each of a length that the card gives, so the cosine of
two pictures is the weighted mean of their parts' cosines. Whatever weighs a query's parts otherwise
changes those weights for every stored vector at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from vitrine.vision.card import Part, PartName
from vitrine.vision.types import Vector

COLOUR: PartName = "colour"
FORM: PartName = "form"


def weights(parts: Sequence[Part], emphasis: float = 0.0) -> dict[PartName, float]:
    """What each part weighs at an emphasis from -1, form alone, by 0, as the card says, to 1,
    colour alone; they sum to 1."""
    share = abs(emphasis)
    favoured = COLOUR if emphasis > 0 else FORM
    return {
        part.name: part.weight * (1 - share) + (share if part.name == favoured else 0.0)
        for part in parts
    }


def reweighed(query: Vector, parts: Sequence[Part], wanted: Mapping[PartName, float]) -> Vector:
    """The query (..., dimension) whose dot product with a stored picture's vector is the mean of
    their parts' cosines by the weights wanted; a query without parts stays as it is."""
    scales = [np.full(part.size, wanted[part.name] / part.weight) for part in parts]
    return (query * np.concatenate(scales)).astype(np.float32) if scales else query


def emphasised(query: Vector, parts: Sequence[Part], emphasis: float) -> Vector:
    """The query (dimension,) with its parts weighed as the emphasis, -1 to 1, asks.

    Its dot product with a picture's vector stays a cosine's, -1 to 1, whatever lengths the query's
    own parts have: those of words are not a picture's.
    """
    wanted = weights(parts, emphasis)
    lengths = [float(np.linalg.norm(query[place])) for place in places(parts)]
    most = sum(
        wanted[part.name] / part.weight**0.5 * length
        for part, length in zip(parts, lengths, strict=True)
    )
    return reweighed(query, parts, wanted) / np.float32(max(1.0, most))


def exchanged(vectors: Vector, others: Vector, parts: Sequence[Part], name: PartName) -> Vector:
    """The vectors (..., dimension) with one part taken from the others, at the card's length.

    Where the others say nothing of that part it is left empty.
    """
    made = np.array(vectors, dtype=np.float32)
    for part, place in zip(parts, places(parts), strict=True):
        if part.name == name:
            taken = others[..., place]
            length = np.maximum(np.linalg.norm(taken, axis=-1, keepdims=True), 1e-12)
            made[..., place] = taken / length * part.weight**0.5
    return made


def places(parts: Sequence[Part]) -> list[slice]:
    """Where in a vector each part lies."""
    ends = np.cumsum([part.size for part in parts]).tolist()
    return [slice(end - part.size, end) for part, end in zip(parts, ends, strict=True)]
