"""What databases of tests need not pay anew for each test."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Dialect, Engine, event, text

from vitrine import schema
from vitrine.core.settings import Settings
from vitrine.db import make_engine

_warm: dict[str, tuple[Dialect, object]] = {}


@cache
def migrated_sqlite() -> bytes:
    """The file of a migrated database without rows; a copy costs less than its migrations."""
    with TemporaryDirectory() as folder:
        engine = make_engine(Settings(data_dir=Path(folder)))
        schema.upgrade(engine)
        with engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        engine.dispose()
        return (Path(folder) / "vitrine.db").read_bytes()


def keep_engines_warm() -> None:
    """From now on engines of this process share the statements that any of them compiled.

    A server compiles a statement once in its life; each test, with an engine of its own, would
    compile all it says. Nor do they wait for disks: tests end processes, but cut no power.
    """
    event.listen(Engine, "engine_connect", _warmed)


def _warmed(connection: Connection) -> None:
    engine = connection.engine
    # Only now, as dialects learn about their server when an engine first connects.
    dialect, statements = _warm.setdefault(
        engine.dialect.name, (engine.dialect, engine._compiled_cache)
    )
    connection.dialect = engine.dialect = dialect
    engine._compiled_cache = statements  # type: ignore[assignment]
    driver = connection.connection.dbapi_connection
    if dialect.name == "sqlite" and driver is not None:
        driver.cursor().execute("PRAGMA synchronous=OFF")
