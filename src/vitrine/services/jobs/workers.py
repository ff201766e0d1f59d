"""The processes that run jobs: what each says of itself, and how many jobs run at once in all."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from vitrine.core.clock import new_id, now
from vitrine.core.errors import Unavailable
from vitrine.services.jobs.claims import Claim
from vitrine.tables.jobs import Worker

BEAT = 5.0
"""Seconds between two beats of a worker."""

TELLING = 60.0
"""Seconds between two lines of a worker's log about the queue, by which clouds scale workers."""

SILENT = timedelta(seconds=20)
"""How long a worker may be silent before nobody counts on it."""

FORGOTTEN = timedelta(hours=1)
"""How long the row of a silent worker is kept for people to see."""


@dataclass
class Duty:
    """What this process does for the jobs: the claims it holds, how many it ran, its end.

    Shared by the threads of a process; `slots` is how many jobs it runs at once.
    """

    slots: int = 1
    id: str = field(default_factory=new_id)
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")
    jobs: int = 0
    last_job_at: datetime | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    _held: dict[str, Claim] = field(default_factory=dict)
    _beaten_at: float = -inf
    _told_at: float = -inf
    _blind_at: float = -inf

    @contextmanager
    def holding(self, held: Claim) -> Iterator[None]:
        """Count the job, and know its claim for as long as the block runs."""
        self._held[held.job_id] = held
        self.jobs, self.last_job_at = self.jobs + 1, now()
        try:
            yield
        finally:
            del self._held[held.job_id]

    def leave(self, grace: float) -> None:
        """Have no more jobs begun, and wait up to `grace` seconds for those that run to end."""
        self.stopping.set()
        deadline = time.monotonic() + grace
        while self._held and time.monotonic() < deadline:
            time.sleep(0.05)  # jobs end in threads that nobody can wait for with a limit in all

    def silent(self) -> bool:
        """Whether it is time for the next beat, which then counts as made."""
        moment = time.monotonic()
        silent = moment - self._beaten_at >= BEAT
        if silent:
            self._beaten_at = moment
        return silent

    def tells(self) -> bool:
        """Whether it is time to say again how long the queue is, which then counts as said."""
        moment = time.monotonic()
        tells = moment - self._told_at >= TELLING
        if tells:
            self._told_at = moment
        return tells

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Remember it when the database is away."""
        try:
            yield
        except Unavailable:
            self._blind_at = time.monotonic()
            raise

    def blind(self, lease: float) -> bool:
        """Whether the database was away within this many seconds."""
        return time.monotonic() - self._blind_at < lease

    @property
    def held(self) -> Sequence[Claim]:
        """The claims of the jobs that run now."""
        return list(self._held.values())


def beat(session: Session, duty: Duty) -> None:
    """Write down that this worker lives and what it did; forget those silent for an hour."""
    moment = now()
    row = session.get(Worker, duty.id) or Worker(id=duty.id, name=duty.name, slots=duty.slots)
    row.slots, row.jobs, row.running = duty.slots, duty.jobs, len(duty.held)
    row.last_job_at, row.seen_at = duty.last_job_at, moment
    session.add(row)
    session.execute(delete(Worker).where(Worker.seen_at < moment - FORGOTTEN))


def leave(session: Session, duty: Duty) -> None:
    """Forget this worker, which ends."""
    session.execute(delete(Worker).where(Worker.id == duty.id))


def living(session: Session) -> Sequence[Worker]:
    """The workers that were heard of lately."""
    heard = select(Worker).where(Worker.seen_at > now() - SILENT)
    return session.scalars(heard.order_by(Worker.name)).all()


def slots(session: Session) -> int:
    """How many jobs can run at once in all."""
    heard = select(func.sum(Worker.slots)).where(Worker.seen_at > now() - SILENT)
    return session.scalar(heard) or 0


def lock(session: Session) -> None:
    """Let no other worker take a job until this session ends."""
    # SQLite has one writer anyway.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('turns', 0))"))
