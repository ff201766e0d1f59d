"""The tables of search rows: made where the setting asks for them, a partition a collection."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import Connection, Engine, delete, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from vitrine.core.errors import Unavailable
from vitrine.tables.models import Collection
from vitrine.tables.search_rows import METADATA, ROWS, STATE, TERMS

OLDEST = (0, 8)
"""The first pgvector that goes on looking where filters leave too little."""

CONNECTIONS, BREADTH = 16, 64
"""Of the graph: links of a node, and how many are looked at for each new one."""

MEMORY = "2GB"
"""What the server may take to make an index: the graph of a million products of 256 numbers."""

GRAPH = "graph"
"""What the index of a collection's vectors is called."""

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
    for statement in (
        f"CREATE TABLE {table} PARTITION OF {ROWS.name} FOR VALUES IN ({name})",
        # Never in a table beside, where each would cost a look-up: exact scans read them all.
        f"ALTER TABLE {table} ALTER COLUMN vector SET STORAGE PLAIN",
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
    connection.execute(text(f"DROP TABLE IF EXISTS {partition(name)}"))
    for table in (STATE, TERMS):
        connection.execute(delete(table).where(table.c.collection == name))


def known(connection: Connection) -> list[str]:
    """The names of the collections that have rows."""
    return list(connection.scalars(select(STATE.c.collection).order_by(STATE.c.collection)))


def partition(name: str) -> str:
    """The table that holds the rows of a collection: its name may be too long for one."""
    return f"{ROWS.name}_{sha256(name.encode()).hexdigest()[:16]}"


def index(engine: Engine, name: str, dimension: int, *, graph: bool, memory: str = MEMORY) -> None:
    """Make what finds the rows of a collection, where it is not, while they are read and written;
    the `graph` of its vectors too, if it is wanted.

    Rows are written before it, as that is several times faster. `memory` is what the server may
    take: a graph that does not fit is made much more slowly. What was begun and never ended is made
    anew.
    """
    ways = _ways(dimension)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not graph:
            del ways[GRAPH]
        table = partition(name)
        for kind, way in ways.items():
            made = f"{table}_{kind}"
            if _is_whole(connection, made):
                continue
            connection.execute(text(f"SET maintenance_work_mem = '{memory}'"))
            connection.execute(text(f"DROP INDEX CONCURRENTLY IF EXISTS {made}"))
            connection.execute(text(f"CREATE INDEX CONCURRENTLY {made} ON {table} {way}"))
            connection.execute(text("RESET maintenance_work_mem"))
        connection.execute(text(f"ANALYZE {table}"))


def indexed(connection: Connection, name: str, *, graph: bool) -> bool:
    """Whether all that `index` makes is there."""
    kinds = [each for each in _ways(1) if graph or each != GRAPH]
    return all(_is_whole(connection, f"{partition(name)}_{kind}") for kind in kinds)


def _ways(dimension: int) -> dict[str, str]:
    return {
        "tags": "USING gin (tags)",
        "cheap": "(price, product_id DESC)",
        "dear": "(price DESC NULLS LAST, product_id DESC)",
        "design": "(design) WHERE design IS NOT NULL",
        GRAPH: f"USING hnsw ((vector::halfvec({dimension})) halfvec_ip_ops) "
        f"WITH (m = {CONNECTIONS}, ef_construction = {BREADTH})",
    }


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
