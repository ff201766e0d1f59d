"""Manifests as they are read, and what is wrong with others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.worlds.spoken import at, line, manifest
from vitrine.core.errors import Invalid
from vitrine.services.evaluation.manifest import Marked, read_manifest
from vitrine.vision.types import Box


def test_a_line_says_what_is_known(tmp_path: Path) -> None:
    full = line(
        tmp_path,
        "a",
        at(0),
        product_id="17",
        group="coats",
        title=" Red coat ",
        category="Coats",
        colour="Red",
        attributes={"pattern": "striped", "gender": "women", "length": None, "material": " "},
        boxes=[[1, 2, 3, 4, "Outerwear"], [5, 6, 7, 8]],
    )
    told, bare = read_manifest(manifest(tmp_path, [full, line(tmp_path, "b", at(1))]))
    assert (told.line, told.key, told.group, told.title) == (1, "17", "coats", "Red coat")
    assert told.facets == {
        "category": "Coats",
        "colour": "Red",
        "pattern": "striped",
        "gender": "women",
    }
    assert told.boxes == (Marked(Box(1, 2, 3, 4), "outerwear"), Marked(Box(5, 6, 7, 8), ""))
    assert told.box == Box(1, 2, 3, 4)
    assert (bare.key, bare.group, bare.facets, bare.boxes, bare.box) == ("b", "b", {}, (), None)


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
        ({"boxes": [[0, 0, 1, 1, "top"], [0, 0, 0, 1, "bag"]]}, "boxes"),
        ({"boxes": [[0, 0, 1, float("inf"), "top"]]}, "boxes"),
        ({"boxes": [[0, 0, 1, 1, 5]]}, "boxes"),
        ({"group": 5}, "group"),
        ({"attributes": "striped"}, "attributes"),
        ({"attributes": {"pattern": 5}}, "attributes"),
        ({"attributes": {"patern": "striped"}}, "attributes"),
    ],
)
def test_a_wrong_line_is_named_with_its_field(
    tmp_path: Path, change: dict[str, Any], field: str
) -> None:
    rows = [line(tmp_path, "a", at(0)), line(tmp_path, "b", at(1)) | change]
    with pytest.raises(Invalid, match=f"Line 2, {field}") as wrong:
        read_manifest(manifest(tmp_path, rows))
    assert list(wrong.value.fields) == [field]


@pytest.mark.parametrize("text", ["{broken", "[1]"])
def test_what_is_no_json_object_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text(text)
    with pytest.raises(Invalid, match="Line 1"):
        read_manifest(path)


def test_a_missing_or_empty_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as missing:
        read_manifest(tmp_path / "none.jsonl")
    assert missing.value.code == "manifest_missing"
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(Invalid) as empty:
        read_manifest(tmp_path / "empty.jsonl")
    assert empty.value.code == "manifest_empty"
