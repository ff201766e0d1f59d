"""The facets garments are labelled by, and the words of each, read from vocabulary.toml."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from vitrine.core.errors import Invalid

CATEGORY = "category"
"""The facet whose values tell which others can be said of a garment."""

FILE = Path(__file__).with_name("vocabulary.toml")


class Names(NamedTuple):
    """What people call a thing, in each language that Vitrine speaks."""

    en: str
    de: str
    ja: str


@dataclass(frozen=True, slots=True)
class Word:
    """One value of a facet.

    `english` are its names to ask by, `names` those for people by language; `same` are the values
    it stands for in trained heads. A category's `kind` is its kind of garment; `also` are spellings
    it is met in beside its names, `vague` those names that tell no kind.
    """

    value: str
    english: tuple[str, ...]
    names: Mapping[str, str]
    same: tuple[str, ...] = ()
    kind: str = ""
    also: tuple[str, ...] = ()
    vague: frozenset[str] = frozenset()

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every text that means this value, in any language, and where heads were trained."""
        return (self.value, *self.english, *self.names.values(), *self.same)


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet: its words, the lines they are asked in, and its name where heads were trained.

    `names` are those for people by language; `shape` says whether it tells of a garment's shape.
    """

    name: str
    names: Names
    head: str
    templates: tuple[str, ...]
    words: tuple[Word, ...]
    kinds: frozenset[str] | None = None
    shape: bool = False

    def fits(self, kind: str | None) -> bool:
        """Whether the facet can be said of a garment of this kind; None is unknown."""
        return self.kinds is None or kind in self.kinds

    def place(self, trained: str) -> int | None:
        """The place of the word that stands for a value of trained heads, or is that value."""
        for place, word in enumerate(self.words):
            if trained in word.same or trained == word.value:
                return place
        return None

    def value(self, text: str) -> str:
        """The value that a text means, whatever its case and language; raises Invalid."""
        wanted = text.strip().casefold()
        for word in self.words:
            spelled = (word.value, *word.names.values())
            if wanted in {each.casefold() for each in spelled}:
                return word.value
        reason = f"{text[:100]!r} is no {self.name}; there are " + ", ".join(
            word.value for word in self.words
        )
        raise Invalid("label_unknown", reason, fields={"values": reason})

    def prompts(self, word: Word) -> list[str]:
        """The lines that ask for a word."""
        lines = (line.format(name) for line in self.templates for name in word.english)
        return list(dict.fromkeys(lines))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All facets by name; `digest` changes with every letter of the file."""

    version: str
    digest: str
    facets: Mapping[str, Facet]

    def facet(self, name: str) -> Facet:
        """The facet of that name; raises Invalid naming those there are."""
        if name not in self.facets:
            reason = f"{name[:100]!r} is no facet; there are {', '.join(self.facets)}"
            raise Invalid("facet_unknown", reason, fields={"facet": reason})
        return self.facets[name]

    def kind(self, category: str | None) -> str | None:
        """The kind of garment that a category's value is; None for an unknown one."""
        known = {word.value: word.kind for word in self.facets[CATEGORY].words}
        return known.get(category or "")


def names() -> tuple[str, ...]:
    """The names of all facets."""
    return tuple(vocabulary().facets)


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that ships."""
    return read(FILE.read_bytes())


def read(data: bytes) -> Vocabulary:
    """A vocabulary from the bytes of its file; two words of a facet never mean the same."""
    told = tomllib.loads(data.decode())
    version = told.pop("version")
    facets = {name: _facet(name, given) for name, given in told.items()}
    return Vocabulary(version, hashlib.sha256(data).hexdigest(), facets)


def _facet(name: str, given: Mapping[str, Any]) -> Facet:
    words = tuple(_words(given["words"]))
    for spelled in ([word.value for word in words], chain(*(word.same for word in words))):
        _check_distinct(name, list(spelled))
    kinds = given.get("kinds")
    return Facet(
        name=name,
        names=Names(**given["names"]),
        head=given.get("head", name),
        templates=tuple(given["templates"]),
        words=words,
        kinds=None if kinds is None else frozenset(kinds),
        shape=given.get("shape", False),
    )


def _words(given: Mapping[str, Mapping[str, Any]]) -> Iterator[Word]:
    for value, told in given.items():
        yield Word(
            value=value,
            english=tuple(dict.fromkeys([value, *told.get("en", ())])),
            names={language: told[language] for language in ("de", "ja")},
            same=tuple(told.get("same", ())),
            kind=told.get("kind", ""),
            also=tuple(told.get("also", ())),
            vague=frozenset(told.get("vague", ())),
        )


def _check_distinct(facet: str, names: Sequence[str]) -> None:
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"{facet}: {', '.join(sorted(twice))} twice")
