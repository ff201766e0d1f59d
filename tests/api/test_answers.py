"""The JSON of an answer is what its schema says, though its hits are not judged again."""

from __future__ import annotations

from contextvars import copy_context
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from tests.worlds.factories import photo
from tests.worlds.indexing import indexed
from vitrine.api.schemas.search import told, written
from vitrine.api.scores import tell_scores
from vitrine.services import search
from vitrine.services.accounts import Caller
from vitrine.services.search import Answer, SearchRequest
from vitrine.tables.catalog import PERSON, Label, Product
from vitrine.wiring import Runtime

QUERIES: list[dict[str, Any]] = [
    {"photo": photo("red", seed=5)},
    {"text": "a red dress under 60 euros", "not_text": "blue"},
    {"photo": photo("blue", seed=6), "text": "red", "limit": 2},
    {"filters": {"price": {"max": 60}}, "sort": "-price"},
    {"one_per_design": True, "facets": ["colour", "attributes.fit"]},
]


@pytest.fixture
def shop(runtime: Runtime) -> Runtime:
    for number, colour in enumerate(("red", "green", "blue")):
        product, _ = indexed(runtime, colour, photo(colour, seed=number))
        with runtime.sessions.write() as session:
            session.execute(
                update(Product)
                .where(Product.id == product.id)
                .values(
                    title=f"Kleid „{colour}“",
                    price=Decimal("59.90") + number,
                    attributes={"fit": ["slim", "é"], "ean": 40_000_000_000 + number, "new": True},
                )
            )
            for value in ("dress", colour):
                label = Label(product_id=product.id, crop_id=None, facet="colour", value=value)
                label.score, label.source = 1.0, PERSON
                session.add(label)
    with runtime.sessions.write() as session:
        session.add(Product(external_id="bare", title="No photo"))
    return runtime


@pytest.mark.parametrize("role", ["viewer", "editor"])
@pytest.mark.parametrize("query", QUERIES, ids="-".join)
def test_it_is_the_same_to_the_byte(shop: Runtime, query: dict[str, Any], role: str) -> None:
    answer = search.search(shop.search_engine, SearchRequest(**query))
    assert answer.hits
    by_schema, by_hand = copy_context().run(_both, answer, role)
    assert by_hand == by_schema
    assert (b'"score":null' in by_hand) is (role == "viewer" or answer.hits[0].score is None)


def _both(answer: Answer, role: str) -> tuple[bytes, bytes]:
    """As the schema tells whoever has the role, and as it is written."""
    tell_scores(Caller("1", "one@shop.example", "One", role))
    return told(answer).model_dump_json().encode(), written(answer)


def test_of_numbers_that_json_has_none_of_there_is_none(shop: Runtime) -> None:
    answer = search.search(shop.search_engine, SearchRequest(text="red"))
    hit = replace(answer.hits[0], score=float("nan"))
    answer = replace(answer, hits=(hit,))
    by_schema, by_hand = copy_context().run(_both, answer, "editor")
    assert by_hand == by_schema
    assert b'"score":null' in by_hand
