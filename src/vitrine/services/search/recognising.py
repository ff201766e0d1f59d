"""What a text names: prices and sizes to filter by, values of the catalogue to wish for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import Any, Literal

from vitrine.fields.facets import ATTRIBUTE, PRICE, RECOGNISED
from vitrine.services.search import bounds, filters, forms
from vitrine.services.search.catalogue import Catalogue
from vitrine.services.search.filters import AnyOf, Between, Condition, Filters
from vitrine.services.search.tokens import LONGEST, phrase, placed, tokens
from vitrine.vision.vocabulary import vocabulary

COLOUR = "colour"
NO_SYNONYMS: Mapping[str, str] = {}

SIZE_NAMES = """
size sizes clothing_size shoe_size eu_size größe groesse grösse größen schuhgröße konfektionsgröße
サイズ
"""
SIZES = frozenset(SIZE_NAMES.split())
"""The attributes in which shops state sizes."""

WORDY = {"s": "small", "m": "medium", "l": "large", "xl": "x-large", "xs": "x-small"}
"""Sizes that some shops write in words."""

Role = Literal["filter", "wish", "synonym", "spelling"]


@dataclass(frozen=True, slots=True)
class Recognised:
    """A part of a text that is more than plain words, and where it stands.

    A filter holds; a wish comes first; a synonym and a slip are read as other words. `values` are
    those of the catalogue, none where it has none of that name; `means` is the word of the
    vocabulary.
    """

    role: Role
    start: int
    end: int
    text: str
    facet: str = ""
    values: tuple[str, ...] = ()
    means: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    currency: str = ""
    read_as: str | None = None

    @property
    def condition(self) -> Condition | None:
        """What a filter asks of products; None for what is no filter."""
        if self.role != "filter":
            return None
        if self.facet == PRICE:
            return Between(PRICE, self.low, self.high)
        return AnyOf(self.facet, frozenset(map(filters.key, self.values)))

    def as_json(self) -> dict[str, Any]:
        """How it is told and recorded."""
        return {
            "role": self.role,
            "facet": self.facet or None,
            "values": list(self.values),
            "means": self.means,
            "min": None if self.low is None else str(self.low),
            "max": None if self.high is None else str(self.high),
            "currency": self.currency,
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "read_as": self.read_as,
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it is understood: what it names, in its order, and the words that are left to
    compare with; those that are filters are not among them."""

    text: str = ""
    named: tuple[Recognised, ...] = ()

    @property
    def wanted(self) -> dict[str, tuple[str, ...]]:
        """By facet the values that are wished for."""
        found: dict[str, tuple[str, ...]] = {}
        for one in self.named:
            if one.role == "wish" and one.values:
                found[one.facet] = (*found.get(one.facet, ()), *one.values)
        return found

    @property
    def colours(self) -> tuple[str, ...]:
        """The colours that are wished for, in the catalogue's words or the vocabulary's."""
        wishes = (one for one in self.named if one.facet == COLOUR)
        return tuple(name for one in wishes for name in one.values or filter(None, (one.means,)))

    @property
    def hues(self) -> frozenset[str]:
        """The same as words of the vocabulary; those it does not know are left out."""
        return frozenset(one.means for one in self.named if one.facet == COLOUR and one.means)

    @property
    def instead(self) -> Mapping[str, tuple[str, ...]]:
        """By word that stands for a synonym the words that were typed: titles may hold either."""
        read = ((one, tokens(one.read_as or "")) for one in self.named if one.role == "synonym")
        return {words[0]: tokens(one.text) for one, words in read if words}

    def narrowed(self, given: Filters) -> Filters:
        """The filters and those of the text."""
        own = [one.condition for one in self.named if one.condition is not None]
        return replace(given, conditions=(*given.conditions, *own)) if own else given


@dataclass(frozen=True, slots=True)
class _Word:
    """A word in its plain form, and the part of the text that it was read from."""

    word: str
    start: int
    end: int


@dataclass(slots=True)
class _Page:
    """A text while it is read; phrases of `plain` are nothing but words."""

    catalogue: Catalogue
    text: str
    plain: Collection[str]
    found: list[Recognised] = field(default_factory=list)

    def keep(self, role: Role, start: int, end: int, **told: Any) -> bool:
        """Take a part of the text, unless it is plain or taken; what is read as other words may
        be wished for in these."""
        text = self.text[start:end]
        taken = (one for one in self.found if role != "wish" or one.read_as is None)
        overlaps = any(start < one.end and one.start < end for one in taken)
        if overlaps or phrase(text) in self.plain:
            return False
        self.found.append(Recognised(role, start, end, text.strip(), **told))
        return True


