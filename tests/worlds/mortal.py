"""Small catalogues on real SQLite that can be copied, killed at any step and looked through."""

from __future__ import annotations

import copy
import json
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.worlds.factories import photo, product_with_photos
from tests.worlds.fakes import ExactIndex, FakeVision, ListQueue, MemoryBlobs
from vitrine.core.clock import now
from vitrine.core.groups import LimitSettings, RetentionSettings
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.ports import Ports
from vitrine.services import catalog, jobs, models, retention
from vitrine.services.catalog.photos import admit_one, store_image
from vitrine.services.imports import job
from vitrine.services.imports.job import Asked, Upload
from vitrine.services.jobs import sweeping
from vitrine.services.search.cache import refresh
from vitrine.tables import Base
from vitrine.tables.blobs import thumbnail_keys
from vitrine.tables.catalog import blob_key
from vitrine.tables.jobs import QueryResult, Reply
from vitrine.tables.people import User
from vitrine.tables.review import Review
from vitrine.wiring import Runtime

PHOTOS = tuple(photo(seed=number, size=(24, 24)) for number in range(5))
NOTHING_KEPT = RetentionSettings(
    deleted_days=0, queries_days=0, replies_days=0, jobs_days=0, uploads_days=0
)


class Killed(BaseException):
    """What kill -9 is to a process, for a function."""


@dataclass
class Fate:
    """Counts the steps of a run, and ends it at one of them."""

    dies_at: int | None = None
    steps: int = 0

    def step(self) -> None:
        self.steps += 1
        if self.dies_at is not None and self.steps > self.dies_at:
            raise Killed


@dataclass(frozen=True)
class MortalSessions(Sessions):
    """Sessions that may be killed before and after a commit."""

    fate: Fate = field(default_factory=Fate)

    @contextmanager
    def write(self) -> Iterator[Session]:
        with super().write() as session:
            yield session
            self.fate.step()
        self.fate.step()


class MortalBlobs(MemoryBlobs):
    """Blobs whose user may be killed after each deletion and mark."""

    fate = Fate()

    def delete(self, key: str) -> None:
        super().delete(key)
        self.fate.step()

    def mark(self, key: str, expiring: bool) -> None:
        super().mark(key, expiring)
        self.fate.step()


class MortalIndex(ExactIndex):
    """An index whose user may be killed after each deletion."""

    fate = Fate()

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        super().delete(collection, ids)
        self.fate.step()


