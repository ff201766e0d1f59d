"""The tables of search rows: made where the setting asks for them, a partition a collection."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, Engine, Table, delete, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from vitrine.core.errors import Unavailable
from vitrine.tables.models import Collection
from vitrine.tables.search_rows import METADATA, ROWS, STATE, TERMS, VIEWS

OLDEST = (0, 8)
"""The first pgvector that goes on looking where filters leave too little."""

LISTED_ABOVE = 5_000
"""Fewer vectors are compared one by one as fast."""

APART = ("category", "gender")
"""The facets by which products are far from each other: a filter by one of these may leave nothing
near a query."""

APART_ABOVE, APART_BELOW = 10_000, 0.9
"""Values of these facets that so many products have have lists of their own, so that they are found
from afar too; not those that nearly all have."""

MOST_LISTS = 4_096
"""The memory that making lists takes grows with the square of their number."""

MEMORY = 1_000
"""Megabytes that the server may take at least to make an index."""

_LOCK = 7_201_962_114


def ensure(connection: Connection) -> None:
    """Make the extension and the tables where they are not; twice does no harm.

    Raises Unavailable, saying what to do, where the server has no pgvector, one too old, or the
    role may not create it.
    """
    if connection.dialect.name != "postgresql":
        raise Unavailable(
            "pgvector_needs_postgresql",
            "VITRINE_SEARCH__ENGINE=pgvector needs a PostgreSQL database: set "
            "VITRINE_DATABASE__URL=postgresql://..., or leave the engine at memory.",
        )
    # Two processes that start at once would both find nothing.
    connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    _extend(connection)
    if _is_other(connection):  # of another version: what is derived is made anew
        METADATA.drop_all(connection)
    METADATA.create_all(connection)


def add(connection: Connection, collection: Collection, rules: str) -> bool:
    """Make room for the rows of a collection, without what finds them; False if there was.

    `rules` say how its products are going to be read.
    """
    connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    known = select(STATE.c.collection).where(STATE.c.collection == collection.name)
    if connection.scalar(known) is not None:
        return False
    name, table = _literal(connection, collection.name), partition(collection.name)
    views = partition(collection.name, VIEWS)
    for statement in (
        f"CREATE TABLE {table} PARTITION OF {ROWS.name} FOR VALUES IN ({name})",
        f"CREATE TABLE {views} PARTITION OF {VIEWS.name} FOR VALUES IN ({name})",
        # Never in a table beside, where each would cost a look-up: exact scans read them all.
        f"ALTER TABLE {table} ALTER COLUMN vector SET STORAGE PLAIN",
        f"ALTER TABLE {views} ALTER COLUMN vector SET STORAGE PLAIN",
        f"ALTER TABLE {table} ALTER COLUMN tags SET STATISTICS 1000",
    ):
        connection.execute(text(statement))
    connection.execute(
        insert(STATE).values(
            collection=collection.name, dimension=collection.dimension, rules=rules, stale=0
        )
    )
    return True


def drop(connection: Connection, name: str) -> None:
    """Take away all rows of a collection."""
    for table in (ROWS, VIEWS):
        connection.execute(text(f"DROP TABLE IF EXISTS {partition(name, table)}"))
    for table in (STATE, TERMS):
        connection.execute(delete(table).where(table.c.collection == name))


def known(connection: Connection) -> list[str]:
    """The names of the collections that have rows."""
    return list(connection.scalars(select(STATE.c.collection).order_by(STATE.c.collection)))


def partition(name: str, of: Table = ROWS) -> str:
    """The table that holds the rows of a collection: its name may be too long for one."""
    return f"{of.name}_{sha256(name.encode()).hexdigest()[:16]}"


def index(engine: Engine, name: str, dimension: int, size: int) -> None:
    """Make what finds the rows of a collection of so many, where it is not, while they are read and
    written.

    Vectors get lists of what is near each other once there are many, and others once there are
    about four times as many; those of categories and the like lists of their own as well. Rows are
    written before it, as that is several times faster. What was begun and never ended is made anew.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        table = partition(name)
        connection.execute(text(f"SET maintenance_work_mem = '{_memory(lists_of(size))}MB'"))
        for made, way in _wanted(connection, name, dimension, size).items():
            connection.execute(text(f"DROP INDEX CONCURRENTLY IF EXISTS {made}"))
            connection.execute(text(f"CREATE INDEX CONCURRENTLY {made} ON {table} {way}"))
        connection.execute(text("RESET maintenance_work_mem"))
        for other in _others(connection, name, size):
            connection.execute(text(f"DROP INDEX CONCURRENTLY {other}"))
        connection.execute(text(f"ANALYZE {table}"))


def indexed(connection: Connection, name: str, size: int) -> bool:
    """Whether all that `index` makes is there, and no more."""
    return not _others(connection, name, size) and not _wanted(connection, name, 1, size)


@dataclass(frozen=True, slots=True)
class Lists:
    """How many vectors had been put in lists when the server last counted, and in how many, 0 while
    they are in none; `apart`: those of one value alone."""

    size: int
    number: int
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Extent:
    """How large a collection is: its lists, and by tag those of a value alone."""

    whole: Lists
    apart: Mapping[int, Lists]


def extent(connection: Connection, name: str) -> Extent:
    """How large a collection is."""
    counted = text("SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(:name)")
    size = max(0, connection.scalar(counted, {"name": partition(name)}) or 0)
    number, apart = 0, dict[int, Lists]()
    for tag, lists in _listed(connection, name).values():
        if tag is None:
            number = max(number, lists.number)
        else:
            apart[tag] = lists
    return Extent(Lists(size, number), apart)


