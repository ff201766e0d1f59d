"""The vector index in Chroma: embedded in this process, or a server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import httpx
import numpy as np
from filelock import FileLock, Timeout

from vitrine.core.errors import Away, Conflict, Invalid, NotFound, VitrineError
from vitrine.core.groups import VectorSettings
from vitrine.ports import Neighbour, Point
from vitrine.vision.types import Vector

# Chroma takes a second and much memory to import: only who opens an index or reaches a server does.
if TYPE_CHECKING:
    import chromadb
    from chromadb.api import ClientAPI

BATCH = 1000
"""Most points or ids in one call; 4096 dimensions still stay below a server's body limit."""

GRAPH = {"space": "cosine", "ef_construction": 200, "max_neighbors": 32, "ef_search": 200}
PART = "vectors"
"""What this part is called where parts have names."""

PROBE = "health-probe"
"""A collection that nobody searches, for asking whether the index takes anything."""

PING = 3.0
"""Seconds in which a server that is there says so."""

TIMEOUT = httpx.Timeout(30.0, connect=5.0)
"""How long a server may take, in seconds."""


class ChromaIndex:
    """A VectorIndex over one Chroma client, which is made at first use and shared by threads."""

    def __init__(
        self, connect: Callable[[], ClientAPI], place: str, owned: FileLock | None = None
    ) -> None:
        self._connect = connect
        self._place = place
        self._owned = owned
        self._client: ClientAPI | None = None
        self._connecting = threading.Lock()

    def ensure(self, collection: str, dimension: int) -> None:
        """Make the collection if it is missing; raises Conflict if it has another dimension."""
        with self._translated(collection):
            found = self._chroma().get_or_create_collection(
                collection,
                configuration=cast(Any, {"hnsw": GRAPH}),
                metadata={"dimension": dimension},
                embedding_function=None,
            )
        _check_dimension(found, dimension)

    def upsert(self, collection: str, points: Sequence[Point]) -> None:
        """Put or replace points by id, the last of each id; raises NotFound, and Conflict for a
        vector of another dimension. Facets are kept as the point's metadata.
        """
        found = self._collection(collection)
        last = {point.id: point for point in points}
        for point in last.values():
            _check_dimension(found, len(point.embedding))
        for ids in _batches(list(last)):
            with self._translated(collection):
                found.upsert(
                    ids=ids,
                    embeddings=np.stack([last[each].embedding for each in ids]),
                    metadatas=cast(Any, [dict(last[each].facets) or None for each in ids]),
                )

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        """Remove points; ids that are not there, and unknown collections, are no error."""
        try:
            found = self._collection(collection)
            for some in _batches(ids):
                with self._translated(collection):
                    found.delete(ids=some)
        except NotFound:
            return

    def query(self, collection: str, vector: Vector, limit: int) -> list[Neighbour]:
        """The nearest points, best first, equals by id; raises NotFound, and Conflict for a
        vector of another dimension.
        """
        found = self._collection(collection)
        _check_dimension(found, len(vector))
        if limit < 1:
            return []
        with self._translated(collection):
            nearest = found.query(
                query_embeddings=vector[None], n_results=limit, include=["distances"]
            )
        ids, distances = nearest["ids"][0], (nearest["distances"] or [[]])[0]
        scores = np.clip(1.0 - np.asarray(distances), -1.0, 1.0).tolist()
        hits = [Neighbour(each, score) for each, score in zip(ids, scores, strict=True)]
        return sorted(hits, key=lambda hit: (-hit.score, hit.id))

    def get(self, collection: str, ids: Sequence[str]) -> dict[str, Vector]:
        """The stored vectors of those ids that exist; raises NotFound for an unknown collection."""
        found = self._collection(collection)
        vectors: dict[str, Vector] = {}
        for some in _batches(ids):
            with self._translated(collection):
                stored = found.get(ids=some, include=["embeddings"])
            rows = np.asarray(stored["embeddings"], dtype=np.float32)
            vectors.update(zip(stored["ids"], rows, strict=True))
        return vectors

    def ids(self, collection: str) -> set[str]:
        """Every id in the collection; raises NotFound for an unknown collection."""
        found = self._collection(collection)
        with self._translated(collection):
            return set(found.get(include=[])["ids"])

    def count(self, collection: str) -> int:
        """How many points the collection holds; raises NotFound for an unknown collection."""
        found = self._collection(collection)
        with self._translated(collection):
            return found.count()

    def check(self) -> None:
        """Read a little of every collection; raises Away where the files cannot be read."""
        with self._translated("all"):
            for found in self._chroma().list_collections():
                if found.count():
                    probe = np.eye(1, found.metadata["dimension"], dtype=np.float32)
                    found.query(query_embeddings=probe, n_results=1, include=[])

    def drop(self, collection: str) -> None:
        """Remove the collection and all in it; no error if there is none."""
        try:
            with self._translated(collection):
                self._chroma().delete_collection(collection)
        except NotFound:
            return

    def close(self) -> None:
        """Let go of the files or connections, and of the ownership of an embedded index."""
        client = cast(Any, self._client)
        if client is not None:
            from chromadb.api.fastapi import FastAPI as OverHttp

            client.close()
            if isinstance(client._server, OverHttp):
                client._server._session.close()  # left open by Chroma
        if self._owned is not None:
            self._owned.release()

    def _chroma(self) -> ClientAPI:
        with self._connecting:
            if self._client is None:
                self._client = self._connect()
            return self._client

    def _collection(self, name: str) -> chromadb.Collection:
        # Asked for each time: another process may have dropped it and made it anew.
        with self._translated(name):
            return self._chroma().get_collection(name, embedding_function=None)

    @contextmanager
    def _translated(self, collection: str) -> Iterator[None]:
        try:
            yield
        except VitrineError:
            raise
        except Exception as error:  # Chroma raises bare Exception for what a server answers
            raise self._ours(error, collection) from error

    def _ours(self, error: Exception, collection: str) -> VitrineError:
        from chromadb.errors import InvalidArgumentError, NotFoundError

        if isinstance(error, NotFoundError):
            return NotFound("collection_unknown", f"There is no collection {collection}.")
        if isinstance(error, InvalidArgumentError):
            return Invalid("vectors_refused", f"Collection {collection}: {error}")
        told = f"{self._place} does not answer."
        return Away(PART, told, code="vectors_unavailable")


