"""Search rows kept in step with the collections there are, on a thread beside everything else."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from functools import partial

import structlog
from sqlalchemy.orm import Session

from vitrine.core.errors import Unavailable
from vitrine.db import Sessions
from vitrine.services.search.cache.reading import Statuses
from vitrine.services.search.stored import keeping, rows

EVERY = 15.0
"""Seconds between two looks at whether rows are in step."""

AGAIN = 0.5
"""Seconds until a collection is looked at again whose rows another process makes."""

log = structlog.get_logger()


def followed(sessions: Sessions, statuses: Statuses) -> Sessions:
    """Sessions that write the rows of a product in the transaction that changes it.

    Raises Unavailable, saying what to do, where the database cannot have such rows.
    """
    keeping.prepare(sessions)
    return Sessions(sessions.engine, partial(_follow, statuses=statuses))


def _follow(session: Session, statuses: Statuses) -> None:
    rows.follow(session, statuses)


def complete(sessions: Sessions, statuses: Statuses, name: str) -> None:
    """Return once the rows of a collection are all there, whoever makes them.

    Raises Unavailable where it is none that anything is written to.
    """
    if keeping.is_ready(sessions, name):
        return
    log.info("search rows are being made", collection=name)
    while not keeping.settle(sessions, statuses):
        time.sleep(AGAIN)  # the process that makes the rows tells no other when it is done
    if not keeping.is_ready(sessions, name):
        raise Unavailable("search_rows_missing", f"{name} has no rows to search: it is not live.")


@dataclass(slots=True)
class Upkeep:
    """Has one thread of a process settle rows now and then."""

    sessions: Sessions
    statuses: Statuses
    _begun: float = field(default=-EVERY, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def begin(self) -> None:
        """Look after the rows on a thread of its own, unless it was done a moment ago or is being
        done: the graph of a large collection takes minutes."""
        if time.monotonic() - self._begun < EVERY or not self._lock.acquire(blocking=False):
            return
        self._begun = time.monotonic()
        threading.Thread(target=self._settle, name="search-rows", daemon=True).start()

    def _settle(self) -> None:
        try:
            keeping.settle(self.sessions, self.statuses)
        except Exception:  # whatever it was, the next look tries again
            log.exception("search rows are not settled yet")
        finally:
            self._begun = time.monotonic()
            self._lock.release()
