from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.worlds import graphs
from tests.worlds.analyzers import Load, on_white
from vitrine.core.errors import Invalid
from vitrine.core.groups import VisionSettings
from vitrine.vision import analyzer, images, labels, registry, vocabulary
from vitrine.vision.analyzer import Analyzer
from vitrine.vision.card import EncoderCard, read_card
from vitrine.vision.types import LabelScore, Vector

RED = on_white("red", (40, 40, 200, 200))
SHIPPED = vocabulary.vocabulary()


def said(found: Sequence[LabelScore]) -> dict[str, LabelScore]:
    return {each.facet: each for each in found}


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    graphs.write_encoder(tmp_path)
    return tmp_path / "tiny"


def card_with(folder: Path, **changes: Any) -> EncoderCard:
    told = json.loads((folder / "card.json").read_text()) | changes
    (folder / "card.json").write_text(json.dumps(told))
    card = read_card(folder / "card.json")
    assert isinstance(card, EncoderCard)
    return card


def with_heads(folder: Path, vocabulary_version: str = SHIPPED.version, **arrays: Any) -> Analyzer:
    """The tiny encoder with a head that says "shirt" to whatever is red, "boots" to all else."""
    red = analyzer.load(settings(folder), images.Limits()).embed_texts(["red"])[0]
    given = {
        "category_weight": np.stack([red * 20, np.zeros_like(red), np.zeros_like(red)]),
        "category_bias": np.array([0, 8, 0]),
        "category_values": np.array(["Shirts", "Boots", "Lipstick"]),
    }
    np.savez(folder / "heads.npz", **(given | arrays))
    figures = {"source": "head", "temperature": 1.0, "f1": 0.9, "n": 10, "shown": True}
    card_with(
        folder,
        heads={"file": "heads.npz"},
        labels={"vocabulary": vocabulary_version, "bar": 0.5, "facets": {"category": figures}},
    )
    return analyzer.load(settings(folder), images.Limits())


def settings(folder: Path, **given: Any) -> VisionSettings:
    return VisionSettings(encoder=folder.name, models_dir=folder.parent, threads=1, **given)


def test_the_vocabulary_has_every_facet_with_names_and_prompts() -> None:
    facets = SHIPPED.facets
    assert set(facets) == {
        *("category", "colour", "pattern", "sleeve", "neckline"),
        *("length", "material", "style", "gender", "occasion"),
    }
    for facet in facets.values():
        assert len(facet.words) >= 4
        for word in facet.words:
            assert word.names["de"]
            assert word.names["ja"]
            assert any(word.value in line for line in facet.prompts(word))
    assert all(word.kind for word in facets["category"].words)


def test_every_value_that_the_shipped_heads_know_has_a_word_or_is_no_garment() -> None:
    with np.load(registry.PACKAGED / "vitrine-mini" / "heads.npz") as heads:
        for facet in SHIPPED.facets.values():
            if f"{facet.head}_values" not in heads or facet.name == "category":
                continue
            for value in heads[f"{facet.head}_values"]:
                assert facet.place(str(value)) is not None, (facet.name, value)


def test_the_shipped_card_was_measured_with_the_shipped_vocabulary() -> None:
    card = read_card(registry.PACKAGED / "vitrine-mini" / "card.json")
    assert isinstance(card, EncoderCard)
    assert card.labels is not None
    assert card.labels.vocabulary == SHIPPED.version
    shown = {name for name, one in card.labels.facets.items() if one.shown}
    assert {"category", "colour", "sleeve"} <= shown
    for name, one in card.labels.facets.items():
        assert not one.shown or (one.f1 or 0) >= card.labels.bar, name


@pytest.mark.parametrize("text", ["striped", "STRIPED ", "gestreift", "ストライプ"])
def test_a_word_is_known_in_any_case_and_language(text: str) -> None:
    assert SHIPPED.facet("pattern").value(text) == "striped"


def test_unknown_facets_and_words_are_refused_by_name() -> None:
    with pytest.raises(Invalid) as facet:
        SHIPPED.facet("smell")
    assert "smell" in facet.value.fields["facet"]
    with pytest.raises(Invalid) as word:
        SHIPPED.facet("sleeve").value("checked")
    assert "short" in word.value.fields["values"]


def test_two_words_that_mean_the_same_are_refused() -> None:
    text = 'version = "1"\n[sleeve]\ntemplates = ["{}"]\n[sleeve.words]\n'
    text += '"long" = { de = "a", ja = "b", same = ["Long"] }\n'
    text += '"full" = { de = "c", ja = "d", same = ["Long"] }\n'
    with pytest.raises(ValueError, match="Long twice"):
        vocabulary.read(text.encode())


