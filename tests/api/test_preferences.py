"""The currency that a shop chose: told, changed by administrators, and where it is used."""

from __future__ import annotations

from decimal import Decimal

import pytest
from fastapi.testclient import TestClient

from tests.worlds.fakes import ListQueue
from tests.worlds.people import Headers
from vitrine.wiring import Runtime

PREFERENCES = "/v1/preferences"


@pytest.fixture
def euros(client: TestClient, admin: Headers) -> None:
    asked = client.put(PREFERENCES, json={"currency": "eur"}, headers=admin)
    assert asked.json() == {"currency": "EUR"}


def test_administrators_choose_and_everybody_reads(
    client: TestClient, viewer: Headers, editor: Headers, admin: Headers
) -> None:
    assert client.get(PREFERENCES, headers=viewer).json() == {"currency": ""}
    asked = {"currency": "CHF"}
    assert client.put(PREFERENCES, json=asked, headers=editor).status_code == 403
    assert client.put(PREFERENCES, json=asked, headers=admin).json() == asked
    assert client.get(PREFERENCES, headers=viewer).json() == asked
    client.put(PREFERENCES, json={"currency": ""}, headers=admin)
    assert client.get(PREFERENCES, headers=viewer).json() == {"currency": ""}
    acts = client.get("/v1/audit?action=preferences&outcome=done", headers=admin).json()["events"]
    assert [act["details"] for act in acts] == [{"currency": ""}, asked]


@pytest.mark.parametrize("value", ["EURO", "XXX", "12", "DEM"])
def test_what_nobody_pays_with_is_refused_by_field_value_and_reason(
    client: TestClient, admin: Headers, value: str
) -> None:
    told = client.put(PREFERENCES, json={"currency": value}, headers=admin)
    assert (told.status_code, told.json()["code"]) == (422, "invalid_field")
    assert told.json()["fields"]["currency"].startswith(f"is {value}, which is no currency in use")


@pytest.mark.usefixtures("euros")
def test_a_product_with_a_price_alone_is_in_the_shops_currency(
    client: TestClient, editor: Headers
) -> None:
    def made(**fields: object) -> tuple[str, str]:
        asked = {"title": "Dress", **fields}
        product = client.post("/v1/products", json=asked, headers=editor).json()["product"]
        return product["id"], product["currency"]

    assert made(external_id="A", price="9.90")[1] == "EUR"
    assert made(external_id="B", price="9.90", currency="USD")[1] == "USD"
    unpriced, currency = made(external_id="C")
    assert currency == ""
    path = f"/v1/products/{unpriced}"
    changed = client.patch(path, json={"price": "5"}, headers=editor).json()
    assert (Decimal(changed["price"]), changed["currency"]) == (Decimal(5), "EUR")
    made(external_id="D")
    rows = {"offers": [{"external_id": "D", "price": "7"}, {"external_id": "B", "price": "8"}]}
    client.patch("/v1/products/offers", json=rows, headers=editor)
    listed = client.get("/v1/products", headers=editor).json()["products"]
    assert {each["external_id"]: each["currency"] for each in listed} == {
        "A": "EUR",
        "B": "USD",
        "C": "EUR",
        "D": "EUR",
    }


@pytest.mark.usefixtures("euros")
def test_an_imported_row_with_a_price_alone_is_in_the_shops_currency(
    client: TestClient, editor: Headers, runtime: Runtime
) -> None:
    rows = "sku,title,price\nA,Dress,9.90\nB,Coat,12 USD\n"
    files = {"file": ("products.csv", rows, "text/csv")}
    assert client.post("/v1/imports", files=files, headers=editor).status_code == 202
    assert isinstance(runtime.ports.queue, ListQueue)
    runtime.ports.queue.run_all(runtime.run_job)
    listed = client.get("/v1/products", headers=editor).json()["products"]
    assert {each["external_id"]: each["currency"] for each in listed} == {"A": "EUR", "B": "USD"}
