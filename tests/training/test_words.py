"""The words of training: lexicon, captions, misspellings, tokenizer and the queries to try."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from training import captions, lexicon, phrases, queries, spelling, words
from training.captions import Caption, caption, composed, prompts
from training.data import FACETS, PHONE_WORDS, Shot
from vitrine.vision.nets import _open_tokenizer

CATEGORIES = (
    *("Tshirts", "Shirts", "Casual Shoes", "Sports Shoes", "Heels", "Handbags", "Watches", "Jeans"),
    *("Dresses", "Kurtas", "Flip Flops", "Wallets", "Belts", "Socks", "Ties", "Earrings", "Caps"),
    *("Dress", "Boots", "Blazer", "Cardigan", "Cape", "Tights", "Purse", "Jumper", "Accessories"),
)
COLOURS = (
    *("Black", "White", "Blue", "Navy Blue", "Grey", "Grey Melange", "Red", "Maroon", "Burgundy"),
    *("Green", "Lime Green", "Off White", "Multi", "Steel", "Skin", "Turquoise Blue", "Mustard"),
)
LINES = {
    "de": ("rotes Damenkleid", "Gürtel und Röcke", "weiße Fußballschuhe", "Hemd mit V-Ausschnitt"),
    "ja": (
        "赤いワンピース",
        "メンズ 長袖シャツ 青 チェック",
        "花柄のバッグ",
        "すにーかー",
        "Tシャツ",
    ),
}


def shot(title: str = "", **facets: str) -> Shot:
    return Shot("1", Path("x"), "products", "train", "g", title=title, facets=facets)


def many(of: Shot, language: str | None = None, count: int = 300) -> list[Caption]:
    dice = random.Random(0)
    return [composed(of, dice, language) for _ in range(count)]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    shots = [
        shot(f"Acme {colour} {category}", category=category, colour=colour, gender="Women")
        for category in CATEGORIES
        for colour in COLOURS
    ]
    return words.train_tokenizer(words.texts_of(shots), 4000)


def texts_said(said: Mapping[str, str], language: str) -> dict[str, list[str]]:
    return {
        facet: [word.text for word in lexicon.words(facet, value, language)]
        for facet, value in said.items()
    }


@pytest.mark.parametrize("language", lexicon.LANGUAGES)
def test_values_have_words_in_every_language(language: str) -> None:
    asked = [("category", value) for value in (*CATEGORIES, *PHONE_WORDS.values())]
    asked += [("colour", value) for value in COLOURS]
    assert [pair for pair in asked if not lexicon.words(*pair, language)] == []


def test_every_entry_is_complete() -> None:
    for facet in lexicon.facets():
        for value in lexicon.values(facet):
            assert all(lexicon.words(facet, value, language) for language in lexicon.LANGUAGES)
    for category in lexicon.values("category"):
        group = lexicon.group_of(category)
        assert group in lexicon.values("group"), category
        assert lexicon.department_of(group) in lexicon.values("department")
    heads = [lexicon.words(f, v, "de") for f in phrases.HEADS for v in lexicon.values(f)]
    assert [word for some in heads for word in some if not word.gender] == []


def test_concepts_stand_near_values_that_are_there() -> None:
    for concept in lexicon.concepts():
        assert concept.near <= set(lexicon.values(concept.facet)), concept.name
        assert all(concept.words.values())


def test_an_unknown_value_is_its_own_word() -> None:
    assert [word.text for word in lexicon.words("category", "Space Suit", "en")] == ["space suit"]
    unknown = shot(category="Space Suit")
    assert {line.text for line in many(unknown, "ja", 40)} & {"space suit", "space suits"}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_captions_speak_of_exactly_what_they_contain(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(captions, "GUESSED", 0.0)
    known = {
        "category": "Watches",
        "colour": "Blue",
        "pattern": "Checked",
        "sleeve": "Long Sleeves",
    }
    said = texts_said(known, language)
    # No word of these values is part of a word of another.
    for line in many(shot(**known), language):
        for facet, texts in said.items():
            contained = any(text in line.text for text in texts)
            assert contained == (FACETS.index(facet) in line.facets), line


@pytest.mark.parametrize(("share", "wanted"), [(0.0, False), (1.0, True)])
def test_titles_are_said_as_often_as_asked(
    share: float, wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(captions, "MISSPELT", 0.0)
    dice, known = random.Random(1), shot("Acme Zephyr 7", category="Shirts")
    lines = [caption(known, dice, share).text for _ in range(40)]
    assert {bool({"Acme", "Zephyr", "7"} & set(line.split())) for line in lines} == {wanted}


def test_wider_words_speak_of_the_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captions, "GUESSED", 0.0)
    known = {"category": "Shoes", "group": "Shoes", "department": "Footwear"}
    groups = {FACETS.index("group"), FACETS.index("department")}
    assert {facet for line in many(shot(**known)) for facet in line.facets} == groups


def test_words_that_fit_other_values_say_so() -> None:
    lines = [line for line in many(shot(category="Casual Shoes")) if line.text == "sneakers"]
    assert lines
    assert all((0, "Sports Shoes") in line.also and line.facets == (0,) for line in lines)


def test_a_concept_that_a_title_names_is_translated_and_of_this_shot_alone() -> None:
    boots = shot("Acme black boots", category="Casual Shoes")
    said = {line.text: line.facets for line in many(boots, "de")}
    assert said["Stiefel"] == ()
    bootcut = shot("Acme boot cut", category="Jeans")
    assert not any("Stiefel" in line.text for line in many(bootcut, "de"))


def test_german_and_japanese_adjectives_agree() -> None:
    assert [phrases.inflected(word, "es") for word in ("blau", "rosa")] == ["blaues", "rosa"]
    assert phrases.joined("赤い", "服") == "赤い服"
    assert phrases.joined("緑", "服") == "緑の服"
    texts = {line.text for line in many(shot(category="Dresses", colour="Red"), "de", 2000)}
    assert {"rotes Kleid", "rote Kleider", "Kleid rot"} <= texts
    assert not {"roter Kleid", "rote Kleid"} & texts


def test_plurals() -> None:
    nouns = ("dress", "watch", "shirt", "jeans", "scarf", "footwear", "body")
    plurals = ["dresses", "watches", "shirts", "jeans", "scarves", "footwear", "bodies"]
    assert [phrases.plural(noun) for noun in nouns] == plurals


def test_one_caption_in_eight_is_misspelt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spelling, "misspelt", lambda _text, _dice: "misspelt")
    dice = random.Random(0)
    lines = [caption(shot(category="Handbags"), dice).text for _ in range(2000)]
    assert 0.1 < lines.count("misspelt") / 2000 < 0.15


def test_slips_are_small_and_many() -> None:
    dice = random.Random(0)
    slips = {spelling.misspelt("weiße t-shirts", dice) for _ in range(300)}
    assert len(slips) > 20
    assert {"weisse t-shirts", "weiße tshirts"} <= slips
    assert {spelling.misspelt("スニーカー", dice) for _ in range(30)} >= {"スニカ", "すにーかー"}
    assert spelling.misspelt("red", dice) == "red"


def test_equal_seeds_give_equal_captions(tokenizer: Tokenizer) -> None:
    of = shot("Acme red dress", category="Dresses", colour="Red", gender="Women")
    once, again = ([caption(of, dice) for _ in range(50)] for dice in map(random.Random, (3, 3)))
    assert once == again
    texts = [line.text for line in once]
    first, second = (words.encode(tokenizer, texts, random.Random(1))[0] for _ in range(2))
    assert first.tolist() == second.tolist()
    assert first.tolist() != words.encode(tokenizer, texts, random.Random(2))[0].tolist()


@pytest.mark.parametrize("language", lexicon.LANGUAGES)
def test_prompts_are_always_the_same_and_different_for_each_value(language: str) -> None:
    for facet in ("category", "colour", "pattern", "sleeve", "neck", "gender", "group"):
        for value in lexicon.values(facet):
            lines = prompts(facet, value, language)
            assert len(set(lines)) == len(lines) >= len(captions.TEMPLATES[language][""])
            assert lines == prompts(facet, value, language)
    assert prompts("colour", "Red", "ja")[1] != prompts("colour", "Green", "ja")[1]


@pytest.mark.parametrize("text", [line for lines in LINES.values() for line in lines])
def test_german_and_japanese_lose_no_letter(tokenizer: Tokenizer, text: str) -> None:
    clean = tokenizer.normalizer.normalize_str(text)
    assert "".join(tokenizer.encode(text).tokens) == "".join(filter(str.isalnum, clean))


def test_dakuten_stay_and_umlauts_may_be_written_either_way(tokenizer: Tokenizer) -> None:
    tokens = {text: tokenizer.encode(text).tokens for text in ("バッグ", "ハック", "が", "か")}
    assert tokens["バッグ"] != tokens["ハック"]
    assert tokens["が"] != tokens["か"]
    same = (("Gürtel", "GUERTEL"), ("weiß", "weiss"), ("T-Shirt", "t shirt"), ("men’s", "mens"))
    for one, other in (*same, ("ﾊﾞｯｸﾞ", "バッグ")):
        assert tokenizer.encode(one).ids == tokenizer.encode(other).ids


def test_a_compound_has_the_pieces_of_its_parts(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("Damenkleid").ids == tokenizer.encode("Damen Kleid").ids


@pytest.mark.parametrize(("wrong", "right"), [("hnadbag", "handbag"), ("スニカー", "スニーカー")])
def test_a_misspelt_word_shares_pieces_with_the_right_one(
    tokenizer: Tokenizer, wrong: str, right: str
) -> None:
    ids, mask = words.encode(tokenizer, [right] * 300, random.Random(0))
    assert set(tokenizer.encode(wrong).ids) & set(ids[mask > 0].tolist())


def test_the_runtime_reads_the_tokenizer(tokenizer: Tokenizer, tmp_path: Path) -> None:
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    there = _open_tokenizer(tmp_path / "tokenizer.json", 5)
    text = "rotes Kleid und 白いスニーカー"
    assert there.encode(text).ids == tokenizer.encode(text).ids[:5]
    assert there.encode("鬱").ids == []
    assert there.token_to_id(words.PAD) == 0


def test_encoded_texts_are_cut_and_padded(tokenizer: Tokenizer) -> None:
    for dice in (None, random.Random(0)):
        ids, mask = words.encode(tokenizer, ["dress " * 99, "dress"], dice)
        assert ids.shape == mask.shape == (2, words.MAX_TOKENS)
        assert mask[1].sum() < 4
        assert not ids[1][mask[1] == 0].any()


def test_there_are_twenty_queries_a_language_for_values_of_the_lexicon() -> None:
    asked = queries.queries()
    for language in lexicon.LANGUAGES:
        assert sum(query.language == language for query in asked) == 20
    for query in asked:
        for facet, values in query.expected.items():
            assert values <= set(lexicon.values(facet)), query.text
    red_dress = asked[0]
    assert red_dress.fits({"category": "Dress", "colour": "Maroon"})
    assert not red_dress.fits({"category": "Dress"})
