"""Calibration over HTTP: asked for, told on the system page, and what the shop's values mean."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.worlds.people import Headers
from tests.worlds.stating import shop_of, stated
from vitrine.wiring import Runtime

MAPPINGS = "/v1/calibration/mappings"


@pytest.fixture
def shop(runtime: Runtime, client: TestClient) -> Runtime:
    made = shop_of(runtime, *stated(300))
    client.app.state.runtime = made  # type: ignore[attr-defined]
    return made


def calibrated(client: TestClient, shop: Runtime, admin: Headers) -> None:
    answer = client.post("/v1/calibration", headers=admin)
    assert answer.status_code == 202
    assert answer.json()["job"]["kind"] == "calibrate"
    shop.run_job(answer.json()["job"]["id"])


def test_the_system_page_tells_the_reliability_of_levels(
    client: TestClient, shop: Runtime, admin: Headers
) -> None:
    assert client.get("/v1/system", headers=admin).json()["calibration"] is None
    calibrated(client, shop, admin)
    told = client.get("/v1/system", headers=admin).json()["calibration"]
    assert told["products"] == 300
    [photo] = [one for one in told["kinds"] if one["kind"] == "photo"]
    assert photo["known"] is True
    assert {one["level"] for one in photo["levels"]} == {"exact", "close", "similar"}
    assert {one["facet"]: one["shown"] for one in told["facets"]}["category"] is True


def test_editors_decide_what_a_value_means_and_viewers_only_look(
    client: TestClient, shop: Runtime, admin: Headers, editor: Headers, viewer: Headers
) -> None:
    calibrated(client, shop, admin)
    told = client.get(MAPPINGS, params={"facet": "colour"}, headers=viewer).json()["mappings"]
    meant = {one["value"]: one for one in told}
    assert meant["Maroon"]["word"] == "burgundy"
    assert meant["Maroon"]["by_person"] is False
    assert {each["words"] for each in meant["Maroon"]["candidates"]} == {None}
    told = client.get(MAPPINGS, params={"facet": "colour"}, headers=editor).json()["mappings"]
    assert all(each["words"] >= 0 for one in told for each in one["candidates"])
    asked = {"value": "maroon", "word": "赤"}
    assert client.put(f"{MAPPINGS}/colour", json=asked, headers=viewer).status_code == 403
    answer = client.put(f"{MAPPINGS}/colour", json=asked, headers=editor)
    assert (answer.json()["word"], answer.json()["by_person"]) == ("red", True)
    back = client.put(f"{MAPPINGS}/colour", json={**asked, "word": None}, headers=editor).json()
    assert (back["word"], back["by_person"], back["decided_at"]) == ("burgundy", False, None)


@pytest.mark.parametrize(
    ("facet", "asked", "refused"),
    [
        ("mood", {"value": "Maroon", "word": "red"}, (422, "facet")),
        ("colour", {"value": "Maroon", "word": "loud"}, (422, "word")),
        ("colour", {"value": "", "word": "red"}, (422, "value")),
        ("colour", {"value": "Plaid", "word": "red"}, (404, None)),
    ],
)
def test_what_cannot_be_decided_is_refused_by_name(
    client: TestClient,
    shop: Runtime,
    admin: Headers,
    facet: str,
    asked: dict[str, str],
    refused: tuple[int, str | None],
) -> None:
    calibrated(client, shop, admin)
    answer = client.put(f"{MAPPINGS}/{facet}", json=asked, headers=admin)
    status, field = refused
    assert answer.status_code == status
    assert field is None or field in answer.json()["fields"]
