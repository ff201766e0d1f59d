"""Retrieval against hand-counted answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.worlds.spoken import SpokenVision, at, counted, line, manifest
from vitrine.core.errors import Invalid
from vitrine.services.evaluation.evaluation import evaluate
from vitrine.vision.types import Box


def test_titles_find_the_first_product_that_bears_them(tmp_path: Path) -> None:
    rows = [
        line(tmp_path, "a", at(0), title="red shirt"),
        line(tmp_path, "b", at(30), title="red shirt"),
        line(tmp_path, "c", at(60), title="blue shoe"),
        line(tmp_path, "d", at(90)),
    ]
    vision = SpokenVision({"red shirt": at(25), "blue shoe": at(0)})
    result = evaluate(vision, manifest(tmp_path, rows))
    assert counted(result.retrieval["text_r1"]) == (0.5, 2)
    assert counted(result.retrieval["text_r5"]) == (1.0, 2)
    # a (0) is nearest to "blue shoe" (0), b (30) and c (60) to "red shirt" (25);
    # d bears no title and does not ask.
    assert counted(result.retrieval["title_r1"]) == (round(1 / 3, 4), 3)
    assert counted(result.retrieval["title_r5"]) == (1.0, 3)
    assert {result.retrieval[name] for name in ("product_r1", "product_r10", "category_p10")} == {
        None
    }
    assert (result.gallery, result.queries, result.unseen) == (4, 0, 0)
    assert result.versions == vision.versions
    assert result.milliseconds_per_image >= 0


def test_an_unseen_picture_does_not_find_its_title(tmp_path: Path) -> None:
    rows = [
        line(tmp_path, "a", at(0), title="red shirt"),
        line(tmp_path, "b", None, title="red shirt"),
        line(tmp_path, "q", at(0), title="red shirt", split="query"),
    ]
    result = evaluate(SpokenVision({"red shirt": at(0)}), manifest(tmp_path, rows))
    assert counted(result.retrieval["title_r10"]) == (0.5, 2)
    assert counted(result.retrieval["text_r1"]) == (1.0, 1)


def test_a_product_counts_once_by_its_best_picture(tmp_path: Path) -> None:
    rows = [
        line(tmp_path, "a1", at(1), product_id="a"),
        line(tmp_path, "a2", at(2), product_id="a"),
        line(tmp_path, "b1", at(80), product_id="b"),
        line(tmp_path, "b2", at(5), product_id="b"),
        line(tmp_path, "q", at(0), product_id="b", split="query"),
        line(tmp_path, "stranger", at(0), product_id="z", split="query"),
    ]
    result = evaluate(SpokenVision(), manifest(tmp_path, rows))
    # The photo of a product that is nowhere in the gallery is left out.
    assert counted(result.retrieval["product_r1"]) == (0.0, 1)
    assert counted(result.retrieval["product_r10"]) == (1.0, 1)


def test_neighbours_leave_out_the_same_product_and_unknown_labels(tmp_path: Path) -> None:
    rows = [
        line(tmp_path, "a", at(0), category="shoe", colour="red"),
        line(tmp_path, "a2", at(1), product_id="a", category="shoe", colour="red"),
        line(tmp_path, "b", at(2), category="shoe", colour="blue"),
        line(tmp_path, "c", at(3), category="bag"),
    ]
    result = evaluate(SpokenVision(), manifest(tmp_path, rows))
    # a and a2 see {b, c}: 1/2 each; b sees {a, a2, c}: 2/3; c sees three shoes: 0.
    assert counted(result.retrieval["category_p10"]) == (round((0.5 + 0.5 + 2 / 3) / 4, 4), 4)
    # Of those with a colour a and a2 see only b, and b sees only them.
    assert counted(result.retrieval["colour_p10"]) == (0.0, 3)


def test_query_lines_replace_leave_one_out(tmp_path: Path) -> None:
    rows = [line(tmp_path, f"g{i}", at(i), category="shoe") for i in range(4)]
    rows += [line(tmp_path, "q", at(0), category="shoe", split="query")]
    result = evaluate(SpokenVision(), manifest(tmp_path, rows))
    assert counted(result.retrieval["category_p10"]) == (1.0, 1)
    assert result.retrieval["product_r1"] is None


def test_the_first_box_is_used_and_an_unseen_picture_is_a_miss(tmp_path: Path) -> None:
    rows = [
        line(tmp_path, "a", at(0), category="shoe", boxes=[[1, 2, 3, 4, "top"], [0, 0, 9, 9, "x"]]),
        line(tmp_path, "b", at(1), category="shoe", boxes=[]),
        line(tmp_path, "q", None, product_id="a", category="shoe", split="query"),
    ]
    vision = SpokenVision()
    heard: list[tuple[str, int, int]] = []
    result = evaluate(vision, manifest(tmp_path, rows), progress=lambda *done: heard.append(done))
    assert vision.boxes == [Box(1, 2, 3, 4), None, None]
    assert heard[0] == ("Embedding", 3, 3)
    assert heard[-1] == ("Searching", 5, 5)
    assert result.unseen == 1
    assert counted(result.retrieval["product_r10"]) == (0.0, 1)
    assert counted(result.retrieval["category_p10"]) == (0.0, 1)


@pytest.mark.parametrize(
    ("written", "boxes", "field"),
    [(b"broken", [], "image"), (b"[1, 0]", [[0, 0, 10, 5, "top"]], "boxes")],
)
def test_a_picture_that_cannot_be_embedded_is_named_with_its_line(
    tmp_path: Path, written: bytes, boxes: list[list[float | str]], field: str
) -> None:
    rows = [line(tmp_path, name, at(0)) for name in "abc"]
    rows[1] = line(tmp_path, "b", at(0), boxes=boxes)
    (tmp_path / "b").write_bytes(written)
    with pytest.raises(Invalid, match=f"Line 2, {field}: The") as wrong:
        evaluate(SpokenVision(), manifest(tmp_path, rows))
    assert list(wrong.value.fields) == [field]


def test_a_gallery_on_which_nothing_is_seen_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="Nothing was seen"):
        evaluate(SpokenVision(), manifest(tmp_path, [line(tmp_path, "a", None)]))


def test_a_group_is_a_design_that_its_products_find_in_their_colour_and_in_others(
    tmp_path: Path,
) -> None:
    near = [line(tmp_path, f"near {n}", at(n), category="shoe", colour="red") for n in range(1, 11)]
    rows = [
        line(tmp_path, "q", at(0), group="coat", category="coat", colour="red", split="query"),
        line(tmp_path, "red", at(10.5), group="coat", category="coat", colour="red"),
        line(tmp_path, "blue", at(9.5), group="coat", category="coat", colour="blue"),
        line(tmp_path, "alone", at(0), category="coat", colour="red", split="query"),
        line(tmp_path, "unseen", None, group="coat", split="query"),
        *near,
    ]
    found = evaluate(SpokenVision(), manifest(tmp_path, rows)).retrieval
    # Before "blue" lie nine shoes, before "red" those and "blue" and a shoe more.
    assert counted(found["design_r10"]) == (0.5, 2)
    assert counted(found["other_colour_r10"]) == (1.0, 1)
    assert counted(found["article_r10"]) == (0.0, 1)
    # Of the ten nearest nine are red shoes and one the blue coat.
    assert counted(found["both_p10"]) == (0.0, 2)
    assert counted(found["category_p10"]) == (0.1, 2)


def test_where_no_design_comes_in_several_colours_none_is_asked_for(tmp_path: Path) -> None:
    rows = [line(tmp_path, name, at(0), group=name) for name in ("a", "b")]
    found = evaluate(SpokenVision(), manifest(tmp_path, rows)).retrieval
    names = ("design_r10", "other_colour_r10", "article_r10", "both_p10")
    assert {found[name] for name in names} == {None}
