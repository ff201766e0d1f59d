"""Evaluation against hand-counted answers; the Vision here reads its vector out of the file."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vitrine.core.errors import Invalid
from vitrine.services import evaluation
from vitrine.services.evaluation import Figure, Rows, evaluate, figure, first_ranks, precisions
from vitrine.vision.types import Analysis, Box, Detection, Size, Vector, Verdict, Versions


@dataclass
class SpokenVision:
    """A file holds its own vector as JSON; a text is looked up."""

    words: dict[str, list[float]] = field(default_factory=dict)
    boxes: list[Box | None] = field(default_factory=list)
    versions: Versions = field(default_factory=lambda: Versions("spoken", "p0", "none", 2))

    def analyze(
        self, images: Sequence[bytes], boxes: Sequence[Box | None] | None = None
    ) -> list[Analysis]:
        self.boxes += boxes or []
        return [self._see(json.loads(image)) for image in images]

    def embed_texts(self, texts: Sequence[str]) -> Vector:
        return np.array([self.words.get(text, [1.0, 0.0]) for text in texts], dtype=np.float32)

    def _see(self, vector: list[float] | None) -> Analysis:
        small = Detection(Box(0, 0, 2, 2), "bag", 0.9, embedding=np.zeros(2, np.float32))
        refused = Detection(Box(0, 0, 9, 9), "top", 0.9, Verdict("rejected", "tiny"))
        if vector is None:
            return Analysis(Size(9, 9), (refused,), self.versions)
        wanted = Detection(Box(0, 0, 5, 5), "top", 0.5, embedding=np.array(vector, np.float32))
        return Analysis(Size(9, 9), (small, wanted, refused), self.versions)


def line(folder: Path, name: str, vector: Any, **known: Any) -> dict[str, Any]:
    (folder / name).write_text(json.dumps(vector))
    base = {"image": name, "product_id": name, "title": "", "category": "", "colour": ""}
    return base | {"split": "gallery"} | known


def manifest(folder: Path, rows: Sequence[dict[str, Any]]) -> Path:
    path = folder / "manifest.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n")
    return path


def counted(found: Figure | None) -> tuple[float, int]:
    assert found is not None
    return found.value, found.n


def at(degrees: float) -> list[float]:
    angle = np.radians(degrees)
    return [float(np.cos(angle)), float(np.sin(angle))]


def test_titles_find_the_first_product_that_bears_them(tmp_path: Path) -> None:
    rows = [
        line(tmp_path, "a", at(0), title="red shirt"),
        line(tmp_path, "b", at(30), title="red shirt"),
        line(tmp_path, "c", at(60), title="blue shoe"),
        line(tmp_path, "d", at(90)),
    ]
    vision = SpokenVision({"red shirt": at(25), "blue shoe": at(0)})
    result = evaluate(vision, manifest(tmp_path, rows))
    assert counted(result.text_r1) == (0.5, 2)
    assert counted(result.text_r5) == (1.0, 2)
    # a (0) is nearest to "blue shoe" (0), b (30) and c (60) to "red shirt" (25);
    # d bears no title and does not ask.
    assert counted(result.title_r1) == (round(1 / 3, 4), 3)
    assert counted(result.title_r5) == (1.0, 3)
    assert (result.product_r1, result.product_r10, result.category_p10) == (None, None, None)
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
    assert counted(result.title_r10) == (0.5, 2)
    assert counted(result.text_r1) == (1.0, 1)


def test_a_product_counts_once_by_its_best_picture(tmp_path: Path) -> None:
    rows = [
        line(tmp_path, "a1", at(1), product_id="a"),
        line(tmp_path, "a2", at(2), product_id="a"),
        line(tmp_path, "b1", at(80), product_id="b"),
        line(tmp_path, "b2", at(5), product_id="b"),
        line(tmp_path, "q", at(0), product_id="b", split="query"),
        line(tmp_path, "stranger", at(0), product_id="z", split="query"),
    ]
    entries = evaluation.read_manifest(manifest(tmp_path, rows))
    assert len(entries) == 6
    result = evaluate(SpokenVision(), tmp_path / "manifest.jsonl")
    # The photo of a product that is nowhere in the gallery is left out.
    assert counted(result.product_r1) == (0.0, 1)
    assert counted(result.product_r10) == (1.0, 1)


def test_ranks_count_products_not_pictures_and_ties_against_us() -> None:
    gallery = Rows(
        np.array([at(1), at(2), at(5), at(90)], np.float32),
        np.array([7, 7, 8, 9]),
        np.array([7, 7, 8, 9]),
    )
    asked = np.array([8, 4])
    ranks = first_ranks(Rows(np.array([at(0), at(0)], np.float32), asked, asked), gallery)
    assert ranks.tolist() == [2.0, np.inf]
    flat = Rows(np.ones((3, 2), np.float32), np.arange(3), np.arange(3))
    assert first_ranks(flat, flat).tolist() == [3.0, 3.0, 3.0]


def test_neighbours_leave_out_the_same_product_and_unknown_labels(tmp_path: Path) -> None:
    rows = [
        line(tmp_path, "a", at(0), category="shoe", colour="red"),
        line(tmp_path, "a2", at(1), product_id="a", category="shoe", colour="red"),
        line(tmp_path, "b", at(2), category="shoe", colour="blue"),
        line(tmp_path, "c", at(3), category="bag"),
    ]
    result = evaluate(SpokenVision(), manifest(tmp_path, rows))
    # a and a2 see {b, c}: 1/2 each; b sees {a, a2, c}: 2/3; c sees three shoes: 0.
    assert counted(result.category_p10) == (round((0.5 + 0.5 + 2 / 3) / 4, 4), 4)
    # Of those with a colour a and a2 see only b, and b sees only them.
    assert counted(result.colour_p10) == (0.0, 3)


def test_query_lines_replace_leave_one_out(tmp_path: Path) -> None:
    rows = [line(tmp_path, f"g{i}", at(i), category="shoe") for i in range(4)]
    rows += [line(tmp_path, "q", at(0), category="shoe", split="query")]
    result = evaluate(SpokenVision(), manifest(tmp_path, rows))
    assert counted(result.category_p10) == (1.0, 1)
    assert result.product_r1 is None


def test_precision_matches_a_full_sort() -> None:
    dice = np.random.default_rng(3)
    vectors = dice.normal(size=(300, 8)).astype(np.float32)
    labels, owners = dice.integers(0, 4, 300), np.arange(300) // 2
    rows = Rows(vectors, owners, labels)
    scores = vectors @ vectors.T
    scores[owners[:, None] == owners[None, :]] = -np.inf
    near = np.argsort(-scores, axis=1)[:, :10]
    expected = (labels[near] == labels[:, None]).mean(axis=1)
    np.testing.assert_allclose(precisions(rows, rows), expected)


def test_the_first_box_is_used_and_an_unseen_picture_is_a_miss(tmp_path: Path) -> None:
    rows = [
        line(tmp_path, "a", at(0), category="shoe", boxes=[[1, 2, 3, 4, "top"], [0, 0, 9, 9, "x"]]),
        line(tmp_path, "b", at(1), category="shoe", boxes=[]),
        line(tmp_path, "q", None, product_id="a", category="shoe", split="query"),
    ]
    vision = SpokenVision()
    seen: list[tuple[int, int]] = []
    result = evaluate(
        vision, manifest(tmp_path, rows), lambda done, total: seen.append((done, total))
    )
    assert vision.boxes == [Box(1, 2, 3, 4), None, None]
    assert seen == [(3, 3)]
    assert result.unseen == 1
    assert counted(result.product_r10) == (0.0, 1)
    assert counted(result.category_p10) == (0.0, 1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": 5}, "title"),
        ({"image": "gone.jpg"}, "image"),
        ({"split": "dev"}, "split"),
        ({"product_id": ""}, "product_id"),
        ({"boxes": [[1, 2]]}, "boxes"),
        ({"boxes": [[5, 5, 1, 1, "top"]]}, "boxes"),
        ({"boxes": 7}, "boxes"),
    ],
)
def test_a_wrong_line_is_named_with_its_field(
    tmp_path: Path, change: dict[str, Any], field: str
) -> None:
    rows = [line(tmp_path, "a", at(0)), line(tmp_path, "b", at(1)) | change]
    with pytest.raises(Invalid, match=f"Line 2, {field}") as wrong:
        evaluation.read_manifest(manifest(tmp_path, rows))
    assert list(wrong.value.fields) == [field]


@pytest.mark.parametrize("text", ["{broken", "[1]"])
def test_what_is_no_json_object_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text(text)
    with pytest.raises(Invalid, match="Line 1"):
        evaluation.read_manifest(path)


def test_a_missing_or_empty_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as missing:
        evaluation.read_manifest(tmp_path / "none.jsonl")
    assert missing.value.code == "manifest_missing"
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(Invalid) as empty:
        evaluation.read_manifest(tmp_path / "empty.jsonl")
    assert empty.value.code == "manifest_empty"


def test_the_interval_holds_the_mean_and_is_seeded() -> None:
    values = np.array([0.0, 1.0] * 50)
    first = figure(values)
    assert first == figure(values)
    assert first is not None
    assert first.low < first.value == 0.5 < first.high
    assert figure(np.empty(0)) is None


def test_ten_thousand_pictures_take_seconds() -> None:
    dice = np.random.default_rng(0)
    vectors = dice.normal(size=(10_000, 64)).astype(np.float32)
    numbers = np.arange(10_000)
    started = time.perf_counter()
    rows = Rows(vectors, numbers, numbers)
    some = rows.where(numbers < 1000)
    assert first_ranks(some, rows).max() == 1
    assert len(precisions(some, rows)) == 1000
    assert time.perf_counter() - started < 20
