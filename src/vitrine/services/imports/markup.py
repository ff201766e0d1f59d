"""Texts that shop systems write as HTML: read as words, and written to be read the same."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

_TAG = re.compile(r"</?[a-zA-Z][^>]*>|&#?\w+;")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BLOCKS = {"p", "div", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6"}
_UNSEEN = {"script", "style"}
_KEPT = re.compile(r"white-space:\s*(?:pre|break-spaces)")
_SPACES = re.compile(r"[^\S\n]+")
_BREAK, _BLOCK = "\0", "\1"
"""A line's end that is meant, and one that only stands between blocks."""


def without_html(text: str) -> str:
    """The words of an HTML text, a line per block; text without tags stays as it is."""
    if not _TAG.search(text):
        return text
    reader = _Words()
    reader.feed(text)
    reader.close()
    return reader.told()


def as_html(text: str) -> str:
    """The text as HTML that shows it, and that `without_html` reads as it was."""
    escaped = html.escape(text, quote=False)
    broken = escaped.replace("\n", "<br>\n")
    if without_html(broken) == text:
        return broken
    return f'<div style="white-space: pre-wrap">{escaped}</div>'


def inert(text: str) -> str:
    """The text itself where nobody can take it for HTML, else as HTML."""
    return text if without_html(text) == text else as_html(text)


def unescaped(text: str) -> str:
    """A short text with the letters that HTML's references stand for, once."""
    return _REFERENCE.sub(lambda found: html.unescape(found.group()), text)


def escaped(text: str) -> str:
    """What `unescaped` reads as this text."""
    return text.replace("&", "&amp;") if _REFERENCE.search(text) else text


class _Words(HTMLParser):
    """Collects what a browser would show."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._words: list[str] = []
        self._kept: list[str] = []
        self._hidden = 0
        self._keeping = ""

    def told(self) -> str:
        """The words: blanks and lines only where a browser would show them, or where kept."""
        text = re.sub(rf" ?([{_BREAK}{_BLOCK}]) ?", r"\1", _SPACES.sub(" ", "".join(self._words)))
        text = re.sub(rf"{_BLOCK}+", "\n", text).replace(f"{_BREAK}\n", "\n")
        lines = text.replace(_BREAK, "\n").strip("\n ")
        return re.sub("\2", lambda _: self._kept.pop(0), lines)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line with a block."""
        self._hidden += tag in _UNSEEN
        if tag == "br":
            self._words.append(_BREAK)
        elif tag in _BLOCKS or tag == "pre":
            self._words.append(_BLOCK)
        keeps = tag == "pre" or _KEPT.search(dict(attrs).get("style") or "")
        self._keeping = tag if keeps and not self._keeping else self._keeping

    def handle_endtag(self, tag: str) -> None:
        """End the line of a block."""
        self._hidden -= tag in _UNSEEN and self._hidden > 0
        if tag in _BLOCKS or tag == "pre":
            self._words.append(_BLOCK)
        if tag == self._keeping:
            self._keeping = ""

    def handle_data(self, data: str) -> None:
        """Keep what is shown."""
        if self._hidden:
            return
        if self._keeping:
            self._words.append("\2")
            self._kept.append(data)
        else:
            self._words.append(re.sub("[\n\0\1\2]", " ", data))