def test_without_heads_words_alone_name_and_none_is_trusted(plain: Analyzer) -> None:
    (analysis,) = plain.analyze([on_white("red", (0, 0, 320, 240))])
    (whole,) = analysis.detections
    assert whole.embedding is not None
    (found,) = plain.label(whole.embedding[None])
    assert whole.labels == found
    colour = said(found)["colour"]
    assert (colour.value, colour.source, colour.trusted) == ("red", "words", False)
    assert 0 < colour.score <= 1
    assert not any(each.trusted for each in found)


def test_rejected_detections_have_no_labels(load: Load) -> None:
    seeing = load(detector="colours")
    (analysis,) = seeing.analyze([RED])
    kept, rejected = (
        [one for one in analysis.detections if one.verdict.kept is it] for it in (True, False)
    )
    assert all(one.labels for one in kept)
    assert rejected
    assert not any(one.labels for one in rejected)


def test_nothing_has_no_labels(plain: Analyzer) -> None:
    assert plain.label(np.zeros((0, graphs.DIMENSION), np.float32)) == []


def test_heads_name_and_the_card_says_who_is_trusted(tiny: Path) -> None:
    vision = with_heads(tiny)
    red, blue = (said(some) for some in vision.label(vision.embed_texts(["red", "blue"])))
    assert red["category"] == LabelScore("category", "shirt", red["category"].score, "head", True)
    assert red["category"].score > 0.9
    assert blue["category"].value == "boots"
    assert red["colour"].source == "words"
    assert not red["colour"].trusted
    assert vision.labeller.shown_facets == {"category"}


def test_a_garment_gets_only_what_can_be_said_of_it(tiny: Path) -> None:
    vision = with_heads(tiny)
    labeller = vision.labeller
    fitting = {"shirt": True, "boots": False}
    for vector, category in zip(vision.embed_texts(["red", "blue"]), fitting, strict=True):
        sleeve = next(one for one in labeller.namings if one.facet.name == "sleeve")
        sure = replace(sleeve, bias=np.eye(4, dtype=np.float32)[0])
        others = [one for one in labeller.namings if one.facet.name != "sleeve"]
        (found,) = labels.Labeller(SHIPPED, (*others, sure)).label(vector[None])
        assert said(found)["category"].value == category
        assert ("sleeve" in said(found)) is fitting[category]


def test_figures_of_another_vocabulary_trust_nothing(tiny: Path) -> None:
    vision = with_heads(tiny, "0")
    (found,) = vision.label(vision.embed_texts(["red"]))
    assert said(found)["category"].value == "shirt"
    assert not any(each.trusted for each in found)
    assert vision.labeller.shown_facets == set()


@pytest.mark.parametrize(
    "arrays",
    [
        {"category_bias": np.zeros(2)},
        {"category_weight": np.zeros((3, 7))},
        {"category_weight": np.zeros(3)},
        {"category_values": np.array([object()] * 3, dtype=object)},
    ],
)
def test_heads_that_do_not_fit_are_refused(tiny: Path, arrays: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match=r"heads\.npz"):
        with_heads(tiny, **arrays)


def test_a_file_that_is_no_heads_is_refused(tiny: Path) -> None:
    with_heads(tiny)
    (tiny / "heads.npz").write_bytes(b"not a zip")
    with pytest.raises(Invalid, match=r"heads\.npz"):
        analyzer.load(settings(tiny), images.Limits())


class Counting:
    """Texts as vectors by their length, and how many were asked for."""

    asked = 0

    def __call__(self, texts: Sequence[str]) -> Vector:
        self.asked += len(texts)
        angles = np.array([len(text) for text in texts], dtype=np.float32)
        rows = np.zeros((len(texts), graphs.DIMENSION), dtype=np.float32)
        rows[:, 0], rows[:, 1] = np.cos(angles), np.sin(angles)
        return rows


def test_words_are_embedded_once_for_a_model_and_vocabulary(tiny: Path, tmp_path: Path) -> None:
    card, cache, texts = card_with(tiny), tmp_path / "cache", Counting()
    first = labels.load(card, tiny, texts, SHIPPED, cache)
    once = texts.asked
    again = labels.load(card, tiny, texts, SHIPPED, cache)
    assert texts.asked == once > 0
    for one, other in zip(first.namings, again.namings, strict=True):
        assert np.array_equal(one.rows, other.rows)
    newer = replace(SHIPPED, version="2", digest="other")
    labels.load(card, tiny, texts, newer, cache)
    assert texts.asked == 2 * once
    assert len(list(cache.iterdir())) == 2
    (kept,) = cache.glob("*-v1-*.npz")
    for damage in (b"", b"not a zip", kept.read_bytes()[:100]):
        kept.write_bytes(damage)
        before = texts.asked
        labels.load(card, tiny, texts, SHIPPED, cache)
        assert texts.asked == before + once
    shutil.rmtree(cache)
    cache.write_text("no folder")
    labels.load(card, tiny, texts, SHIPPED, cache)
    assert texts.asked == 6 * once
