"""Vision in this process, or from a model server over HTTP."""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from vitrine.adapters import addresses, answers
from vitrine.adapters.addresses import Resolve
from vitrine.adapters.answers import PART
from vitrine.adapters.balancing import SERVER, Balanced
from vitrine.core import metrics, priority, tracing
from vitrine.core.errors import Away, Unavailable
from vitrine.vision import registry, wire
from vitrine.vision.analyzer import Analyzer
from vitrine.vision.beside import Missing
from vitrine.vision.card import Part
from vitrine.vision.types import Analysis, Box, LabelScore, Vector, Versions

REQUEST_BYTES = 60_000_000
"""Most bytes of photos in one request, unless one photo alone has more."""

SILENT = "The model server does not answer."

PING = 3.0
"""Seconds in which a server that is there says so."""

LABELLED = 500
"""Most vectors in one request for labels."""

GIVING = 600.0
"""Seconds in which a server takes and loads a model."""

TRIES = 5
"""So often a server is asked that says that it lacks a model."""

Answer = TypeVar("Answer")
Asked = TypeVar("Asked")
Supply = Callable[[str, str], Path]
"""The folder of a model by role and version; raises where there is none."""


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

    def embed_crops(self, images: Sequence[bytes], boxes: Sequence[Sequence[Box]]) -> list[Vector]:
        """The unit vectors (n, dimension) of the boxes of each encoded photo, and nothing else."""
        return self.analyzer.embed_crops(images, boxes)

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
    """Vision by the model servers that the name in `url` leads to; shared between threads."""

    def __init__(
        self,
        url: str,
        token: str = "",
        timeout: float = 60.0,
        resolve: Resolve = addresses.resolve,
    ) -> None:
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=httpx.Timeout(timeout, connect=5.0),
            transport=Balanced(httpx.HTTPTransport(), resolve),
        )
        self._wanted: Versions | None = None
        self._supply: Supply = _nothing_to_give
        self._forget()

    def bound(self, wanted: Versions, supply: Supply) -> HttpVision:
        """The same server asked for these vectors alone, and given the models that it lacks."""
        other = copy.copy(self)
        other._wanted, other._supply = wanted, supply
        other._forget()
        return other

    def _forget(self) -> None:
        self._versions: Versions | None = None
        self._parts: tuple[str, tuple[Part, ...]] | None = None
        self._asking = threading.Lock()

    @property
    def versions(self) -> Versions:
        """What makes the vectors: asked once, then as the latest answer said."""
        with self._asking:
            return self._versions or self._ask("GET", "/healthz", answers.versions)

    @property
    def shown_facets(self) -> frozenset[str]:
        """The facets whose labels were measured to be good enough for shoppers."""
        return self._ask("GET", "/healthz", answers.shown_facets)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of a vector: asked once for each encoder that answers."""
        encoder, known = self.versions.encoder, self._parts
        if known is None or known[0] != encoder:
            self._parts = known = self._ask("GET", "/healthz", answers.encoder_parts)
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

    def embed_crops(self, images: Sequence[bytes], boxes: Sequence[Sequence[Box]]) -> list[Vector]:
        """The unit vectors (n, dimension) of the boxes of each encoded photo, and nothing else."""
        vectors: list[Vector] = []
        for batch in _batches(list(zip(images, boxes, strict=True))):
            data = {"boxes": wire.write_places(some for _, some in batch)}
            vectors += self._ask(
                "POST", "/embed-crops", answers.lists, files=_form(batch), data=data
            )
        return vectors

    def embed_texts(self, texts: Sequence[str]) -> Vector:
        """One unit vector per text, shape (n, dimension)."""
        asked = {"texts": list(texts)}
        return self._ask("POST", "/embed-text", answers.vectors, json=asked)

    def label(self, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        """The labels of garments by their vectors (n, dimension), as an Analysis has them."""
        return self._labelled("/labels", vectors)

    def candidates(self, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        """The likeliest values of every facet for garments by their vectors, best first."""
        return self._labelled("/candidates", vectors)

    def ping(self) -> None:
        """Raise Away within seconds unless the server is there and ready."""
        self._ask("GET", "/healthz", answers.nothing, timeout=PING)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _labelled(self, path: str, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        labels: list[tuple[LabelScore, ...]] = []
        for start in range(0, len(vectors), LABELLED):
            some = wire.write_vectors(vectors[start : start + LABELLED])
            labels += self._ask("POST", path, answers.labels, json={"embeddings": some})
        return labels

    def _analyze(self, batch: Sequence[tuple[bytes, Box | None]]) -> list[Analysis]:
        return self._ask(
            "POST",
            "/analyze",
            answers.analyses,
            files=_form(batch),
            data={"boxes": wire.write_boxes(box for _, box in batch)},
        )

    def _ask(
        self, method: str, path: str, read: Callable[[Any, Versions], Answer], **content: Any
    ) -> Answer:
        """What the server answered, as `read` finds it in the JSON it told.

        A server that lacks the model is given it, and asked again. Several that take turns behind
        one address would be missed by a single gift each time, so the gifts become more.
        """
        asked: dict[str, Any] = {}
        for gifts in range(1, TRIES + 1):
            response = self._sent(method, path, extensions=asked, **content)
            try:
                return self._answered(response, read)
            except Missing as missing:
                asked = {SERVER: response.extensions.get(SERVER)}
                for _ in range(gifts):
                    self._give(missing, asked)
        raise Unavailable("vision_unavailable", "No model server keeps the model it is given.")

    def _sent(self, method: str, path: str, **content: Any) -> httpx.Response:
        """The answer, whatever it tells; raises Away where there is none."""
        wanted = {} if self._wanted is None else wire.write_wanted(self._wanted)
        headers = {tracing.HEADER: carried} if (carried := tracing.carried()) else {}
        headers |= {wire.BEHIND: "1"} if priority.is_behind() else {}
        try:
            response = self._client.request(method, path, params=wanted, headers=headers, **content)
        except httpx.HTTPError as error:
            raise Away(PART, SILENT) from error
        return response

    def _answered(
        self, response: httpx.Response, read: Callable[[Any, Versions], Answer]
    ) -> Answer:
        _check(response)
        try:
            told = response.json()
            self._versions = versions = wire.read_versions(told)
            answer = read(told, versions)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            raise Unavailable(
                "vision_unavailable", "The model server answered what we cannot read."
            ) from error
        if self._wanted is not None and versions.collection != self._wanted.collection:
            raise Unavailable(
                "vision_unavailable", "The model server answered with other vectors than asked for."
            )
        return answer

    def _give(self, missing: Missing, extensions: Mapping[str, Any]) -> None:
        """Send the files of a model, from disk, so that none is held in memory."""
        folder = self._supply(missing.role, missing.version)
        paths = sorted(path for path in folder.iterdir() if path.is_file())
        told = {path.name: registry.checksum(path) for path in paths}
        with ExitStack() as stack:
            sent = [("files", (path.name, stack.enter_context(path.open("rb")))) for path in paths]
            response = self._sent(
                "POST",
                f"/models/{missing.version}",
                files=sent,
                data={"checksums": json.dumps(told)},
                timeout=GIVING,
                extensions=extensions,
            )
        _check(response)


def _check(response: httpx.Response) -> None:
    if not response.is_success:
        raise answers.problem(response)


def _nothing_to_give(role: str, version: str) -> Path:
    raise Unavailable("vision_unavailable", f"The model server lacks {role} {version}.")


def _form(batch: Sequence[tuple[bytes, object]]) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("images", ("photo", data, "application/octet-stream")) for data, _ in batch]


def _batches(asked: Sequence[tuple[bytes, Asked]]) -> Iterator[list[tuple[bytes, Asked]]]:
    batch: list[tuple[bytes, Asked]] = []
    size = 0
    for data, wanted in asked:
        if batch and size + len(data) > REQUEST_BYTES:
            yield batch
            batch, size = [], 0
        batch.append((data, wanted))
        size += len(data)
    if batch:
        yield batch
