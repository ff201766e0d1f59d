"""Slips are read as what was meant; what the catalogue or anybody knows never is."""

from __future__ import annotations

import pytest

from tests.worlds.snapshots import holding
from vitrine.services.search import recognising
from vitrine.services.search.meaning import Known
from vitrine.services.search.spelling import Speller
from vitrine.services.search.tokens import WORDS
from vitrine.vision.tuning import Spoken

CATALOGUE = holding(
    {WORDS: ("linen", "jacket", "velvet"), "category": "Jackets", "brand": "Acme"},
    {WORDS: ("linen", "dress", "lacket"), "category": "Dresses"},
    {WORDS: ("linen",), "colour": "red"},
)
KNOWN = Known.of(Spoken(garments=("blouse", "jackal"), others=("cotton",)))


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("jaket", "jacket"),  # lost
        ("jacjet", "jacket"),  # wrong
        ("jakcet", "jacket"),  # swapped
        ("linnen", "linen"),  # doubled
        ("dres", "dress"),
        ("Blose", "blouse"),
        ("Amce", "acme"),
        ("turqoise", "turquoise"),
        ("sommerkliedd", None),
        ("xacket", None),  # first letters are seldom wrong
        ("asdfgh", None),
        ("501s", None),
        ("re", None),
        ("赤いワンピース", None),
    ],
)
def test_a_slip_is_read_as_the_nearest_word(word: str, meant: str | None) -> None:
    assert Speller(CATALOGUE, KNOWN).corrected(word) == meant


@pytest.mark.parametrize(
    "word", ["lacket", "Jackets", "jackal", "cotton", "cottons", "rotes", "Acme", "Sommerkleid"]
)
def test_a_word_that_is_known_is_never_corrected(word: str) -> None:
    assert Speller(CATALOGUE, KNOWN).corrected(word) is None


def test_what_is_read_otherwise_is_told_and_can_be_taken_back() -> None:
    speller = Speller(CATALOGUE, KNOWN)
    read = recognising.read(CATALOGUE, "a dres of linnen", corrected=speller.corrected)
    assert read.text == "a dress of linen"
    assert [(one.role, one.text, one.read_as) for one in read.named] == [
        ("spelling", "dres", "dress"),
        ("wish", "dres", None),
        ("spelling", "linnen", "linen"),
    ]
    plain = recognising.read(CATALOGUE, "a dres of linnen", ["dres"], corrected=speller.corrected)
    assert plain.text == "a dres of linen"
