"""Form or colour: what a query weighs orders products exactly, and levels stay what they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.worlds.factories import insert_indexed
from tests.worlds.fakes import ExactIndex, FakeVision
from vitrine.core.errors import Invalid
from vitrine.ports import Point
from vitrine.services import catalog, models, search
from vitrine.services.search import Answer, colourways, filters
from vitrine.services.search.cache.store import SearchCache
from vitrine.services.search.request import SearchRequest
from vitrine.tables.catalog import Label
from vitrine.vision.card import Part
from vitrine.vision.tuning import KINDS, Bars, Levels, Matches, Tuning, Tunings
from vitrine.vision.types import Vector, Versions
from vitrine.wiring import Runtime

FORM, COLOUR, COUNT = 10, 6, 60
PARTS = (Part(name="form", size=FORM, weight=0.6), Part(name="colour", size=COLOUR, weight=0.4))
VERSIONS = Versions("factored-1", "p1", "none", FORM + COLOUR)
CATEGORIES = ("Dress", "Shirt", "", "Maxi dress", "Hat")
COLOURS = ("Red", "Blue", "Green", "")
PLAIN, OTHER = 2, 7
"""Products of no known kind of garment: what is like them may be of any."""


def pictures() -> Vector:
    """As a factored encoder makes them: each part of the length that its weight gives."""
    drawn = np.random.default_rng(3).normal(size=(COUNT, FORM + COLOUR))
    form, colour = drawn[:, :FORM], drawn[:, FORM:]
    form *= 0.6**0.5 / np.linalg.norm(form, axis=1, keepdims=True)
    colour *= 0.4**0.5 / np.linalg.norm(colour, axis=1, keepdims=True)
    return np.concatenate([form, colour], axis=1).astype(np.float32)


PICTURES = pictures()


class Worded(FakeVision):
    """Reads every word as one of the pictures."""

    def embed_texts(self, texts: Sequence[str]) -> Vector:
        return PICTURES[[len(text) for text in texts]]


class Shop:
    """Products with these vectors, and their ids by row."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        rows = [
            {"category": CATEGORIES[number % 5], "colour": COLOURS[number % 4]}
            for number in range(COUNT)
        ]
        with runtime.sessions.write() as session:
            models.activate(session, models.collection_for(session, VERSIONS))
            self.ids = insert_indexed(session, VERSIONS, PICTURES, rows)

    def ask(self, **given: Any) -> Answer:
        return search.search(self.runtime.search_engine, SearchRequest(**given))

    def like(self, row: int, **given: Any) -> Answer:
        return self.ask(product_id=self.ids[row], **{"limit": COUNT} | given)

    def rows(self, answer: Answer) -> list[int]:
        return [self.ids.index(hit.product.id) for hit in answer.hits]


@pytest.fixture
def shop(runtime: Runtime) -> Shop:
    vision = Worded(versions=VERSIONS, parts=PARTS)
    return Shop(replace(runtime, ports=replace(runtime.ports, vision=vision)))


def weighted(row: int, form: float) -> dict[int, float]:
    """By row the mean of the parts' cosines to one of the pictures, the row itself left out."""
    wide = PICTURES.astype(np.float64)
    forms = wide[:, :FORM] @ wide[row, :FORM] / 0.6
    colours = wide[:, FORM:] @ wide[row, FORM:] / 0.4
    scores = form * forms + (1 - form) * colours
    return {other: float(scores[other]) for other in range(COUNT) if other != row}


def best(scores: dict[int, float]) -> list[int]:
    return sorted(scores, key=lambda row: -scores[row])


@pytest.mark.parametrize(
    ("emphasis", "form"), [(-1.0, 1.0), (-0.25, 0.7), (0.0, 0.6), (0.5, 0.3), (1.0, 0.0)]
)
def test_products_are_ordered_by_the_cosines_of_their_parts_weighed_as_asked(
    shop: Shop, emphasis: float, form: float
) -> None:
    answer, scores = shop.like(PLAIN, emphasis=emphasis), weighted(PLAIN, form)
    assert shop.rows(answer) == best(scores)
    for hit, row in zip(answer.hits, shop.rows(answer), strict=True):
        assert hit.score == pytest.approx(scores[row], abs=1e-5)
        assert hit.reasons is not None
        told = hit.reasons.parts
        assert told["cosine" if emphasis else "image"] == pytest.approx(hit.score, abs=1e-3)
    assert answer.result.query["emphasis"] == emphasis


def test_pages_go_on_by_the_same_emphasis_and_by_no_other(shop: Shop) -> None:
    found, cursor = list[int](), None
    while True:
        page = shop.like(OTHER, emphasis=-1, limit=7, cursor=cursor)
        found += shop.rows(page)
        after, cursor = cursor, page.result.summary["next_cursor"]
        if cursor is None:
            break
    assert found == best(weighted(OTHER, 1.0))
    with pytest.raises(Invalid) as refused:
        shop.like(OTHER, emphasis=-0.5, limit=7, cursor=after)
    assert "another search" in refused.value.fields["cursor"]


def test_a_large_catalogue_is_compared_whole_and_not_by_what_the_index_holds_near(
    shop: Shop,
) -> None:
    index = ExactIndex()
    index.ensure(VERSIONS.collection, FORM + COLOUR)
    nearest = best(weighted(PLAIN, 0.6))[:20]
    points = [Point(shop.ids[row], PICTURES[row]) for row in nearest]
    index.upsert(VERSIONS.collection, points)
    ports = replace(shop.runtime.ports, vectors=index)
    shop.runtime = replace(shop.runtime, ports=ports, cache=SearchCache(index_above=10))
    assert shop.rows(shop.like(PLAIN, limit=15)) == nearest[:15]
    by_colour = best(weighted(PLAIN, 0.0))[:15]
    assert not set(by_colour) <= set(nearest)
    assert shop.rows(shop.like(PLAIN, limit=15, emphasis=1)) == by_colour


