"""What somebody who types may mean: values and words of the products that they can find.

Nothing that anybody searched is ever suggested: it might tell of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from weakref import WeakKeyDictionary

from rapidfuzz.distance import OSA

from vitrine.fields.facets import RECOGNISED
from vitrine.services.search import filters, forms, recognising
from vitrine.services.search.cache.columns import Words
from vitrine.services.search.catalogue import Catalogue
from vitrine.services.search.filters import AnyOf, Value
from vitrine.services.search.retrieval import Counts
from vitrine.services.search.spelling import LONG, SHORTEST
from vitrine.services.search.tokens import LONGEST, WORDS, phrase, placed

MOST = 12
"""More suggestions are read by nobody."""

SHORTEST_WORD = 3
"""Shorter words of titles are of no use, and most of them mean nothing."""

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


def suggest(
    catalogue: Catalogue, counts: Counts, typed: str, named: Named, limit: int = 8
) -> list[Suggestion]:
    """How a text that is being typed may go on, the likeliest first.

    Only values and words of what is counted are suggested, and of these those that go with the
    words before: after "red" no thing that is there in blue alone. Slips are forgiven where nothing
    begins as it was typed.
    """
    for most in (0, 1, 2):
        found: dict[str, tuple[tuple[int, int, int, str], Suggestion]] = {}
        for part in _parts(typed):
            if len(part.start) < (0, SHORTEST, LONG)[most]:
                continue
            for slips, order, one in _of(catalogue, counts, part, named, most):
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
    catalogue: Catalogue, counts: Counts, typed: _Typed, named: Named, most: int
) -> Iterator[tuple[int, int, Suggestion]]:
    """Slips, the order of sources, and what is suggested."""
    # Of titles no word is told that a single letter begins: too many do.
    worded = typed.start.isalpha() and len(typed.start) > 1
    sources = (*RECOGNISED, WORDS) if worded else RECOGNISED
    before: Sequence[AnyOf] | None = None
    for order, facet in enumerate(sources):
        words = catalogue.words_of(facet)
        begun = {} if words is None else _names(words).begun(typed, most)
        if words is None or not begun:
            continue
        before = _named(catalogue, typed.kept) if before is None else before
        given = None if facet == WORDS else partial(named, facet)
        counted = counts(facet, before, [code for key in begun for code in words.by_key[key]])
        for slips, text, count in _values(words, typed, begun, counted, given, most):
            told = "" if facet == WORDS else facet
            yield slips, order, Suggestion(typed.kept + text, told, count)


def _names(words: Words) -> _Names:
    size, known = _known.get(words, (-1, None))
    if known is None or size != len(words.values):
        size, known = len(words.values), _Names.of(words)
        _known[words] = (size, known)
    return known


def _named(catalogue: Catalogue, kept: str) -> Sequence[AnyOf]:
    """What the words before name, as conditions."""
    wanted = recognising.read(catalogue, kept).wanted if kept.strip() else {}
    return [AnyOf(facet, frozenset(map(filters.key, values))) for facet, values in wanted.items()]


def _values(
    words: Words,
    typed: _Typed,
    begun: Mapping[str, Sequence[str]],
    counts: Mapping[int, int],
    named: Callable[[Value, str | None], str] | None,
    most: int,
) -> Iterator[tuple[int, str, int]]:
    """The counted values that have one of these names: slips, how the value is written to whom
    knows it by that name, and how many products have it."""
    for key, others in begun.items():
        codes = [code for code in words.by_key[key] if counts.get(code)]
        if not codes or (named is None and len(key) < SHORTEST_WORD):
            continue
        value = words.values[codes[0]]
        own = () if named is None else (named(value, words.means(value)),)
        known = [(typed.slips(way.casefold(), most), way) for way in (*own, str(value), *others)]
        slips, way = next((slips, way) for slips, way in known if slips is not None)
        yield slips, way, sum(counts[code] for code in codes)
