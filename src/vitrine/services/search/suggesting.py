"""What somebody who types may mean: values and words of the products that they can find.

Nothing that anybody searched is ever suggested: it might tell of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol
from weakref import WeakKeyDictionary

import numpy as np
from rapidfuzz.distance import OSA
from sqlalchemy.orm import Session

from vitrine.fields.facets import RECOGNISED
from vitrine.services.search import filters, following, forms, recognising
from vitrine.services.search.cache.columns import Mask, Words
from vitrine.services.search.cache.snapshot import Snapshot
from vitrine.services.search.catalogue import Catalogue
from vitrine.services.search.engine import SearchEngine
from vitrine.services.search.filters import EVERYTHING, AnyOf, Filters, Value
from vitrine.services.search.spelling import LONG, SHORTEST
from vitrine.services.search.tokens import LONGEST, WORDS, phrase, placed

MOST = 12
"""More suggestions are read by nobody."""

SHORTEST_WORD = 3
"""Shorter words of titles are of no use, and most of them mean nothing."""

MOST_COUNTED = 12
"""So many values of a facet are counted where each is a question to an engine: the commonest."""

Named = Callable[[str, Value, str | None], str]
"""What a value of a facet is called, given the word of the vocabulary that it means."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A whole text to search for, and how many products have what was added to it.

    `facet` is that of the value it ends with, empty for a word of titles.
    """

    text: str
    facet: str
    count: int


class Offer(Protocol):
    """The products of which values and words are suggested."""

    @property
    def catalogue(self) -> Catalogue:
        """What names they may have."""
        ...

    def counts(
        self, facet: str, keys: Collection[str], kept: Sequence[AnyOf]
    ) -> Mapping[str, tuple[Value, int]]:
        """By key of a value how it is written, and how many of the products that fulfil what is
        kept have it; without those that none has."""
        ...


@dataclass(frozen=True, slots=True)
class AtHand:
    """The rows of a mask of a snapshot."""

    catalogue: Snapshot
    mask: Mask

    def counts(
        self, facet: str, keys: Collection[str], kept: Sequence[AnyOf]
    ) -> Mapping[str, tuple[Value, int]]:
        """As the protocol says."""
        column, mask = self.catalogue.columns[facet], self.mask
        for each in kept:
            mask = mask & self.catalogue.columns[each.facet].where(each, self.catalogue.size)
        counts = np.bincount(column.codes[mask[column.rows]], minlength=1)
        found = dict[str, tuple[Value, int]]()
        for key in keys:
            codes = [
                code for code in column.words.by_key[key] if code < len(counts) and counts[code]
            ]
            if codes:
                found[key] = (column.words.values[codes[0]], int(counts[codes].sum()))
        return found


@dataclass(frozen=True, slots=True)
class Asked:
    """The products within filters of an engine, which counts what filters leave."""

    catalogue: Catalogue
    count: Callable[[Filters], int]
    within: Filters = EVERYTHING

    def counts(
        self, facet: str, keys: Collection[str], kept: Sequence[AnyOf]
    ) -> Mapping[str, tuple[Value, int]]:
        """As the protocol says, of the commonest values."""
        words = self.catalogue.words_of(facet)
        if words is None:
            return {}
        order = dict[str, int]()
        for place, each in enumerate(self.catalogue.counted(facet)):
            order.setdefault(filters.key(each.value), place)
        common = sorted(keys, key=lambda key: (order.get(key, len(order)), key))[:MOST_COUNTED]
        counted = {key: self._count(AnyOf(facet, frozenset((key,))), *kept) for key in common}
        return {
            key: (words.values[words.by_key[key][0]], count)
            for key, count in counted.items()
            if count and words.by_key[key]
        }

    def _count(self, *more: AnyOf) -> int:
        return self.count(Filters((*self.within.conditions, *more)))


@dataclass(frozen=True, slots=True)
class _Typed:
    """What was typed, in two parts: what stays, and the beginning of a name."""

    kept: str
    start: str

    def slips(self, name: str, most: int) -> int | None:
        """How many slips lie between what was typed and the beginning of a name; None if over."""
        if name.startswith(self.start):
            return 0
        if most == 0:
            return None
        ends = {name[: len(self.start) + more] for more in (-1, 0, 1)}
        found = min(OSA.distance(self.start, end, score_cutoff=most) for end in ends)
        return found if found <= most else None


@dataclass(frozen=True, slots=True)
class _Names:
    """Every name of a column's values in order, so that those that begin alike are found at once,
    and the keys of the values that have it."""

    ordered: list[str]
    keys: dict[str, tuple[str, ...]]

    @staticmethod
    def of(words: Words) -> _Names:
        """The names of what is known now."""
        # Copied at once: a later snapshot may be adding words this very moment.
        found: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for key in list(words.keys):
            found[key][key] = None
        for name, values in list(words.named.items()):
            found[name].update((filters.key(value), None) for value in list(values))
        return _Names(sorted(found), {name: tuple(keys) for name, keys in found.items()})

    def begun(self, typed: _Typed, most: int) -> Mapping[str, Sequence[str]]:
        """By key of a value those of its names that begin so; the first letter is never a slip."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        begin = typed.start if most == 0 else typed.start[:1]
        at = bisect_left(self.ordered, begin)
        while at < len(self.ordered) and self.ordered[at].startswith(begin):
            if typed.slips(self.ordered[at], most) is not None:
                for key in self.keys[self.ordered[at]]:
                    found[key].append(self.ordered[at])
            at += 1
        return found


