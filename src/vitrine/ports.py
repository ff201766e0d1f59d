"""What Vitrine needs from the world outside; every implementation passes the same tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from vitrine.core.errors import invalid
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

    def embed_texts(self, texts: Sequence[str]) -> Vector:
        """One unit vector per text, shape (n, dimension)."""

    def label(self, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        """The labels of garments by their vectors (n, dimension), as an Analysis has them."""

    def candidates(self, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        """For each of these vectors (n, dimension) the likeliest values of every facet that can be
        said of its garment, best first."""


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
    """One implementation of each port."""

    blobs: Blobs
    vectors: VectorIndex
    vision: Vision
    queue: Queue
    fetcher: Fetcher = field(default_factory=NoFetcher)
    parts: Parts = field(default_factory=NoParts)
