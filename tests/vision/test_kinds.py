from __future__ import annotations

import pytest

from vitrine.vision import kinds, registry
from vitrine.vision.card import DetectorCard, read_card
from vitrine.vision.vocabulary import CATEGORY, Word, vocabulary

CATEGORIES = vocabulary().facets[CATEGORY].words


@pytest.mark.parametrize("word", CATEGORIES, ids=lambda word: word.value)
def test_every_category_states_its_kind_in_every_language_and_spelling(word: Word) -> None:
    names = [*word.spellings, *word.also]
    telling = [name for name in names if name.casefold() not in word.vague]
    assert word.value in telling
    assert {name: kinds.stated(name) for name in telling} == dict.fromkeys(telling, word.kind)


def test_kinds_are_those_that_the_shipped_detector_tells_apart() -> None:
    card = read_card(registry.PACKAGED / "vitrine-garments" / "card.json")
    assert isinstance(card, DetectorCard)
    assert {word.kind for word in CATEGORIES} == set(card.kinds)
    assert {kind: kinds.stated(kind) for kind in card.kinds} == {kind: kind for kind in card.kinds}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Shirt dress with a belt loop, DRESS", "dress"),
        ("Denim shirt dress", "dress"),
        ("Kurta set", "dress"),
        ("Kurta", "top"),
        ("T-shirt", "top"),
        ("Tshirts", "top"),
        ("suit jackets", "outerwear"),
        ("Capes", "outerwear"),
        ("Watches", "accessory"),
        ("Scarves", "scarf"),
        ("Accessories", "accessory"),
        ("Rotes Kleid", "dress"),
        ("赤いロングスカート丈", "skirt"),
        ("ジャンプスーツ", "dress"),
        ("ＷＡＴＣＨ", "accessory"),
    ],
)
def test_the_last_garment_named_counts(text: str, kind: str) -> None:
    assert kinds.stated(text) == kind


@pytest.mark.parametrize(
    "text",
    ["", "overall length 50 cm", "in earthy shades", "short, tight and flat", "ベストセラー"],
)
def test_words_that_mean_other_things_state_nothing(text: str) -> None:
    assert kinds.stated(text) is None


def test_the_first_text_that_names_a_kind_decides() -> None:
    assert kinds.stated("Sale", "Linen trousers", "Goes with any jacket") == "pants"
