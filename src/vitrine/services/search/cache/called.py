"""What values are called that are words of the vocabulary themselves, in each of its languages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

from vitrine.fields import FIELDS
from vitrine.fields.facets import ATTRIBUTE
from vitrine.services.search.filters import key
from vitrine.vision.vocabulary import Facet, Word, vocabulary

Names = Mapping[str, Sequence[str]]
"""By key of a value its other names; the first is the word of the vocabulary that it means."""


def columns_of(facet: Facet) -> tuple[str, ...]:
    """The facets of search in which a shop may state values of a facet of the vocabulary."""
    if facet.name in FIELDS:
        return (facet.name,)
    return tuple(dict.fromkeys(f"{ATTRIBUTE}{name}" for name in (facet.name, facet.head)))


def names(word: Word) -> tuple[str, ...]:
    """What people call a word, the word itself first."""
    return (word.value, *word.names.values())


def names_of(column: str) -> Names:
    """The names of every value of a column that is spelled as a word of the vocabulary is."""
    return _known().get(column, {})


@cache
def _known() -> Mapping[str, Names]:
    found: defaultdict[str, dict[str, Sequence[str]]] = defaultdict(dict)
    for facet in vocabulary().facets.values():
        # A word's own names go before what else it stands for: "wrap" may be two things.
        spelled = [*_spelled(facet, names), *_spelled(facet, _others)]
        for column in columns_of(facet):
            for name, word in spelled:
                found[column].setdefault(key(name), names(word))
    return found


def _others(word: Word) -> tuple[str, ...]:
    return (*word.english, *word.same, *word.also)


def _spelled(facet: Facet, of: Callable[[Word], Sequence[str]]) -> Iterator[tuple[str, Word]]:
    for word in facet.words:
        for name in of(word):
            if name.casefold() not in word.vague:
                yield name, word
