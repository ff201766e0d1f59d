"""Google Merchant feeds in XML (RSS or Atom), item by item in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from vitrine.core.errors import Invalid
from vitrine.services.imports.records import Row
from vitrine.services.imports.tables import LONGEST_CELL
from vitrine.services.imports.text import LONGEST_LINE

ITEMS = ("item", "entry")
MOST_CELLS = 300

_BLOCK = 1 << 16


def read_feed(path: Path) -> Iterator[Row]:
    """Every item of the feed; one that is too large, or where the XML breaks, carries an error."""
    items = _Items()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(_BLOCK), b""):
            items.feed(block)
            yield from items.taken()
            if items.broken:
                return
    items.feed(b"", last=True)
    yield from items.taken()


class _Items:
    """The items that a parser has come by since they were last taken.

    A DOCTYPE is refused, and without one there are no entities: none to expand without end, and
    none to read files or addresses with.
    """

    def __init__(self) -> None:
        self.broken = False
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.CharacterDataHandler = self._add
        self._done: list[Row] = []
        self._fed = self._depth = self._line = self._size = 0
        self._cells: dict[str, Any] | None = None
        self._inside = 0
        self._text: list[str] = []

    def feed(self, block: bytes, *, last: bool = False) -> None:
        """Parse the next bytes of the file."""
        try:
            self._parser.Parse(block, last)
            self._fed += len(block)
            if self._fed - self._parser.CurrentByteIndex > LONGEST_LINE:
                raise Invalid("row_too_long", f"A tag is over {LONGEST_LINE:,} bytes.")
        except expat.ExpatError as error:
            self._end(Invalid("row_unreadable", f"The XML breaks off here: {error}."))
        except Invalid as error:
            self._end(error)

    def taken(self) -> list[Row]:
        """What was found since the last call."""
        done, self._done = self._done, []
        return done

    def _end(self, error: Invalid) -> None:
        self.broken = True
        self._done.append(Row(self._parser.CurrentLineNumber, error=error))

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        local = name.rpartition(" ")[2]
        if self._cells is None and local in ITEMS:
            self._cells, self._inside = {}, self._depth
            self._line, self._size = self._parser.CurrentLineNumber, 0
        elif self._depth == self._inside + 1:
            # An Atom link says where it leads in an attribute.
            self._text = [attributes.get("href", "")] if local == "link" else []

    def _add(self, text: str) -> None:
        # What lies deeper, as the price of a shipping, is not said of the product.
        if self._cells is not None and self._depth == self._inside + 1:
            self._size += len(text)
            if self._size <= LONGEST_CELL:
                self._text.append(text)

    def _close(self, name: str) -> None:
        if self._cells is not None and self._depth == self._inside:
            self._done.append(self._row(self._cells))
            self._cells = None
        elif self._cells is not None and self._depth == self._inside + 1:
            local, text = name.rpartition(" ")[2], "".join(self._text).strip()
            if text and len(self._cells) < MOST_CELLS and self._size <= LONGEST_CELL:
                self._cells[local] = _with(self._cells.get(local), text)
            self._text = []
        self._depth -= 1

    def _row(self, cells: dict[str, Any]) -> Row:
        if self._size <= LONGEST_CELL:
            return Row(self._line, cells)
        told = f"The item holds over {LONGEST_CELL:,} characters."
        return Row(self._line, error=Invalid("row_too_long", told))


def _with(known: Any, text: str) -> Any:
    """A tag may stand several times, as additional_image_link does."""
    if known is None:
        return text
    return [*known, text] if isinstance(known, list) else [known, text]


def _refuse_doctype(*_: object) -> None:
    raise Invalid("xml_doctype", "The XML has a DOCTYPE, which may hide entities; remove it.")