@dataclass
class World:
    """One Vitrine with a database of its own."""

    runtime: Runtime
    blobs: MortalBlobs
    index: MortalIndex
    queue: ListQueue
    fate: Fate

    def add(self, external_id: str, photos: Sequence[bytes]) -> str:
        """A product that jobs, queries, replies and reviews refer to."""
        with self.runtime.sessions.write() as session:
            product, _ = product_with_photos(session, self.runtime.ports, external_id, *photos)
            session.flush()
            for image in product.images:
                self._thumbnails(image.sha256)
            user = User(email=f"{external_id}@x.org", password_hash="", role="viewer")
            session.add(user)
            session.flush()
            told = {"product": product.id, "images": [image.id for image in product.images]}
            owner = {"user_id": user.id}
            reply = {"idempotency_key": "k", "fingerprint": "", "status": 200, "body": told}
            session.add(Reply(**owner, **reply))
            session.add(
                QueryResult(**owner, collection="c", query={}, hits=[told], milliseconds=1.0)
            )
            change = {"action": "x", "before": {}, "after": {"product": product.id}}
            session.add(Review(product_id=product.id, created_by=user.id, **change))
        return product.id

    def upload(self, data: bytes) -> None:
        """A photo kept for a search."""
        admitted = admit_one("image", "", data, LimitSettings())
        with self.runtime.sessions.write() as session:
            store_image(session, self.blobs, admitted, None)
        self._thumbnails(admitted.sha256)

    def import_refused(self) -> None:
        """Imports that ended, one with its errors and one cancelled, which keeps its files."""
        upload = Upload("shop.csv", b"sku,title\nX,\n")
        ports, waiting = self.runtime.ports, list(self.queue.sent)
        with self.runtime.sessions.write() as session:
            ran = job.submit(session, ports, upload, Asked()).id
            jobs.cancel(session, job.submit(session, ports, upload, Asked()).id)
        self.queue.sent[:] = waiting
        self.runtime.run_job(ran)

    def delete(self, product_id: str) -> None:
        with self.runtime.sessions.write() as session:
            catalog.remove(session, self.runtime.ports, catalog.get(session, product_id))

    def delete_image(self, product_id: str) -> None:
        with self.runtime.sessions.write() as session:
            product = catalog.get(session, product_id)
            catalog.remove_image(session, self.runtime.ports, product, product.images[0].id)

    def publish_all(self) -> None:
        """What the sweep would have the queue do for jobs that were never sent."""
        for row in self.rows("jobs"):
            if row["status"] == "queued":
                self.runtime.run_job(str(row["id"]))

    def run_all(self) -> None:
        self.queue.run_all(self.runtime.run_job)

    def purge(self, dies_at: int | None = None) -> str:
        """Purge, perhaps killed at a step and then swept up and run again; the job's id."""
        with self.runtime.sessions.write() as session:
            job_id = retention.submit(session, self.queue, NOTHING_KEPT).id
        self.queue.sent.clear()
        self.fate.steps, self.fate.dies_at = 0, dies_at
        try:
            self.runtime.run_job(job_id)
        except Killed:
            self.fate.dies_at = None
            with self.runtime.sessions.write() as session:
                sweeping.release_all(session)
            with self.runtime.sessions.write() as session:
                sweeping.sweep(session, self.queue, self.runtime.settings.queue)
            self.runtime.run_job(job_id)
        self.fate.dies_at = None
        return job_id

    def rows(self, table: str) -> list[dict[str, object]]:
        """All rows of a table, deleted or not, as the database has them."""
        with self.runtime.sessions.read() as session:
            return [dict(row) for row in session.execute(text(f"SELECT * FROM {table}")).mappings()]

    def everything(self) -> str:
        """Each cell of each table, as text to search in, once changes are forgotten, in a day."""
        with self.runtime.sessions.write() as session:
            refresh.forget(session, now() + timedelta(days=2))
        return "\n".join(str(self.rows(table)) for table in Base.metadata.tables)

    def image_ids(self, product_id: str) -> set[str]:
        return {str(row["id"]) for row in self.rows("images") if row["product_id"] == product_id}

    def vectors(self) -> set[str]:
        [collection] = self.rows("collections")
        try:
            return self.index.ids(str(collection["name"]))
        except Exception:
            return set()

    def _thumbnails(self, sha256: str) -> None:
        for key in thumbnail_keys(sha256):
            self.blobs.put(key, b"small", "image/webp")


def expected_keys(world: World) -> set[str]:
    """The keys that the image rows account for."""
    hashes = {str(row["sha256"]) for row in world.rows("images")}
    return {key for each in hashes for key in (blob_key(each), *thumbnail_keys(each))}


@contextmanager
def opened(migrated: Path, like: World | None = None) -> Iterator[World]:
    """An empty world, or a copy of another."""
    # Where there is memory to hold it, no disk has to be waited for.
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        settings = Settings(data_dir=Path(folder))
        source = like.runtime.settings.data_dir / "vitrine.db" if like else migrated
        _copy(source, Path(folder) / "vitrine.db")
        engine, fate = make_engine(settings), Fate()
        blobs, index, queue = MortalBlobs(), MortalIndex(), ListQueue()
        blobs.fate = index.fate = fate
        if like:
            blobs.stored = dict(like.blobs.stored)
            index.__dict__.update(copy.deepcopy({**like.index.__dict__, "fate": None}), fate=fate)
        sessions = MortalSessions(engine, fate=fate)
        ports = Ports(blobs, index, FakeVision(), queue)
        with sessions.write() as session:
            models.register(session, ports.vision.versions)
        try:
            yield World(Runtime(settings, sessions, ports), blobs, index, queue, fate)
        finally:
            engine.dispose()


def _copy(source: Path, target: Path) -> None:
    before, after = sqlite3.connect(source), sqlite3.connect(target)
    with before, after:
        before.backup(after)
    before.close()
    after.close()


def counts(world: World, job_id: str) -> dict[str, int]:
    """What the retention job says it did."""
    [row] = [row for row in world.rows("retention_results") if row["job_id"] == job_id]
    told: dict[str, int] = json.loads(str(row["counts"]))
    return told


def status(world: World, job_id: str) -> str:
    [row] = [row for row in world.rows("jobs") if row["id"] == job_id]
    return str(row["status"])
