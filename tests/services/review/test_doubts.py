from __future__ import annotations

from dataclasses import replace

import pytest

from vitrine.services.review import doubts
from vitrine.services.review.doubts import (
    DETECTOR_SCORE,
    DISAGREEMENT,
    LABEL_MARGIN,
    PRIMARY_MARGIN,
    CropFacts,
    Facts,
)

DRESS = CropFacts("a", "dress", 0.9, 0.60)
SHOES = CropFacts("b", "shoes", 0.8, 0.35)
SURE = Facts(
    likely={"category": [("dress", 0.95), ("skirt", 0.02)], "colour": [("red", 0.97)]},
    said={"category": "dress"},
    shop={"category": "Dresses"},
    meant={"category": "dress"},
    kept=(DRESS, SHOES),
    primary="a",
    texts=("Dresses", "Red summer dress", ""),
)


def strongest(facts: Facts) -> dict[str, float]:
    return doubts.by_kind(doubts.found(facts))


def test_a_product_of_which_all_agree_is_hardly_doubted() -> None:
    assert doubts.chance(doubts.found(SURE)) < 0.06


def test_two_likely_values_are_a_doubt_about_their_facet() -> None:
    near = replace(SURE, likely={**SURE.likely, "category": [("dress", 0.5), ("skirt", 0.45)]})
    found = [one for one in doubts.found(near) if one.kind == LABEL_MARGIN]
    assert [(one.facet, one.says) for one in found] == [("category", "dress or skirt")]
    assert found[0].score == pytest.approx(0.95)


def test_what_shoppers_do_not_see_is_not_doubted() -> None:
    other = {"category": [("sneakers", 0.9), ("dress", 0.05)]}
    shown = replace(SURE, likely=other, said={"category": "sneakers"})
    assert strongest(shown)[DISAGREEMENT] > 0.5
    assert strongest(replace(shown, said={}))[DISAGREEMENT] == 0


def test_a_crop_that_is_not_the_best_one_is_doubted_most() -> None:
    close = replace(SURE, kept=(DRESS, replace(SHOES, primary_score=0.59)))
    wrong = replace(SURE, primary="b")
    margins = [strongest(each)[PRIMARY_MARGIN] for each in (SURE, close, wrong)]
    assert margins[0] < 0.05 < margins[1] < margins[2] == 1.0
    assert strongest(replace(wrong, primary_by_person=True))[PRIMARY_MARGIN] == 0


def test_a_product_without_a_crop_is_worth_a_look() -> None:
    assert strongest(replace(SURE, kept=(), primary=None))[PRIMARY_MARGIN] == 0.9


def test_a_detection_near_its_threshold_is_doubted_but_not_a_persons_box() -> None:
    faint = replace(DRESS, score=0.3)
    assert strongest(replace(SURE, kept=(faint,)))[DETECTOR_SCORE] == pytest.approx(0.4)
    drawn = replace(faint, by_person=True)
    assert strongest(replace(SURE, kept=(drawn,)))[DETECTOR_SCORE] == 0


@pytest.mark.parametrize(
    "other",
    [
        {"meant": {"category": "sneakers"}, "texts": ("Sneakers", "", "")},
        {"kept": (replace(DRESS, kind="shoes"),), "likely": {"category": [("sneakers", 0.9)]}},
        {"said": {"category": "sneakers"}},
        {"texts": ("Dresses", "Leather boots", "")},
    ],
    ids=["shop's category", "detector", "stored label", "title"],
)
def test_whoever_says_another_garment_is_a_disagreement(other: dict[str, object]) -> None:
    assert strongest(SURE)[DISAGREEMENT] == 0
    facts = replace(SURE, **other)  # type: ignore[arg-type] # fields of several types
    assert strongest(facts)[DISAGREEMENT] >= 0.5


def test_garments_that_are_taken_for_each_other_disagree_less() -> None:
    def differs(text: str) -> float:
        return strongest(replace(SURE, meant={}, texts=(text, "", "")))[DISAGREEMENT]

    assert 0 < differs("Skirts") < differs("Sneakers")


def contradicted(colour: str, scores: list[tuple[str, float]], sure: float = 1.0) -> float:
    """The doubt about a red label where the shop says another colour."""
    facts = replace(
        SURE,
        likely={"colour": scores},
        said={"colour": "red"},
        meant={"colour": colour},
        sure={"colour": sure},
    )
    return strongest(facts)[DISAGREEMENT]


def test_what_the_shop_says_counts_by_how_likely_it_was_and_how_sure_its_meaning_is() -> None:
    known = [("red", 0.7), ("pink", 0.2)]
    assert contradicted("red", known) == 0
    assert contradicted("pink", known) > contradicted("blue", known) > 0.6
    assert contradicted("blue", [("red", 0.99)]) < contradicted("blue", known)
    learned = [contradicted("pink", known, sure) for sure in (1.0, 0.6, 0.3, 0.0)]
    assert learned == sorted(learned, reverse=True)
    # By hand: 0.7 and 0.2 beforehand, the shop right 19 times in 20 or wrong in one of 20 words.
    assert learned[0] == pytest.approx(1 - 0.7 * 0.0025 / (0.7 * 0.0025 + 0.2 * 0.95), abs=1e-4)
    assert learned[-1] == pytest.approx(1 - 0.7 / 0.9, abs=1e-4), (
        "nobody knows what the value means"
    )


def test_a_facet_in_which_a_person_spoke_is_not_doubted() -> None:
    near = replace(
        SURE,
        likely={"category": [("dress", 0.5), ("skirt", 0.45)]},
        decided=frozenset({"category"}),
    )
    assert strongest(near)[LABEL_MARGIN] == 0


def test_a_detector_that_only_named_a_known_garment_wrong_is_no_great_doubt() -> None:
    misnamed = replace(SURE, kept=(replace(DRESS, kind="bag"),))
    assert 0 < strongest(misnamed)[DISAGREEMENT] < 0.4


def test_priority_grows_with_doubts_and_with_traffic() -> None:
    some = doubts.found(replace(SURE, primary="b"))
    more = [*some, doubts.Doubt(DISAGREEMENT, "colour", 0.8, "")]
    assert doubts.priority(some, 0) < doubts.priority(more, 0)
    assert doubts.priority(some, 3) < doubts.priority(some, 300)
    assert doubts.priority([], 1000) == 0
