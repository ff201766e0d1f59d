"""The words of a text in a plain form, so that `Dresses` in one is `dress` in another."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

WORDS = "words"
"""The column of the words of title and brand; no filter can name it, nor those below."""
GARMENT = "garment"
"""The column of the kind of garment that a product is."""
UNSEEN = "unseen"
"""The column of products without a photo that can be compared."""

UNOFFERED = "unoffered"
"""The column of products that are not active, which a setting may have staff find."""

LONGEST = 4
"""So many words at most make one value that is looked for in a text."""

SHORTEST_CODE = 4
"""An article number within other words has so many letters, one of them a digit: 42 is a size."""

_GAP = re.compile(r"[\s:#=,;()\"']+")
_WORD = re.compile(r"[^\W_]+")
_PLACED = re.compile(r"\bt[\s-]shirt[^\W_]*|[^\W_]+", re.IGNORECASE)
_OWNING = re.compile(r"'s", re.IGNORECASE)
_SHIRT = re.compile(r"\bt[\s-]shirt")
_PLURAL_ES = ("sses", "shes", "ches", "xes", "zzes")


def tokens(text: str) -> tuple[str, ...]:
    """The words in order: case folded, English plurals made singular."""
    plain = _SHIRT.sub("tshirt", text.casefold().replace("'s", ""))
    return tuple(_singular(word) for word in _WORD.findall(plain))


class Token(NamedTuple):
    """A word in its plain form, and where in its text it stands."""

    word: str
    start: int
    end: int


def placed(text: str) -> list[Token]:
    """The same words as `tokens`, each with its place."""
    # As long as the text, so that places are the text's own.
    plain = _OWNING.sub("  ", text)
    found = ((tokens(word[0]), word) for word in _PLACED.finditer(plain))
    return [Token(words[0], word.start(), word.end()) for words, word in found if words]


def phrase(text: str) -> str:
    """The words joined by single blanks: equal for what is told apart by form alone."""
    return " ".join(tokens(text))


def code(text: str) -> str:
    """The letters and digits of an article number: `AB-12 3` and `ab123` are the same."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def codes(text: str) -> frozenset[str]:
    """Every article number that a text may be, or may hold among other words."""
    parts = [code(part) for part in _GAP.split(text)]
    runs = {
        "".join(parts[start:end])
        for start in range(len(parts))
        for end in range(start + 1, min(start + LONGEST, len(parts)) + 1)
    }
    held = {run for run in runs if len(run) >= SHORTEST_CODE and any(map(str.isdigit, run))}
    return frozenset(held | {code(text)}) - {""}


def _singular(word: str) -> str:
    if len(word) > 3 and word.isascii():
        if word.endswith(_PLURAL_ES):
            return word[:-2]
        if word.endswith("s") and not word.endswith(("ss", "us", "is")):
            return word[:-1]
    return word
