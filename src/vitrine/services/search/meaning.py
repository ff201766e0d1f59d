"""Whether words mean anything to a fashion shop: how much of them it, or anybody, knows."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from vitrine.services.search.catalogue import Catalogue
from vitrine.services.search.intent import Intent
from vitrine.services.search.tokens import tokens
from vitrine.vision.tuning import Spoken

SLIP = 0.8
"""What a misspelt word counts beside a known one."""

ENOUGH = 3
"""So many known words speak for a text as much as any more would."""

FILLING_WORDS = """
a all also an and any are as at be best bild bis buy by can cheap choose das dem den
der die ein eine einen find for foto from für günstig how i image in into is it its
kaufen look looking me mit my near need new of oder on one or pack photo picture
piece please price sale set show size some suche that the these this to two und von
want what with without zeige zu zum zur 写真 画像
"""
FILLING = frozenset(FILLING_WORDS.split())
"""What a text may hold without meaning more or less."""
FILLING_KANA = re.compile("が欲しい|を探しています|写真|画像|[のなをでにはとが用色]")
ENDINGS = ("s", "es", "e", "er", "en", "em", "n", "ed", "y")

_UNSPACED = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that is said of garments, as tokens.

    `forms` are single words with their endings, `lost` long ones with a letter lost, each with the
    lengths of what it may be.
    """

    phrases: frozenset[tuple[str, ...]]
    garments: frozenset[tuple[str, ...]]
    forms: frozenset[str] = field(repr=False)
    lost: dict[str, set[int]] = field(repr=False)
    longest: int = 1

    @staticmethod
    @lru_cache(maxsize=8)
    def of(spoken: Spoken) -> Known:
        """What is spoken, ready to be looked up."""
        garments = frozenset(map(tokens, spoken.garments)) - {()}
        phrases = garments | frozenset(map(tokens, spoken.others)) - {()}
        singles = {phrase[0] for phrase in phrases if len(phrase) == 1}
        spaced = [word for word in singles if not _UNSPACED.search(word)]
        forms = singles | {word + ending for word in spaced for ending in ENDINGS}
        lost: dict[str, set[int]] = {}
        for word in (word for word in spaced if len(word) >= 5):
            for shorter in _shortened(word):
                lost.setdefault(shorter, set()).add(len(word))
        longest = max(map(len, phrases), default=1)
        return Known(phrases, garments, frozenset(forms), lost, longest)

    def shares(self, words: Sequence[str]) -> list[float]:
        """How known each word is, 0 to 1: in a phrase, alone, in a compound, or misspelt."""
        found, start = list[float](), 0
        while start < len(words):
            for end in range(min(len(words), start + self.longest), start, -1):
                if tuple(words[start:end]) in self.phrases:
                    found += [1.0] * (end - start)
                    break
            else:
                end = start + 1
                found.append(self._share(words[start]))
            start = end
        return found

    def names_garment(self, words: Sequence[str]) -> float:
        """Whether the words name a sort of garment: 1, SLIP where only with a slip, else 0."""
        spans = (
            tuple(words[start:end])
            for start in range(len(words))
            for end in range(start + 1, min(len(words), start + self.longest) + 1)
        )
        if any(span in self.garments for span in spans) or any(map(self._ends_garment, words)):
            return 1.0
        return SLIP if any(map(self._is_slip, words)) else 0.0

    def _share(self, word: str) -> float:
        if _UNSPACED.search(word):
            return self._unspaced(word)
        if word in self.forms or (len(word) >= 6 and self._is_compound(word)):
            return 1.0
        return SLIP if self._is_slip(word) else 0.0

    def _is_compound(self, word: str) -> bool:
        """Whether it is known words of three letters or more, run together."""
        reached = {0}
        for end in range(3, len(word) + 1):
            pieces = (word[start:end] for start in reached if end - start >= 3)
            if any(piece in self.forms or piece in FILLING for piece in pieces):
                reached.add(end)
        return len(word) in reached

    def _is_slip(self, word: str) -> bool:
        """Whether a letter is lost, doubled, wrong, or swapped; first letters are seldom wrong."""
        if not word.isascii() or not word.isalpha() or len(word) < 4:
            return False
        # The plural's s was taken off before: `dres` arrived as `dre`.
        if word in self.lost or f"{word}s" in self.lost:
            return True
        shorter = _shortened(word) if len(word) >= 5 else ()
        return any(one in self.forms and len(one) >= 5 for one in shorter) or any(
            len(word) in self.lost.get(one, ()) for one in shorter
        )

    def _ends_garment(self, word: str) -> bool:
        if _UNSPACED.search(word):
            return any(word[at:end] in self._own for at, end in _parts(len(word)))
        return len(word) >= 6 and any(word[at:] in self._own for at in range(1, len(word) - 3))

    @property
    def _own(self) -> Collection[str]:
        return _single(self.garments)

    def _unspaced(self, word: str) -> float:
        """The share of the letters that known words cover, of a script without blanks."""
        plain = FILLING_KANA.sub(" ", word).split()
        total = sum(map(len, plain))
        return sum(map(self._covered, plain)) / total if total else 1.0

    def _covered(self, part: str) -> int:
        start = covered = 0
        while start < len(part):
            ends = range(len(part), start + (not _UNSPACED.fullmatch(part)), -1)
            end = next((end for end in ends if part[start:end] in self.forms), None)
            covered += 0 if end is None else end - start
            start = start + 1 if end is None else end
        return covered


@dataclass(frozen=True, slots=True)
class Told:
    """What speaks for words: the shares of letters in words that anybody, and that the catalogue or
    anybody, knows; how many are known; a sort of garment; and whether one product holds all."""

    vocabulary: float
    catalogue: float
    count: float
    garment: float
    whole: float


def told(known: Known, catalogue: Catalogue, intent: Intent) -> Told:
    """What speaks for the intent's words in a catalogue."""
    words = intent.words
    pairs = [
        (word, share)
        for word, share in zip(words, known.shares(words), strict=True)
        if word not in FILLING and not word.isdigit()
    ]
    letters = sum(len(word) for word, _ in pairs) or 1
    wanted = {token for values in intent.wanted.values() for one in values for token in tokens(one)}
    held = [
        share if share else float(word in wanted or catalogue.holds(word)) for word, share in pairs
    ]
    return Told(
        vocabulary=sum(len(word) * share for word, share in pairs) / letters,
        catalogue=sum(len(w) * s for (w, _), s in zip(pairs, held, strict=True)) / letters,
        count=min(ENOUGH, sum(share >= SLIP for _, share in pairs)) / ENOUGH,
        garment=known.names_garment(words),
        whole=float(bool(pairs) and catalogue.holds_all([w for w, _ in pairs if w not in wanted])),
    )


def _shortened(word: str) -> list[str]:
    return [word[:at] + word[at + 1 :] for at in range(1, len(word))]


def _parts(length: int) -> list[tuple[int, int]]:
    return [(at, end) for at in range(length) for end in range(at + 2, length + 1)]


@lru_cache(maxsize=8)
def _single(phrases: frozenset[tuple[str, ...]]) -> frozenset[str]:
    """The phrases of one word that are long enough to be found inside another."""
    singles = (phrase[0] for phrase in phrases if len(phrase) == 1)
    return frozenset(word for word in singles if len(word) >= (2 if _UNSPACED.search(word) else 4))