def read(
    catalogue: Catalogue,
    text: str,
    plain: Sequence[str] = (),
    synonyms: Mapping[str, str] = NO_SYNONYMS,
    corrected: Callable[[str], str | None] | None = None,
) -> Reading:
    """What a text names in this catalogue; what overlaps something longer is not told.

    Phrases of `synonyms` are read as what they mean, words that `corrected` knows better as that.
    Phrases of `plain` are plain words.
    """
    page = _Page(catalogue, text, {phrase(one) for one in plain})
    _read_bounds(page)
    for start, end, name in _phrases(list(_words(page)), synonyms):
        page.keep("synonym", start, end, read_as=synonyms[name])
    for word in list(_words(page)):
        better = corrected(text[word.start : word.end]) if corrected else None
        if better is not None:
            page.keep("spelling", word.start, word.end, read_as=better)
    _read_values(page, list(_words(page)))
    named = sorted(page.found, key=lambda one: (one.start, one.role))
    return Reading(_left(text, named), tuple(named))


def _read_bounds(page: _Page) -> None:
    for price in bounds.prices(page.text):
        told = {"low": price.low, "high": price.high, "currency": price.currency}
        page.keep("filter", price.start, price.end, facet=PRICE, **told)
    for size in bounds.sizes(page.text):
        for facet, values in _sized(page.catalogue, size.value):
            if page.keep("filter", size.start, size.end, facet=facet, values=values):
                break


def is_size(facet: str) -> bool:
    """Whether a facet is an attribute in which shops state sizes."""
    return facet.startswith(ATTRIBUTE) and facet.removeprefix(ATTRIBUTE).casefold() in SIZES


def _sized(catalogue: Catalogue, written: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The facets of sizes that know such a one, and how they write it."""
    wanted = filters.key(written)
    for facet in catalogue.facets():
        if is_size(facet):
            words, names = catalogue.words_of(facet), (wanted, WORDY.get(wanted, wanted))
            codes = [code for name in names for code in words.by_key.get(name, ())] if words else ()
            if words and codes:
                values = dict.fromkeys(str(words.values[code]) for code in codes)
                yield facet, tuple(values)


def _words(page: _Page) -> Iterator[_Word]:
    """The words that are left, those read as others in their place."""
    at = 0
    for one in sorted(page.found, key=lambda one: one.start):
        yield from _between(page.text, at, one.start)
        yield from (_Word(word.word, one.start, one.end) for word in placed(one.read_as or ""))
        at = one.end
    yield from _between(page.text, at, len(page.text))


def _phrases(words: Sequence[_Word], known: Collection[str]) -> Iterator[tuple[int, int, str]]:
    """Where known phrases stand, the longest first, and which."""
    for some in _runs(words) if known else ():
        name = " ".join(one.word for one in some)
        if name in known:
            yield some[0].start, some[-1].end, name
    for one in words if known else ():
        if forms.is_unspaced(one.word):
            for start, end in forms.parts(one.word, known.__contains__):
                yield one.start + start, one.start + end, one.word[start:end]


def _runs(words: Sequence[_Word]) -> Iterator[Sequence[_Word]]:
    """Every run of words that may be one name, the longest first."""
    for length in range(min(LONGEST, len(words)), 0, -1):
        for at in range(len(words) - length + 1):
            yield words[at : at + length]


def _between(text: str, start: int, end: int) -> Iterator[_Word]:
    for token in placed(text[start:end]):
        yield _Word(token.word, start + token.start, start + token.end)


def _read_values(page: _Page, words: Sequence[_Word]) -> None:
    for some in _runs(words):
        told = _named(page.catalogue, " ".join(one.word for one in some))
        if told:
            page.keep("wish", some[0].start, some[-1].end, **told)
    for one in words:
        if forms.is_unspaced(one.word) and len(one.word) == one.end - one.start:
            for start, end in forms.parts(one.word, lambda n: bool(_named(page.catalogue, n))):
                told = _named(page.catalogue, one.word[start:end])
                page.keep("wish", one.start + start, one.start + end, **told)
        elif (name := forms.base(one.word)) and (told := _named(page.catalogue, name)):
            page.keep("wish", one.start, one.end, **told)


def _named(catalogue: Catalogue, name: str) -> dict[str, Any]:
    """The facet that has values of this name, and those; of colours also what only the vocabulary
    knows. Empty for what is no name."""
    for facet in RECOGNISED:
        words = catalogue.words_of(facet)
        values = words.named.get(name) if words else None
        if words and values:
            once: dict[str, str] = {}
            for value in values:
                once.setdefault(filters.key(value), str(value))
            means = words.means(values[0])
            return {"facet": facet, "values": tuple(once.values()), "means": means}
    word = colours().get(name)
    return {"facet": COLOUR, "means": word} if word else {}


@cache
def colours() -> Mapping[str, str]:
    """The colours of the vocabulary by the phrases of their names."""
    words = vocabulary().facets[COLOUR].words
    return {phrase(name): word.value for word in words for name in word.spellings}


def _left(text: str, named: Sequence[Recognised]) -> str:
    """The text without what filters, and with other words for what is read as such."""
    kept, at = list[str](), 0
    for one in named:
        if one.start < at or (one.role == "wish"):
            continue
        kept += [text[at : one.start], one.read_as or " "]
        at = one.end
    left = " ".join("".join((*kept, text[at:])).split())
    return left.removeprefix("の")
