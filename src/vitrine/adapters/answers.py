"""What a model server answers, read: each function finds one thing in the JSON it told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from vitrine.core.errors import Away, Invalid, TooLarge, Unavailable, Unsupported, VitrineError
from vitrine.vision import wire
from vitrine.vision.beside import MISSING, Missing
from vitrine.vision.card import Part
from vitrine.vision.types import Analysis, LabelScore, Vector, Versions

PART = "vision"
"""What this part is called where parts have names."""

_ERRORS: Mapping[int, type[VitrineError]] = {422: Invalid, 413: TooLarge, 415: Unsupported}
_ADVICE: Mapping[int, str] = {
    401: "; check VITRINE_VISION__TOKEN",
    403: "; it takes models only with the same VITRINE_VISION__TOKEN set on both sides",
}

AWAY = (401, 502, 503, 504)
"""How a server that is not there or not ours is told of, often by a proxy in between."""


def nothing(_told: Any, _versions: Versions) -> None:
    """Only that it is an answer of a model server."""


def versions(_told: Any, versions: Versions) -> Versions:
    """What made the vectors."""
    return versions


def shown_facets(told: Any, _versions: Versions) -> frozenset[str]:
    """The facets that shoppers see."""
    return frozenset(told.get("shown_facets", ()))


def encoder_parts(told: Any, versions: Versions) -> tuple[str, tuple[Part, ...]]:
    """The encoder and the parts of its vectors."""
    return versions.encoder, wire.read_parts(told.get("parts", ()))


def lists(told: Any, versions: Versions) -> list[Vector]:
    """Vectors (n, dimension) of each photo."""
    return [wire.read_vectors(some, versions.dimension) for some in told["embeddings"]]


def vectors(told: Any, versions: Versions) -> Vector:
    """Vectors (n, dimension)."""
    return wire.read_vectors(told["embeddings"], versions.dimension)


def labels(told: Any, _versions: Versions) -> list[tuple[LabelScore, ...]]:
    """The labels of each garment."""
    return wire.read_labels(told["labels"])


def analyses(told: Any, versions: Versions) -> list[Analysis]:
    """One analysis of each photo."""
    return [wire.read_analysis(each, versions) for each in told["analyses"]]


def problem(response: httpx.Response) -> VitrineError:
    """What an answer that tells of a failure means here."""
    kind = _ERRORS.get(response.status_code)
    try:
        told = response.json()
        if told["code"] == MISSING:
            return Missing(told["fields"]["role"], told["fields"]["version"])
        if kind is not None:
            return kind(told["code"], told["detail"], fields=told.get("fields"))
    except (ValueError, TypeError, KeyError):
        pass  # not one of our answers: something else listens there
    advice = _ADVICE.get(response.status_code, "")
    told_us = f"The model server answered {response.status_code}{advice}."
    if response.status_code in AWAY:
        return Away(PART, told_us)
    return Unavailable("vision_unavailable", told_us)
