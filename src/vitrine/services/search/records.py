"""Records of searches, written down behind whoever is answered, many at once.

Nobody was promised them: a power cut takes those of the last moments, as does whoever kills the
process.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import structlog
from sqlalchemy import insert, inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vitrine.core.errors import Unavailable
from vitrine.db import Sessions
from vitrine.tables.base import Base

GATHERING = 5.0
"""Seconds for which the first of them waits for more: ten cost little more to write than one, and
what is kept of the database has to be read anew after each commit."""

MOST = 10_000
"""So many wait for a database that does not take them; of more the oldest are lost."""

AGAIN = 1.0
"""Seconds until it is asked again."""

log = structlog.get_logger()


class Records:
    """Writes rows down on a thread of its own; for all threads of a process, closed by its maker.

    For a process that answers people alone: others would see a moment late what it was asked.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._changed = threading.Condition()
        self._waiting: list[Base] = []
        self._added = self._done = self._wished = 0
        self._failing = self._closed = False
        self._thread: threading.Thread | None = None

    def add(self, *rows: Base) -> None:
        """Have the rows written down soon; nobody may change them any more."""
        with self._changed:
            self._waiting += rows
            self._added += len(rows)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="records", daemon=True)
                self._thread.start()
            elif len(self._waiting) == len(rows):
                self._changed.notify_all()

    def settle(self) -> None:
        """Return once all that was added before is written down, or the database takes nothing."""
        with self._changed:
            until = self._wished = self._added
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._done >= until or self._failing)

    def close(self) -> None:
        """Write down what waits, and nothing after."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while batch := self._gathered():
            try:
                _written(self._sessions, batch)
            except Unavailable as error:
                log.warning("records of searches wait", waiting=len(batch), why=error.message)
                self._put_back(batch)
            else:
                self._count(batch, failing=False)

    def _gathered(self) -> list[Base]:
        """The next rows to write, none at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            self._changed.wait_for(lambda: self._wished > self._done or self._closed, GATHERING)
            batch, self._waiting = self._waiting, []
            return batch

    def _put_back(self, batch: Sequence[Base]) -> None:
        with self._changed:
            kept = [] if self._closed else batch[-MOST:]
            self._waiting[:0] = kept
            self._count(batch[len(kept) :], failing=True)
            self._changed.wait_for(lambda: self._closed, AGAIN)

    def _count(self, done: Sequence[Base], *, failing: bool) -> None:
        with self._changed:
            self._done += len(done)
            self._failing = failing
            self._changed.notify_all()


def write(session: Session, rows: Iterable[Base]) -> None:
    """Write rows down, those of one table at once."""
    for kind, some in groupby(sorted(rows, key=lambda row: row.__tablename__), type):
        session.execute(insert(kind), [_values(row) for row in some])


def _written(sessions: Sessions, rows: Sequence[Base]) -> None:
    """All of them, but those that name what is gone."""
    try:
        with sessions.note() as session:
            write(session, rows)
    except IntegrityError:
        if len(rows) > 1:
            for row in rows:
                _written(sessions, [row])
        else:
            log.warning("a record of a search names what is gone", kind=rows[0].__tablename__)


def _values(row: Base) -> dict[str, Any]:
    """What of the row was said; a default stands for the rest."""
    columns = inspect(type(row)).column_attrs.keys()
    return {name: row.__dict__[name] for name in columns if name in row.__dict__}
