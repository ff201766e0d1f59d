"""Text files of unknown encoding and any length, line by line in bounded memory."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TextIO

LONGEST_LINE = 1_000_000
"""Characters of one line, and of one row with line breaks in its cells."""

MOST_LINES = 1_000
"""Lines of one row with line breaks in its cells."""

READ_AGAIN = 500_000
"""Lines of one file that are read again behind broken rows; a file made to hurt gets no more."""

_BLOCK = 1 << 20


def open_text(path: Path, encoding: str) -> TextIO:
    """The file as text; bytes that are none become letters that no field accepts."""
    return path.open(newline="", encoding=encoding, errors="surrogateescape")


def blocks(text: TextIO, length: int) -> Iterator[str]:
    """The text in pieces; UTF-16 that is cut in the middle of a letter ends before it."""
    with suppress(UnicodeError):
        yield from iter(lambda: text.read(length), "")


class Lines:
    """The lines of a file for csv.reader, which must call `start_row` before each row.

    A line or row that is too long raises csv.Error and is passed over unread. `rewind` gives the
    lines behind the first of a broken row again: one missing quote costs one row.
    """

    def __init__(self, file: TextIO) -> None:
        self.number = self._length = 0
        self._left = READ_AGAIN
        self._file = file
        self._row: list[str | None] = []
        self._again: deque[str | None] = deque()

    def start_row(self) -> int:
        """The number of the line the next row begins on."""
        self._row.clear()
        self._length = 0
        return self.number + 1

    def rewind(self) -> None:
        """Read the lines of this row again, but for the first."""
        again = self._row[1:] if self._left > 0 else []
        self._left -= len(again)
        self._again.extendleft(reversed(again))
        self.number -= len(again)

    @property
    def row(self) -> list[str]:
        """The lines of the row that was begun."""
        return [line for line in self._row if line is not None]

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
        if line == "":
            raise StopIteration
        self.number += 1
        self._row.append(line)
        if line is None:
            raise csv.Error(f"the line is over {LONGEST_LINE:,} characters")
        self._length += len(line)
        if self._length > LONGEST_LINE or len(self._row) > MOST_LINES:
            raise csv.Error("the row goes on and on; is a quote not closed?")
        return line

    def _read(self) -> str | None:
        """The next line, empty at the end; None for one that is too long, passed over."""
        try:
            line = self._file.readline(LONGEST_LINE + 1)
            if len(line) <= LONGEST_LINE:
                return line
            while line and not line.endswith(("\n", "\r")):
                line = self._file.readline(_BLOCK)
        except UnicodeError:
            return ""  # UTF-16 cut in the middle of a letter: nothing readable follows
        return None
