"""Google Merchant feeds in XML (RSS or Atom), item by item: a broken one costs itself alone."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from vitrine.core.errors import Invalid
from vitrine.services.imports.records import Row
from vitrine.services.imports.tables import LONGEST_CELL
from vitrine.services.imports.text import LONGEST_LINE, blocks, open_text

MOST_CELLS = 300
GOOGLE = "http://base.google.com/ns/1.0"

LISTS = frozenset(
    ("image_link", "additional_image_link", "size", "product_highlight", "product_detail")
)
"""Tags that may stand several times and then mean all; of any other the first counts."""

_BLOCK = 1 << 16
_TAIL = 64
"""Letters at the end of a block that may be the beginning of a tag."""

_MARKS = re.compile(
    r"<!--|<!\[CDATA\[|<!DOCTYPE|<(?P<close>/?)(?:\w+:)?(?P<name>item|entry)(?=[\s/>])"
)
_CLOSED_BY = {"<!--": "-->", "<![CDATA[": "]]>"}
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_AMPERSAND = re.compile(r"&(?:(#\d+|#x[\da-fA-F]+|\w+);)?")
_NO_TAG = re.compile(r"<(?![A-Za-z_/!?])")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FOREIGN = re.compile("[\ud800-\udfff]")
_PREFIX = re.compile(rf"xmlns:([\w.-]+)\s*=\s*[\"']{re.escape(GOOGLE)}[\"']")
_ROOT = re.compile(r"<(?![?!])([\w:.-]+)")
_XML = ("amp", "lt", "gt", "quot", "apos")


def read_feed(path: Path, encoding: str) -> Iterator[Row]:
    """Every item of the feed; one that is too large or no XML carries an error, with its line."""
    with open_text(path, encoding) as text:
        prefixes: frozenset[str] | None = None
        for piece in _Pieces(blocks(text, _BLOCK)).items():
            if isinstance(piece, Row):
                yield piece
                continue
            if prefixes is None:
                prefixes = frozenset({"g", *_PREFIX.findall(piece.head)})
            yield _row(piece, prefixes)


@dataclass(frozen=True, slots=True)
class _Item:
    """The text of one item, the line it begins on, and what stood before the first."""

    line: int
    text: str
    head: str = ""


@dataclass(slots=True)
class _Pieces:
    """The items in a stream of text, in memory bounded by the largest that is let through.

    A DOCTYPE ends it: without one there are no entities, none to expand without end and none to
    read files or addresses with.
    """

    blocks: Iterator[str]
    head: str = ""
    _text: str = ""
    _line: int = 1
    _open: int = -1
    _began: int = 0
    _name: str = ""
    _end_of_text: str = ""
    _over: bool = False
    _found: list[_Item | Row] = field(default_factory=list)

    def items(self) -> Iterable[_Item | Row]:
        """Each item, or the error of one."""
        place, ended = 0, False
        while not ended:
            block = next(self.blocks, "")
            ended = not block
            self._text += block
            place = self._scan(place, last=ended)
            yield from self._taken()
            if place < 0:
                return
            place = self._drop(place)
        yield from self._end()

    def _taken(self) -> list[_Item | Row]:
        found, self._found = self._found, []
        return found

    def _scan(self, place: int, *, last: bool) -> int:
        """Look through what is there from a place on; the place to go on from, below 0 to stop."""
        end = len(self._text) if last else max(place, len(self._text) - _TAIL)
        never_closed: set[str] = set()
        while (match := _MARKS.search(self._text, place)) and match.start() < end:
            mark, place = match.group(), match.end()
            if mark == "<!DOCTYPE":
                self._found.append(_refused_doctype(self._line_at(match.start())))
                return -1
            if mark in never_closed:
                continue
            if mark in _CLOSED_BY:
                closed = self._text.find(_CLOSED_BY[mark], place)
                if closed >= 0:
                    place = closed + 3
                elif not last and len(self._text) - place <= LONGEST_LINE:
                    return match.start()
                else:
                    never_closed.add(mark)
            else:
                self._mark(match)
        return match.start() if match and not last else max(place, end)

    def _mark(self, match: re.Match[str]) -> None:
        is_open = self._open >= 0 or self._over
        if is_open and match["name"] != self._name:
            return
        if match["close"]:
            if is_open:
                self._close(self._text.find(">", match.end()) + 1 or match.end())
            return
        if is_open:
            self._lose("The item is not closed: another begins within it.")
        if not self.head:
            self.head = self._text[: match.start()][-LONGEST_LINE:] or " "
        self._open, self._began = match.start(), self._line_at(match.start())
        self._name = match["name"]

    def _close(self, end: int) -> None:
        if self._over or end - self._open > LONGEST_LINE:
            self._lose(f"The item holds over {LONGEST_LINE:,} characters.", "row_too_long")
        else:
            self._found.append(_Item(self._began, self._text[self._open : end], self.head))
            self._open = -1

    def _lose(self, told: str, code: str = "row_unreadable") -> None:
        self._found.append(Row(self._began, error=Invalid(code, told)))
        self._open, self._over = -1, False

    def _drop(self, place: int) -> int:
        """Forget what was looked through; the place to go on from in what is left."""
        keep = place if self._open < 0 or self._over else self._open
        if not self._over and self._open >= 0 and len(self._text) - self._open > LONGEST_LINE:
            self._over, keep = True, place
        if not self.head and keep > LONGEST_LINE:
            self.head = self._text[:keep][-_BLOCK:]
        elif not self.head:
            return place  # what stands before the first item names its prefixes
        self._line += _lines(self._text[:keep])
        self._end_of_text = (self._end_of_text + self._text[:keep])[-_TAIL:]
        self._text = self._text[keep:]
        self._open = 0 if self._over else self._open - keep if self._open >= 0 else -1
        return place - keep

    def _line_at(self, place: int) -> int:
        return self._line + _lines(self._text[:place])

    def _end(self) -> Iterator[Row]:
        if self._open >= 0 or self._over:
            told = "The XML breaks off here: the item is not closed."
            yield Row(self._began, error=Invalid("row_unreadable", told))
            return
        root = _ROOT.search(self.head or self._text)
        tail = self._end_of_text + self._text[-_BLOCK:]
        if root and not re.search(rf"</\s*{re.escape(root[1])}\s*>", tail):
            told = f"The XML breaks off here: {root[1]} is not closed, so items may be missing."
            yield Row(self._line_at(len(self._text)), error=Invalid("row_unreadable", told))


def _lines(text: str) -> int:
    return text.count("\n") or text.count("\r")


def _refused_doctype(line: int) -> Row:
    told = "The XML has a DOCTYPE, which may hide entities; remove it."
    return Row(line, error=Invalid("xml_doctype", told))


def _row(item: _Item, prefixes: frozenset[str]) -> Row:
    try:
        if _FOREIGN.search(item.text):
            raise Invalid("row_unreadable", "The item holds bytes of another encoding.")
        text, note = _mended(item.text)
        return Row(item.line, _Cells(prefixes).read(text), notes={"row": note} if note else {})
    except expat.ExpatError as broken:
        why = expat.errors.messages.get(broken.code, "no XML")
        line = item.line + broken.lineno - 1
        error = Invalid("row_unreadable", f"The item is broken in line {line}: {why}.")
        return Row(item.line, error=error)
    except Invalid as error:
        return Row(item.line, error=error)


def _mended(text: str) -> tuple[str, str]:
    """The item with what is meant for a bare `&` or `<`, HTML's names and control letters; told."""
    parts = [
        part if part.startswith("<![CDATA[") else _NO_TAG.sub("&lt;", _AMPERSAND.sub(_meant, part))
        for part in _CDATA.split(text)
    ]
    plain = _CONTROL.sub(" ", "".join(parts))
    return plain, "" if plain == text else "held letters that are no XML, read as they are meant"


