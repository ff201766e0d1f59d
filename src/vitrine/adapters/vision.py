"""Vision in this process, or from a model server over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from vitrine.core import metrics, tracing
from vitrine.core.errors import Away, Invalid, TooLarge, Unavailable, Unsupported, VitrineError
from vitrine.vision import wire
from vitrine.vision.analyzer import Analyzer
from vitrine.vision.card import Part
from vitrine.vision.types import Analysis, Box, LabelScore, Vector, Versions

REQUEST_BYTES = 60_000_000
"""Most bytes of photos in one request, unless one photo alone has more."""

PART = "vision"
"""What this part is called where parts have names."""

PING = 3.0
"""Seconds in which a server that is there says so."""

LABELLED = 500
"""Most vectors in one request for labels."""

AWAY = (401, 502, 503, 504)
"""How a server that is not there or not ours is told of, often by a proxy in between."""

Answer = TypeVar("Answer")

_ERRORS: Mapping[int, type[VitrineError]] = {422: Invalid, 413: TooLarge, 415: Unsupported}


@dataclass(frozen=True, slots=True)
class EmbeddedVision:
    """Vision by an Analyzer in this process."""

    analyzer: Analyzer

    @property
    def versions(self) -> Versions:
        """What makes the vectors."""
        return self.analyzer.versions

    @property
    def shown_facets(self) -> frozenset[str]:
        """The facets whose labels were measured to be good enough for shoppers."""
        return self.analyzer.labeller.shown_facets

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of a vector, one after the other; none where it is one whole."""
        return self.analyzer.encoder.card.parts

    def analyze(
        self, images: Sequence[bytes], boxes: Sequence[Box | None] | None = None
    ) -> list[Analysis]:
        """One Analysis per encoded photo; raises what `images.open` and the Analyzer raise."""
        analyses = self.analyzer.analyze_photos(images, boxes)
        for each in analyses:
            metrics.observe_stages(each.milliseconds)
        return analyses

    def embed_texts(self, texts: Sequence[str]) -> Vector:
        """One unit vector per text, shape (n, dimension)."""
        return self.analyzer.embed_texts(texts)

    def label(self, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        """The labels of garments by their vectors (n, dimension), as an Analysis has them."""
        return self.analyzer.label(vectors)

    def candidates(self, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        """The likeliest values of every facet for garments by their vectors, best first."""
        return self.analyzer.candidates(vectors)


class HttpVision:
    """Vision by a model server; shared between threads."""

    def __init__(self, url: str, token: str = "", timeout: float = 60.0) -> None:
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=httpx.Timeout(timeout, connect=5.0),
        )
        self._versions: Versions | None = None
        self._parts: tuple[str, tuple[Part, ...]] | None = None
        self._asking = threading.Lock()

    @property
    def versions(self) -> Versions:
        """What makes the vectors: asked once, then as the latest answer said."""
        with self._asking:
            return self._versions or self._ask("GET", "/healthz", _versions)

    @property
    def shown_facets(self) -> frozenset[str]:
        """The facets whose labels were measured to be good enough for shoppers."""
        return self._ask("GET", "/healthz", _shown_facets)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of a vector: asked once for each encoder that answers."""
        encoder, known = self.versions.encoder, self._parts
        if known is None or known[0] != encoder:
            self._parts = known = self._ask("GET", "/healthz", _encoder_parts)
        return known[1]

    def analyze(
        self, images: Sequence[bytes], boxes: Sequence[Box | None] | None = None
    ) -> list[Analysis]:
        """One Analysis per encoded photo; the server's errors are raised as they were there."""
        wanted = boxes if boxes is not None else [None] * len(images)
        analyses: list[Analysis] = []
        for batch in _batches(list(zip(images, wanted, strict=True))):
            analyses += self._analyze(batch)
        return analyses

    def embed_texts(self, texts: Sequence[str]) -> Vector:
        """One unit vector per text, shape (n, dimension)."""
        asked = {"texts": list(texts)}
        return self._ask("POST", "/embed-text", _vectors, json=asked)

    def label(self, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        """The labels of garments by their vectors (n, dimension), as an Analysis has them."""
        return self._labelled("/labels", vectors)

    def candidates(self, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        """The likeliest values of every facet for garments by their vectors, best first."""
        return self._labelled("/candidates", vectors)

    def ping(self) -> None:
        """Raise Away within seconds unless the server is there and ready."""
        self._ask("GET", "/healthz", _nothing, timeout=PING)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _labelled(self, path: str, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        labels: list[tuple[LabelScore, ...]] = []
        for start in range(0, len(vectors), LABELLED):
            some = wire.write_vectors(vectors[start : start + LABELLED])
            labels += self._ask("POST", path, _labels, json={"embeddings": some})
        return labels

    def _analyze(self, batch: Sequence[tuple[bytes, Box | None]]) -> list[Analysis]:
        return self._ask(
            "POST",
            "/analyze",
            _analyses,
            files=[("images", ("photo", data, "application/octet-stream")) for data, _ in batch],
            data={"boxes": wire.write_boxes(box for _, box in batch)},
        )

    def _ask(
        self, method: str, path: str, read: Callable[[Any, Versions], Answer], **content: Any
    ) -> Answer:
        """What the server answered, as `read` finds it in the JSON it told."""
        headers = {tracing.HEADER: carried} if (carried := tracing.carried()) else {}
        try:
            response = self._client.request(method, path, headers=headers, **content)
        except httpx.HTTPError as error:
            raise Away(PART, "The model server does not answer.") from error
        if not response.is_success:
            raise _problem(response)
        try:
            told = response.json()
            self._versions = wire.read_versions(told)
            return read(told, self._versions)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            raise Unavailable(
                "vision_unavailable", "The model server answered what we cannot read."
            ) from error


def _nothing(_told: Any, _versions: Versions) -> None:
    return None


def _versions(_told: Any, versions: Versions) -> Versions:
    return versions


def _shown_facets(told: Any, _versions: Versions) -> frozenset[str]:
    return frozenset(told.get("shown_facets", ()))


def _encoder_parts(told: Any, versions: Versions) -> tuple[str, tuple[Part, ...]]:
    return versions.encoder, wire.read_parts(told.get("parts", ()))


def _vectors(told: Any, versions: Versions) -> Vector:
    return wire.read_vectors(told["embeddings"], versions.dimension)


def _labels(told: Any, _versions: Versions) -> list[tuple[LabelScore, ...]]:
    return wire.read_labels(told["labels"])


def _analyses(told: Any, versions: Versions) -> list[Analysis]:
    return [wire.read_analysis(each, versions) for each in told["analyses"]]


def _problem(response: httpx.Response) -> VitrineError:
    kind = _ERRORS.get(response.status_code)
    try:
        told = response.json()
        if kind is not None:
            return kind(told["code"], told["detail"], fields=told.get("fields"))
    except (ValueError, TypeError, KeyError):
        pass  # not one of our answers: something else listens there
    advice = "; check VITRINE_VISION__TOKEN" if response.status_code == 401 else ""
    told_us = f"The model server answered {response.status_code}{advice}."
    if response.status_code in AWAY:
        return Away(PART, told_us)
    return Unavailable("vision_unavailable", told_us)


def _batches(
    asked: Sequence[tuple[bytes, Box | None]],
) -> Iterator[list[tuple[bytes, Box | None]]]:
    batch: list[tuple[bytes, Box | None]] = []
    size = 0
    for data, box in asked:
        if batch and size + len(data) > REQUEST_BYTES:
            yield batch
            batch, size = [], 0
        batch.append((data, box))
        size += len(data)
    if batch:
        yield batch