def embedded_index(folder: Path) -> ChromaIndex:
    """The index in a folder, owned by this process until close; raises as `owned` does."""
    lock = owned(folder)
    return ChromaIndex(lambda: _open(folder), f"The vector index in {folder}", lock)


def chroma_in(folder: Path) -> ChromaIndex:
    """The index in a folder that this process has to itself."""
    return ChromaIndex(lambda: _open(folder), f"The vector index in {folder}")


def owned(folder: Path) -> FileLock:
    """The ownership of the index in a folder, which is made if it is missing.

    Raises Conflict with the code `index_owned` while another process has it. Two that write one
    folder would corrupt it, and readers would see nothing new.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "owner.lock", thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise Conflict(
            "index_owned",
            f"The vector index in {folder} is open in another process. Stop that one, or run a "
            "Chroma server and set VITRINE_VECTORS__KIND=server.",
        ) from None
    return lock


def server_index(settings: VectorSettings) -> ChromaIndex:
    """The index of a Chroma server, reached at first use."""
    place = f"The Chroma server at {settings.host}:{settings.port}"
    return ChromaIndex(lambda: _reach(settings), place)


def probe_server(settings: VectorSettings, index: ChromaIndex) -> None:
    """Raise VitrineError unless the Chroma server answers within seconds, and takes a point.

    Written, not only asked: one whose disk was full may answer and take nothing more.
    """
    try:
        _beats(settings, PING)
    except httpx.HTTPError as error:
        told = f"The Chroma server at {settings.host}:{settings.port} does not answer."
        raise Away(PART, told) from error
    index.ensure(PROBE, 1)
    index.upsert(PROBE, [Point("probe", np.ones(1, dtype=np.float32))])


def _beats(settings: VectorSettings, timeout: httpx.Timeout | float) -> None:
    scheme = "https" if settings.tls else "http"
    heartbeat = f"{scheme}://{settings.host}:{settings.port}/api/v2/heartbeat"
    httpx.get(heartbeat, headers=_headers(settings), timeout=timeout).raise_for_status()


def _headers(settings: VectorSettings) -> dict[str, str]:
    token = settings.token.get_secret_value()
    return {"Authorization": f"Bearer {token}"} if token else {}


def _open(folder: Path) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    return chromadb.PersistentClient(folder, settings=ChromaSettings(anonymized_telemetry=False))


def _reach(settings: VectorSettings) -> ClientAPI:
    # Chroma's own client waits for ever: ask whether the server answers before it is made, and
    # give it our patience after.
    _beats(settings, TIMEOUT)
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    client = chromadb.HttpClient(
        host=settings.host,
        port=settings.port,
        ssl=settings.tls,
        headers=_headers(settings),
        settings=ChromaSettings(anonymized_telemetry=False),
    )
    inside = cast(Any, client)
    inside._server._session.timeout = TIMEOUT
    inside._admin_client._server._session.close()  # it has done its only work, in HttpClient
    return client


def _check_dimension(collection: chromadb.Collection, dimension: int) -> None:
    expected = collection.metadata["dimension"]
    if dimension != expected:
        raise Conflict(
            "collection_dimension",
            f"Collection {collection.name} holds vectors of {expected} dimensions, "
            f"not {dimension}.",
        )


def _batches(ids: Sequence[str]) -> Iterator[list[str]]:
    rest = iter(dict.fromkeys(ids))
    while some := list(islice(rest, BATCH)):
        yield some