_known: WeakKeyDictionary[Words, tuple[int, _Names]] = WeakKeyDictionary()


def offered(engine: SearchEngine, session: Session, within: Filters = EVERYTHING) -> Offer:
    """The products that may be found within filters, while the session is open; raises Conflict
    before anything is searched."""
    space, retriever = following.chosen(engine, session), engine.retriever
    held = retriever.opened(session, space)
    if held.catalogue is held.snapshot:
        return AtHand(held.snapshot, held.snapshot.where(within))
    return Asked(
        held.catalogue,
        lambda asked: retriever.matching(session, space, asked, among=None, most=0)[1],
        within,
    )


def suggest(offer: Offer, typed: str, named: Named, limit: int = 8) -> list[Suggestion]:
    """How a text that is being typed may go on, the likeliest first.

    Only values and words of the offer are suggested, and of these those that go with the words
    before: after "red" no thing that is there in blue alone. Slips are forgiven where nothing
    begins as it was typed.
    """
    for most in (0, 1, 2):
        found: dict[str, tuple[tuple[int, int, int, str], Suggestion]] = {}
        for part in _parts(typed):
            if len(part.start) < (0, SHORTEST, LONG)[most]:
                continue
            for slips, order, one in _of(offer, part, named, most):
                place = (slips, order, -one.count, one.text)
                known = found.get(phrase(one.text))
                if known is None or place < known[0]:
                    found[phrase(one.text)] = (place, one)
        if found:
            found.pop(phrase(typed), None)
            ordered = sorted(found.values(), key=lambda pair: pair[0])
            return [one for _, one in ordered[:limit]]
    return []


def _parts(typed: str) -> Iterator[_Typed]:
    """Where a name may begin in a text: at each of its last words, or within one of a script
    without blanks."""
    words = placed(typed)
    if not words or typed[words[-1].end :]:
        return
    for word in words[-LONGEST:]:
        yield _Typed(typed[: word.start], typed[word.start :].casefold())
    last = words[-1]
    if forms.is_unspaced(last.word):
        begin = max(last.start + 1, last.end - forms.LONGEST_UNSPACED)
        for start in range(begin, last.end):
            yield _Typed(typed[:start], typed[start:].casefold())


def _of(
    offer: Offer, typed: _Typed, named: Named, most: int
) -> Iterator[tuple[int, int, Suggestion]]:
    """Slips, the order of sources, and what is suggested."""
    # Of titles no word is told that a single letter begins: too many do.
    worded = typed.start.isalpha() and len(typed.start) > 1
    sources = (*RECOGNISED, WORDS) if worded else RECOGNISED
    kept: Sequence[AnyOf] | None = None
    for order, facet in enumerate(sources):
        words = offer.catalogue.words_of(facet)
        begun = {} if words is None else _names(words).begun(typed, most)
        if words is None or not begun:
            continue
        kept = _named(offer.catalogue, typed.kept) if kept is None else kept
        given = None if facet == WORDS else partial(named, facet)
        told = "" if facet == WORDS else facet
        keys = [key for key in begun if given is not None or len(key) >= SHORTEST_WORD]
        for key, (value, count) in offer.counts(facet, keys, kept).items():
            own = () if given is None else (given(value, words.means(value)),)
            slips, text = _written(typed, (*own, str(value), *begun[key]), most)
            yield slips, order, Suggestion(typed.kept + text, told, count)


def _names(words: Words) -> _Names:
    size, known = _known.get(words, (-1, None))
    if known is None or size != len(words.values):
        size, known = len(words.values), _Names.of(words)
        _known[words] = (size, known)
    return known


def _named(catalogue: Catalogue, kept: str) -> Sequence[AnyOf]:
    """What the words before name, of which products are to be."""
    if not kept.strip():
        return ()
    wanted = recognising.read(catalogue, kept).wanted.items()
    return [AnyOf(facet, frozenset(map(filters.key, values))) for facet, values in wanted]


def _written(typed: _Typed, ways: Sequence[str], most: int) -> tuple[int, str]:
    """Slips, and the first of these ways to write a value that goes on as it was typed."""
    known = ((typed.slips(way.casefold(), most), way) for way in ways)
    return next((slips, way) for slips, way in known if slips is not None)
