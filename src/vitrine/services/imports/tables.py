"""Delimited text: CSV, TSV, whatever stands between the cells."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from vitrine.core.errors import Invalid, invalid
from vitrine.services.imports.records import Row
from vitrine.services.imports.text import Lines

LONGEST_CELL = 200_000
"""Characters of one cell; a longer one refuses its row."""

DELIMITERS = ",;\t|"
_SEPARATOR = re.compile(r'\ufeff?"?sep=(\\t|[^"\r\n])"?[\r\n]*', re.IGNORECASE)
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_NUMBERED = re.compile(r"(.+) \(\d+\)")


def separator_of(line: str) -> str:
    """What a first line as Excel writes it, `sep=;`, names as the delimiter; empty for no such."""
    found = _SEPARATOR.fullmatch(line)
    return "" if found is None else found[1].replace("\\t", "\t")


def delimiter_of(header: str) -> str:
    """What stands between the names of the first line: what splits it into the most."""
    return max(DELIMITERS, key=lambda each: len(_split(header, each)))


def columns_of(lines: Lines, delimiter: str) -> tuple[str, ...]:
    """The names in the first line that has any; a second column of one name is `NAME (2)`."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    names: list[str] = []
    try:
        while not any(names):
            lines.start_row()
            names = [name.strip() for name in next(reader)]
            if separator_of("".join(lines.row)):
                names = []
    except StopIteration:
        raise invalid("columns", "the file has no first line with the names of columns") from None
    except csv.Error as broken:
        raise invalid("columns", f"the line with their names cannot be read: {broken}") from None
    return tuple(_apart(names))


def base_name(column: str) -> str:
    """The name that a column has in the file, where several are called the same."""
    numbered = _NUMBERED.fullmatch(column)
    return numbered[1] if numbered else column


def read_table(lines: Lines, delimiter: str) -> Iterator[Row]:
    """Every row behind the line of names; a broken one carries its error.

    A quote that is only a letter, as in `"Mom" jeans` or `5"`, never joins rows: where the lines
    of a row are whole rows themselves, each is read alone. Between tabs it is a letter then;
    elsewhere its row is refused, because what was meant is not known.
    """
    csv.field_size_limit(LONGEST_CELL)
    columns = columns_of(lines, delimiter)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line, why = lines.start_row(), ""
        try:
            cells = next(reader)
            if _swallows(lines.row, delimiter, len(columns)):
                why = "a quote in it is not closed"
        except StopIteration:
            return
        except csv.Error as broken:
            why = _told(broken)
        if why:
            cells = _without_quoting(lines.row, delimiter, len(columns))
            lines.rewind()
            if not cells:
                yield Row(line, error=Invalid("row_unreadable", f"The row cannot be read: {why}."))
        if any(cell.strip() for cell in cells):
            yield _row(line, columns, cells)


def _apart(names: Sequence[str]) -> Iterator[str]:
    seen, taken = Counter[str](), set(names)
    for name in names:
        seen[name] += 1
        number = seen[name]
        while name and number > 1 and f"{name} ({number})" in taken:
            number += 1
        apart = name if seen[name] == 1 or not name else f"{name} ({number})"
        taken.add(apart)
        yield apart


def _swallows(lines: Sequence[str], delimiter: str, count: int) -> bool:
    """Whether a row of several lines is several rows, joined by a quote that is only a letter.

    In a cell with line breaks the first and the last line cannot both have all the cells.
    """
    if len(lines) < 2 or count < 2:
        return False
    ends = (lines[0].split(delimiter), lines[-1].split(delimiter))
    return all(len(cells) == count and cells[0].strip().strip('"') for cells in ends)


def _without_quoting(lines: Sequence[str], delimiter: str, count: int) -> list[str]:
    """The cells of the first line with quotes as letters; empty where that is no whole row.

    A backslash before a quote, as some databases write it, keeps the quote within the cell.
    """
    first = lines[0].rstrip("\r\n") if lines else ""
    if '\\"' in first:
        return _backslashed(first, delimiter, count)
    cells = first.split(delimiter)
    if delimiter != "\t" or len(cells) > count or (len(cells) < count and _is_open(cells[-1])):
        return []
    return [_unquoted(cell) for cell in cells]


def _backslashed(line: str, delimiter: str, count: int) -> list[str]:
    reader = csv.reader(
        [line], delimiter=delimiter, strict=True, doublequote=False, escapechar="\\"
    )
    try:
        cells = next(reader, [])
    except csv.Error:
        return []
    return cells if len(cells) <= count else []


def _is_open(cell: str) -> bool:
    return cell.startswith('"') and not _QUOTED.fullmatch(cell)


def _unquoted(cell: str) -> str:
    quoted = _QUOTED.fullmatch(cell)
    return quoted[1].replace('""', '"') if quoted else cell


def _row(line: int, columns: Sequence[str], cells: Sequence[str]) -> Row:
    if any(cell.strip() for cell in cells[len(columns) :]):
        told = f"The row has {len(cells)} cells, the line of names {len(columns)}."
        return Row(line, error=Invalid("row_too_long", told))
    # A row may end early; cells under no name are the empty ends that spreadsheets write.
    named = zip(columns, cells, strict=False)
    return Row(line, {name: cell for name, cell in named if name})


def _told(broken: csv.Error) -> str:
    told = str(broken)
    if "field larger" in told:
        return f"a cell is over {LONGEST_CELL:,} characters; is a quote not closed?"
    if "expected after" in told or "unexpected end" in told:
        return "its quotes do not match (a quote inside quotes is written twice)"
    return told


def _split(header: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error:
        return []
