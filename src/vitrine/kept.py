"""What was read of the database, kept while nobody commits anything to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Hashable, Mapping
from contextlib import suppress
from sqlite3 import DatabaseError
from typing import Any, TypeVar, cast

from sqlalchemy import Engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

MOST = 4_096
"""So many things are kept at once; one more, and all are read anew."""

MOST_OF_A_KIND = 1_000
"""So many of what is kept by the dozen, as rows of products, each some kilobytes."""

KEEPER = "vitrine_keeper"
"""Where a session that only reads has its Keeper."""

_MOMENT = "vitrine_moment"

Moment = tuple[int, int]
"""Of which connection, and what that said of the database: another one after every commit."""

Told = TypeVar("Told")
Key = TypeVar("Key", bound=Hashable)


class Keeper:
    """Keeps what was read, for all threads of a process, until anybody commits to the database.

    SQLite tells a connection whether another one of whatever process has committed since, in some
    microseconds; so what is kept holds to the very moment. PostgreSQL does not: there, and in a
    database in memory, nothing is kept.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._tells = engine.dialect.name == "sqlite" and isinstance(engine.pool, QueuePool)
        self._asking = threading.Lock()
        self._connection: Any = None
        self._connections = 0
        self._kept: dict[Hashable, tuple[Moment, Any]] = {}
        self._kinds: dict[str, tuple[Moment, dict[Any, Any]]] = {}
        if self._tells:
            event.listen(engine, "engine_disposed", self._close)

    def known(self, key: Hashable) -> Any:
        """What is kept under that name and holds now; None for nothing."""
        found = self._kept.get(key)
        return None if found is None or found[0] != self._moment() else found[1]

    def of(self, session: Session, key: Hashable, read: Callable[[], Told]) -> Told:
        """What is kept under that name as the session sees it, else what `read` asks of it."""
        moment = self._begun(session)
        if moment is None:
            return read()
        found = self._kept.get(key)
        if found is not None and found[0] == moment:
            return cast(Told, found[1])
        told = read()
        if len(self._kept) >= MOST:
            self._kept = {}
        self._kept[key] = (moment, told)
        return told

    def of_each(
        self,
        session: Session,
        kind: str,
        keys: Collection[Key],
        read: Callable[[Collection[Key]], Mapping[Key, Told]],
    ) -> Mapping[Key, Told]:
        """What is kept of this kind under each of the keys, and what `read` asks of the others."""
        moment = self._begun(session)
        if moment is None:
            return read(keys)
        since, known = self._kinds.get(kind, (None, {}))
        if since != moment or len(known) + len(keys) > MOST_OF_A_KIND:
            known = {}
            self._kinds[kind] = (moment, known)
        missing = [key for key in keys if key not in known]
        if missing:
            known.update(read(missing))
        return {key: known[key] for key in keys if key in known}

    def _begun(self, session: Session) -> Moment | None:
        """A moment before the session's transaction, so that what it reads is of then or newer."""
        if _MOMENT not in session.info:
            self._open()
            session.info[_MOMENT] = None if session.in_transaction() else self._moment()
        return cast("Moment | None", session.info[_MOMENT])

    def _moment(self) -> Moment | None:
        with self._asking, suppress(DatabaseError):  # whoever reads is told what is wrong
            if self._connection is not None:
                [version] = self._connection.execute("PRAGMA data_version").fetchone()
                return self._connections, version
        return None

    def _open(self) -> None:
        """Have a connection of its own, which never writes: none is told of what it did itself."""
        if self._connection is not None or not self._tells:
            return
        with suppress(SQLAlchemyError):
            made = self._engine.raw_connection()
            made.detach()
            with self._asking:
                self._close_mine()
                self._connection, self._connections = made.dbapi_connection, self._connections + 1

    def _close(self, _engine: Engine) -> None:
        with self._asking:
            self._close_mine()

    def _close_mine(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def kept(session: Session, key: Hashable, read: Callable[[], Told]) -> Told:
    """What `read` says, kept while nothing is committed if the session is one that only reads.

    `read` asks the session and nothing else, nor the time. Nobody may change what it says: others
    have it, too.
    """
    keeper: Keeper | None = session.info.get(KEEPER)
    return read() if keeper is None else keeper.of(session, key, read)


def kept_each(
    session: Session,
    kind: str,
    keys: Collection[Key],
    read: Callable[[Collection[Key]], Mapping[Key, Told]],
) -> Mapping[Key, Told]:
    """As `kept`, for what is told of many at once: by key, without those of which nothing is."""
    keeper: Keeper | None = session.info.get(KEEPER)
    return read(keys) if keeper is None else keeper.of_each(session, kind, keys, read)
