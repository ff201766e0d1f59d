"""Prices and stock of many products by one call."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.worlds.factories import insert_indexed, unit_vectors
from tests.worlds.people import Headers
from vitrine.services.catalog import offers
from vitrine.tables.catalog import Product
from vitrine.tables.jobs import Job
from vitrine.tables.review import Review
from vitrine.wiring import Runtime

COUNT = 7


@pytest.fixture
def names(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The external ids of products that search finds, changed a few at a time."""
    monkeypatch.setattr(offers, "TOGETHER", 3)
    versions = runtime.ports.vision.versions
    vectors = unit_vectors(COUNT, versions.dimension)
    given = [{"title": f"Dress {n}", "attributes": {"fit": "slim"}} for n in range(COUNT)]
    with runtime.sessions.write() as session:
        ids = insert_indexed(session, versions, vectors, given)
    with runtime.sessions.read() as session:
        found = select(Product.external_id).where(Product.id.in_(ids))
        return sorted(session.scalars(found))


def send(client: TestClient, headers: Headers, *rows: Any) -> Any:
    answer = client.patch("/v1/products/offers", json={"offers": list(rows)}, headers=headers)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert sum(told["counts"].values()) == len(rows)
    return told


def test_good_rows_are_kept_and_each_bad_one_is_told_by_field(
    client: TestClient, editor: Headers, runtime: Runtime, names: list[str]
) -> None:
    first, *others = names
    told = send(
        client,
        editor,
        {"external_id": first, "price": "19.90", "currency": "EUR", "availability": "in_stock"},
        {"external_id": "nobody", "price": "1"},
        {"external_id": others[0], "price": "-1"},
        {"external_id": others[1], "price": 5, "colour": "red"},
        {"price": 1},
        *({"external_id": each, "price": 7} for each in others[2:]),
    )
    assert told["counts"] == {"changed": 1 + len(others[2:]), "refused": 4}
    refused = [(each["row"], each["code"], list(each["fields"])) for each in told["refused"]]
    assert refused == [
        (1, "product_unknown", ["external_id"]),
        (2, "invalid_request", ["price"]),
        (3, "invalid_request", ["colour"]),
        (4, "invalid_request", ["external_id"]),
    ]
    asked = {"filters": {"price": {"min": 19, "max": 20}, "availability": "in_stock"}}
    hits = client.post("/v1/search", json=asked, headers=editor).json()["hits"]
    assert [hit["product"]["external_id"] for hit in hits] == [first]
    assert hits[0]["product"]["attributes"] == {"fit": "slim", "availability": "in_stock"}
    with runtime.sessions.read() as session:
        assert session.scalars(select(Job)).all() == []
        changes = session.scalars(select(Review).order_by(Review.id)).all()
        assert len(changes) == told["counts"]["changed"]
        assert changes[0].after["price"] == "19.90"


def test_sent_again_it_finds_nothing_to_do_and_null_clears(
    client: TestClient, editor: Headers, names: list[str]
) -> None:
    row: dict[str, Any] = {"external_id": names[0], "price": "5", "status": "draft"}
    row["availability"] = "preorder"
    assert send(client, editor, row)["counts"] == {"changed": 1}
    assert send(client, editor, row, row)["counts"] == {"unchanged": 2}
    row |= {"price": None, "availability": None}
    assert send(client, editor, row)["counts"] == {"changed": 1}
    listed = client.get("/v1/products", params={"external_id": names[0]}, headers=editor).json()
    assert listed["products"][0]["price"] is None
    assert listed["products"][0]["attributes"] == {"fit": "slim"}


@pytest.mark.parametrize(
    "body",
    [{"offers": []}, {"offers": [1]}, {"offers": {}}, {}, {"offers": [{}] * (offers.MOST + 1)}],
)
def test_what_are_no_rows_is_refused_whole(client: TestClient, editor: Headers, body: Any) -> None:
    assert client.patch("/v1/products/offers", json=body, headers=editor).status_code == 422


def test_viewers_change_no_prices(client: TestClient, viewer: Headers) -> None:
    body = {"offers": [{"external_id": "A", "price": 1}]}
    assert client.patch("/v1/products/offers", json=body, headers=viewer).status_code == 403
