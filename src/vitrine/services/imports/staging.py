"""Rows put on disk and taken again by product, so that no file is too large or badly sorted."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count, groupby
from operator import itemgetter

from vitrine.core.errors import Invalid
from vitrine.services.imports.records import Row

_TOGETHER = """
    SELECT rows.key, line, cells, code, message, notes FROM rows
    JOIN (SELECT key, MIN(rowid) AS first FROM rows GROUP BY key) AS firsts
      ON firsts.key = rows.key
    ORDER BY first, rows.rowid
"""


@dataclass(frozen=True)
class Staging:
    """All rows of a file, by product in the order the products first came up."""

    kept: sqlite3.Connection
    rows: int
    products: int

    def groups(self) -> Iterator[Iterator[Row]]:
        """The rows of one product after the other, each once; an unreadable row stands alone."""
        for _, rows in groupby(self.kept.execute(_TOGETHER), key=itemgetter(0)):
            yield (_row(*row[1:]) for row in rows)


@contextmanager
def staged(rows: Iterable[tuple[str, Row]]) -> Iterator[Staging]:
    """Read all (key, row) and keep them on disk, out of memory, until the block ends."""
    with closing(sqlite3.connect("")) as kept:  # no name: a file that is gone when it is closed
        kept.execute("PRAGMA journal_mode=OFF")
        kept.execute(
            "CREATE TABLE rows"
            " (key TEXT, line INT, cells TEXT, code TEXT, message TEXT, notes TEXT)"
        )
        kept.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?)", map(_entry, count(), rows))
        kept.execute("CREATE INDEX by_key ON rows (key)")
        total, products = kept.execute("SELECT COUNT(*), COUNT(DISTINCT key) FROM rows").fetchone()
        yield Staging(kept, total, products)


def _entry(place: int, keyed: tuple[str, Row]) -> tuple[str | int | None, ...]:
    key, row = keyed
    # As JSON, because a key may hold what a database cannot; a row's own key is no JSON.
    kept_as = json.dumps(key) if key and row.error is None else f"row {place}"
    error = row.error
    told = (error.code, error.message) if error else (None, None)
    notes = json.dumps(row.notes) if row.notes else None
    return kept_as, row.line, json.dumps(row.cells), *told, notes


def _row(line: int, cells: str, code: str | None, message: str, notes: str | None) -> Row:
    error = Invalid(code, message) if code else None
    return Row(line, json.loads(cells), error, json.loads(notes) if notes else {})
