"""Removing rows for good, with all that refers to them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Table, delete, select, update
from sqlalchemy.orm import Session

from vitrine.tables import Base


def remove(session: Session, table: Table, where: ColumnElement[bool]) -> int:
    """Delete the rows, deleted softly or not; the number.

    What must refer to them goes first, what may is left without, and where a foreign key says
    itself what happens the database does it. So no table can come and be forgotten here.
    """
    rows = select(table.c.id).where(where)
    for other in Base.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table is not table or key.ondelete:
                continue
            refers = key.parent.in_(rows)
            if key.parent.nullable:
                session.execute(update(other).where(refers).values({key.parent: None}))
            else:
                remove(session, other, refers)
    done = session.execute(delete(table).where(where))
    return done.rowcount if isinstance(done, CursorResult) else 0


def table_of(mapped: Any) -> Table:
    """The table of a mapped class, on which nothing hides deleted rows."""
    table = mapped.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{mapped} is not one table")
    return table
