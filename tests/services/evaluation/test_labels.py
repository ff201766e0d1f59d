"""F1 of labels by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.worlds.spoken import SpokenVision, at, counted, line, manifest
from vitrine.services.evaluation.evaluation import NOTHING, evaluate
from vitrine.services.evaluation.labels import f1, places, unsaid
from vitrine.vision.types import LabelScore
from vitrine.vision.vocabulary import vocabulary

SAID = {10: "striped", 20: "floral", 30: "checked"}
PATTERN = vocabulary().facets["pattern"]


def named(degrees: int) -> Sequence[LabelScore]:
    value = SAID.get(degrees)
    return () if value is None else (LabelScore("pattern", value, 0.9),)


def pictures(folder: Path, told: Sequence[tuple[str, Any, int]]) -> list[dict[str, Any]]:
    """Lines of that pattern, at so many degrees, so often."""
    return [
        line(folder, f"{number}-{n}", seen, attributes={"pattern": pattern})
        for number, (pattern, seen, count) in enumerate(told)
        for n in range(count)
    ]


def test_macro_f1_of_what_indexing_would_write(tmp_path: Path) -> None:
    rows = pictures(
        tmp_path,
        [
            ("Striped", at(10), 8),
            ("stripes", at(20), 1),  # taken for floral
            ("striped", at(50), 1),  # no label
            ("geblümt", at(20), 9),
            ("floral", None, 1),  # nothing seen
            ("checked", at(10), 2),  # too few to count, but taken for striped
            ("tartan of my own", at(20), 1),  # no word for it, but taken for floral
            ("", at(20), 5),  # unknown
        ],
    )
    asking = line(tmp_path, "q", at(30), attributes={"pattern": "striped"}, split="query")
    result = evaluate(SpokenVision(named=named), manifest(tmp_path, [*rows, asking]))
    striped = 2 * 8 / (10 + 10)  # true are 10, said are 8 and 2
    floral = 2 * 9 / (10 + 11)  # true are 10, said are 9, 1 and 1
    told = result.labels["pattern"]
    assert counted(told.f1) == (round((striped + floral) / 2, 4), 23)
    assert (told.values, told.shown) == (2, True)
    assert set(result.labels) == {"pattern"}


def test_a_facet_that_is_not_shown_is_measured(tmp_path: Path) -> None:
    vision = SpokenVision(named=named, shown_facets=frozenset())
    rows = pictures(tmp_path, [("striped", at(10), 10)])
    told = evaluate(vision, manifest(tmp_path, rows)).labels["pattern"]
    assert counted(told.f1) == (1.0, 10)
    assert not told.shown


def test_values_that_are_rare_are_not_measured(tmp_path: Path) -> None:
    rows = pictures(tmp_path, [("striped", at(10), 9)])
    result = evaluate(SpokenVision(named=named), manifest(tmp_path, rows))
    assert result.labels == {}
    assert result.skipped["labels"] == NOTHING["labels"]


@pytest.mark.parametrize("text", ["dotted", "Dots", "POLKA DOT", "gepunktet", "水玉"])
def test_a_text_means_a_word_by_any_of_its_names(text: str) -> None:
    [place] = places(PATTERN, [text])
    assert PATTERN.words[place].value == "dotted"


def test_places_tell_unknown_from_unheard_of() -> None:
    assert places(PATTERN, ["", "herringbone"]).tolist() == [-1, len(PATTERN.words)]
    nothing = np.array([-1, -1])
    assert f1(PATTERN, nothing, np.full(2, unsaid(PATTERN))) is None
