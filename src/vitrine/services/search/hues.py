"""Which products say that they are of another colour than the one that is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

import numpy as np

from vitrine.fields.facets import LABEL
from vitrine.services.search.cache.columns import Column, Mask, Words
from vitrine.services.search.cache.snapshot import Snapshot
from vitrine.services.search.recognising import COLOUR, colours
from vitrine.services.search.tokens import LONGEST, tokens

ANY = "multicoloured"
"""What is of all colours is of none that differs."""

PASSING = """
white cream, cream beige, beige tan, beige khaki, tan brown, tan khaki, tan mustard, brown rust,
grey silver, gold yellow, gold mustard, khaki olive, khaki green, olive green, green turquoise,
turquoise blue, blue navy, purple lavender, purple magenta, lavender pink, pink magenta, pink peach,
red burgundy, red rust, burgundy purple, rust orange, orange peach, yellow mustard
"""
"""Colours of which one may pass for the other: who asks for red may mean burgundy, never blue."""


def _near() -> Mapping[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for pair in PASSING.split(","):
        one, other = pair.split()
        found[one].add(other)
        found[other].add(one)
    return {word: frozenset(words) for word, words in found.items()}


NEAR = _near()


def otherwise(snapshot: Snapshot, wanted: Collection[str]) -> Mask:
    """The rows that are of another colour than any of the wanted ones, as they state, else as they
    are labelled. A colour that nobody understands differs from none."""
    own, size = snapshot.columns.get(COLOUR), snapshot.size
    stated = _other(own, size, wanted)
    silent = np.ones(size, dtype=np.bool_) if own is None else ~own.told(size)
    if silent.any():
        stated |= silent & _other(snapshot.columns.get(f"{LABEL}{COLOUR}"), size, wanted)
    return stated


def _other(column: Column | None, size: int, wanted: Collection[str]) -> Mask:
    """The rows all of whose values are other colours."""
    if column is None:
        return np.zeros(size, dtype=np.bool_)
    fits = {word for each in wanted for word in (each, ANY, *NEAR.get(each, ()))}
    words = _meant(column.words, column.known)
    differs = np.array([bool(said) and not said & fits for said in words], dtype=np.bool_)
    found = column.marked(differs, size)
    return found if column.single is not None else found & ~column.marked(~differs, size)


@lru_cache(maxsize=16)
def _meant(words: Words, known: int) -> Sequence[frozenset[str]]:
    """The colours that each of the first so many values means."""
    means = ((str(value), words.means(value)) for value in words.values[:known])
    return [named(text) if word is None else frozenset((word,)) for text, word in means]


@lru_cache(maxsize=4096)
def named(text: str) -> frozenset[str]:
    """The colours of the vocabulary that a text names, the longest names first."""
    words, found, start = tokens(text), set[str](), 0
    while start < len(words):
        ends = range(min(len(words), start + LONGEST), start, -1)
        name = (end for end in ends if " ".join(words[start:end]) in colours())
        end = next(name, None)
        if end is not None:
            found.add(colours()[" ".join(words[start:end])])
        start = start + 1 if end is None else end
    return frozenset(found)
