"""One facet of all products in memory: pairs of row and value."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from vitrine.services.search.cache.called import Names
from vitrine.services.search.filters import AnyOf, Between, Value, key, number
from vitrine.services.search.tokens import phrase

Ints = NDArray[np.int32]
Mask = NDArray[np.bool_]
NONE = np.empty(0, dtype=np.int32)

_FEW = 100
"""So many places are left out piece by piece, which then takes a tenth of the time."""

_phrase = lru_cache(maxsize=2**16)(phrase)  # the values of small snapshots come again and again


@lru_cache(maxsize=2**16, typed=True)
def _read(value: Value) -> tuple[str, str, float]:
    """The key of a value, its phrase, and the number that it is."""
    return key(value), _phrase(str(value)), number(value)


@dataclass(frozen=True, slots=True)
class Count:
    """How many products have a value."""

    value: Value
    count: int


class Chosen:
    """Rows to be counted by one facet after the other, which look them up only once."""

    def __init__(self, mask: Mask) -> None:
        self.mask = mask
        few = 2 * np.count_nonzero(mask) <= len(mask)
        self.all_but = not few
        """Whether it is rather the other rows that are looked at, because they are fewer."""
        self.rows = np.flatnonzero(mask if few else ~mask)


class Words:
    """The values of one facet, numbered as they come; only ever added to.

    `aliases` are by key other names that a value is found by, the first of them the word of the
    vocabulary that it means; no value is told as one. `spelled` are those of values that are words
    of the vocabulary themselves: by these they are recognised in a text, and no filter finds more.
    """

    def __init__(self, aliases: Names | None = None, spelled: Names | None = None) -> None:
        self.values: list[Value] = []
        self.keys: list[str] = []
        self.numbers: list[float] = []
        self.by_key: defaultdict[str, list[int]] = defaultdict(list)
        self.phrases: list[str] = []
        self.by_phrase: dict[str, Value] = {}
        self.named: defaultdict[str, list[Value]] = defaultdict(list)
        self._codes: dict[tuple[type, Value], int] = {}
        self._aliases = aliases or {}
        self._spelled = spelled or {}
        self._borrowed: set[str] = set()

    def code(self, value: Value) -> int:
        """The number of this very spelling."""
        spelled = (type(value), value)
        code = self._codes.get(spelled)
        if code is None:
            code = self._codes[spelled] = len(self.values)
            known, phrased, numbered = _read(value)
            self.by_key[known].append(code)
            self.phrases.append(phrased)
            self._name(value, known)
            self.keys.append(known)
            self.numbers.append(numbered)
            self.values.append(value)
        return code

    def means(self, value: Value) -> str | None:
        """The word of the vocabulary that a value means; None for none."""
        return next(iter(self._names(key(value))), None)

    def _names(self, known: str) -> Sequence[str]:
        return self._aliases.get(known, self._spelled.get(known, ()))

    def _name(self, value: Value, known: str) -> None:
        """Have the value found by its own name, and by others that no value has for its own.

        `named` holds by name every value that has it, its own or another.
        """
        own, code = self.phrases[-1], len(self.values)
        for name in dict.fromkeys((own, *map(_phrase, self._names(known)))):
            self.named[name].append(value)
        if own in self._borrowed:
            self._borrowed.discard(own)
            self.by_phrase[own] = value
        self.by_phrase.setdefault(own, value)
        for alias in self._aliases.get(known, ()):
            if key(alias) != known:
                self.by_key[key(alias)].append(code)
            if _phrase(alias) not in self.by_phrase:
                self._borrowed.add(_phrase(alias))
                self.by_phrase[_phrase(alias)] = value


@dataclass(frozen=True)
class Column:
    """Which rows have which values; a row may have several. Never changes but for what it found
    out of itself."""

    words: Words = field(default_factory=Words)
    rows: Ints = field(default_factory=lambda: NONE)
    codes: Ints = field(default_factory=lambda: NONE)
    _asked: dict[int, Ints] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def known(self) -> int:
        """How many of the words it may have: a later column may be adding some this very moment."""
        return int(self.codes.max(initial=-1)) + 1

    @cached_property
    def _distinct(self) -> bool:
        """Whether no two of its values are the same but for their case."""
        return len(set(self.words.keys[: self.known])) == self.known

    @cached_property
    def single(self) -> Ints | None:
        """By row the code of its value, -1 for none, as far as rows are told; None where a row has
        several. Read in the order of rows, it is many times faster than the pairs."""
        found = np.full(int(self.rows.max(initial=-1)) + 1, -1, dtype=np.int32)
        found[self.rows] = self.codes
        return found if np.count_nonzero(found >= 0) == len(self.rows) else None

    def coded(self, size: int) -> Ints | None:
        """`single` of so many rows."""
        found = self.single
        if found is None or len(found) == size:
            return found
        return np.append(found, np.full(size - len(found), -1, dtype=np.int32))

    def replaced(self, touched: Mask, pairs: Iterable[tuple[int, Value]]) -> Column:
        """The column with the pairs of the touched rows taken out and these put in."""
        gone = np.flatnonzero(touched.take(self.rows))
        fresh = np.array(
            [(row, self.words.code(value)) for row, value in pairs], dtype=np.int32
        ).reshape(-1, 2)
        if not len(gone) and not len(fresh):
            return self
        made = Column(
            self.words,
            np.concatenate([*_without(self.rows, gone), fresh[:, 0]]),
            np.concatenate([*_without(self.codes, gone), fresh[:, 1]]),
        )
        self._hand_on(made, self.rows[gone], fresh)
        return made

    def _hand_on(self, made: Column, gone: Ints, fresh: Ints) -> None:
        """Have the next column know what this one found out of rows that did not change."""
        rows, codes = fresh[:, 0], fresh[:, 1]
        known = self.__dict__.get("single")
        if known is None or len(np.unique(rows)) < len(rows):
            return
        single = np.full(max(len(known), int(rows.max(initial=-1)) + 1), -1, dtype=np.int32)
        single[: len(known)] = known
        single[gone] = -1
        if (single[rows] < 0).all():
            single[rows] = codes
            made.__dict__["single"] = single

    def having(self, codes: Iterable[int]) -> Ints:
        """The rows that have these values, once for each of them; unknown ones are passed over."""
        found = [self._having(code) for code in codes]
        return np.concatenate(found) if found else NONE

    def _having(self, code: int) -> Ints:
        # Kept, for one search asks several times, and the next one for the same words.
        if code not in self._asked:
            self._asked[code] = self.rows[np.flatnonzero(self.codes == code)]
        return self._asked[code]

    def marked(self, chosen: Mask, size: int) -> Mask:
        """Which of `size` rows have any of the chosen ones of the `known` values."""
        mask = np.zeros(size, dtype=np.bool_)
        if self.single is None:
            mask[self.rows.take(np.flatnonzero(chosen.take(self.codes)))] = True
        else:
            mask[: len(self.single)] = np.append(chosen, False).take(self.single)  # -1 is the last
        return mask

    def told(self, size: int) -> Mask:
        """Which of `size` rows have any value."""
        codes = self.coded(size)
        if codes is not None:
            return np.asarray(codes >= 0)
        return self.marked(np.ones(self.known, dtype=np.bool_), size)

    def where(self, condition: AnyOf | Between, size: int) -> Mask:
        """Which of `size` rows fulfil the condition."""
        return self.marked(self._fulfilling(condition, self.known), size)

    @cached_property
    def _totals(self) -> NDArray[np.int64]:
        """By code how many rows have it."""
        return np.bincount(self.codes, minlength=self.known)

    def counts(
        self, chosen: Chosen, numbers: NDArray[np.int64] | None = None, most: int | None = None
    ) -> list[Count]:
        """How many chosen rows have each value, the most frequent first, then by name, at most so
        many; rows of the same number are counted once.

        Spellings that differ in case are one value, told as most products write it.
        """
        words, counted = self.words, self._counted(chosen, numbers)
        if self._distinct:
            there = _frequent(counted, most)
            pairs = sorted((-int(counted[code]), words.keys[code], code) for code in there.tolist())
            return [Count(words.values[code], -count) for count, _, code in pairs[:most]]
        return self._merged(counted.tolist())[:most]

    def _merged(self, counted: Sequence[int]) -> list[Count]:
        """The counts by code as those of values, whose spellings differ in case."""
        words, total, shown = self.words, Counter[str](), dict[str, Value]()
        present = [code for code, count in enumerate(counted) if count]
        for code in sorted(present, key=lambda code: (-counted[code], str(words.values[code]))):
            total[words.keys[code]] += counted[code]
            shown.setdefault(words.keys[code], words.values[code])
        found = sorted(total.items(), key=lambda item: (-item[1], item[0]))
        return [Count(shown[name], count) for name, count in found]

    def _counted(self, chosen: Chosen, numbers: NDArray[np.int64] | None) -> NDArray[np.int64]:
        """By code how many chosen rows, or numbers of such rows, have it."""
        if numbers is None and (single := self.coded(len(chosen.mask))) is not None:
            found = np.bincount(single.take(chosen.rows) + 1, minlength=self.known + 1)[1:]
            return self._totals - found if chosen.all_but else found
        here = np.flatnonzero(chosen.mask.take(self.rows))  # picks many times faster than a mask
        codes = self.codes.take(here)
        if numbers is not None:
            keys, by_key = self.words.keys, self.words.by_key
            first = np.array([by_key[key][0] for key in keys[: 1 + int(codes.max(initial=-1))]])
            pairs = np.stack([numbers[self.rows[here]], first.take(codes)])
            codes = codes[np.unique(pairs, axis=1, return_index=True)[1]]
        return np.bincount(codes, minlength=1)

    def _fulfilling(self, condition: AnyOf | Between, known: int) -> Mask:
        """Which of the first `known` values fulfil the condition."""
        if isinstance(condition, Between):
            numbers = np.array(self.words.numbers[:known], dtype=np.float64)
            low = -math.inf if condition.low is None else float(condition.low)
            high = math.inf if condition.high is None else float(condition.high)
            return np.asarray((numbers >= low) & (numbers <= high))
        codes = (code for each in condition.keys for code in self.words.by_key.get(each, ()))
        fulfilling = np.zeros(known, dtype=np.bool_)
        fulfilling[[code for code in codes if code < known]] = True
        return fulfilling


def _without(values: Ints, gone: NDArray[np.intp]) -> Sequence[Ints]:
    """The values but for those in the places that are gone, in pieces."""
    if len(gone) > _FEW:
        return [np.delete(values, gone)]
    ends = [*gone.tolist(), len(values)]
    starts = [0, *(gone + 1).tolist()]
    return [values[start:end] for start, end in zip(starts, ends, strict=True)]


def _frequent(counted: NDArray[np.int64], most: int | None) -> NDArray[np.int64]:
    """The codes that are there; of more than `most` those that may be among the most frequent."""
    there = np.flatnonzero(counted)
    if most is None or len(there) <= most:
        return there
    least = np.partition(counted[there], len(there) - most)[len(there) - most]
    return np.asarray(there[counted[there] >= least])
