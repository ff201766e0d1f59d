"""Which format a file has, and its products one after the other, in memory that does not grow."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice
from typing import Any

from vitrine.core.errors import Invalid, invalid
from vitrine.services.imports import columns, feeds, staging, tables
from vitrine.services.imports.columns import Use
from vitrine.services.imports.formats import CSV, FORMATS, GOOGLE_XML, JSONL, Format, key_of, plain
from vitrine.services.imports.joining import join
from vitrine.services.imports.records import Record, Row, Source
from vitrine.services.imports.staging import Staging
from vitrine.services.imports.text import Lines, encoding_of, open_text

MOST_VARIANTS = 5_000
"""Rows of one product that are taken together."""

SAMPLES, LONGEST_SHOWN = 5, 200
"""Rows that are shown before an import, and how much of a cell."""

_WRONG = {
    b"PK\x03\x04": "is a zip or a spreadsheet; save the sheet as CSV, give pictures by --images",
    b"\x1f\x8b": "is compressed; unpack it first",
    b"%PDF": "is a PDF",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written and what becomes of its columns."""

    kind: Format
    encoding: str
    delimiter: str
    uses: tuple[Use, ...]


@dataclass(frozen=True)
class Catalogue:
    """A file that was read once and lies on disk by product."""

    source: Source
    layout: Layout
    staging: Staging

    @property
    def products(self) -> int:
        """How many records there are, unreadable rows counted as one each."""
        return self.staging.products

    def records(self) -> Iterator[Record]:
        """Every product, and every row that is none, in the order of the file."""
        assign = partial(columns.assign, self.layout.kind, given=self.source.columns)
        uses_of = lru_cache(maxsize=64)(assign)
        for rows in self.staging.groups():
            yield from _records(self, rows, uses_of)


@contextmanager
def opened(source: Source, layout: Layout) -> Iterator[Catalogue]:
    """Read the whole file once, onto disk; what lies there is gone when the block ends."""
    key = _external_id(layout.uses)
    keyed = ((key_of(layout.kind, row.cells, key)[0], row) for row in read_rows(source, layout))
    with staging.staged(keyed) as kept:
        yield Catalogue(source, layout, kept)


def look(source: Source) -> Layout:
    """The file's format, encoding, delimiter and columns; raises Invalid where it is none of ours.

    Columns are those of the first row where a format names them in every row.
    """
    with source.path.open("rb") as file:
        start = file.read(512)
    for mark, why in _WRONG.items():
        if start.startswith(mark):
            raise invalid("path", f"{source.path.name} {why}")
    if source.format not in ("auto", *FORMATS):
        raise invalid("format", f"is none of auto, {', '.join(FORMATS)}")
    if source.format == GOOGLE_XML.name or (source.format == "auto" and b"<" in start[:8]):
        return _with_columns(source, Layout(GOOGLE_XML, "as it says", "", ()))
    encoding = encoding_of(source.path)
    with open_text(source.path, encoding) as text:
        lines = Lines(text)
        first = _first_line(lines)
        if source.format == JSONL.name or (source.format == "auto" and first.startswith("{")):
            return _with_columns(source, Layout(JSONL, encoding, "", ()))
    if first.startswith("["):
        raise invalid("path", f"{source.path.name} is one JSON list; write one object per line")
    return _table(source, encoding, tables.delimiter_of(first))


def read_rows(source: Source, layout: Layout) -> Iterator[Row]:
    """The rows of the file, one at a time; an unreadable one carries its error."""
    if layout.kind is GOOGLE_XML:
        yield from feeds.read_feed(source.path)
        return
    with open_text(source.path, layout.encoding) as text:
        lines = Lines(text)
        if layout.kind is JSONL:
            yield from _read_jsonl(lines)
        else:
            yield from tables.read_table(lines, layout.delimiter)


