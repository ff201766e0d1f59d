"""Engine, sessions that hide deleted rows, and work that waits for the commit."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker, with_loader_criteria
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from vitrine.core.errors import Away, invalid
from vitrine.core.priority import Turns
from vitrine.core.settings import Settings
from vitrine.kept import KEEPER, Keeper
from vitrine.tables import SoftDelete

SHOW_DELETED = {"show_deleted": True}
"""Execution options of a query that must see deleted rows."""

DATABASE = "database"
"""What this part is called where parts have names."""

BURST = 50
"""Connections beyond the pool's own: as many as threads that may ask at once."""

_DAMAGED = (
    "database_damaged",
    "The database file is damaged. Stop Vitrine, set vitrine.db aside and restore a backup with "
    "`vitrine restore`; neither waiting nor `vitrine migrate` mends it.",
)
_UNWRITABLE = (
    "database_unwritable",
    "The database file cannot be opened for writing. Let the user that runs Vitrine write to the "
    "folder VITRINE_DATA_DIR and all in it, and see that its disk is not mounted read-only.",
)
_FULL = (
    "disk_full",
    "The disk that holds the database is full. Make room; what waits goes on by itself then.",
)
REMEDIES = {
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_READONLY: _UNWRITABLE,
    sqlite3.SQLITE_CANTOPEN: _UNWRITABLE,
    sqlite3.SQLITE_PERM: _UNWRITABLE,
    sqlite3.SQLITE_FULL: _FULL,
}
"""What helps, where waiting does not, by SQLite's code: our code, and a sentence for people."""

CONNECTING = 5
"""Seconds in which a server must give us a connection."""

LOCKED = 30
"""Seconds that who writes to SQLite waits for others who do."""

IDLE_IN_TRANSACTION = "25P03"
"""What PostgreSQL calls the end of a session whose client was silent in a transaction."""

_AFTER_COMMIT = "after_commit"
_WRITES = "vitrine_writes"
_NOTES = "vitrine_notes"
_TURN = "vitrine_turn"
_FLUSHED = 2
"""What SQLite calls commits that are flushed to disk."""

_LIVING = with_loader_criteria(
    SoftDelete, lambda table: table.deleted_at.is_(None), include_aliases=True
)
"""Made once: to make it for each query takes a tenth of the query."""


