"""Measuring labels: temperatures, figures and which facets are shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from training import labelling
from training.data import Shot
from training.labelling import Known
from vitrine.vision.labels import HEAD, WORDS, Naming
from vitrine.vision.vocabulary import vocabulary

SLEEVE = vocabulary().facets["sleeve"]
CATEGORY = vocabulary().facets["category"]
VALUES = ("Sleeveless", "Short Sleeves", "Three-Quarter Sleeves", "Long Sleeves")


def naming(facet_name: str = "sleeve", source: str = HEAD) -> Naming:
    """The first numbers of a vector are its values."""
    facet = vocabulary().facets[facet_name]
    rows = np.eye(len(facet.words), 100, dtype=np.float32)
    each = np.eye(len(facet.words), dtype=np.float32)
    return Naming(facet, source, rows, np.zeros(len(facet.words), np.float32), each, 1.0)


def known(truth: list[int], seen: list[int], loud: float = 1.0, value: str = "") -> Known:
    shots = [
        Shot(str(n), Path(), "products", "dev", str(n), facets={"sleeve": value or VALUES[place]})
        for n, place in enumerate(truth)
    ]
    return Known(shots, np.eye(100, dtype=np.float32)[seen] * loud)


ALL_TOPS = replace(naming("category"), bias=np.eye(len(CATEGORY.words), dtype=np.float32)[0] * 50)


def test_a_temperature_makes_scores_as_sure_as_they_are_right() -> None:
    truth = [0, 1] * 50
    seen = [*truth[:80], *truth[20:0:-1]]  # one in ten wrong
    held = known(truth, seen)
    honest = labelling.honest(naming(), held)
    sure = honest.scores(held.vectors).max(axis=1)
    right = honest.scores(held.vectors).argmax(axis=1) == np.array(truth)
    assert labelling.error(sure, right) < 0.1
    raw = naming().scores(held.vectors * 30).max(axis=1)
    assert labelling.error(raw, right) == pytest.approx(1 - right.mean(), abs=0.01)


def test_without_known_shots_the_temperature_stays() -> None:
    held = known([0], [0], value="Unheard of")
    assert labelling.honest(naming(), Known([], held.vectors[:0])).temperature == 1.0


def test_a_facet_is_shown_that_is_right_often_enough_over_enough_values() -> None:
    truth = [0, 1, 2, 3] * 20
    good = labelling.measure(naming(), known(truth, truth), known(truth, truth), ALL_TOPS)
    assert good.f1 is not None
    assert (good.f1.value, good.values, good.passes) == (1.0, 4, True)
    few = [0, 1] * 40
    assert not labelling.measure(naming(), known(few, few), known(few, few), ALL_TOPS).passes
    poor = [0] * len(truth)
    held = known(truth, truth)
    assert not labelling.measure(naming(), held, known(truth, poor), ALL_TOPS).passes


def test_what_is_not_said_and_what_no_word_stands_for_count_as_missed() -> None:
    truth = [0, 1, 2, 3] * 20
    held = known(truth, truth)
    shoes = replace(ALL_TOPS, bias=np.roll(ALL_TOPS.bias, _place("boots")))
    unsaid = labelling.measure(naming(), held, known(truth, truth), shoes)
    assert unsaid.f1 is not None
    assert unsaid.f1.value == 0
    odd = known([*truth, 0], [*truth, 0])
    odd.shots[-1].facets["sleeve"] = "Wizard Sleeves"
    wrong = labelling.measure(naming(), held, odd, ALL_TOPS)
    assert wrong.f1 is not None
    assert 0.9 < wrong.f1.value < 1


def test_the_card_tells_the_way_that_ships() -> None:
    truth = [0, 1, 2, 3] * 20
    held = known(truth, truth)
    ways = {
        "category": [ALL_TOPS],
        "sleeve": [naming(), naming(source=WORDS)],
        "length": [naming("length", WORDS)],
    }
    told = labelling.figures(labelling.measure_all(ways, held, held))
    assert told.vocabulary == vocabulary().version
    assert (told.facets["sleeve"].source, told.facets["sleeve"].shown) == ("head", True)
    assert (told.facets["length"].f1, told.facets["length"].shown) == (None, False)


def _place(value: str) -> int:
    return [word.value for word in CATEGORY.words].index(value)