def samples(source: Source, layout: Layout) -> list[dict[str, Any]]:
    """The first readable rows as a person would see them: line, and text by column."""
    readable = (row for row in read_rows(source, layout) if row.error is None)
    return [
        {
            "line": row.line,
            "cells": {_shown(name): _shown(cell) for name, cell in row.cells.items()},
        }
        for row in islice(readable, SAMPLES)
    ]


def _shown(cell: object) -> str:
    text = cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)
    # A file may hold what neither a database nor an answer can.
    text = text.encode("utf-8", "replace").decode().replace("\0", "?")
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def _table(source: Source, encoding: str, delimiter: str) -> Layout:
    with open_text(source.path, encoding) as text:
        names = tables.columns_of(Lines(text), delimiter)
    kind = FORMATS[source.format] if source.format != "auto" else _kind(names)
    layout = Layout(kind, encoding, delimiter, _uses(kind, source, names))
    if not _external_id(layout.uses):
        told = ", ".join(filter(None, names[:20]))
        raise invalid(
            "external_id",
            f"no column says it; there are: {told}. Name it by --column NAME=external_id",
        )
    return layout


def _kind(names: Sequence[str]) -> Format:
    present = {plain(name) for name in names}
    for kind in FORMATS.values():
        if any(marks <= present for marks in kind.marks):
            return kind
    return CSV


def _with_columns(source: Source, layout: Layout) -> Layout:
    row = next((row for row in read_rows(source, layout) if row.error is None), Row(0))
    uses = _uses(layout.kind, source, tuple(row.cells))
    return Layout(layout.kind, layout.encoding, layout.delimiter, uses)


def _uses(kind: Format, source: Source, names: Sequence[str]) -> tuple[Use, ...]:
    columns.check_given(source.columns, names)
    return columns.assign(kind, names, source.columns)


def _external_id(uses: Iterable[Use]) -> str:
    return next((use.column for use in uses if use.field == "external_id"), "")


def _first_line(lines: Lines) -> str:
    lines.start_row()
    try:
        return next((line.strip() for line in lines if line.strip()), "")
    except csv.Error as broken:
        raise invalid("columns", f"the first line cannot be read: {broken}") from None


def _records(
    catalogue: Catalogue, rows: Iterator[Row], uses_of: Callable[[tuple[str, ...]], tuple[Use, ...]]
) -> Iterator[Record]:
    first, kind = next(rows), catalogue.layout.kind
    if first.error:
        yield Record(first.line, error=first.error)
        return
    key, shared = key_of(kind, first.cells, _external_id(catalogue.layout.uses))
    together = [first, *islice(rows, MOST_VARIANTS - 1 if shared else 0)]
    cells = kind.spread([row.cells for row in together])
    uses = uses_of(tuple(dict.fromkeys(column for each in cells for column in each)))
    yield join(kind, first.line, cells, uses, catalogue.source.currency)
    for row in rows:
        told = f"stands in line {first.line} already; each product once"
        if shared:
            told = f"has over {MOST_VARIANTS:,} rows from line {first.line} on"
        yield Record(row.line, key, error=invalid("external_id", told))


def _read_jsonl(lines: Lines) -> Iterator[Row]:
    while True:
        number = lines.start_row()
        try:
            text = next(lines)
            cells = json.loads(text) if text.strip() else None
        except StopIteration:
            return
        except (ValueError, RecursionError, csv.Error) as broken:
            yield Row(number, error=Invalid("row_unreadable", _why_no_json(broken)))
            continue
        if isinstance(cells, dict):
            yield Row(number, cells)
        elif text.strip():
            yield Row(number, error=Invalid("row_unreadable", "The row is not a JSON object."))


def _why_no_json(broken: Exception) -> str:
    if isinstance(broken, json.JSONDecodeError):
        return f"The row is not JSON: it breaks off at character {broken.pos + 1:,}."
    if isinstance(broken, csv.Error):
        return f"The row cannot be read: {broken}."
    return "The row is not JSON that can be read: it is nested too deeply or has a huge number."
