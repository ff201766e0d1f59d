"""What many tests begin with: made once in each process, and copied from then on."""

from __future__ import annotations

import copy
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, text

from tests.worlds.fakes import ExactIndex, ListQueue, MemoryBlobs
from vitrine.tables import Base
from vitrine.wiring import Runtime

T = TypeVar("T")

NEW = {"model_versions", "collections", "product_changes"}
"""The tables with rows of a runtime that knows its models and has nothing else yet."""


@dataclass(frozen=True)
class _Made:
    """A database, what the fakes beside it hold, and what its maker told; never changed."""

    database: sqlite3.Connection
    held: list[dict[str, Any]]
    told: Any


_made: dict[tuple[object, ...], _Made] = {}


def remembered(runtime: Runtime, make: Callable[[Runtime], T]) -> T:
    """What `make` tells of what it put into this runtime.

    It is called for the first runtime with these models alone; others get a copy of all it put
    there and told. So it is on SQLite, with fakes, and before anything else is there; elsewhere it
    is called each time.
    """
    fakes = (runtime.ports.blobs, runtime.ports.vectors, runtime.ports.queue)
    kinds = (MemoryBlobs, ExactIndex, ListQueue)
    engine = runtime.sessions.engine
    if engine.dialect.name != "sqlite" or any(map(_unlike, fakes, kinds)) or not _is_new(engine):
        return make(runtime)
    key = (make, runtime.ports.vision.versions)
    if key not in _made:
        told = make(runtime)
        kept = sqlite3.connect(":memory:", check_same_thread=False)
        with engine.connect() as connection:
            _of_sqlite(connection).backup(kept)
        held = [copy.deepcopy(vars(fake)) for fake in fakes]
        _made[key] = _Made(kept, held, copy.deepcopy(told))
        return told
    made = _made[key]
    with engine.connect() as connection:
        made.database.backup(_of_sqlite(connection))
    for fake, state in zip(fakes, made.held, strict=True):
        vars(fake).update(copy.deepcopy(state))
    return cast("T", copy.deepcopy(made.told))


def _unlike(fake: object, kind: type) -> bool:
    return type(fake) is not kind


def _is_new(engine: Engine) -> bool:
    """Whether nothing is there that a copy would take the place of."""
    asked = (
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in Base.metadata.tables
    )
    with engine.connect() as connection:
        return set(connection.scalars(text(" UNION ALL ".join(asked)))) == NEW


def _of_sqlite(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)
