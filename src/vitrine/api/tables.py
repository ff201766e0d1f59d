"""Rows as CSV, a line at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from vitrine.services.imports.cells import protected


def as_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Iterator[str]:
    """The header and each row, in which no cell is a formula."""
    line = io.StringIO(newline="")
    writer = csv.DictWriter(line, columns)
    writer.writeheader()
    yield line.getvalue()
    for row in rows:
        line.seek(0)
        line.truncate()
        writer.writerow({name: protected(cell) for name, cell in row.items()})
        yield line.getvalue()
