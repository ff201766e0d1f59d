"""What the shop's own values mean in our vocabulary: where words and pictures agree.

Words agree by name (`Dresses` is dress, `Cargo trousers` are trousers), or by how near the text
model puts two names. Pictures agree if the products that state a value are mostly labelled so, and
more so than the catalogue at large.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from vitrine.services import models
from vitrine.services.models.calibrations import NAMED
from vitrine.services.search.tokens import phrase, tokens
from vitrine.vision.types import LabelScore, Vector
from vitrine.vision.vocabulary import Facet

MOST = 300
"""So many values of a facet at most, the most frequent ones."""

FEWEST = 5
"""Pictures say something with so many labelled products."""

SHARP = 25.0
"""Cosines of names are multiplied by it before they are shared out."""

TOLD = 3
"""So many words are told of a value as evidence."""

MOST_NEAR, HELD = 0.99, 0.5
"""What words say at most for a value that is near the word, and for one that ends in it."""

WORDS, PICTURES, LIFT, TOGETHER = 0.05, 0.25, 1.5, 0.25
"""What words and pictures must say at least, how much more often than at large, and both as one."""

Labels = Sequence[Mapping[str, LabelScore]]
EmbedTexts = Callable[[Sequence[str]], Vector]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word that a value may mean: what names and what pictures say for it, 0 to 1."""

    word: str
    words: float
    pictures: float | None


@dataclass(frozen=True, slots=True)
class Meaning:
    """A value as most products spell it, how many state it, what may be meant, and what is."""

    facet: str
    spelled: str
    products: int
    candidates: tuple[Candidate, ...]
    proposed: str | None

    @property
    def evidence(self) -> dict[str, object]:
        """The candidates for people and machines, the best first."""
        return {"candidates": [asdict(one) for one in self.candidates]}


def propose(
    facet: Facet, stated: Sequence[str], labels: Labels, embed_texts: EmbedTexts
) -> list[Meaning]:
    """What each stated value of a facet means; `labels` are by product, as `stated` is."""
    counts = Counter(filter(None, stated)).most_common(MOST)
    if not counts:
        return []
    values = [value for value, _ in counts]
    near = _nearness(facet, values, embed_texts)
    shown = _shown(facet, stated, labels)
    at_large = _shares([word for words in shown.values() for word in words])
    return [
        _meaning(facet, value, count, near[row], shown.get(value, ()), at_large)
        for row, (value, count) in enumerate(counts)
    ]


def _meaning(
    facet: Facet,
    value: str,
    products: int,
    near: Mapping[str, float],
    shown: Sequence[str],
    at_large: Mapping[str, float],
) -> Meaning:
    shares = _shares(shown) if len(shown) >= FEWEST else None
    candidates = [
        Candidate(word, round(share, 3), None if shares is None else round(shares.get(word, 0), 3))
        for word, share in near.items()
    ]
    candidates.sort(key=_together, reverse=True)
    best = candidates[0]
    agreed = best.words >= NAMED or _agree(best, at_large)
    return Meaning(
        facet.name, value, products, tuple(candidates[:TOLD]), best.word if agreed else None
    )


def _agree(one: Candidate, at_large: Mapping[str, float]) -> bool:
    if one.pictures is None:
        return False
    lifted = one.pictures >= LIFT * at_large.get(one.word, 0.0)
    enough = one.words >= WORDS and one.pictures >= PICTURES
    return enough and lifted and _together(one) >= TOGETHER


def _together(one: Candidate) -> float:
    return models.together(one.words, one.pictures)


def _nearness(
    facet: Facet, values: Sequence[str], embed_texts: EmbedTexts
) -> list[dict[str, float]]:
    """For each value how near each word's names are, 0 to 1."""
    names = [name for word in facet.words for name in word.english]
    owners = [place for place, word in enumerate(facet.words) for _ in word.english]
    known = embed_texts([name.casefold() for name in names])
    asked = embed_texts([value.casefold() for value in values])
    cosines = np.full((len(values), len(facet.words)), -1.0)
    for place, cosine in zip(owners, (asked @ known.T).T, strict=True):
        cosines[:, place] = np.maximum(cosines[:, place], cosine)
    powers = np.exp(SHARP * (cosines - cosines.max(axis=1, keepdims=True)))
    shares = powers / powers.sum(axis=1, keepdims=True)
    return [
        {
            word.value: max(
                min(MOST_NEAR, float(share)), _by_name(value, (*word.spellings, *word.also))
            )
            for word, share in zip(facet.words, row, strict=True)
        }
        for value, row in zip(values, shares, strict=True)
    ]


def _by_name(value: str, spellings: Sequence[str]) -> float:
    """NAMED for a spelling of the word, HELD for more words that end in one, else nothing."""
    wanted = tokens(value)
    ends = {phrase(" ".join(wanted[start:])) for start in range(1, len(wanted))}
    plain = {phrase(name) for name in spellings}
    return NAMED if phrase(value) in plain else HELD if ends & plain else 0.0


def _shown(facet: Facet, stated: Sequence[str], labels: Labels) -> dict[str, list[str]]:
    """By value what its products are labelled as."""
    found: dict[str, list[str]] = {}
    for value, said in zip(stated, labels, strict=True):
        if value and facet.name in said:
            found.setdefault(value, []).append(said[facet.name].value)
    return found


def _shares(words: Sequence[str]) -> dict[str, float]:
    return {word: count / len(words) for word, count in Counter(words).items()}
