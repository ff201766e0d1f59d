from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.worlds.factories import photo, product_with_photos
from tests.worlds.people import Headers
from vitrine.wiring import Runtime


@pytest.fixture
def path(runtime: Runtime) -> str:
    with runtime.sessions.write() as session:
        photos = (photo("red"), photo("blue"))
        product, job = product_with_photos(session, runtime.ports, "A", *photos)
    runtime.run_job(job.id)
    return f"/v1/products/{product.id}"


def shown(client: TestClient, headers: Headers, path: str) -> Any:
    answer = client.get(f"{path}/crops", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_crops_tell_verdict_and_score(client: TestClient, editor: Headers, path: str) -> None:
    told = shown(client, editor, path)
    first, second = told["crops"]
    assert (told["primary_crop_id"], told["primary_source"]) == (first["id"], "model")
    assert (first["verdict"], first["reason"], first["kind"]) == ("kept", "stands_in", "whole")
    assert first["primary_score"] > second["primary_score"]
    assert first["primary_parts"]["first"] == 1.0


def test_an_editor_rejects_restores_and_chooses(
    client: TestClient, editor: Headers, path: str
) -> None:
    first, second = (crop["id"] for crop in shown(client, editor, path)["crops"])

    def say(verdict: str) -> Any:
        asked = {"verdict": verdict}
        answer = client.patch(f"{path}/crops/{first}", json=asked, headers=editor)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def choose(crop_id: str | None) -> Any:
        asked = {"crop_id": crop_id}
        return client.put(f"{path}/primary-crop", json=asked, headers=editor).json()

    assert say("rejected")["primary_crop_id"] == second
    assert say("rules")["primary_crop_id"] == first
    chosen = choose(second)
    assert (chosen["primary_crop_id"], chosen["primary_source"]) == (second, "person")
    assert say("kept")["primary_crop_id"] == second
    assert choose(None)["primary_crop_id"] == first
    assert shown(client, editor, path)["primary_source"] == "model"


@pytest.mark.parametrize(
    ("asked", "status", "field"),
    [({"verdict": "nice"}, 422, "verdict"), ({}, 422, "verdict"), ({"verdict": "kept"}, 404, None)],
)
def test_what_cannot_be_decided_is_told(
    client: TestClient, editor: Headers, path: str, asked: dict[str, str], status: int, field: str
) -> None:
    answer = client.patch(f"{path}/crops/nothing", json=asked, headers=editor)
    assert answer.status_code == status
    assert not field or field in answer.json()["fields"]


def test_viewers_decide_nothing(client: TestClient, viewer: Headers, path: str) -> None:
    crop_id = shown(client, viewer, path)["crops"][0]["id"]
    asked = {"verdict": "kept"}
    refused = client.patch(f"{path}/crops/{crop_id}", json=asked, headers=viewer)
    assert refused.status_code == 403
