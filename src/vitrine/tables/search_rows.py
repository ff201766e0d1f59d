"""What search asks of PostgreSQL where no process keeps the catalogue in memory (pgvector).

These tables are no part of `Base`: SQLite cannot have them, and a PostgreSQL database has them only
where the setting asks for them. `services.search.stored` makes, fills and asks them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import UserDefinedType

METADATA = MetaData()


class Floats(UserDefinedType[str]):
    """pgvector's `vector`: float32, as exact as embeddings are kept; written as text."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Without a dimension: each collection has its own."""
        return "vector"


class Halves(UserDefinedType[str]):
    """pgvector's `halfvec` of a dimension, of which lists are."""

    cache_ok = True

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension

    def get_col_spec(self, **_: Any) -> str:
        """With the dimension: only so does the index fit."""
        return f"halfvec({self.dimension})"


ROWS = Table(
    "search_rows",
    METADATA,
    Column("collection", String(250), primary_key=True),
    Column("product_id", String(36, collation="C"), primary_key=True),
    Column("vector", Floats()),
    Column("tags", ARRAY(BigInteger), nullable=False),
    Column("numbers", JSONB),
    Column("price", BigInteger),
    Column("design", BigInteger),
    Column("views", LargeBinary),
    Column("entry", JSON, nullable=False),
    Column("digest", BigInteger, nullable=False),
    postgresql_partition_by="LIST (collection)",
)
"""One product of one collection, in the collection's own partition.

`vector` is the unit vector that is searched, null without a photo. `tags` are numbers of all that
it can be found by (`stored.tags`), `numbers` those of its values that are numbers, by facet;
`price` is in 1/10,000, `design` the tag of its design. `views` are the vectors of its photos that
look otherwise, float32 one behind the other, null where none does. `entry` is the rest of what
search knows of it, `digest` the hash of all, so that what did not change is not written again.
"""

VIEWS = Table(
    "search_views",
    METADATA,
    Column("collection", String(250), nullable=False),
    Column("product_id", String(36, collation="C"), nullable=False),
    Column("vector", Floats(), nullable=False),
    Index("ix_search_views_product", "product_id"),
    postgresql_partition_by="LIST (collection)",
)
"""The same vectors once more, each a row of its own, so that the nearest are found; in the
collection's own partition. Most products have none."""

TERMS = Table(
    "search_terms",
    METADATA,
    Column("collection", String(250), nullable=False),
    Column("tag", BigInteger, nullable=False),
    Column("facet", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("count", BigInteger, nullable=False),
    Index("ix_search_terms_facet", "collection", "facet"),
    Index("ix_search_terms_tag", "collection", "tag"),
)
"""How many products have a value, as they spell it, in JSON. A value has many rows, which are
summed: each transaction adds what it changed, so that none waits for another."""

STATE = Table(
    "search_state",
    METADATA,
    Column("collection", String(250), primary_key=True),
    Column("dimension", Integer, nullable=False),
    Column("rules", String(64), nullable=False),
    Column("stale", BigInteger),
    Column("done_to", String(36, collation="C"), nullable=False, server_default=""),
    Column("built", Boolean, nullable=False, server_default="false"),
    Column("terms", BigInteger, nullable=False, server_default="0"),
    Column("measured", BigInteger),
    Column("seen", BigInteger),
    Column("mean", LargeBinary),
    Column("moments", LargeBinary),
)
"""How far the rows of a collection are.

`rules` say how its products were read; `stale` is the transaction since which all must be read
anew, null when none; `done_to` the last product that was; `built` whether they were read once.
`terms` are the rows of `search_terms` that were left when they were last summed. Over `measured`
products, `seen` of them with a vector, `mean` is the mean vector and `moments` the
mean of its products with itself, float64.
"""
