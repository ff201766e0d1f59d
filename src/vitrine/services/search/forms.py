"""The forms that German gives the vocabulary's words, and what a word without blanks holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from vitrine.services.search.tokens import phrase
from vitrine.vision.vocabulary import CATEGORY, vocabulary

ADJECTIVE = ("e", "en", "em", "er", "es")
PLURAL = ("e", "en", "n", "er", "s")
BENT = str.maketrans("aou", "äöü")
SHORTEST_NAME, SHORTEST_BEFORE = 4, 4
"""Of a compound's last part, and of what stands before it: a Minirock is one, Barock is none."""

LONGEST_UNSPACED = 12
_UNSPACED = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_KATAKANA = re.compile(r"[ァ-ヿ]")
_KANJI = re.compile(r"[\u4e00-\u9fff]")


def base(word: str) -> str | None:
    """The name of a word of the vocabulary that this is a form of, or a compound with, as
    `phrase` writes it; None where it is neither: of `rotes` rot, of `sommerkleider` kleid."""
    found = _bent().get(word)
    if found is not None:
        return found
    ends = range(SHORTEST_BEFORE, len(word) - SHORTEST_NAME + 1)
    return next((_garments()[word[at:]] for at in ends if word[at:] in _garments()), None)


def is_unspaced(word: str) -> bool:
    """Whether it is of a script without blanks between words."""
    return _UNSPACED.search(word) is not None


def parts(word: str, known: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    """Where in a word without blanks known names stand, the longest first; none overlaps another.

    There is no ベスト in ベストセラー, and no 白 in 面白い.
    """
    free = [True] * len(word)
    for length in range(min(LONGEST_UNSPACED, len(word)), 0, -1):
        for start in range(len(word) - length + 1):
            end = start + length
            if all(free[start:end]) and _stands(word, start, end) and known(word[start:end]):
                free[start:end] = [False] * length
                yield start, end


def _stands(word: str, start: int, end: int) -> bool:
    before, name, after = word[start - 1 : start], word[start:end], word[end : end + 1]
    if not _UNSPACED.search(name):
        return False
    if _KATAKANA.match(name[-1]) and _KATAKANA.match(after):
        return False
    if len(name) > 1:
        return True
    alone = _KANJI.match(name) and not _KANJI.match(before)
    return bool(alone) and (after == "色" or not _KANJI.match(after))


@cache
def _bent() -> Mapping[str, str]:
    """By every form of a German name, in plain words, the name."""
    colours = ((name, ADJECTIVE) for name in _german("colour"))
    garments = ((name, PLURAL) for name in _german(CATEGORY))
    found: dict[str, str] = {}
    for name, endings in (*colours, *garments):
        for form in _forms(name, endings):
            found.setdefault(phrase(form), phrase(name))
    return found


@cache
def _garments() -> Mapping[str, str]:
    """The forms of German names of garments that are long enough to end a compound."""
    own = {phrase(name): phrase(name) for name in _german(CATEGORY)}
    bent = {form: name for form, name in _bent().items() if name in own}
    return {form: name for form, name in (own | bent).items() if len(form) >= SHORTEST_NAME}


def _german(facet: str) -> Iterator[str]:
    names = (word.names["de"].casefold() for word in vocabulary().facets[facet].words)
    return (name for name in names if name.isalpha())


def _forms(name: str, endings: tuple[str, ...]) -> Iterator[str]:
    for ending in endings:
        yield name + ending
        yield name.removesuffix("e") + ending
    vowel = next((at for at in reversed(range(len(name))) if name[at] in "aou"), None)
    if vowel is not None and endings is PLURAL:
        bent = name[:vowel] + name[vowel].translate(BENT) + name[vowel + 1 :]
        yield from (bent, f"{bent}e", f"{bent}er")
