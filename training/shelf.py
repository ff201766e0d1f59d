"""Products as search holds them in memory, so that the product's own code is what is measured."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from training.data import Shot
from vitrine.resident import holder
from vitrine.resident.filters import ATTRIBUTE, Value
from vitrine.resident.holder import Entry
from vitrine.resident.snapshot import Scores, Snapshot
from vitrine.resident.traits import Trait
from vitrine.resident.words import WORDS, tokens
from vitrine.services import asking, signals
from vitrine.services.asking import Parts, Subject, Words
from vitrine.services.naming import Lexicon
from vitrine.services.sought import LOOKS, NAMED, Sought
from vitrine.services.wording import text_of
from vitrine.tables.vectors import blended
from vitrine.vision.tuning import SIGNALS, Signal, Weights
from vitrine.vision.types import Palette, Vector

EXACT, CLOSE, SIMILAR = 3, 2, 1
"""Grades: the same product; the same category and colour; the same category."""

FEWEST = 3
"""A colour can be asked for if so many products of the category have it."""

SEEN = 300
"""So many of the nearest by cosine are graded and re-ranked when weights are fitted."""

Grades = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Numbered:
    """One facet by row, as places in its names: much faster compared than text."""

    names: Mapping[str, int]
    rows: NDArray[np.int64]

    def is_at(self, name: str) -> NDArray[np.bool_]:
        """Which rows have the name; none has the empty one."""
        return np.asarray(self.rows == (self.names.get(name, -2) if name else -2))


@dataclass(frozen=True, slots=True)
class Shelf:
    """Photos by row, and the snapshot of them; `values` number each facet's values by row.

    `vectors` are those of the photos alone, which the snapshot's may not be.
    """

    shots: Sequence[Shot]
    vectors: Vector
    snapshot: Snapshot
    lexicon: Lexicon
    palettes: Sequence[Palette]
    values: Mapping[str, Numbered]


@dataclass(frozen=True, slots=True)
class Asked:
    """One query, which row it must not find and what is right for it.

    `own` is the row of the very product, or -1; `title` is right word for word if there is one.
    """

    sought: Sought
    group: str
    category: str
    colour: str
    own: int = -1
    title: str = ""
    without: str = ""


@dataclass(frozen=True, slots=True)
class Near:
    """The nearest rows of each query: cosines, grades, categories, and every signal's say, (n, k).

    `ideal` is the best gain that each query could have.
    """

    groups: Sequence[str]
    cosines: Scores
    grades: Grades
    categories: NDArray[np.str_]
    ideal: Scores
    said: Mapping[Signal, Scores] = field(default_factory=dict)

    def where(self, mask: NDArray[np.bool_]) -> Near:
        """The queries that the mask picks."""
        return Near(
            [group for group, keep in zip(self.groups, mask, strict=True) if keep],
            self.cosines[mask],
            self.grades[mask],
            self.categories[mask],
            self.ideal[mask],
            {name: scores[mask] for name, scores in self.said.items()},
        )

    def gain(self, weights: Weights, k: int = 10) -> Scores:
        """nDCG at k of each query under these weights, grade g gaining 2^g - 1."""
        scores = self.cosines.copy()
        for name, weight in weights.items():
            if name in self.said:
                scores = scores + weight * self.said[name]
        order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        found = 2.0 ** np.maximum(np.take_along_axis(self.grades, order, axis=1), 0) - 1
        gained = (found * _discounts(order.shape[1])).sum(axis=1)
        return np.asarray(gained / np.maximum(self.ideal, 1e-9))


def build(
    shots: Sequence[Shot],
    vectors: Vector,
    palettes: Sequence[Palette],
    embed_texts: Callable[[Sequence[str]], Vector],
    text_share: float = 0.0,
) -> Shelf:
    """A shelf of these shots, row by row, each product's vector holding that share of its words."""
    store, nothing = holder.empty(vectors.shape[1], len(shots), 2**40)
    held = vectors
    if text_share:
        held = blended(vectors, embed_texts([words_of(shot) for shot in shots]), text_share)
    entries = (
        Entry(f"{row:06d}", vector, _facets(shot), None, Trait(palette))
        for row, (shot, vector, palette) in enumerate(zip(shots, held, palettes, strict=True))
    )
    snapshot = holder.changed(store, nothing, entries)
    values = {
        "category": [shot.facets.get("category", "") for shot in shots],
        "colour": [shot.facets.get("colour", "") for shot in shots],
        "title": [shot.title for shot in shots],
        "group": [shot.group for shot in shots],
    }
    numbered = {facet: _numbered(names) for facet, names in values.items()}
    return Shelf(shots, vectors, snapshot, Lexicon(embed_texts), palettes, numbered)


def words_of(shot: Shot) -> str:
    """A product's own words, as the product reads them."""
    return text_of(shot.title, shot.facets.get("category", ""), shot.facets.get("colour", ""))


def by_photo(
    shelf: Shelf, shots: Sequence[Shot], vectors: Vector, palettes: Sequence[Palette]
) -> list[Asked]:
    """Second photos asking for their products, which lie at the rows of the same key."""
    rows = {shot.key: row for row, shot in enumerate(shelf.shots)}
    asked = []
    for shot, vector, palette in zip(shots, vectors, palettes, strict=True):
        sought = asking.make(shelf.lexicon, shelf.snapshot, Parts(Subject(vector, palette)))
        category, colour = shot.facets.get("category", ""), shot.facets.get("colour", "")
        asked.append(Asked(sought, shot.group, category, colour, own=rows[shot.key]))
    return asked


