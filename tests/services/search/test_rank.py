"""A search with a product and words, re-ranked, with levels and reasons, through SQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tests.worlds.factories import fields, insert_indexed, photo, product_with_photos, unit_vectors
from tests.worlds.remembered import remembered
from vitrine.core.clock import new_id
from vitrine.core.errors import Conflict, Invalid
from vitrine.core.reasons import check
from vitrine.services import catalog, search
from vitrine.services.search import Answer, filters, looks, signals
from vitrine.services.search.present import Hit
from vitrine.services.search.reasons import Agreed, Differing
from vitrine.services.search.request import SearchRequest
from vitrine.vision.tuning import Bars, Levels, Tuning, Tunings
from vitrine.wiring import Runtime

COLOURS = ("red", "green", "blue", "yellow")


@pytest.fixture
def shop(runtime: Runtime) -> Runtime:
    remembered(runtime, fill)
    return runtime


def fill(runtime: Runtime) -> None:
    for number, colour in enumerate(COLOURS):
        category = "Dresses" if number % 2 else "Shirts"
        more = {"category": category, "colour": colour.title(), "brand": f"Brand {number}"}
        with runtime.sessions.write() as session:
            picture = photo(colour, seed=number)
            _, job = product_with_photos(session, runtime.ports, colour, picture, **more)
        runtime.run_job(job.id)


def ask(shop: Runtime, **given: Any) -> Answer:
    return search.search(shop.search_engine, SearchRequest(**given))


def found(answer: Answer) -> list[str]:
    return [hit.product.external_id for hit in answer.hits]


def id_of(shop: Runtime, external_id: str) -> str:
    with shop.sessions.read() as session:
        product = catalog.find(session, external_id)
        assert product is not None
        return product.id


def tuned(shop: Runtime, **given: Any) -> Runtime:
    """The shop with weights set or levels calibrated."""
    model = shop.ports.vision.versions.encoder
    tunings = Tunings(
        {(model, 0.0): Tuning(model_version=model, levels=given.get("levels", {}))},
        given.get("weights"),
    )
    return replace(shop, tunings=tunings)


def pages(shop: Runtime, limit: int, **given: Any) -> Iterator[Hit]:
    cursor = None
    while True:
        answer = ask(shop, limit=limit, cursor=cursor, **given)
        yield from answer.hits
        cursor = answer.result.summary["next_cursor"]
        if cursor is None:
            return


def test_more_like_this_leaves_the_product_out_and_is_what_similar_finds(shop: Runtime) -> None:
    red = id_of(shop, "red")
    answer = ask(shop, product_id=red)
    assert found(answer) == ["blue"], "the others are dresses"
    assert answer.result.summary["total"] == 1
    same = ask(shop, product_id=red)
    assert found(same) == found(answer)


def test_this_but_in_another_colour(shop: Runtime) -> None:
    for colour in ("green", "blue", "yellow"):
        answer = ask(shop, product_id=id_of(shop, "red"), text=colour)
        assert found(answer)[0] == colour
        assert answer.result.query["understood"] == {
            "kind": "composed",
            "wanted": {"category": ["Shirts"], "colour": [colour.title()], "brand": ["Brand 0"]},
            "avoided": {},
        }


def test_unwanted_words_push_away(shop: Runtime) -> None:
    plain = found(ask(shop, text="red blue"))
    assert set(plain[:2]) == {"red", "blue"}
    avoiding = ask(shop, text="red blue", not_text="blue")
    assert found(avoiding)[0] == "red"
    assert avoiding.result.query["not_text"] == "blue"
    [blue] = [hit for hit in avoiding.hits if hit.product.external_id == "blue"]
    assert blue.reasons is not None
    assert Differing("colour", "Blue", "not Blue") in blue.reasons.differ
    assert set(blue.reasons.parts) == {"cosine", "text", "not_text"}
    blue_photo = photo("blue", seed=9)
    away = ask(shop, photo=blue_photo, not_text="blue").hits[0]
    near = ask(shop, photo=blue_photo).hits[0]
    assert away.score is not None
    assert near.score is not None
    assert away.score < near.score


def test_a_product_that_is_not_there_or_not_indexed_is_told(shop: Runtime) -> None:
    with pytest.raises(Invalid) as unknown:
        ask(shop, product_id=new_id())
    assert unknown.value.fields == {"product_id": "is unknown"}
    with shop.sessions.write() as session:
        fresh = catalog.create(session, fields("fresh"), None).id
    with pytest.raises(Conflict) as unready:
        ask(shop, product_id=fresh)
    assert unready.value.code == "not_indexed"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"product_id": new_id(), "photo": b"x"}, "product_id"),
        ({"product_id": new_id(), "upload_id": new_id()}, "product_id"),
        ({"product_id": new_id(), "item": 1}, "item"),
        ({"not_text": "red"}, "not_text"),
        ({"text": "x", "not_text": "x" * 1_001}, "not_text"),
        ({"min_level": "close"}, "min_level"),
        ({"text": "x", "min_level": "none"}, "min_level"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_field(given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check(SearchRequest, given)
    assert field in refused.value.fields


def test_a_job_carries_all_of_it() -> None:
    query = SearchRequest(text="red", product_id=new_id(), not_text="striped", min_level="close")
    assert check(SearchRequest, query.as_payload()) == query


def test_every_hit_tells_why_and_is_recorded_with_it(shop: Runtime) -> None:
    answer = ask(shop, product_id=id_of(shop, "red"))
    why = {hit.product.external_id: hit.reasons for hit in answer.hits}
    blue = why["blue"]
    assert blue is not None
    assert Agreed("category", "Shirts") in blue.agree
    assert Differing("colour", "Blue", "Red") in blue.differ
    assert blue.colour_distance is not None
    assert blue.colour_distance > 20
    assert set(blue.parts) == {"image"}
    assert blue.moved == 0
    with shop.sessions.read() as session:
        again = search.load(session, answer.result.id)
    assert [hit.reasons for hit in again.hits] == [hit.reasons for hit in answer.hits]


def test_a_photo_is_named_in_the_words_of_the_catalogue(shop: Runtime) -> None:
    answer = ask(shop, photo=photo("green", seed=50))
    assert answer.result.query["understood"]["wanted"]["colour"] == ["Green"]
    first = answer.hits[0].reasons
    assert first is not None
    assert Agreed("colour", "Green") in first.agree
    assert first.colour_distance is not None
    assert first.colour_distance < 5


def test_each_item_of_a_look_has_its_own_reasons(shop: Runtime) -> None:
    query = SearchRequest(photo=photo("green", seed=50), not_text="blue")
    look = looks.by_item(shop.search_engine, query)
    with shop.sessions.read() as session:
        again = looks.regroup(search.load(session, look.result.id))
    [group], [same] = look.groups, again.groups
    assert [hit.reasons for hit in group.hits] == [hit.reasons for hit in same.hits]
    assert group.hits[0].reasons is not None


def test_without_calibration_there_are_no_levels_and_none_can_be_asked_for(shop: Runtime) -> None:
    assert {hit.level for hit in ask(shop, text="red").hits} == {None}
    with pytest.raises(Invalid) as refused:
        ask(shop, text="red", min_level="close")
    assert "calibrated" in refused.value.fields["min_level"]


def bars(exact: float | None, close: float, similar: float) -> Bars:
    return Bars(exact=exact, close=close, similar=similar)


def test_a_level_cuts_list_total_facets_and_pages_alike(runtime: Runtime) -> None:
    stocked(runtime)
    vision = runtime.ports.vision
    cosines = dict(_cosines(runtime, vision.embed_texts(["red"])[0]))
    ordered = sorted(cosines.values(), reverse=True)
    levels = Levels(others=bars(ordered[0], ordered[4], ordered[20]))
    shop = tuned(runtime, levels={"words": levels})

    def level(product: Any) -> str:
        names = ("exact", "close", "similar")
        reached = [name for name in names if cosines[product.id] >= getattr(levels.others, name)]
        return reached[0] if reached else "none"

    everything = ask(shop, text="red", limit=COUNT)
    assert [hit.level for hit in everything.hits] == [level(hit.product) for hit in everything.hits]
    assert {"exact", "close", "similar", "none"} == {hit.level for hit in everything.hits}
    for wanted, reached in (
        ("similar", {"exact", "close", "similar"}),
        ("close", {"exact", "close"}),
        ("exact", {"exact"}),
    ):
        sure = [hit.product.id for hit in everything.hits if hit.level in reached]
        answer = ask(shop, text="red", limit=3, min_level=wanted)
        summary = answer.result.summary
        assert summary["total"] == len(sure)
        assert sum(each["count"] for each in summary["facets"]["brand"]) == len(sure)
        paged = [hit.product.id for hit in pages(shop, 3, text="red", min_level=wanted)]
        assert paged == sure


def test_no_match_is_an_honest_answer(runtime: Runtime) -> None:
    stocked(runtime)
    never = Levels(others=Bars())
    answer = ask(tuned(runtime, levels={"words": never}), text="red", min_level="similar")
    assert (answer.hits, answer.result.summary["total"]) == ((), 0)


COUNT = 60
WEIGHTS: dict[str, dict[str, float]] = {
    "words": {"words": 0.3, "category": 0.1, "stock": 0.2, "colour": 0.4}
}


def stocked(runtime: Runtime) -> None:
    dice = np.random.default_rng(5)
    given = [
        {
            "title": ("Red dress", "Red shoe", "Blue dress", "Hat")[dice.integers(4)],
            "category": ("Dress", "Shoes", "")[dice.integers(3)],
            "brand": "Acme",
            "price": Decimal(int(dice.integers(9))),
            "attributes": {"availability": "out of stock"} if dice.random() < 0.3 else {},
        }
        for _ in range(COUNT)
    ]
    versions = runtime.ports.vision.versions
    with runtime.sessions.write() as session:
        insert_indexed(session, versions, unit_vectors(COUNT, versions.dimension), given)


def _cosines(runtime: Runtime, vector: np.ndarray) -> Iterator[tuple[str, float]]:
    [held] = list(runtime.cache.held.values()) or [_held(runtime)]
    wide = vector.astype(np.float64)
    for row, each in enumerate(held.snapshot.ids):
        yield each, float((held.snapshot.vectors[row].astype(np.float64) * wide).sum())


def _held(runtime: Runtime) -> Any:
    ask(runtime, text="x")
    [held] = runtime.cache.held.values()
    return held


@pytest.mark.parametrize("asked", [{}, {"category": "dress"}, {"price": {"max": 4}}])
def test_the_order_is_that_of_brute_force_over_all_pages(
    runtime: Runtime, asked: dict[str, Any]
) -> None:
    stocked(runtime)
    shop = tuned(runtime, weights=WEIGHTS)
    wanted = filters.parse(asked)
    listed = list(pages(shop, 7, text="red dress", filters=wanted))
    cosines = dict(_cosines(shop, shop.ports.vision.embed_texts(["red dress"])[0]))

    def total(hit: Hit) -> float:
        product = hit.product
        held = set(product.title.lower().split()) & {"red", "dress"}
        category = {"Dress": 1.0, "": 0.5}.get(product.category, 0.0)
        stock = 0.0 if product.attributes else 1.0
        return cosines[product.id] + 0.3 * len(held) / 2 + 0.1 * category + 0.2 * stock

    everything = ask(runtime, text="red dress", limit=COUNT, filters=wanted).hits
    expected = sorted(everything, key=lambda hit: (-total(hit), hit.product.id))
    assert [hit.product.id for hit in listed] == [hit.product.id for hit in expected]
    plain = {hit.product.id: hit.rank for hit in everything}
    for rank, hit in enumerate(listed, 1):
        assert hit.reasons is not None
        assert hit.score == pytest.approx(total(hit), abs=1e-5)
        assert hit.reasons.moved == plain[hit.product.id] - rank
        assert set(hit.reasons.parts) == {"text", "words", "category", "stock"}
        assert sum(hit.reasons.parts.values()) == pytest.approx(hit.score, abs=1e-3)
    assert any(hit.reasons.moved for hit in listed if hit.reasons)


def test_a_cursor_belongs_to_its_words_level_and_weights(runtime: Runtime) -> None:
    stocked(runtime)
    shop = tuned(runtime, weights=WEIGHTS)
    cursor = ask(shop, text="red", limit=2).result.summary["next_cursor"]
    assert ask(shop, text="red", limit=2, cursor=cursor).hits
    for other, more in ((shop, {"not_text": "blue"}), (runtime, {})):
        with pytest.raises(Invalid) as refused:
            ask(other, text="red", limit=2, cursor=cursor, **more)
        assert "another search" in refused.value.fields["cursor"]


def test_colours_bring_what_looks_alike_forward(shop: Runtime) -> None:
    far = tuned(shop, weights={"photo": {"colour": 5.0}})
    answer = ask(far, photo=photo("yellow", seed=31))
    assert found(answer)[0] == "yellow"
    reasons = [hit.reasons for hit in answer.hits]
    distances = [why.colour_distance for why in reasons if why and why.colour_distance is not None]
    seen = [min(each, signals.FAR) for each in distances]
    assert seen == sorted(seen)
