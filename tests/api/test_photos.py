"""A product found by its second photo shows it, on one card: staff's search and the shop's."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.worlds.factories import photo, product_with_photos
from tests.worlds.people import Headers
from vitrine.wiring import Runtime

pytestmark = pytest.mark.engines


@pytest.fixture
def dress(runtime: Runtime) -> list[str]:
    """A dress whose second photo is red; the ids of its photos."""
    made: dict[str, list[str]] = {}
    for external_id, colours in {"dress": ("blue", "red"), "other": ("green",)}.items():
        with runtime.sessions.write() as session:
            pictures = [photo(colour, seed=1) for colour in colours]
            product, job = product_with_photos(session, runtime.ports, external_id, *pictures)
            made[external_id] = [image.id for image in product.images]
        runtime.run_job(job.id)
    return made["dress"]


def test_the_hit_shows_the_red_photo_wherever_it_was_asked_for(
    client: TestClient, viewer: Headers, dress: list[str]
) -> None:
    red = {"image": ("q.jpg", photo("red", seed=9))}
    by_photo = client.post("/v1/search", files=red, headers=viewer)
    assert by_photo.status_code == 200, by_photo.text
    by_words = client.post("/v1/search", json={"text": "in red"}, headers=viewer)
    for answer in (by_photo, by_words):
        hits = answer.json()["hits"]
        assert [hit["product"]["external_id"] for hit in hits] == ["dress", "other"]
        assert hits[0]["image"]["id"] == dress[1]
        again = client.get(f"/v1/queries/{answer.json()['query_id']}", headers=viewer)
        assert again.json()["hits"][0]["image"]["id"] == dress[1]
    blue = client.post("/v1/search", files={"image": ("q.jpg", photo("blue"))}, headers=viewer)
    assert blue.json()["hits"][0]["image"]["id"] == dress[0]