def test_levels_are_those_of_the_likeness_they_were_measured_for(shop: Shop) -> None:
    plain = weighted(PLAIN, 0.6)
    bar = sorted(plain.values())[-12]
    levels = Levels(others=Bars(similar=bar - 1e-6))
    tuning = Tuning(model_version=VERSIONS.encoder, levels=dict.fromkeys(KINDS, levels))
    tunings = Tunings({(VERSIONS.encoder, 0.0): tuning})
    shop.runtime = replace(shop.runtime, tunings=tunings)
    similar = {row for row, score in plain.items() if score >= bar}
    answer = shop.like(PLAIN, emphasis=1)
    told = {
        row for row, hit in zip(shop.rows(answer), answer.hits, strict=True) if hit.level != "none"
    }
    assert told == similar
    sure = shop.like(PLAIN, emphasis=1, min_level="similar")
    by_colour = [row for row in best(weighted(PLAIN, 0.0)) if row in similar]
    assert (shop.rows(sure), sure.result.summary["total"]) == (by_colour, 12)

    assert any(hit.level != "none" for hit in shop.like(PLAIN, text="red").hits)
    assert {hit.level for hit in shop.like(PLAIN, text="red", emphasis=1).hits} == {None}
    with pytest.raises(Invalid) as refused:
        shop.like(PLAIN, text="red", emphasis=1, min_level="similar")
    assert refused.value.fields["min_level"].startswith("is similar, which")


def test_what_matches_stays_and_comes_first_and_scores_are_those_of_the_emphasis(
    shop: Shop,
) -> None:
    plain, by_colour = weighted(PLAIN, 0.6), weighted(PLAIN, 0.0)
    line = sorted(plain.values())[-12] - 1e-6
    matches = dict.fromkeys(KINDS, Matches(line=line))
    tuning = Tuning(model_version=VERSIONS.encoder, matches=matches)
    tunings = Tunings({(VERSIONS.encoder, 0.0): tuning})
    shop.runtime = replace(shop.runtime, tunings=tunings)
    answer = shop.like(PLAIN, emphasis=1)
    matched = [row for row in best(by_colour) if plain[row] >= line]
    others = [row for row in best(by_colour) if plain[row] < line]
    assert shop.rows(answer) == matched + others
    assert [hit.matches for hit in answer.hits] == [True] * 12 + [False] * len(others)
    scores = [by_colour[row] for row in shop.rows(answer)]
    assert [hit.score for hit in answer.hits] == pytest.approx(scores, abs=1e-3)


def test_an_emphasis_needs_parts_and_something_to_compare_with(
    shop: Shop, runtime: Runtime
) -> None:
    with pytest.raises(Invalid) as refused:
        shop.ask(emphasis=0.5)
    assert refused.value.fields == {"emphasis": "needs a photo, a product or words"}
    whole = replace(runtime.ports, vision=FakeVision(versions=VERSIONS))
    shop.runtime = replace(runtime, ports=whole)
    assert shop.like(0, emphasis=0).hits
    with pytest.raises(Invalid) as refused:
        shop.like(0, emphasis=0.5)
    assert refused.value.fields["emphasis"].startswith("is 0.5, but")


def other_colours(shop: Shop, row: int, **given: Any) -> list[int]:
    request = SearchRequest(product_id=shop.ids[row], limit=COUNT, **given)
    engine = shop.runtime.search_engine
    with shop.runtime.sessions.read() as session:
        product = catalog.get(session, shop.ids[row])
        asked = colourways.asked(product, request, shop.runtime.ports.vision.parts)
    return shop.rows(search.search(engine, asked))


def test_colourways_are_of_the_kind_by_form_and_not_of_the_colour(shop: Shop) -> None:
    wanted = [row for row in best(weighted(0, 1.0)) if row % 5 in (0, 3) and row % 4 != 0]
    dresses = [row for row in wanted if row % 5 == 0]
    assert other_colours(shop, 0) == dresses
    not_blue = filters.parse({"not": {"colour": "blue"}})
    assert other_colours(shop, 0, filters=not_blue) == [row for row in dresses if row % 4 != 1]
    long = filters.parse({"category": "Maxi dress"})
    assert other_colours(shop, 0, filters=long) == [row for row in wanted if row % 5 == 3]
    assert other_colours(shop, 0, filters=filters.parse({"category": "Shirt"})) == []


def test_what_a_product_does_not_state_its_labels_tell(shop: Shop) -> None:
    unstated = OTHER  # has neither category nor colour
    assert other_colours(shop, unstated) == best(weighted(unstated, 1.0))
    with shop.runtime.sessions.write() as session:
        for row, colour in ((unstated, "red"), (2, "red"), (17, "blue")):
            said = {"category": "hat", "colour": colour}
            session.add_all(
                Label(product_id=shop.ids[row], facet=name, value=value, score=1, source="person")
                for name, value in said.items()
            )
    assert other_colours(shop, unstated) == [17]


def test_colourways_need_parts(shop: Shop) -> None:
    with shop.runtime.sessions.read() as session:
        product = catalog.get(session, shop.ids[0])
        with pytest.raises(Invalid) as refused:
            colourways.asked(product, SearchRequest(product_id=product.id), ())
    assert refused.value.fields["other_colours"].startswith("is true, but")
