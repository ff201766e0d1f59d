"""Delimited text: CSV, TSV, whatever stands between the cells."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence

from vitrine.core.errors import Invalid, invalid
from vitrine.services.imports.records import Row
from vitrine.services.imports.text import Lines

LONGEST_CELL = 200_000
"""Characters of one cell; a longer one refuses its row."""

DELIMITERS = ",;\t|"


def delimiter_of(header: str) -> str:
    """What stands between the names of the first line: what splits it into the most."""
    return max(DELIMITERS, key=lambda each: len(_split(header, each)))


def columns_of(lines: Lines, delimiter: str) -> tuple[str, ...]:
    """The names in the first line that is not empty; raises Invalid for one that stands twice."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    names: list[str] = []
    try:
        while not any(names):
            lines.start_row()
            names = [name.strip() for name in next(reader)]
    except StopIteration:
        raise invalid("columns", "the file has no first line with the names of columns") from None
    except csv.Error as broken:
        raise invalid("columns", f"the line with their names cannot be read: {broken}") from None
    twice = [name for name, count in Counter(filter(None, names)).items() if count > 1]
    if twice:
        places = [str(place) for place, name in enumerate(names, 1) if name == twice[0]]
        raise invalid(
            "columns",
            f"{twice[0]!r} stands more than once, as columns {', '.join(places)}; rename one",
        )
    return tuple(names)


def read_table(lines: Lines, delimiter: str) -> Iterator[Row]:
    """Every row behind the line of names; a broken one carries its error."""
    csv.field_size_limit(LONGEST_CELL)
    columns = columns_of(lines, delimiter)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = lines.start_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as broken:
            lines.rewind()
            yield Row(
                line, error=Invalid("row_unreadable", f"The row cannot be read: {_told(broken)}.")
            )
            continue
        if any(cells):
            yield _row(line, columns, cells)


def _row(line: int, columns: Sequence[str], cells: Sequence[str]) -> Row:
    if any(cells[len(columns) :]):
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