def make_engine(settings: Settings, connect: Callable[..., Any] | None = None) -> Engine:
    """An engine for the configured database; SQLite in WAL mode with foreign keys on.

    `connect` makes the connections to a server in place of the driver's own.
    """
    try:
        url = make_url(settings.database_url)
    except ArgumentError:
        raise invalid("VITRINE_DATABASE__URL", "is no database URL") from None
    pool: dict[str, Any] = {
        "pool_size": settings.database.pool_size,
        "max_overflow": BURST,
        "hide_parameters": True,  # values people sent do not belong in logs
    }
    if url.get_backend_name() != "sqlite":
        url = url.set(drivername="postgresql+psycopg")
        engine = create_engine(
            url,
            pool_pre_ping=True,
            pool_timeout=CONNECTING,
            connect_args={"connect_timeout": CONNECTING},
            **pool,
        )
        if connect is not None:
            event.listen(engine, "do_connect", lambda _, __, args, named: connect(*args, **named))
        return engine
    if url.database and not url.database.startswith("file:"):  # a URI says its own mode
        _keep_private(Path(url.database))
    engine = create_engine(
        url,
        connect_args={"timeout": LOCKED, "check_same_thread": False},
        **pool,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    _line_up(engine)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _line_up(engine: Engine) -> None:
    """Have the threads that write to an SQLite wait in line, people before jobs.

    By itself it has them ask again and again, after up to a tenth of a second, whoever comes first.
    """
    turns = Turns(1)

    def take(connection: Connection) -> None:
        told = connection.connection.record_info
        options = connection.get_execution_options()
        if told is not None and (options.get(_NOTES) or options.get(_WRITES)):
            # Who has waited for so long asks SQLite itself, which says what is wrong.
            told[_TURN] = told.get(_TURN, False) or turns.take(LOCKED)

    def give(_connection: object, record: ConnectionPoolEntry) -> None:
        if record.record_info and record.record_info.pop(_TURN, False):
            turns.give()

    event.listen(engine, "begin", take)
    event.listen(engine, "checkin", give)


def _keep_private(path: Path) -> None:
    """Let nobody but the owner read the database; SQLite gives its other files the same mode."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        code, remedy = _UNWRITABLE
        raise Away(DATABASE, f"{error.strerror}: {remedy}", code=code) from error
    with suppress(OSError):  # what cannot be written is told by who opens it
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see below
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    # SQLite's own knows ASCII only, and would not find "ärmel" as "Ärmel".
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: object) -> str | None:
    return None if value is None else str(value).lower()


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns writer fails at once when another wrote in between, whatever the busy
    # timeout; so writers take the lock from the start and wait for it.
    options = connection.get_execution_options()
    notes, writes = options.get(_NOTES), options.get(_WRITES)
    if notes and connection.exec_driver_sql("PRAGMA synchronous").scalar() == _FLUSHED:
        connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
        connection.info[_NOTES] = True
    elif writes and connection.info.pop(_NOTES, False):
        connection.exec_driver_sql("PRAGMA synchronous=FULL")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if notes or writes else "BEGIN")


@dataclass(frozen=True)
class Sessions:
    """Opens sessions on one engine; a block that ends well commits, one that raises rolls back.

    `before_commit` is called with each session that is about to commit; what it writes is committed
    with the rest, and what it raises rolls all back.
    """

    engine: Engine
    before_commit: Callable[[Session], object] | None = None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for looking only."""
        with translated(), self._reading() as session:
            yield session

    def write(self) -> AbstractContextManager[Session]:
        """A session whose changes are committed once, at the end; then `on_commit` work runs."""
        return self._committing(self._writing)

    def note(self) -> AbstractContextManager[Session]:
        """As `write`, for what nobody was promised: on SQLite it does not wait for the disk, and a
        power cut may take it."""
        return self._committing(self._noting)

    @contextmanager
    def _committing(self, opened: sessionmaker[Session]) -> Iterator[Session]:
        with translated(), opened() as session:
            yield session
            self._commit(session)
            work = session.info.pop(_AFTER_COMMIT, [])
        for call in work:
            call()

    def connections(self) -> dict[str, int]:
        """How many connections are in use, how many wait for use, and how many there may be."""
        pool = self.engine.pool
        if not isinstance(pool, QueuePool):  # one connection, as for a database in memory
            return {}
        return {"used": pool.checkedout(), "idle": pool.checkedin(), "most": pool.size() + BURST}

    def _commit(self, session: Session) -> None:
        if self.before_commit is not None:
            self.before_commit(session)
        session.commit()

    @cached_property
    def keeper(self) -> Keeper:
        """What sessions that only read have read, as far as it holds."""
        return Keeper(self.engine)

    # Made once: a maker costs more than the session it makes.
    @cached_property
    def _reading(self) -> sessionmaker[Session]:
        return self._maker({_WRITES: False}, {KEEPER: self.keeper})

    @cached_property
    def _writing(self) -> sessionmaker[Session]:
        return self._maker({_WRITES: True})

    @cached_property
    def _noting(self) -> sessionmaker[Session]:
        return self._maker({_NOTES: True})

    def _maker(
        self, options: dict[str, bool], info: dict[str, object] | None = None
    ) -> sessionmaker[Session]:
        engine = self.engine.execution_options(**options)
        return sessionmaker(engine, expire_on_commit=False, info=info)


def on_commit(session: Session, call: Callable[[], object]) -> None:
    """Have `call` run once this session has committed; forgotten if it rolls back."""
    session.info.setdefault(_AFTER_COMMIT, []).append(call)


@contextmanager
def translated() -> Iterator[None]:
    """A database that does not answer is Away."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolExhausted) as error:
        raise _away(error) from error
    except DatabaseError as error:
        if _sqlite_code(error) not in REMEDIES and not _took_too_long(error):
            raise
        raise _away(error) from error


def _away(error: Exception) -> Away:
    code, remedy = REMEDIES.get(
        _sqlite_code(error), ("", "The database does not answer; try again soon.")
    )
    return Away(DATABASE, remedy, code=code)


def _took_too_long(error: DatabaseError) -> bool:
    """Whether PostgreSQL gave us up, for a transaction of ours had asked nothing for too long."""
    return getattr(error.orig, "sqlstate", None) == IDLE_IN_TRANSACTION


def _sqlite_code(error: Exception) -> int:
    """SQLite's own code of what went wrong, without its finer kinds; 0 if it was not SQLite."""
    return getattr(getattr(error, "orig", None), "sqlite_errorcode", 0) & 0xFF


@event.listens_for(Session, "do_orm_execute")
def _hide_deleted(state: ORMExecuteState) -> None:
    if not state.is_select or state.is_column_load:
        return
    # Asking for deleted products is not asking for the images deleted from them one by one.
    if state.execution_options.get("show_deleted") and not state.is_relationship_load:
        return
    state.statement = state.statement.options(_LIVING)
