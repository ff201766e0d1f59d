"""Text files of unknown encoding and any length, line by line in bounded memory."""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

LONGEST_LINE = 1_000_000
"""Characters of one line, and of one row with line breaks in its cells."""

MOST_LINES = 1_000
"""Lines of one row with line breaks in its cells."""

READ_AGAIN = 500_000
"""Lines of one file that are read again behind broken rows; a file made to hurt gets no more."""

_BLOCK = 1 << 20
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_DAMAGED = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")


def encoding_of(path: Path) -> str:
    """utf-8, or utf-16 by its mark, or windows-1252 where most letters are no UTF-8.

    UTF-8 with some broken bytes stays UTF-8, so that only their rows are refused.
    """
    decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
    whole = broken = 0
    with path.open("rb") as file:
        for block in iter(lambda: file.read(_BLOCK), b""):
            if file.tell() == len(block):
                for mark, name in _BOMS.items():
                    if block.startswith(mark):
                        return name
            text = decode(block)
            if not text.isascii():
                damaged = len(_DAMAGED.findall(text))
                broken += damaged
                whole += len(_BEYOND_ASCII.findall(text)) - damaged
    return "windows-1252" if broken > whole else "utf-8"


def open_text(path: Path, encoding: str) -> TextIO:
    """The file as text; bytes that are none become letters that no field accepts."""
    return path.open(newline="", encoding=encoding, errors="surrogateescape")


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
            while line and not line.endswith("\n"):
                line = self._file.readline(_BLOCK)
        except UnicodeError:
            return ""  # UTF-16 cut in the middle of a letter: nothing readable follows
        return None
