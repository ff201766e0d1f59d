"""What Vitrine needs from the world outside; every implementation passes the same tests."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from vitrine.core.errors import Conflict, Invalid, invalid
from vitrine.core.groups import TrainingSettings
from vitrine.vision.card import Part
from vitrine.vision.types import Analysis, Box, LabelScore, Vector, Versions

Facet = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Point:
    """One product's place in a collection: id, unit vector, facets; None takes a facet back."""

    id: str
    embedding: Vector
    facets: Mapping[str, Facet | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One neighbour: a product id and the cosine similarity, -1 to 1."""

    id: str
    score: float


class Blobs(Protocol):
    """Bytes by key; keys are ours, never a client's.

    Every verb raises Unavailable when the store does not answer.
    """

    def put(self, key: str, data: bytes, media_type: str) -> None:
        """Store bytes; the same key may be put again with the same bytes."""

    def get(self, key: str) -> bytes:
        """The bytes; raises NotFound."""

    def exists(self, key: str) -> bool:
        """Whether the key holds bytes."""

    def delete(self, key: str) -> None:
        """Remove the bytes; no error if there are none."""

    def mark(self, key: str, expiring: bool) -> None:
        """Tag the bytes as expiring, or no more, where the store has tags; raises NotFound."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every stored key that begins with `prefix`, in any order."""


class VectorIndex(Protocol):
    """Nearest neighbours by cosine; a rebuildable projection of the database.

    Every verb raises Unavailable when the index does not answer.
    """

    def ensure(self, collection: str, dimension: int) -> None:
        """Make the collection if it is missing; raises Conflict if it has another dimension."""

    def upsert(self, collection: str, points: Sequence[Point]) -> None:
        """Put or replace points by id; raises NotFound for an unknown collection."""

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        """Remove points; ids that are not there, and unknown collections, are no error."""

    def query(self, collection: str, vector: Vector, limit: int) -> list[Neighbour]:
        """The nearest points, best first, at most `limit`; NotFound for an unknown collection."""

    def get(self, collection: str, ids: Sequence[str]) -> dict[str, Vector]:
        """The stored vectors of those ids that exist."""

    def ids(self, collection: str) -> set[str]:
        """Every id in the collection; raises NotFound for an unknown collection."""

    def count(self, collection: str) -> int:
        """How many points the collection holds; raises NotFound for an unknown collection."""

    def drop(self, collection: str) -> None:
        """Remove the collection and all in it; no error if there is none."""


class Vision(Protocol):
    """From bytes or words to vectors; raises what `vision` raises, and Unavailable."""

    @property
    def versions(self) -> Versions:
        """What makes the vectors."""

    @property
    def shown_facets(self) -> frozenset[str]:
        """The facets whose labels were measured to be good enough for shoppers."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of a vector, one after the other; none where it is one whole."""

    def analyze(
        self, images: Sequence[bytes], boxes: Sequence[Box | None] | None = None
    ) -> list[Analysis]:
        """One Analysis per encoded photo; where a box is given it is the only Detection."""

    def embed_crops(self, images: Sequence[bytes], boxes: Sequence[Sequence[Box]]) -> list[Vector]:
        """The unit vectors (n, dimension) of the boxes of each encoded photo, and nothing else."""

    def embed_texts(self, texts: Sequence[str]) -> Vector:
        """One unit vector per text, shape (n, dimension)."""

    def label(self, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        """The labels of garments by their vectors (n, dimension), as an Analysis has them."""

    def candidates(self, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        """For each of these vectors (n, dimension) the likeliest values of every facet that can be
        said of its garment, best first."""


class Visions(Protocol):
    """The Vision of every collection: of the settings, or of a model in the store."""

    def of(self, versions: Versions) -> Vision:
        """The Vision that makes these vectors; without a detector named, by that of the settings.

        Raises Conflict where nobody has the model, Unavailable where it cannot be had now.
        """

    def keep(self, models: Collection[str]) -> None:
        """Drop what is loaded of other models than these and those of the settings."""


@dataclass(frozen=True, slots=True)
class Installed:
    """The Vision of the settings, and none beside it."""

    vision: Vision

    def of(self, versions: Versions) -> Vision:
        """The one there is; raises Conflict where others made the vectors."""
        here = self.vision.versions
        if here.collection != versions.collection:
            raise Conflict(
                "versions_differ",
                f"The catalogue was indexed as {versions.collection}, but this server prepares "
                f"queries as {here.collection}. Set the model, margin and share of words back.",
            )
        return self.vision

    def keep(self, models: Collection[str]) -> None:
        """There is nothing to drop."""


class Queue(Protocol):
    """Gets jobs run by some worker, at least once, soon; the Job row says what to do."""

    @property
    def sends(self) -> bool:
        """Whether send sends; where it does not, the sweep of another process does."""

    def send(self, job_id: str, delay: float = 0.0) -> None:
        """Have the job run after `delay` seconds; if Unavailable, the sweep sends it later."""

    def ping(self) -> None:
        """Raise Unavailable if what is sent now would not arrive."""


class WebhookSender(Protocol):
    """Carries a message to an address that somebody else chose."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The HTTP status of the answer, redirects included; raises Forbidden where the address is
        not public, Unavailable where nobody answers in time."""


class Fetcher(Protocol):
    """Gets pictures from the web, from public addresses only."""

    def fetch(self, url: str, most: int) -> bytes:
        """The picture there, at most `most` bytes; raises Invalid about `images` saying why not."""


class NoFetcher:
    """Gets nothing."""

    def fetch(self, url: str, most: int) -> bytes:  # noqa: ARG002 - the port's signature
        """Refuse every address."""
        raise invalid("images", f"{url!r} is not fetched: pictures must be files here")


class Seen(NamedTuple):
    """By what a host knows a file again that it sent before: its ETag, and its Last-Modified."""

    etag: str = ""
    modified: str = ""


NEVER = Seen()
"""What no host knows."""


class Feeds(Protocol):
    """Gets the files of shops from the web, from public addresses only."""

    def download(
        self, url: str, to: Path, most: int, authorization: str = "", seen: Seen = NEVER
    ) -> Seen | None:
        """Write the file there, unpacked and of at most `most` bytes; by what to know it again.

        None, and nothing is written, where it is still the one that was `seen`. `authorization` is
        a header, sent to that host alone. No error tells it, or the address' query: Invalid where
        the host refuses, Unavailable where asking again may help.
        """


class NoFeeds:
    """Gets nothing."""

    def download(
        self,
        url: str,  # noqa: ARG002
        to: Path,  # noqa: ARG002
        most: int,  # noqa: ARG002
        authorization: str = "",  # noqa: ARG002
        seen: Seen = NEVER,  # noqa: ARG002
    ) -> Seen | None:
        """Refuse every address."""
        raise Invalid("source_refused", "Nothing is fetched here.")


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a trainer is asked: the kind of run, and the folders that it reads, writes and keeps.

    `out` is there once the model is made; `work` is what a run that was stopped goes on from.
    """

    kind: str
    snapshot: Path
    base: Path
    out: Path
    work: Path
    seed: int
    steps: int
    minutes: float | None


@dataclass(frozen=True, slots=True)
class Heard:
    """How far a training is: steps done of all, its latest figures, and its last lines."""

    done: int = 0
    total: int = 0
    figures: Mapping[str, float] = field(default_factory=dict)
    log: Sequence[str] = ()


class Trainer(Protocol):
    """Trains models apart from this process."""

    @property
    def policy(self) -> TrainingSettings:
        """What a better model may lose, and how recall is counted."""

    def room(self, run_id: str) -> Path:
        """The folder of a run on this machine, kept between its attempts."""

    def installed(self, role: str, version: str) -> Path | None:
        """The folder of a model that is installed on this machine; None for another version."""

    def vision(self, encoder: Path) -> Vision:
        """The Vision of the settings with the encoder of a folder in place of theirs."""

    def train(self, lesson: Lesson, hear: Callable[[Heard], None]) -> None:
        """Train until `out` is there; `hear` is called every few moments, and may raise to end it.

        Raises Invalid for what can never work, Full where the disk is, and Unavailable where it
        ended before its time: the same call then goes on from `work`.
        """

    def forget(self, run_id: str) -> None:
        """Remove the folder of a run."""


class Parts(Protocol):
    """Which of the parts that are processes of their own do not answer."""

    def names(self) -> frozenset[str]:
        """The names of all parts that may be away."""

    def away(self) -> frozenset[str]:
        """The names of the parts that do not answer at present."""

    def is_away(self, part: str) -> bool:
        """Whether the part does not answer: asked now, by a question that no job is part of."""


class NoParts:
    """All is in this process, and nothing is ever away."""

    def names(self) -> frozenset[str]:
        """None."""
        return frozenset()

    def away(self) -> frozenset[str]:
        """None."""
        return frozenset()

    def is_away(self, part: str) -> bool:  # noqa: ARG002 - the port's signature
        """Nothing is."""
        return False


@dataclass(frozen=True, slots=True)
class Ports:
    """One implementation of each port; without `visions` the one of the settings is all there is.

    `vision` is what the settings name; what is searched may have been made by another. Without a
    trainer nothing is trained here.
    """

    blobs: Blobs
    vectors: VectorIndex
    vision: Vision
    queue: Queue
    fetcher: Fetcher = field(default_factory=NoFetcher)
    parts: Parts = field(default_factory=NoParts)
    visions: Visions | None = None
    trainer: Trainer | None = None
    feeds: Feeds = field(default_factory=NoFeeds)

    def vision_of(self, versions: Versions) -> Vision:
        """The Vision that makes these vectors; raises as `Visions.of`."""
        return (self.visions or Installed(self.vision)).of(versions)
