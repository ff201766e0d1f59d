"""How much of what was learnt is kept, and how labels learn."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from vitrine.finetune import heads, learning, measuring
from vitrine.finetune.heads import Rows
from vitrine.finetune.learning import Judge
from vitrine.finetune.lessons import Known
from vitrine.finetune.looking import unit
from vitrine.finetune.measuring import Shown
from vitrine.vision.figures import Values
from vitrine.vision.vocabulary import vocabulary

DICE = np.random.default_rng(0)


class Graded:
    """A judge that has made up its mind: by how much figures rise at each share."""

    def __init__(self, **gains: float) -> None:
        self.by = gains
        self.before = {name: np.zeros(100) for name in gains}

    def told(self, _towers: object, share: float) -> dict[str, Values]:
        return {name: np.full(100, by * share) for name, by in self.by.items()}

    def gains(self, _towers: object, share: float) -> dict[str, float]:
        return {name: by * share for name, by in self.by.items()}


def kept(*judges: Graded) -> float:
    return learning.chosen_share(cast(Any, None), cast("list[Judge]", list(judges)))


def test_all_is_kept_where_nothing_is_lost() -> None:
    assert kept(Graded(category=0.1, colour=0.02)) == 1.0


def test_the_least_is_kept_where_every_share_loses() -> None:
    assert kept(Graded(category=0.1, colour=-0.2)) == min(learning.SHARES)


def test_what_is_lost_elsewhere_counts_as_well() -> None:
    assert kept(Graded(category=0.1), Graded(view=-0.2)) == min(learning.SHARES)
    assert kept(Graded(category=0.1), Graded(view=-0.02)) == 0.75


def test_figures_are_what_they_say() -> None:
    """Two designs: one in two colours, one in two sizes of one colour."""
    known = Known(
        kinds=np.array([0, 0, 1, 1]),
        colours=np.array([0, 1, 0, 0]),
        designs=np.array([0, 0, 1, 1]),
        titles=np.array([0, 0, 1, 1]),
        others={},
        facets=[{}] * 4,
    )
    rows = np.eye(4, dtype=np.float32)
    every = np.arange(4)
    titles = unit(np.array([[1, 1, 0, 0], [0, 0, 1, 1]], dtype=np.float32))
    told = measuring.measured(known, every, every, Shown(rows, rows, titles))
    assert len(told["other_colour_r10"]) == 2
    assert len(told["article_r10"]) == 2
    assert told["view_r1"].tolist() == [1, 1, 1, 1]
    assert told["title_r10"].tolist() == [1, 1]
    assert told["category_p10"] == pytest.approx(1 / 3)


def test_heads_learn_what_is_said_and_are_honest_about_it() -> None:
    values = ["women", "men", "unisex"]
    numbers = np.arange(180) % 3
    vectors = unit((np.eye(8)[numbers] + 0.4 * DICE.normal(size=(180, 8))).astype(np.float32))
    every = np.arange(180)
    rows = Rows(vectors, vectors, every, every[:120], every[120:], every)
    words = {
        name: unit(0.01 * DICE.normal(size=(len(facet.words), 8)).astype(np.float32) + 1)
        for name, facet in vocabulary().facets.items()
    }
    model = cast(Any, SimpleNamespace(card=SimpleNamespace(heads=None), folder=Path()))
    found = heads.fit(model, rows, words, [{"gender": values[number]} for number in numbers])
    assert list(found) == ["gender"]
    assert found["gender"].f1 is not None
    assert found["gender"].f1.value > 0.8
    assert found["gender"].temperature is not None
