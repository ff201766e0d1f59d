"""What the model server and its client send each other: written and read here only, as JSON.

Vectors travel as base64 of little-endian float32, one after the other. Readers of what a server
answered raise ValueError, TypeError or KeyError for what is no such answer.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from vitrine.core.errors import invalid
from vitrine.vision import measuring
from vitrine.vision.card import Checksum, FileName, Part
from vitrine.vision.types import (
    Analysis,
    Box,
    Detection,
    LabelScore,
    Size,
    Vector,
    Verdict,
    Versions,
)

BEHIND = "vitrine-behind"
"""The header of a request that nobody waits for: people's run their models first."""

Corners = tuple[float, float, float, float]
_BOXES = TypeAdapter(list[Corners | None])
_PLACES = TypeAdapter(list[list[Corners]])
_CHECKSUMS = TypeAdapter(dict[FileName, Checksum])
_PARTS = TypeAdapter(tuple[Part, ...])


def write_vectors(vectors: Vector) -> str:
    """Vectors (n, dimension), or one (dimension,)."""
    return base64.b64encode(vectors.astype("<f4").tobytes()).decode()


def read_vectors(text: str, dimension: int) -> Vector:
    """Vectors (n, dimension); raises ValueError for what is none."""
    vectors = np.frombuffer(base64.b64decode(text, validate=True), "<f4")
    return vectors.reshape(-1, dimension).astype(np.float32)


def read_unit_vectors(text: str, dimension: int) -> Vector:
    """Vectors (n, dimension) of length 1 that a client sent; raises Invalid about `embeddings`."""
    try:
        vectors = read_vectors(text, dimension)
    except ValueError:
        told = f"must be base64 of float32 vectors of {dimension} numbers"
        raise invalid("embeddings", told) from None
    # Written so that not-a-number is refused too.
    if not (np.linalg.norm(vectors.astype(np.float64), axis=1) <= 1.01).all():
        raise invalid("embeddings", "must be vectors of length 1")
    return vectors


def write_boxes(boxes: Iterable[Box | None]) -> str:
    """A box per photo, or null, as the text of a form's field."""
    return json.dumps([box.as_tuple() if box else None for box in boxes])


def read_boxes(text: str | None, count: int) -> list[Box | None]:
    """The boxes of as many photos, none without a text; raises Invalid about `boxes`."""
    if text is None:
        return [None] * count
    try:
        corners = _BOXES.validate_json(text)
    except ValidationError:
        raise invalid("boxes", "must be a JSON list of [x1, y1, x2, y2] or null") from None
    if len(corners) != count:
        raise invalid("boxes", f"{len(corners)} boxes for {count} images")
    return [None if each is None else Box(*each) for each in corners]


def write_places(boxes: Iterable[Sequence[Box]]) -> str:
    """The boxes of each photo as the text of a form's field."""
    return json.dumps([[box.as_tuple() for box in some] for some in boxes])


def read_places(text: str, count: int) -> list[list[Box]]:
    """The boxes of each of so many photos; raises Invalid about `boxes`."""
    try:
        corners = _PLACES.validate_json(text)
    except ValidationError:
        raise invalid("boxes", "must be a JSON list of lists of [x1, y1, x2, y2]") from None
    if len(corners) != count:
        raise invalid("boxes", f"boxes of {len(corners)} for {count} images")
    return [[Box(*each) for each in some] for some in corners]


def write_wanted(versions: Versions) -> dict[str, str]:
    """Whose vectors are asked for, as parameters of an address."""
    return {
        "encoder": versions.encoder,
        "preprocess": versions.preprocess,
        "text_share": str(versions.text_share),
        "detector": versions.detector,
    }


def read_checksums(text: str, names: Sequence[str]) -> dict[str, str]:
    """The SHA-256 of each file of a model by its name; raises Invalid about `checksums`.

    There must be one of every file, and every name be one that a model's file may have.
    """
    try:
        told = _CHECKSUMS.validate_json(text)
    except ValidationError:
        raise invalid("checksums", "must be a JSON object of file names and SHA-256") from None
    if sorted(told) != sorted(names):
        raise invalid("checksums", "must name every file that is sent, and no other")
    return told


def write_versions(versions: Versions) -> dict[str, Any]:
    """What made the vectors, told beside every answer."""
    return {"versions": asdict(versions)}


def read_versions(told: Mapping[str, Any]) -> Versions:
    """What made the vectors of an answer."""
    return Versions(**told["versions"])


def write_parts(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """The parts of every vector."""
    return [part.model_dump() for part in parts]


def read_parts(told: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:
    """The parts of every vector."""
    return _PARTS.validate_python(told)


def write_labels(labels: Iterable[Sequence[LabelScore]]) -> list[list[dict[str, Any]]]:
    """The labels of each garment."""
    return [[asdict(each) for each in some] for some in labels]


def read_labels(told: Iterable[Iterable[Mapping[str, Any]]]) -> list[tuple[LabelScore, ...]]:
    """The labels of each garment."""
    return [tuple(LabelScore(**each) for each in some) for some in told]


def write_analysis(analysis: Analysis) -> dict[str, Any]:
    """One photo's analysis, without its versions."""
    return {
        "size": analysis.size,
        "detections": [_write_detection(each) for each in analysis.detections],
        "milliseconds": analysis.milliseconds,
    }


def read_analysis(told: Mapping[str, Any], versions: Versions) -> Analysis:
    """One photo's analysis, made by these versions."""
    return Analysis(
        size=Size(*told["size"]),
        detections=tuple(_read_detection(each, versions) for each in told["detections"]),
        versions=versions,
        milliseconds=tuple((stage, spent) for stage, spent in told["milliseconds"]),
    )


def _write_detection(seen: Detection) -> dict[str, Any]:
    return {
        "box": seen.box.as_tuple(),
        "kind": seen.kind,
        "score": seen.score,
        "verdict": asdict(seen.verdict),
        "embedding": None if seen.embedding is None else write_vectors(seen.embedding),
        "measures": asdict(seen.measures),
        "labels": [asdict(each) for each in seen.labels],
    }


def _read_detection(told: Mapping[str, Any], versions: Versions) -> Detection:
    embedding = told["embedding"]
    return Detection(
        box=Box(*told["box"]),
        kind=told["kind"],
        score=told["score"],
        verdict=Verdict(**told["verdict"]),
        embedding=None if embedding is None else read_vectors(embedding, versions.dimension)[0],
        measures=measuring.stored(told["measures"]),
        labels=tuple(LabelScore(**each) for each in told["labels"]),
    )
