"""What is asked of a database, to count it or to look at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import event

from vitrine.db import Sessions


class Statement(NamedTuple):
    """A statement as the driver has it, with its values."""

    text: str
    values: Any


@contextmanager
def statements(sessions: Sessions) -> Iterator[list[Statement]]:
    """Those that are sent while the block runs, in order."""
    seen: list[Statement] = []

    def note(_c: object, _cursor: object, text: str, values: Any, *_: object) -> None:
        seen.append(Statement(text, values))

    event.listen(sessions.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(sessions.engine, "before_cursor_execute", note)
