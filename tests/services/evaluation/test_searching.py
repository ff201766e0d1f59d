"""Other colours, re-ranking and levels against answers worked out by hand.

The gallery is a at 0, b at 10 and c at 20 degrees; what asks for a looks from 12, so that by the
plain cosine it finds b, c and a, in this order.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.worlds.spoken import SPOKEN, SpokenVision, at, counted, line, manifest
from vitrine.services.evaluation import evaluation
from vitrine.services.evaluation.evaluation import NOTHING, Evaluation, evaluate
from vitrine.vision.tuning import Bars, Levels, Tuning, Tunings

SECOND, THIRD = 1 / np.log2(3), 1 / np.log2(4)
"""What a gain counts at these places."""


def shop(folder: Path, **second: Any) -> Path:
    shirt = {"category": "shirt", "colour": "red"}
    rows = [
        line(folder, "a", at(0), title="red shirt", **shirt),
        line(folder, "b", at(10), category="shirt", colour="blue"),
        line(folder, "c", at(20), category="hat", colour="red"),
    ]
    if second:
        rows.append(line(folder, "q", at(12), split="query", **shirt, **second))
    return manifest(folder, rows)


def tuned(**told: Any) -> Tunings:
    return Tunings({(SPOKEN.encoder, 0.0): Tuning(model_version=SPOKEN.encoder, **told)})


def test_words_gain_by_re_ranking_what_the_weights_say(tmp_path: Path) -> None:
    vision = SpokenVision({"red shirt": at(12)})
    tunings = tuned(weights={"words": {"words": 1.0}})
    result = evaluate(vision, shop(tmp_path), tunings)
    gain = result.reranking["words"]
    # Asked are the title, for a (7; b is of its category: 1), and colour and category, for what is
    # of both (3; 1). Only a has the words, which lifts it from the third place to the first.
    title = (1 + 7 * THIRD) / (7 + SECOND)
    typed = (1 + 3 * THIRD) / (3 + SECOND)
    plain = round((title + typed) / 2, 4)
    assert counted(gain.plain) == (plain, 2)
    assert counted(gain.ranked) == (1.0, 2)
    lifted, asked = counted(gain.difference)
    assert lifted == pytest.approx(1 - plain, abs=1e-4)
    assert asked == 2
    assert set(result.reranking) == {"words"}


def test_photos_ask_for_their_products(tmp_path: Path) -> None:
    result = evaluate(SpokenVision(), shop(tmp_path, product_id="a"))
    gain = result.reranking["photo"]
    assert counted(gain.plain) == (round((1 + 7 * THIRD) / (7 + SECOND), 4), 1)
    assert (gain.ranked, gain.difference) == (None, None), "there are no weights for photos"
    strange = evaluate(SpokenVision(), shop(tmp_path, product_id="z"))
    assert "photo" not in strange.reranking


def test_levels_count_what_is_so_and_what_is_told_so(tmp_path: Path) -> None:
    # At 2 degrees b and at 8 degrees c are called exact, at 12 degrees a is called close.
    bars = Bars(exact=0.985, close=0.95, similar=0.5)
    tunings = tuned(levels={"photo": Levels(others=bars)})
    result = evaluate(SpokenVision(), shop(tmp_path, product_id="a"), tunings)
    assert set(result.levels) == {"photo"}
    told = result.levels["photo"]
    assert counted(told["exact"].right) == (0.0, 2)
    assert counted(told["exact"].share) == (round(2 / 3, 4), 3)
    assert counted(told["exact"].found) == (0.0, 1), "a is exact, and called close"
    assert counted(told["close"].right) == (1.0, 1)
    assert counted(told["close"].share) == (round(1 / 3, 4), 3)
    assert counted(told["close"].found) == (1.0, 1)
    assert told["similar"].right is None
    assert counted(told["similar"].found) == (1.0, 2), "a and b, but not the hat"


def test_an_encoder_without_levels_is_told(tmp_path: Path) -> None:
    result = evaluate(SpokenVision(), shop(tmp_path))
    assert result.levels == {}
    assert result.skipped["levels"] == NOTHING["levels"]
    assert result.skipped["recolouring"] == NOTHING["recolouring"]


def test_a_product_lies_on_the_shelf_by_its_first_picture(tmp_path: Path) -> None:
    bars = Bars(exact=0.9)
    rows = [
        line(tmp_path, "far", at(60), product_id="a"),
        line(tmp_path, "near", at(1), product_id="a"),
        line(tmp_path, "q", at(0), product_id="a", split="query"),
    ]
    tunings = tuned(levels={"photo": Levels(others=bars)})
    told = evaluate(SpokenVision(), manifest(tmp_path, rows), tunings).levels["photo"]["exact"]
    assert counted(told.share) == (0.0, 1)


def recoloured(folder: Path, group: str) -> Evaluation:
    """A red shirt asks for blue ones: ten red ones look more like it, blue ones are at 41."""
    shirt = {"category": "shirt", "split": "gallery"}
    rows = [line(folder, f"r{n}", at(n), colour="red", **shirt) for n in range(10)]
    rows += [
        line(folder, f"b{n}", at(40 + n), colour="blue", group=group, **shirt) for n in range(3)
    ]
    rows += [line(folder, f"hat{n}", at(50 + n), category="hat") for n in range(10)]
    rows += [line(folder, "q", at(0), category="shirt", colour="red", group="q", split="query")]
    words = {"in blue": at(90), "in blue shirt": at(41), "red": at(0)}
    return evaluate(SpokenVision(words), manifest(folder, rows))


def test_another_colour_is_found_by_picture_and_words_together(tmp_path: Path) -> None:
    found = recoloured(tmp_path, "").recolouring
    assert counted(found["recolour_r10"]) == (1.0, 1)
    assert counted(found["recolour_image_r10"]) == (0.0, 1)
    assert counted(found["recolour_text_r10"]) == (0.0, 1), "ten hats lie nearer to the words"


def test_what_is_of_one_group_is_no_right_answer_in_another_colour(tmp_path: Path) -> None:
    result = recoloured(tmp_path, "q")
    assert counted(result.recolouring["recolour_r10"]) == (0.0, 1)
    assert "recolouring" not in result.skipped


def test_of_many_pictures_some_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [line(tmp_path, f"p{n}", at(n), title=f"title {n}", category="x") for n in range(5)]
    path = manifest(tmp_path, rows)
    plain = evaluate(SpokenVision(), path).reranking["words"].plain
    assert plain is not None
    assert plain.n == 10
    monkeypatch.setattr(evaluation, "MOST", 2)
    some = evaluate(SpokenVision(), path).reranking["words"].plain
    assert some is not None
    assert some.n == 4, "the first and the fourth, by title and by category"
