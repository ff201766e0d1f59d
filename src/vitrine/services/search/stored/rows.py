"""Writing search rows: in the transaction of the product, or all of a collection in batches."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from typing import cast as cast_to

import psycopg
from sqlalchemy import (
    BigInteger,
    Connection,
    String,
    cast,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from vitrine.db import SHOW_DELETED, Sessions
from vitrine.services import models
from vitrine.services.search.cache import reading
from vitrine.services.search.cache.reading import Statuses
from vitrine.services.search.cache.store import Entry
from vitrine.services.search.filters import Value, key
from vitrine.services.search.stored import records, schema, tags
from vitrine.services.search.stored.records import NAMES, TYPES, Record
from vitrine.tables.catalog import Product
from vitrine.tables.changes import ProductChange
from vitrine.tables.models import Collection
from vitrine.tables.search_rows import ROWS, STATE, TERMS, VIEWS

EVERY = ""
"""The facet that every product has, of which terms tell how many there are."""

BATCH = 500
"""So many products are read and written by one transaction of a build."""

Terms = Counter[tuple[str, str]]
"""By facet and value, as JSON, by how much its products became more."""


def follow(session: Session, statuses: Statuses) -> None:
    """Write the rows of the products that this transaction changed, in every collection that has
    rows; called before each commit.

    The products are locked until then, so that of two transactions the second writes what both
    changed. Where all products may have changed, the collections are marked for `renew`.
    """
    session.flush()
    changed = _changed(session)
    if not changed:
        return
    known = schema.known(session.connection())
    live = [each for each in models.live(session) if each.name in known]
    if None in changed:
        now = _own_number()
        session.execute(update(STATE).values(stale=now, done_to=""))
    ids = sorted(each for each in changed if each is not None)
    for start in range(0, len(ids) if live else 0, BATCH):
        lock(session, some := ids[start : start + BATCH])
        for collection in live:
            put(session, collection, some, statuses)


def put(session: Session, collection: Collection, ids: Sequence[str], statuses: Statuses) -> None:
    """Bring the rows of those products in step with what this session sees of them."""
    entries = list(reading.entries(session, statuses, collection, ids))
    gone = set(ids) - {each.id for each in entries}
    write(session.connection(), collection.name, entries, gone)


def lock(session: Session, ids: Sequence[str]) -> None:
    """Have nobody else change these products, or write their rows, until the transaction ends."""
    here = select(Product.id).where(Product.id.in_(ids)).order_by(Product.id)
    session.execute(here.with_for_update(key_share=True), execution_options=SHOW_DELETED).all()


def write(
    connection: Connection,
    name: str,
    entries: Iterable[Entry],
    gone: Iterable[str] = (),
    *,
    fresh: bool = False,
) -> int:
    """Put or replace these entries in a collection, and take those ids away; how many rows were
    written. Nothing is written of entries that are as they were.

    `fresh`: none of the entries has a row yet, which saves looking.
    """
    given = [records.record(each) for each in entries]
    terms: Terms = Counter()
    if not fresh:
        given = _replaced(connection, name, given, list(gone), terms)
    for one in given:
        _count(terms, one.facets, 1)
    _copy(connection, name, given)
    _tell(connection, name, terms)
    return len(given)


def renew(
    sessions: Sessions, collection: Collection, statuses: Statuses, most: int | None = None
) -> bool:
    """Read products anew into a collection whose rows are stale, at most so many batches; whether
    any are left. What was done of it stays done, whoever goes on."""
    batches = 0
    while most is None or batches < most:
        with sessions.write() as session:
            if not _batch(session, collection, statuses):
                return False
        batches += 1
    return True


def _batch(session: Session, collection: Collection, statuses: Statuses) -> bool:
    """One batch of a renewal; False where all is done."""
    state = session.execute(
        select(STATE.c.stale, STATE.c.done_to)
        .where(STATE.c.collection == collection.name)
        .with_for_update()
    ).one_or_none()
    if state is None or state.stale is None:
        return False
    here = STATE.c.collection == collection.name
    upcoming = select(Product.id).where(Product.id > state.done_to).order_by(Product.id)
    ids = list(session.scalars(upcoming.limit(BATCH), execution_options=SHOW_DELETED))
    until = ids[-1] if ids else None
    stored = select(ROWS.c.product_id).where(
        ROWS.c.collection == collection.name, ROWS.c.product_id > state.done_to
    )
    if until is not None:
        stored = stored.where(ROWS.c.product_id <= until)
    ghosts = set(session.scalars(stored)) - set(ids)
    lock(session, ids)
    put(session, collection, sorted({*ids, *ghosts}), statuses)
    if until is not None:
        session.execute(update(STATE).where(here).values(done_to=until))
        return True
    session.execute(update(STATE).where(here).values(stale=None, done_to="", built=True))
    return False


def _changed(session: Session) -> set[str | None]:
    """The products that this transaction wrote down as changed, None for all of them."""
    own = select(ProductChange.product_id).where(ProductChange.txid == _own_number())
    return set(session.scalars(own.distinct()))


def _own_number() -> Any:
    """The number of this transaction, null while it has written nothing."""
    return cast(cast(func.pg_current_xact_id_if_assigned(), String), BigInteger)


def _replaced(
    connection: Connection, name: str, given: Sequence[Record], gone: Sequence[str], terms: Terms
) -> list[Record]:
    """Take away the rows that are gone or no longer true; the records that are to be written."""
    by_id = {one.row[0]: one for one in given}
    here = ROWS.c.collection == name
    rows = connection.execute(
        select(ROWS.c.product_id, ROWS.c.digest, ROWS.c.entry).where(
            here, ROWS.c.product_id.in_([*by_id, *gone])
        )
    ).all()
    same = {
        row.product_id
        for row in rows
        if row.product_id in by_id and by_id[row.product_id].digest == row.digest
    }
    old = [row for row in rows if row.product_id not in same]
    for row in old:
        _count(terms, row.entry["facets"], -1)
    if old:
        ids = [row.product_id for row in old]
        connection.execute(delete(ROWS).where(here, ROWS.c.product_id.in_(ids)))
        if viewed := [row.product_id for row in old if row.entry.get("views")]:
            of_them = (VIEWS.c.collection == name, VIEWS.c.product_id.in_(viewed))
            connection.execute(delete(VIEWS).where(*of_them))
    return [one for each, one in by_id.items() if each not in same]


def _count(terms: Terms, facets: Mapping[str, Sequence[Value]], by: int) -> None:
    terms[EVERY, '""'] += by
    for facet, values in facets.items():
        for value in values:
            terms[facet, json.dumps(value)] += by


def _copy(connection: Connection, name: str, given: Sequence[Record]) -> None:
    _send(connection, ROWS.name, NAMES, TYPES, ((name, *one.row) for one in given))
    views = [(name, one.row[0], sent) for one in given for sent in one.views]
    _send(connection, VIEWS.name, ("product_id", "vector"), ("varchar", "bytea"), views)


def _send(
    connection: Connection,
    table: str,
    names: Sequence[str],
    types: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
) -> None:
    sent = list(rows)
    if not sent:
        return
    driver = cast_to(psycopg.Connection[Any], connection.connection.driver_connection)
    command = f"COPY {table} ({', '.join(('collection', *names))}) FROM STDIN (FORMAT BINARY)"
    with driver.cursor() as cursor, cursor.copy(command.encode()) as copy:
        copy.set_types(("varchar", *types))
        for row in sent:
            copy.write_row(row)


def _tell(connection: Connection, name: str, terms: Terms) -> None:
    """Write down by how much terms became more or fewer."""
    told = [
        {
            "collection": name,
            "tag": tags.tag(facet, key(json.loads(value))),
            "facet": facet,
            "value": value,
            "count": count,
        }
        for (facet, value), count in sorted(terms.items())
        if count
    ]
    if told:
        connection.execute(insert(TERMS), told)
