"""How the prices of a file's columns are written, learned while it is read."""

from __future__ import annotations

from collections.abc import Sequence

from vitrine.services.catalog import prices
from vitrine.services.imports.columns import Use
from vitrine.services.imports.records import Row


class Separators:
    """Which separator stands before the decimals in each column of prices, as far as they tell."""

    def __init__(self) -> None:
        self._seen: dict[str, set[str]] = {}

    def add(self, row: Row, uses: Sequence[Use]) -> None:
        """Learn from the prices of a row."""
        for use in uses:
            text = row.cells.get(use.column) if use.field.partition(":")[0] == "price" else None
            if isinstance(text, str) and (separator := prices.decimal_of(text)):
                self._seen.setdefault(use.column, set()).add(separator)

    @property
    def decimals(self) -> dict[str, str]:
        """By column; one that is written both ways tells nothing."""
        return {name: next(iter(seen)) for name, seen in self._seen.items() if len(seen) == 1}