def _meant(found: re.Match[str]) -> str:
    name = found[1]
    if name is None:
        return "&amp;"
    if name.startswith("#"):
        letter = html.unescape(found.group())
        return found.group() if not _CONTROL.match(letter) and letter != "\ufffd" else " "
    if name in _XML:
        return found.group()
    letters = html.unescape(found.group())
    if letters == found.group():
        raise Invalid("row_unreadable", f"The item has an unknown entity, {letters[:60]}.")
    return html.escape(letters)


class _Cells:
    """Reads one item: the text of each tag right within it, by its name without a prefix."""

    def __init__(self, prefixes: frozenset[str]) -> None:
        self._prefixes = prefixes
        self._cells: dict[str, Any] = {}
        self._googles: set[str] = set()
        self._depth = self._size = 0
        self._text: list[str] = []

    def read(self, text: str) -> dict[str, Any]:
        """The cells; raises ExpatError for what is no XML, Invalid for what is too large."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.CharacterDataHandler = self._add
        parser.Parse(text, True)
        if self._size > LONGEST_CELL:
            told = f"The item holds over {LONGEST_CELL:,} characters."
            raise Invalid("row_too_long", told)
        return self._cells

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 2:
            # An Atom link says where it leads in an attribute; of several the first is the page.
            link = attributes.get("href", "") if name.rpartition(":")[2] == "link" else ""
            self._text = [link]

    def _add(self, text: str) -> None:
        # What lies deeper, as the price of a shipping, is not said of the product.
        if self._depth == 2:
            self._size += len(text)
            self._text.append(text)

    def _close(self, name: str) -> None:
        if self._depth == 2:
            prefix, _, local = name.rpartition(":")
            self._put(local, "".join(self._text).strip(), google=prefix in self._prefixes)
        self._depth -= 1

    def _put(self, name: str, text: str, *, google: bool) -> None:
        if not text or (name not in self._cells and len(self._cells) >= MOST_CELLS):
            return
        known = self._cells.get(name)
        if known is None or (google and name not in self._googles):
            self._cells[name] = text  # Google's own tag says it best
        elif name in LISTS and google == (name in self._googles):
            self._cells[name] = [*(known if isinstance(known, list) else [known]), text]
        if google:
            self._googles.add(name)
