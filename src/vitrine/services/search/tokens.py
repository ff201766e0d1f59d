"""The words of a text in a plain form, so that `Dresses` in one is `dress` in another."""

from __future__ import annotations

import re

WORDS = "words"
"""The column of the words of title and brand; no filter can name it."""

LONGEST = 4
"""So many words at most make one value that is looked for in a text."""

_WORD = re.compile(r"[^\W_]+")
_SHIRT = re.compile(r"\bt[\s-]shirt")
_PLURAL_ES = ("sses", "shes", "ches", "xes", "zzes")


def tokens(text: str) -> tuple[str, ...]:
    """The words in order: case folded, English plurals made singular."""
    plain = _SHIRT.sub("tshirt", text.casefold().replace("'s", ""))
    return tuple(_singular(word) for word in _WORD.findall(plain))


def phrase(text: str) -> str:
    """The words joined by single blanks: equal for what is told apart by form alone."""
    return " ".join(tokens(text))


def _singular(word: str) -> str:
    if len(word) > 3 and word.isascii():
        if word.endswith(_PLURAL_ES):
            return word[:-2]
        if word.endswith("s") and not word.endswith(("ss", "us", "is")):
            return word[:-1]
    return word
