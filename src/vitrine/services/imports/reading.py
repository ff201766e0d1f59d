"""Which format a file has, and its products one after the other, in memory that does not grow."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import chain, islice
from typing import Any

from vitrine.core.errors import Invalid, invalid
from vitrine.core.text import sound
from vitrine.services.imports import cells, columns, feeds, staging, tables
from vitrine.services.imports.columns import Use
from vitrine.services.imports.encodings import encoding_of_feed
from vitrine.services.imports.formats import CSV, FORMATS, GOOGLE_XML, JSONL, Format, key_of
from vitrine.services.imports.joining import Prices, join
from vitrine.services.imports.records import Record, Row, Source
from vitrine.services.imports.separators import Separators
from vitrine.services.imports.staging import Staging
from vitrine.services.imports.text import Lines, blocks, open_text
from vitrine.services.imports.variants import plain

MOST_VARIANTS = 5_000
"""Rows of one product that are taken together."""

SAMPLES, LONGEST_SHOWN = 5, 200
"""Rows that are shown before an import, and how much of a cell."""

_HEAD = 8192
_ROOT = re.compile(r"<\?xml\s|<rss[\s>]|<feed[\s>]")
_WEB_PAGE = re.compile(
    r"\s*(?:(?:<!--.*?-->|<\?.*?>)\s*)*<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE | re.DOTALL
)
_NUMBERS = re.compile(r"(^|_)(id|sku|gtin|ean|mpn|upc|barcode|artikelnummer|article_number)$")
"""Columns whose numbers are names."""

UsesOf = Callable[[tuple[str, ...]], tuple[Use, ...]]

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
    decimals: Mapping[str, str] = field(default_factory=dict)

    @property
    def products(self) -> int:
        """How many records there are, unreadable rows counted as one each."""
        return self.staging.products

    def records(self) -> Iterator[Record]:
        """Every product, and every row that is none, in the order of the file."""
        source, uses_of = self.source, _uses_of(self.layout.kind, self.source)
        money = Prices(source.currency, source.usual_currency, source.country, self.decimals)
        for rows in self.staging.groups():
            yield from _records(self, rows, uses_of, money)


@contextmanager
def opened(source: Source, layout: Layout) -> Iterator[Catalogue]:
    """Read the whole file once, onto disk; what lies there is gone when the block ends."""
    uses_of, seen = _uses_of(layout.kind, source), Separators()

    def keyed() -> Iterator[tuple[str, Row]]:
        for row in read_rows(source, layout):
            uses = uses_of(tuple(row.cells))
            seen.add(row, uses)
            yield key_of(layout.kind, row.cells, _external_id(uses))[0], row

    with staging.staged(keyed()) as kept:
        yield Catalogue(source, layout, kept, seen.decimals)


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
    encoding = encoding_of_feed(source.path, source.encoding)
    with open_text(source.path, encoding) as text:
        head = next(blocks(text, _HEAD), "")
    if _WEB_PAGE.match(head.lstrip("\ufeff")):
        raise invalid(
            "path",
            f"{source.path.name} is a web page, not a catalogue; where somebody has to sign in, an "
            "address answers with one",
        )
    if source.format == GOOGLE_XML.name or (source.format == "auto" and _is_xml(head)):
        return _with_columns(source, Layout(GOOGLE_XML, encoding, "", ()))
    with open_text(source.path, encoding) as text:
        first = _first_line(Lines(text))
    begins = first.strip()
    if source.format == JSONL.name or (source.format == "auto" and begins.startswith("{")):
        return _with_columns(source, Layout(JSONL, encoding, "", ()))
    if begins.startswith("["):
        raise invalid("path", f"{source.path.name} is one JSON list; write one object per line")
    delimiter = tables.separator_of(first) or tables.delimiter_of(first)
    return _table(source, encoding, delimiter)


def _is_xml(head: str) -> bool:
    return head.lstrip("\ufeff \t\r\n").startswith("<") or bool(_ROOT.search(head))


def read_rows(source: Source, layout: Layout) -> Iterator[Row]:
    """The rows of the file, one at a time; an unreadable one carries its error."""
    uses_of = _uses_of(layout.kind, source)
    for row in _raw_rows(source, layout):
        yield row if row.error else _plain_row(layout.kind, row, uses_of)


def _raw_rows(source: Source, layout: Layout) -> Iterator[Row]:
    if layout.kind is GOOGLE_XML:
        yield from feeds.read_feed(source.path, layout.encoding)
        return
    with open_text(source.path, layout.encoding) as text:
        lines = Lines(text)
        if layout.kind is JSONL:
            yield from _read_jsonl(lines)
        else:
            yield from tables.read_table(lines, layout.delimiter)


def _plain_row(kind: Format, row: Row, uses_of: UsesOf) -> Row:
    """The row with letters that are some, cells as they were before a spreadsheet, ids as text."""
    plain_cells = {name: cells.cleaned(cell) for name, cell in row.cells.items()}
    notes = {**row.notes, **cells.told_of(row.cells, plain_cells)}
    if kind not in (JSONL, GOOGLE_XML):
        plain_cells = {name: _unprotected(name, cell) for name, cell in plain_cells.items()}
    plain_cells = dict(kind.prepared(plain_cells))
    column = _external_id(uses_of(tuple(plain_cells)))
    try:
        if plain_cells.get(column) is not None:
            plain_cells[column] = cells.as_id(plain_cells[column])
    except Invalid as error:
        return Row(row.line, error=error)
    return Row(row.line, plain_cells, notes=notes)


def _unprotected(column: str, cell: str) -> str:
    return cells.number_text(cell) if _NUMBERS.search(plain(column)) else cells.unprotected(cell)


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
    text = sound(text)
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
        return next((line for line in lines if line.strip()), "")
    except csv.Error as broken:
        raise invalid("columns", f"the first line cannot be read: {broken}") from None


def _uses_of(kind: Format, source: Source) -> UsesOf:
    """What the columns of a row become; rows of one format mostly have the same."""
    return lru_cache(maxsize=64)(partial(columns.assign, kind, given=source.columns))


def _records(
    catalogue: Catalogue, rows: Iterator[Row], uses_of: UsesOf, money: Prices
) -> Iterator[Record]:
    first, kind = next(rows), catalogue.layout.kind
    if first.error:
        yield Record(first.line, error=first.error)
        return
    key, shared = key_of(kind, first.cells, _external_id(uses_of(tuple(first.cells))))
    shared = shared or kind.is_part is not None
    together = [first, *islice(rows, MOST_VARIANTS - 1 if shared else 0)]
    together, twice = _own(kind, together)
    spread = kind.spread([row.cells for row in together])
    uses = uses_of(tuple(dict.fromkeys(column for each in spread for column in each)))
    yield join(kind, together, spread, uses, money)
    once = f"stands in line {first.line} already; each product once"
    many = f"has over {MOST_VARIANTS:,} rows from line {first.line} on"
    for row in chain(twice, rows):
        told = many if shared and not twice else once
        yield Record(row.line, key, error=invalid("external_id", told))


def _own(kind: Format, rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """The rows of one product, and further rows that claim to be the product itself."""
    if kind.is_part is None:
        return rows, []
    wholes = [row for row in rows if not kind.is_part(row.cells)]
    return [row for row in rows if row not in wholes[1:]], wholes[1:]


def _read_jsonl(lines: Lines) -> Iterator[Row]:
    while True:
        number = lines.start_row()
        try:
            text = next(lines)
            found = json.loads(text) if text.strip() else None
        except StopIteration:
            return
        except (ValueError, RecursionError, csv.Error) as broken:
            yield Row(number, error=Invalid("row_unreadable", _why_no_json(broken)))
            continue
        if isinstance(found, dict):
            yield Row(number, found)
        elif text.strip():
            yield Row(number, error=Invalid("row_unreadable", "The row is not a JSON object."))


def _why_no_json(broken: Exception) -> str:
    if isinstance(broken, json.JSONDecodeError):
        return f"The row is not JSON: it breaks off at character {broken.pos + 1:,}."
    if isinstance(broken, csv.Error):
        return f"The row cannot be read: {broken}."
    return "The row is not JSON that can be read: it is nested too deeply or has a huge number."