def by_words(shelf: Shelf, shots: Sequence[Shot]) -> list[Asked]:
    """Every title, and for every shot its colour and category as a shopper would type them."""
    asked = []
    for shot in {shot.title: shot for shot in shots if shot.title}.values():
        category, colour = shot.facets.get("category", ""), shot.facets.get("colour", "")
        for text, title in ((shot.title, shot.title), (f"{colour} {category}".lower(), "")):
            sought = _worded(shelf, None, text)
            asked.append(Asked(sought, shot.group, category, colour, title=title))
    return asked


def recoloured(
    shelf: Shelf, rows: Sequence[int], each: int = 1, weight: float = 0.5
) -> list[Asked]:
    """Products of these rows in another colour that its category has on the shelf."""
    dice = random.Random(0)  # noqa: S311 - no secret
    return [
        Asked(
            _worded(shelf, subject_of(shelf, row), f"in {colour.lower()}", weight),
            shelf.shots[row].group,
            shelf.shots[row].facets["category"],
            colour,
            without=shelf.shots[row].group,
        )
        for row, colour in changes(shelf, rows, each, dice)
    ]


def changes(
    shelf: Shelf, rows: Sequence[int], each: int, dice: random.Random
) -> list[tuple[int, str]]:
    """Row and wanted colour: `each` of them a product, if its category has so many others."""
    often = Counter(
        (shot.facets.get("category", ""), shot.facets.get("colour", "")) for shot in shelf.shots
    )
    found = []
    for row in rows:
        facets = shelf.shots[row].facets
        category, own = facets.get("category"), facets.get("colour")
        offered = sorted(
            colour
            for (of, colour), count in often.items()
            if of == category and colour not in ("", own) and count >= FEWEST
        )
        if category and own and offered:
            found += [(row, colour) for colour in dice.sample(offered, min(each, len(offered)))]
    return found


def subject_of(shelf: Shelf, row: int) -> Subject:
    """The product of a row as what is asked with."""
    facets = shelf.shots[row].facets
    labels = {name: (facets[name],) for name in (*NAMED, *LOOKS) if facets.get(name)}
    return Subject(shelf.vectors[row], shelf.palettes[row], None, labels)


def near(shelf: Shelf, asked: Sequence[Asked], seen: int = SEEN) -> Near:
    """The nearest rows of each query with their grades and what each signal says."""
    count = min(seen, len(shelf.shots))
    cosines, grades = np.zeros((len(asked), count)), np.zeros((len(asked), count), dtype=np.int64)
    said: dict[Signal, Scores] = {name: np.zeros((len(asked), count)) for name in SIGNALS}
    names = np.array([shot.facets.get("category", "") for shot in shelf.shots])
    categories = np.empty((len(asked), count), dtype=names.dtype)
    ideal = np.zeros(len(asked))
    every: Weights = dict.fromkeys(SIGNALS, 1.0)
    for number, one in enumerate(asked):
        scores = shelf.snapshot.vectors[: len(shelf.shots)] @ one.sought.vector
        grade = _grades(shelf, one)
        scores = np.where(grade < 0, -2.0, scores)
        rows = np.argpartition(-scores, count - 1)[:count]
        rows = rows[np.argsort(-scores[rows], kind="stable")]
        cosines[number], grades[number] = scores[rows], grade[rows]
        categories[number] = names[rows]
        ideal[number] = _ideal(grade)
        for name, told in signals.weighted(shelf.snapshot, one.sought, every).items():
            said[name][number] = told[rows]
    found = {name: scores for name, scores in said.items() if scores.any()}
    return Near([one.group for one in asked], cosines, grades, categories, ideal, found)


def _grades(shelf: Shelf, asked: Asked) -> Grades:
    """The grade of every row, -1 for rows that do not count."""
    values = shelf.values
    similar = values["category"].is_at(asked.category)
    grade = similar.astype(np.int64)
    grade[similar & values["colour"].is_at(asked.colour)] = CLOSE
    grade[values["title"].is_at(asked.title)] = EXACT
    if asked.own >= 0:
        grade[asked.own] = EXACT
    grade[values["group"].is_at(asked.without)] = -1
    return grade


def _ideal(grade: Grades, k: int = 10) -> float:
    """The gain of the best possible order."""
    best = grade if len(grade) <= k else np.partition(grade, len(grade) - k)[-k:]
    gains = 2.0 ** np.maximum(np.sort(best)[::-1], 0) - 1
    return float((gains * _discounts(len(gains))).sum())


def _numbered(names: Sequence[str]) -> Numbered:
    known = {name: number for number, name in enumerate(sorted(set(names)))}
    return Numbered(known, np.array([known[name] for name in names], dtype=np.int64))


def _worded(shelf: Shelf, subject: Subject | None, text: str, weight: float = 0.5) -> Sought:
    words = Words(text, "", {text: shelf.lexicon.embed([text])[0]})
    return asking.make(shelf.lexicon, shelf.snapshot, Parts(subject, words, weight))


def _facets(shot: Shot) -> dict[str, tuple[Value, ...]]:
    named = {name: (shot.facets[name],) for name in NAMED if shot.facets.get(name)}
    looks = {f"{ATTRIBUTE}{name}": (shot.facets[name],) for name in LOOKS if shot.facets.get(name)}
    words = tuple(dict.fromkeys(tokens(f"{shot.title} {shot.facets.get('brand', '')}")))
    return {**named, **looks, WORDS: words}


def _discounts(k: int) -> Scores:
    return 1 / np.log2(np.arange(2, k + 2))