def lists_of(size: int) -> int:
    """In how many lists so many vectors are put, none for few: a thousand in each, or as many as
    there are lists."""
    if size <= LISTED_ABOVE:
        return 0
    return min(MOST_LISTS, int(4 ** round(math.log(min(size / 1_000, math.sqrt(size)), 4))))


def _memory(lists: int) -> int:
    """Megabytes for making so many lists: k-means keeps a bound for each of them and each of 50
    samples of each, and refuses to begin with less."""
    return max(MEMORY, 500 + 50 * lists**2 * 5 // 1_000_000)


def _wanted(connection: Connection, name: str, dimension: int, size: int) -> dict[str, str]:
    """By name the indexes that are to be made, and how."""
    table, half = partition(name), f"(vector::halfvec({dimension}))"
    ways = {
        f"{table}_tags": "USING gin (tags)",
        f"{table}_cheap": "(price, product_id DESC)",
        f"{table}_dear": "(price DESC NULLS LAST, product_id DESC)",
        f"{table}_design": "(design) WHERE design IS NOT NULL",
    }
    if lists := lists_of(size):
        way = f"USING ivfflat ({half} halfvec_ip_ops) WITH (lists = {lists})"
        ways[_lists_name(table, None, lists)] = way
    for tag, lists in _apart(connection, name, size).items():
        # By another distance than the lists of all, whose order is the same as vectors are of one
        # length: so the server cannot take those for these.
        way = f"USING ivfflat ({half} halfvec_l2_ops) WITH (lists = {lists})"
        ways[_lists_name(table, tag, lists)] = f"{way} WHERE tags && '{{{tag}}}'::bigint[]"
    return {made: way for made, way in ways.items() if not _is_whole(connection, made)}


def _apart(connection: Connection, name: str, size: int) -> dict[int, int]:
    """By tag of a value that has lists of its own in how many its vectors are put; who had some
    keeps them until it is half as large."""
    had = {tag for tag, _ in _listed(connection, name).values()}
    total = func.sum(TERMS.c.count)
    counted = connection.execute(
        select(TERMS.c.tag, total.label("total"))
        .where(TERMS.c.collection == name, TERMS.c.facet.in_(APART))
        .group_by(TERMS.c.tag)
        .having(total.between(APART_ABOVE // 2, APART_BELOW * size))
    )
    return {
        row.tag: lists_of(int(row.total))
        for row in counted
        if row.total >= APART_ABOVE or row.tag in had
    }


def _others(connection: Connection, name: str, size: int) -> list[str]:
    """The lists that there are and `index` would not make."""
    table, wanted = partition(name), {None: lists_of(size)} | _apart(connection, name, size)
    kept = {_lists_name(table, tag, lists) for tag, lists in wanted.items()}
    return sorted(_listed(connection, name).keys() - kept)


def _lists_name(table: str, tag: int | None, lists: int) -> str:
    """What the index of so many lists is called, of all vectors or of a tag's."""
    return f"{table}_lists{lists}" if tag is None else f"{table}_{tag % 2**64:016x}_lists{lists}"


def _listed(connection: Connection, name: str) -> dict[str, tuple[int | None, Lists]]:
    """By name the whole indexes of vectors that there are: of which tag, and their lists."""
    table, found = partition(name), dict[str, tuple[int | None, Lists]]()
    for row in connection.execute(
        text(
            "SELECT relname, reltuples::bigint AS size FROM pg_index "
            "JOIN pg_class ON oid = indexrelid "
            "WHERE indrelid = to_regclass(:name) AND indisvalid AND relname LIKE :lists"
        ),
        {"name": table, "lists": "%lists%"},
    ):
        whose, _, number = row.relname.removeprefix(f"{table}_").rpartition("lists")
        size, bits = max(0, row.size), whose.rstrip("_")
        tag = int.from_bytes(bytes.fromhex(bits), signed=True) if bits else None
        found[row.relname] = (tag, Lists(size, int(number), apart=tag is not None))
    return found


def _is_whole(connection: Connection, name: str) -> bool:
    found = text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
    return bool(connection.scalar(found, {"name": name}))


def _is_other(connection: Connection) -> bool:
    """Whether there are such tables, but not as this version has them."""
    columns = text(
        "SELECT attname FROM pg_attribute "
        "WHERE attrelid = to_regclass(:name) AND attnum > 0 AND NOT attisdropped"
    )
    there = {name: set(connection.scalars(columns, {"name": name})) for name in METADATA.tables}
    return any(
        found and found != set(METADATA.tables[name].c.keys()) for name, found in there.items()
    )


def _extend(connection: Connection) -> None:
    found = connection.scalar(text("SELECT extversion FROM pg_extension WHERE extname = 'vector'"))
    if found is None:
        try:
            with connection.begin_nested():
                connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
        except DBAPIError as error:
            raise Unavailable(
                "pgvector_missing",
                "The database has no extension vector, and this role cannot create it: install "
                "pgvector 0.8 or newer on the server and run `CREATE EXTENSION vector` there as an "
                "owner, or set VITRINE_SEARCH__ENGINE=memory.",
            ) from error
        found = connection.scalar(
            text("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
        )
    if tuple(map(int, str(found).split(".")[:2])) < OLDEST:
        raise Unavailable(
            "pgvector_too_old",
            f"The database has pgvector {found}; search needs 0.8 or newer: install it and run "
            "`ALTER EXTENSION vector UPDATE`, or set VITRINE_SEARCH__ENGINE=memory.",
        )


def _literal(connection: Connection, name: str) -> str:
    """The name as SQL writes it: bounds of partitions take no parameters."""
    return str(connection.scalar(select(func.quote_literal(name))))
