"""Runs migrations on the configured database, one process at a time."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, text

from vitrine.core.settings import Settings
from vitrine.db import make_engine
from vitrine.tables import Base, changes

LOCK = 0x7669_7472  # "vitr": the same number in every process that migrates this database


def migrate(connection: Connection) -> None:
    postgres = connection.dialect.name == "postgresql"
    if postgres:
        # A migration that waits long for a table must give up rather than stop the shop.
        connection.execute(text("SET lock_timeout = '10s'"))
        connection.execute(text("SET statement_timeout = '10min'"))
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.commit()
    else:
        changes.unwatch(connection)
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if not postgres:
        changes.watch(connection)
    if connection.in_transaction():
        connection.commit()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    engine = make_engine(Settings()).execution_options(vitrine_writes=True)
    with engine.connect() as own:
        migrate(own)
    engine.dispose()
