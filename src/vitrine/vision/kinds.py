"""Which kind of detection a product's own words ask for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache

from vitrine.vision.vocabulary import CATEGORY, Names, Word, vocabulary

NAMES: Mapping[str, Names] = {
    "top": Names("Top", "Oberteil", "トップス"),
    "outerwear": Names("Outerwear", "Jacke oder Mantel", "アウター"),
    "dress": Names("Dress", "Kleid", "ワンピース"),
    "pants": Names("Trousers", "Hose", "パンツ"),
    "shorts": Names("Shorts", "Shorts", "ショートパンツ"),
    "skirt": Names("Skirt", "Rock", "スカート"),
    "shoes": Names("Shoes", "Schuhe", "靴"),
    "bag": Names("Bag", "Tasche", "バッグ"),
    "hat": Names("Hat", "Hut", "帽子"),
    "scarf": Names("Scarf", "Schal", "スカーフ"),
    "belt": Names("Belt", "Gürtel", "ベルト"),
    "sunglasses": Names("Sunglasses", "Sonnenbrille", "サングラス"),
    "accessory": Names("Accessory", "Accessoire", "アクセサリー"),
    "whole": Names("Whole photo", "Ganzes Foto", "写真全体"),
}
"""What people call the kinds of garments that are seen on photos."""

_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_HISSING = ("s", "x", "z", "ch", "sh")


def stated(*texts: str) -> str | None:
    """The kind the first text that names one asks for; its last such word counts.

    The last, because English puts the garment there: a "shirt dress" is a dress.
    """
    for text in texts:
        *_, last = (None, *_named(text))
        if last is not None:
            return last
    return None


def _named(text: str) -> Iterator[str]:
    """The kinds that a text names, in order; where several begin, the longest counts."""
    words, known, start = _plain(text), _kinds(), 0
    while start < len(words):
        for end in range(min(len(words), start + _longest()), start, -1):
            kind = known.get(" ".join(words[start:end]))
            if kind is not None:
                yield kind
                start = end
                break
        else:
            yield from (known[name] for name in _unspaced().findall(words[start]))
            start += 1


def _plain(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


@cache
def _kinds() -> Mapping[str, str]:
    """By every spelling, in plain words, the kind of garment that it names."""
    words = vocabulary().facets[CATEGORY].words
    general = {form: kind for kind in {word.kind for word in words} for form in _forms(kind)}
    return general | {
        form: word.kind for word in words for name in _spellings(word) for form in _forms(name)
    }


def _spellings(word: Word) -> Iterator[str]:
    for name in (*word.spellings, *word.also):
        if name.casefold() not in word.vague:
            yield " ".join(_plain(name))


def _forms(name: str) -> tuple[str, ...]:
    """The name, and its plural where it is English."""
    if not name.isascii():
        return (name,)
    if name.endswith("y"):
        return (name, f"{name[:-1]}ies")
    return (name, f"{name}es" if name.endswith(_HISSING) else f"{name}s")


@cache
def _longest() -> int:
    """How many words the longest name has."""
    return max(name.count(" ") for name in _kinds()) + 1


@cache
def _unspaced() -> re.Pattern[str]:
    """Names in a script without blanks, the longest first; in ベストセラー there is no ベスト."""
    names = sorted(filter(_UNSPACED.search, _kinds()), key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(map(re.escape, names))})(?![ァ-ヿ])")
