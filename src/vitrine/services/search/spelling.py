"""Slips of who types: a word that nobody knows is read as the nearest that the catalogue knows."""

from __future__ import annotations

from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import OSA

from vitrine.fields.facets import RECOGNISED
from vitrine.services.search import forms, recognising
from vitrine.services.search.catalogue import Catalogue
from vitrine.services.search.meaning import FILLING, Known
from vitrine.services.search.tokens import phrase

SHORTEST = 4
"""Shorter words are left alone: a slip would make another word of them."""

LONG = 8
"""From so many letters on two slips are read, else one."""


@dataclass(slots=True)
class Speller:
    """The words of a catalogue and those that anybody says of garments."""

    catalogue: Catalogue
    known: Known
    _counts: dict[str, int] = field(default_factory=dict)

    def corrected(self, word: str) -> str | None:
        """The word that was meant: the one with the fewest slips, of those the most frequent.

        None for a word that the catalogue or anybody knows, and where none is near. A slip is a
        letter lost, added, swapped with the next or, in longer words, wrong; the first letter
        stays.
        """
        typed, plain = word.casefold(), phrase(word)
        if not typed.isalpha() or len(typed) < SHORTEST or forms.is_unspaced(typed):
            return None
        if self.knows(plain) or self.knows(typed):
            return None
        alike = [one for one in self._offered() if one[0] == typed[0]]
        most = 2 if len(typed) >= LONG else 1
        # An `s` at the end may be a plural's, or what is left of `dress`.
        found = [
            each
            for form in {typed, plain}
            for each in process.extract(
                form, alike, scorer=OSA.distance, score_cutoff=most, limit=None
            )
        ]
        found = [each for each in found if len(typed) > SHORTEST or _likely(typed, each[0])]
        best = min(found, key=lambda one: (one[1], -self._counts[one[0]], one[0]), default=None)
        return None if best is None else best[0]

    def knows(self, word: str) -> bool:
        """Whether a title, a brand, a value or anybody's words for garments hold it."""
        return (
            word in FILLING
            or self.catalogue.holds(word)
            or self.known.shares([word]) == [1.0]
            or word in recognising.colours()
            or forms.base(word) is not None
            or word in self._offered()
        )

    def _values(self) -> list[str]:
        held = (self.catalogue.words_of(facet) for facet in RECOGNISED)
        return [name for words in held if words for name in list(words.named)]

    def _offered(self) -> dict[str, int]:
        """By word that may be meant how many products hold it."""
        if not self._counts:
            told = [phrase[0] for phrase in self.known.phrases if len(phrase) == 1]
            named = (*self._values(), *recognising.colours())
            words = (word for phrase in named for word in phrase.split())
            self._counts.update(dict.fromkeys((*told, *words), 0))
            self._counts.update(self.catalogue.spoken())
        return self._counts


def _likely(typed: str, meant: str) -> bool:
    """Whether a short word may be a slip: with one letter wrong it is rather another word, as good
    is beside gold."""
    return len(typed) != len(meant) or sorted(typed) == sorted(meant)
