"""What every live collection needs: its partition, all its rows, what finds them."""

from __future__ import annotations

from hashlib import sha256

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from vitrine.db import Sessions
from vitrine.services import models
from vitrine.services.search.cache import keeping as kept
from vitrine.services.search.cache.reading import Statuses
from vitrine.services.search.stored import rows, schema, terms, viewing
from vitrine.tables.models import Collection
from vitrine.tables.search_rows import STATE

_LOCK = 7_201_962_115

log = structlog.get_logger()


def prepare(sessions: Sessions) -> None:
    """Make the tables; raises Unavailable where this database cannot have them."""
    with sessions.write() as session:
        schema.ensure(session.connection())


def settle(sessions: Sessions, statuses: Statuses, batches: int | None = None) -> bool:
    """Bring what search asks in step with the live collections; whether all is done.

    New collections get a partition and all their rows, `batches` of them at most in one call, and
    those that are no more lose theirs. One process at a time does it; False while another one
    does. Searches and writes go on meanwhile.
    """
    with sessions.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as holder:
        if not holder.scalar(select(func.pg_try_advisory_lock(_LOCK))):
            return False
        try:
            live = _arranged(sessions, statuses)
            done = [_filled(sessions, each, statuses, batches) for each in live]
            return all(done)
        finally:
            holder.execute(select(func.pg_advisory_unlock(_LOCK)))


def is_ready(sessions: Sessions, name: str) -> bool:
    """Whether a collection's products were all read once, so that it can be searched."""
    with sessions.read() as session:
        built = select(STATE.c.built).where(STATE.c.collection == name)
        return bool(session.scalar(built))


def rules(statuses: Statuses) -> str:
    """By what a product is read for its row: changes with whatever decides it."""
    return sha256(" ".join((kept.rules(), *statuses)).encode()).hexdigest()


def unsettled(session: Session) -> int:
    """How many collections have rows that are being made, or read anew."""
    waiting = STATE.c.stale.is_not(None) | ~STATE.c.built
    return session.scalar(select(func.count()).select_from(STATE).where(waiting)) or 0


def _arranged(sessions: Sessions, statuses: Statuses) -> list[Collection]:
    """The live collections, each with its partition; what was read by other rules is stale."""
    due = rules(statuses)
    with sessions.write() as session:
        connection, live = session.connection(), models.live(session)
        for name in set(schema.known(connection)) - {each.name for each in live}:
            schema.drop(connection, name)
        for each in live:
            schema.add(connection, each, due)
        other = update(STATE).where(STATE.c.rules != due)
        session.execute(other.values(rules=due, stale=0, done_to=""))
    return live


def _filled(
    sessions: Sessions, collection: Collection, statuses: Statuses, batches: int | None
) -> bool:
    if rows.renew(sessions, collection, statuses, batches):
        return False
    with sessions.write() as session:
        terms.compact(session.connection(), collection.name)
        terms.measure(session.connection(), collection.name)
    with sessions.read() as session:
        connection = session.connection()
        size = terms.size(connection, collection.name)
        whole = schema.indexed(connection, collection.name, size)
    if not whole:
        log.info("rows are being indexed", collection=collection.name)
        schema.index(sessions.engine, collection.name, collection.dimension, size)
    viewing.settle(sessions.engine, collection.name, collection.dimension)
    return True
