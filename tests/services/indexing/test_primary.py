from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.services.indexing.primary import WEIGHTS, Candidate, choose_primary, score
from vitrine.vision.types import Box, Size

X, Y = np.eye(2, dtype=np.float32)
SIZE = Size(100, 200)


def candidate(crop_id: str, box: Box = Box(10, 10, 60, 60), **given: object) -> Candidate:
    values = {"kind": "top", "score": 0.5, **given}
    return Candidate(crop_id, box, SIZE, **values)  # type: ignore[arg-type]


def chosen(*candidates: Candidate, stated: str | None = None) -> str | None:
    return choose_primary(score(one, stated) for one in candidates)


def test_words_choose_before_size_and_kind() -> None:
    small = candidate("small", Box(0, 0, 30, 30), text=0.6)
    large = candidate("large", Box(0, 0, 100, 150), kind="pants", text=0.1)
    assert chosen(small, large) == "small"
    assert chosen(large, small, stated="pants") == "small"


def test_without_words_the_stated_kind_then_the_largest_crop_is_chosen() -> None:
    small = candidate("small", Box(0, 0, 60, 60))
    large = candidate("large", Box(0, 0, 90, 90), kind="pants")
    assert chosen(small, large) == "large"
    assert chosen(small, large, stated="top") == "small"
    assert chosen() is None


def test_the_first_image_is_preferred() -> None:
    assert chosen(candidate("first"), candidate("later", image_position=1, text=0.1)) == "first"


def test_ties_go_to_the_better_score_then_to_the_older_crop() -> None:
    tied = [candidate("b"), candidate("a"), candidate("c", score=0.9)]
    assert chosen(*tied) == "c"
    assert chosen(*tied[:2]) == "a"


def test_the_parts_say_why() -> None:
    scored = score(candidate("a", Box(25, 50, 75, 150), text=0.25), "top")
    assert scored.parts == {
        "text": 0.25,
        "kind": 1.0,
        "size": 0.5,
        "centre": 1.0,
        "detector": 0.5,
        "first": 1.0,
    }
    assert scored.parts.keys() == WEIGHTS.keys()
    assert scored.score == pytest.approx(
        sum(WEIGHTS[name] * scored.parts[name] for name in WEIGHTS)
    )


edges = st.floats(0, 99)
candidates = st.builds(
    lambda crop_id, x, y, score, text: candidate(
        crop_id, Box(x, y, 100, 200), score=score, text=text
    ),
    st.text("abcdef", min_size=1, max_size=3),
    edges,
    edges,
    st.floats(0, 1),
    st.none() | st.floats(-1, 1),
)


@given(st.lists(candidates, min_size=1, max_size=6, unique_by=lambda one: one.crop_id))
def test_the_choice_does_not_depend_on_the_order(crops: list[Candidate]) -> None:
    assert chosen(*crops) == chosen(*reversed(crops))
    assert chosen(*crops) in {one.crop_id for one in crops}
