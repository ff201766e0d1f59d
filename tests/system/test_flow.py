"""The main job from end to end, once in each shape, with real parts."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.worlds import graphs
from tests.worlds.factories import photo
from vitrine import schema, wiring
from vitrine.api.app import create_app
from vitrine.cli.accounts import make_admin
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine

EMAIL, PASSWORD = "admin@example.com", "correct horse battery"
DEADLINE = 60.0


@pytest.fixture
def embedded(tmp_path: Path) -> Settings:
    graphs.write_encoder(tmp_path / "models")
    return Settings.model_validate(
        {
            "data_dir": tmp_path,
            "vision": {"encoder": "tiny", "detector": None, "models_dir": tmp_path / "models"},
            "queue": {"sweep_every": 0.2},
        }
    )


@pytest.fixture(params=["embedded", pytest.param("scaled_out", marks=pytest.mark.servers)])
def shop(request: pytest.FixtureRequest, embedded: Settings) -> Settings:
    settings = embedded
    if request.param == "scaled_out":
        settings = request.getfixturevalue("scaled_out")
    engine = make_engine(settings)
    schema.upgrade(engine)
    make_admin(Sessions(engine), EMAIL, PASSWORD)
    engine.dispose()
    if request.param == "scaled_out":
        request.getfixturevalue("start_worker")(settings)
    return settings


def signed_in(client: TestClient) -> dict[str, str]:
    answer = client.post("/v1/auth/sign-in", json={"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def until_ended(client: TestClient, headers: dict[str, str], job_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        job: dict[str, Any] = client.get(f"/v1/jobs/{job_id}", headers=headers).json()
        if job["status"] in ("succeeded", "failed", "cancelled"):
            return job
        time.sleep(0.05)
    raise AssertionError(f"job {job_id} did not end")


def found(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [hit["product"]["external_id"] for hit in answer.json()["hits"]]


def test_a_product_goes_in_and_is_found_by_photo_and_by_words(shop: Settings) -> None:
    with TestClient(create_app(shop)) as client:
        headers = signed_in(client)
        made = {}
        for colour in ("red", "green", "blue"):
            metadata = {"external_id": colour, "title": f"{colour} shirt", "price": "10.00"}
            answer = client.post(
                "/v1/products",
                headers=headers | {"Idempotency-Key": f"add-{colour}"},
                data={"product": json.dumps(metadata)},
                files=[("images", (f"{colour}.jpg", photo(colour), "image/jpeg"))],
            )
            assert answer.status_code == 202, answer.text
            made[colour] = answer.json()
        for each in made.values():
            job = until_ended(client, headers, each["job"]["id"])
            assert job["status"] == "succeeded", job

        other_photo = {"image": ("q.jpg", photo("green", seed=9), "image/jpeg")}
        assert found(client.post("/v1/search", headers=headers, files=other_photo))[0] == "green"
        # Not "blue" alone, which is an external id and comes first whatever it looks like.
        by_words = client.post("/v1/search", headers=headers, json={"text": "blue shirt"})
        assert found(by_words)[0] == "blue"
        red_unheard = {"text": "red shirt", "weight": "1"}
        by_both = client.post("/v1/search", headers=headers, files=other_photo, data=red_unheard)
        assert found(by_both)[0] == "green"

        product_id = made["green"]["product"]["id"]
        similar = client.get(f"/v1/products/{product_id}/similar", headers=headers)
        assert sorted(found(similar)) == ["blue", "red"]

        later = client.post(
            "/v1/search", headers=headers | {"Prefer": "respond-async"}, files=other_photo
        )
        assert later.status_code == 202, later.text
        job = until_ended(client, headers, later.json()["job"]["id"])
        assert job["status"] == "succeeded", job
        result = client.get(f"/v1/jobs/{job['id']}/result", headers=headers)
        assert result.status_code == 200, result.text

        image_id = made["green"]["product"]["images"][0]["id"]
        picture = client.get(f"/v1/images/{image_id}", headers=headers)
        assert picture.content == photo("green")

        assert client.delete(f"/v1/products/{product_id}", headers=headers).status_code < 300
        assert "green" not in found(client.post("/v1/search", headers=headers, files=other_photo))
        restored = client.post(f"/v1/products/{product_id}/restore", headers=headers)
        assert restored.status_code < 300, restored.text
        _until_found(client, headers, other_photo, "green")


def _until_found(
    client: TestClient, headers: dict[str, str], files: dict[str, Any], external_id: str
) -> None:
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        if external_id in found(client.post("/v1/search", headers=headers, files=files)):
            return
        time.sleep(0.05)
    raise AssertionError(f"{external_id} did not come back")


def test_a_second_process_searches_beside_the_owner_and_leaves_jobs_to_it(
    embedded: Settings,
) -> None:
    engine = make_engine(embedded)
    schema.upgrade(engine)
    engine.dispose()
    with (
        wiring.running_or_attached(embedded) as (_, owns),
        wiring.running_or_attached(embedded) as (beside, also_owns),
    ):
        assert (owns, also_owns) == (True, False)
        assert not beside.ports.queue.sends
