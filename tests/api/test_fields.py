from __future__ import annotations

from fastapi.testclient import TestClient

from tests.worlds.people import Headers
from vitrine.fields import FACETS, FIELDS


def test_fields_and_facets_are_told_as_declared(client: TestClient, viewer: Headers) -> None:
    told = client.get("/v1/fields", headers=viewer).json()
    fields = {each.pop("name"): each for each in told["fields"]}
    assert [*fields] == [*FIELDS]
    assert fields["external_id"] == {
        "names": {"en": "Article number", "de": "Artikelnummer", "ja": "商品番号"},
        "kind": "text",
        "required": True,
        "max_length": 200,
        "choices": [],
        "facet": False,
        "listed": True,
        "shared": False,
    }
    assert fields["price"]["kind"] == "amount"
    assert fields["price"]["max_length"] is None
    assert "draft" in fields["status"]["choices"]
    assert [each["name"] for each in told["facets"]] == [*FACETS]
    by_name = {each.pop("name"): each for each in told["facets"]}
    assert by_name["labels.sleeve"] == {
        "names": {"en": "Sleeves", "de": "Ärmel", "ja": "袖"},
        "kind": "values",
        "source": "label",
        "counted": False,
    }
    assert by_name["colour"]["names"] == fields["colour"]["names"]
    assert told["attributes"] == {"most": 100, "longest_name": 100, "longest_value": 4_000}
    assert client.get("/v1/fields").status_code == 401


def test_what_the_fields_say_holds_for_products(client: TestClient, editor: Headers) -> None:
    told = client.get("/v1/fields", headers=editor).json()["fields"]
    asked = {"text": "x", "long_text": "x", "amount": "1.50", "currency": "EUR", "attributes": {}}
    asked |= {"address": "https://shop.example/x"}
    body = {each["name"]: (each["choices"] or [asked[each["kind"]]])[0] for each in told}
    made = client.post("/v1/products", json=body, headers=editor).json()["product"]
    assert {name: made[name] for name in body} == body
    for each in told:
        if each["max_length"]:
            longer = {each["name"]: "x" * (each["max_length"] + 1)}
            refused = client.patch(f"/v1/products/{made['id']}", json=longer, headers=editor)
            assert each["name"] in refused.json()["fields"]
        if each["listed"]:
            answer = client.get(
                "/v1/products", params={each["name"]: body[each["name"]].upper()}, headers=editor
            )
            assert [one["id"] for one in answer.json()["products"]] == [made["id"]]
