"""Bringing a database to the tables this version of Vitrine knows."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from vitrine.core.errors import Conflict, Unavailable
from vitrine.db import translated
from vitrine.tables import changes

LOST = "database_lost"
_LOST = (
    "The database is empty, but photos lie beside it: vitrine.db was cut off, deleted or replaced. "
    "Set the data folder aside and restore a backup with `vitrine restore`. "
    "`vitrine migrate --empty` would begin an empty catalogue instead."
)
_PACKAGED = Path(__file__).parent / "migrations"
_CHECKOUT = Path(__file__).parents[2] / "migrations"


def upgrade(engine: Engine, revision: str = "head", *, empty: bool = False) -> None:
    """Run every migration that is missing; several processes may call it at once.

    Where there is none, nothing is done: what search has kept of the catalogue stays true. Raises
    Conflict where the tables of a catalogue are gone whose photos are there, unless an `empty` one
    is to begin.
    """
    if not empty and _lost(engine):
        raise Conflict(LOST, _LOST)
    if revision == "head" and _in_place(engine):
        return
    config = _config()
    with translated(), engine.execution_options(vitrine_writes=True).connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def check(engine: Engine) -> None:
    """Raise Unavailable, saying what to do, unless the database is at the newest migration."""
    head = _scripts().get_current_head()
    with translated(), engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if present is None and _lost(engine):
        raise Unavailable(LOST, _LOST)
    if present != head:
        raise Unavailable(
            "database_not_migrated",
            f"The database is at {present or 'nothing'}, this version needs {head}. "
            "Run `vitrine migrate`.",
        )


def _in_place(engine: Engine) -> bool:
    """Whether a SQLite database is at the newest migration, with all its triggers."""
    with translated(), engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
        return present == _scripts().get_current_head() and changes.watched(connection)


def _lost(engine: Engine) -> bool:
    """Whether a database file without tables lies where the photos of a catalogue do."""
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return False
    photos = Path(engine.url.database).parent / "blobs" / "images"
    with translated(), engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    return present is None and any(path.is_file() for path in photos.rglob("*"))


def knows(revision: str) -> bool:
    """Whether that is a revision of this version or of an earlier one."""
    return any(each.revision == revision for each in _scripts().walk_revisions())


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    folder = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config
