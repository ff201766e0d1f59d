"""The words people say for what the data knows, read from lexicon.toml."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "de", "ja")
OTHERS = ("german", "concept")
"""Tables of the file that are no facet."""
PARENTS = {"category": "group", "group": "department"}
"""The facet that says what a value of a facet is a kind of."""

Words = Mapping[str, tuple["Word", ...]]


@dataclass(frozen=True, slots=True)
class Word:
    """What is said; `gender` of a German noun is m, f, n, or p for a plural."""

    text: str
    gender: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """The words of a value, in every language, and the value it is a kind of, "" for none."""

    words: Words
    value: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Concept:
    """What shoppers ask for and no value names: a kind of the values `near` of a facet."""

    name: str
    facet: str
    near: frozenset[str]
    words: Words
    pattern: re.Pattern[str]

    def fits(self, facets: Mapping[str, str]) -> bool:
        """Whether a product with these values may be one; any may where `near` is empty."""
        return not self.near or facets.get(self.facet, "") in self.near


def words(facet: str, value: str, language: str) -> tuple[Word, ...]:
    """What is said for the value, never nothing in English: there it is its own word."""
    entry = _entries().get(facet, {}).get(value)
    if entry is None:
        return (Word(value.lower()),) if language == "en" else ()
    return entry.words[language]


def canonical(facet: str, value: str) -> str:
    """The value under which the lexicon has it: Dresses for the Dress of street photos."""
    entry = _entries().get(facet, {}).get(value)
    return entry.value if entry else value


def values(facet: str) -> tuple[str, ...]:
    """The values of the facet that have words, each also under its other names."""
    return tuple(_entries().get(facet, {}))


def facets() -> tuple[str, ...]:
    """The facets that have words."""
    return tuple(_entries())


def group_of(category: str) -> str:
    """The group of a category, "" where unknown."""
    return _parent("category", category)


def department_of(group: str) -> str:
    """The department of a group, "" where unknown."""
    return _parent("group", group)


def meant(facet: str, text: str) -> frozenset[str]:
    """All values that these words are right for: sneakers are casual and sports shoes."""
    return _meanings()[facet].get(text.lower(), frozenset())


def named(title: str, known: Mapping[str, str]) -> tuple[Concept, ...]:
    """The concepts that an English title names and that the known values allow."""
    return tuple(some for some in _spelt(title.lower()) if some.fits(known))


@cache
def nearby(facet: str, value: str) -> tuple[Concept, ...]:
    """The concepts that the value may be, for want of a better one."""
    return tuple(some for some in concepts() if some.facet == facet and value in some.near)


@cache
def concepts() -> tuple[Concept, ...]:
    """All concepts; `near` holds the other names of its values too."""
    return tuple(_concept(name, table) for name, table in _file()["concept"].items())


@cache
def uninflected() -> frozenset[str]:
    """German adjectives that take no ending."""
    return frozenset(_file()["german"]["uninflected"])


def every_word() -> Iterator[str]:
    """All words of all languages, concepts included."""
    for some in [entry.words for facet in _entries().values() for entry in facet.values()]:
        yield from (word.text for language in LANGUAGES for word in some[language])
    for concept in concepts():
        yield from (word.text for language in LANGUAGES for word in concept.words[language])


@cache
def _file() -> Mapping[str, Any]:
    path = Path(__file__).with_name("lexicon.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _entries() -> Mapping[str, Mapping[str, Entry]]:
    found: dict[str, dict[str, Entry]] = {}
    for facet, table in _file().items():
        if facet in OTHERS:
            continue
        found[facet] = {}
        for value, given in table.items():
            parent = given.get(PARENTS.get(facet, ""), "")
            entry = Entry(_words(given, value.lower()), value, parent)
            for name in (value, *given.get("same", ())):
                found[facet][name] = entry
    return found


@cache
def _meanings() -> Mapping[str, Mapping[str, frozenset[str]]]:
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for facet, entries in _entries().items():
        for value, entry in entries.items():
            for word in [word for some in entry.words.values() for word in some]:
                found[facet][word.text.lower()].add(value)
    return defaultdict(
        dict,
        {
            facet: {text: frozenset(some) for text, some in texts.items()}
            for facet, texts in found.items()
        },
    )


@cache
def _spelt(title: str) -> tuple[Concept, ...]:
    return tuple(some for some in concepts() if some.pattern.search(title))


def _parent(facet: str, value: str) -> str:
    entry = _entries()[facet].get(value)
    return entry.parent if entry else ""


def _words(given: Mapping[str, list[str]], own: str = "") -> Words:
    english = dict.fromkeys([*([own] if own else []), *given["en"]])
    return {
        "en": tuple(Word(text) for text in english),
        "de": tuple(_german(text) for text in given["de"]),
        "ja": tuple(Word(text) for text in given["ja"]),
    }


def _german(text: str) -> Word:
    noun, _, gender = text.rpartition(" ")
    return Word(noun, gender) if gender in ("m", "f", "n", "p") else Word(text)


def _concept(name: str, given: Mapping[str, Any]) -> Concept:
    facet = given.get("facet", "category")
    near = set(given.get("near", ()))
    same = {value for value, entry in _entries()[facet].items() if entry.value in near}
    spelt = "|".join(re.escape(word) for word in sorted(given["en"], key=len, reverse=True))
    pattern = re.compile(rf"\b(?:{spelt})s?\b")
    return Concept(name, facet, frozenset(near | same), _words(given), pattern)
