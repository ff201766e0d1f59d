"""The line between what matches and what is less alike, and queries that nothing fits."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.worlds.factories import insert_indexed, photo, product_with_photos, unit_vectors
from vitrine.services import search
from vitrine.services.search import Answer, pipeline
from vitrine.services.search import context as contexts
from vitrine.services.search.intent import Intent
from vitrine.services.search.meaning import Known
from vitrine.services.search.request import SearchRequest
from vitrine.services.search.retrieval import Sought
from vitrine.services.search.tokens import codes
from vitrine.tables.catalog import Product
from vitrine.vision.tuning import Matches, Rule, Spoken, Tuning, Tunings
from vitrine.wiring import Runtime

COUNT = 12
NEVER = Rule(bias=-100.0)
KNOWN = Known.of(
    Spoken(
        garments=("dress", "Kleid", "board shorts", "ワンピース"),
        others=("red", "rot", "赤い", "cotton"),
    )
)


def ask(shop: Runtime, **given: Any) -> Answer:
    return search.search(shop.search_engine, SearchRequest(**given))


def drawn(shop: Runtime, line: float, rule: Rule | None = None) -> Runtime:
    """The shop with the same line and rule for every kind of query."""
    model = shop.ports.vision.versions.encoder
    given = Matches(line=line, rule=rule)
    tuning = Tuning(model_version=model, matches={"photo": given, "words": given})
    return replace(shop, tunings=Tunings({(model, 0.0): tuning}))


@pytest.fixture
def shop(runtime: Runtime) -> Runtime:
    given = [
        {"title": f"Thing {number}", "brand": "Acme", "price": Decimal(number)}
        for number in range(COUNT)
    ]
    versions = runtime.ports.vision.versions
    with runtime.sessions.write() as session:
        insert_indexed(session, versions, unit_vectors(COUNT, versions.dimension), given)
        numbers = {"gtin": "4006381 333931", "variant_sku": ["VC-S", "VC-M7"], "size": "5555"}
        session.add(Product(external_id="AB-12 34", title="Velvet cape", attributes=numbers))
    return runtime


def test_counts_facets_and_an_order_by_price_are_of_what_matches(shop: Runtime) -> None:
    everything = ask(shop, text="greenish", limit=COUNT)
    scores = [hit.score or 0.0 for hit in everything.hits]
    lined = drawn(shop, line=scores[3])
    answer = ask(lined, text="greenish", limit=COUNT)
    assert [hit.matches for hit in answer.hits] == [True] * 4 + [False] * (COUNT - 4)
    summary = answer.result.summary
    assert (summary["total"], summary["fits"]) == (4, True)
    assert summary["facets"]["brand"] == [{"value": "Acme", "count": 4}]
    by_price = ask(lined, text="greenish", sort="price").hits
    assert {hit.product.id for hit in by_price} == {hit.product.id for hit in answer.hits[:4]}
    assert [hit.product.price for hit in by_price] == sorted(
        hit.product.price or Decimal(0) for hit in by_price
    )


def test_a_query_that_fits_nothing_says_so_and_shows_the_nearest(shop: Runtime) -> None:
    answer = ask(drawn(shop, -1.0, NEVER), text="asdfgh qwerty", sort="price", limit=3)
    assert len(answer.hits) == 3
    assert not any(hit.matches for hit in answer.hits)
    summary = answer.result.summary
    assert (summary["total"], summary["fits"], summary["line"]) == (0, False, None)


@pytest.mark.parametrize(
    "text",
    ["ab1234", "AB-12 34", "please find ab 12 34 in red", "4006381333931", "the vc-m7 of yours"],
)
def test_an_external_id_comes_first_whatever_else_is_said(shop: Runtime, text: str) -> None:
    for runtime in (shop, drawn(shop, -1.0, NEVER)):
        answer = ask(runtime, text=text)
        first = answer.hits[0]
        assert first.product.external_id == "AB-12 34"
        assert first.matches
        assert first.reasons is not None
        assert "external_id" in first.reasons.parts
    assert answer.result.summary["total"] == 1


def test_a_number_alone_is_answered_by_its_article_alone(shop: Runtime) -> None:
    answer = ask(shop, text="AB 1234")
    assert [hit.matches for hit in answer.hits[:2]] == [True, False]
    summary = answer.result.summary
    assert (summary["total"], summary["fits"], summary["line"]) == (1, True, None)
    sized = ask(shop, text="5555").hits[0]
    assert "external_id" not in (sized.reasons.parts if sized.reasons else {}), "a size names none"


def test_what_has_no_photo_is_found_by_words_and_not_by_a_photo(shop: Runtime) -> None:
    first = ask(shop, text="a velvet cape").hits[0]
    assert first.product.title == "Velvet cape"
    assert (first.image, first.crop) == (None, None)
    by_photo = ask(shop, photo=photo("green"), limit=50).hits
    assert "Velvet cape" not in {hit.product.title for hit in by_photo}
    assert len(by_photo) == COUNT


def test_words_that_one_product_holds_all_of_always_fit(shop: Runtime) -> None:
    assert ask(drawn(shop, -1.0, NEVER), text="velvet cape").result.summary["fits"]


def test_a_row_of_a_look_holds_its_kind_of_garment_alone(runtime: Runtime) -> None:
    stock = (("b", "Belts", "B"), ("c", "Accessories", "Leather belt"), ("d", "Dresses", "A belt"))
    for name, category, title in stock:
        with runtime.sessions.write() as session:
            given = {"category": category, "title": title}
            picture = photo("red", seed=ord(name))
            _, job = product_with_photos(session, runtime.ports, name, picture, **given)
        runtime.run_job(job.id)
    vector = runtime.ports.vision.embed_texts(["red"])[0]
    with runtime.sessions.read() as session:
        context = contexts.opened(runtime.search_engine, session)
        sought = [Sought(Intent("photo", vector), kind) for kind in ("belt", "hat", None)]
        rows = [pipeline.found(session, context, SearchRequest(), one)[0] for one in sought]
    assert [len(hits) for hits in rows] == [2, 0, 3]
    assert {hit.product.external_id for hit in rows[0]} == {"b", "c"}


def test_article_numbers_are_read_however_they_are_written() -> None:
    assert "ab1234" in codes("ＡＢ－12 34")
    assert "0888248001" in codes("SKU: 0888 248 001 please")
    assert codes("size 42") == {"size42"}, "a size is no article number"
    assert codes("  ") == frozenset()


@pytest.mark.parametrize(
    ("words", "share"),
    [
        (("red",), 1.0),
        (("board", "short"), 1.0),
        (("board",), 0.0),
        (("rote", "kleid"), 1.0),
        (("reddress",), 1.0),
        (("coton",), 0.8),
        (("asdfgh",), 0.0),
        (("赤いワンピースの写真",), 1.0),
    ],
)
def test_words_are_known_whole_in_compounds_and_misspelt(
    words: tuple[str, ...], share: float
) -> None:
    shares = KNOWN.shares(words)
    assert sum(shares) / len(shares) == pytest.approx(share)


def test_a_sort_of_garment_is_heard() -> None:
    assert KNOWN.names_garment(("red", "dress")) == 1
    assert KNOWN.names_garment(("sommerkleid",)) == 1
    assert KNOWN.names_garment(("red",)) == 0
