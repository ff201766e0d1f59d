"""Cells as shops write them, made plain: prices, HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_SYMBOLS = {"€": "EUR", "£": "GBP", "¥": "JPY"}
_AMOUNT = re.compile(r"([A-Z]{3}|[€£¥])?\s*(-?[\d.,'\u00a0\u202f ]*\d)\s*([A-Z]{3}|[€£¥])?")
_TAG = re.compile(r"</?[a-zA-Z][^>]*>|&#?\w+;")
_BLOCKS = {"p", "br", "div", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6"}
_UNSEEN = {"script", "style"}


def amount(text: str) -> tuple[str, str | None]:
    """A price as digits with a point, and its currency where it names one.

    What is no price is given back as it is, to be refused by whoever checks it.
    """
    match = _AMOUNT.fullmatch(text.strip())
    if not match:
        return text, None
    named = match[1] or match[3]
    return _number(match[2]), _SYMBOLS.get(named, named) if named else None


def _number(text: str) -> str:
    """`1.299,00`, `1,299.00`, `1 299,5` and `19,90` with one point before the decimals."""
    digits = re.sub(r"['\s]", "", text)
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma > point and (point >= 0 or len(digits) - comma <= 3) and digits.count(",") == 1:
        return digits.replace(".", "").replace(",", ".")
    return digits.replace(",", "")


def without_html(text: str) -> str:
    """The words of an HTML text, a line per block; text without tags stays as it is."""
    if not _TAG.search(text):
        return text
    reader = _Words()
    reader.feed(text)
    reader.close()
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in "".join(reader.words).split("\n"))
    return "\n".join(line for line in lines if line)


class _Words(HTMLParser):
    """Collects what a browser would show."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the base's name
        """Begin a line with a block."""
        self._hidden += tag in _UNSEEN
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End the line of a block."""
        self._hidden -= tag in _UNSEEN and self._hidden > 0
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep what is shown."""
        if not self._hidden:
            self.words.append(data)
