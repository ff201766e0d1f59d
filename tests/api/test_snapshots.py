from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient

from tests.worlds import verifying
from tests.worlds.factories import photo
from tests.worlds.people import Headers
from vitrine.services import snapshots
from vitrine.wiring import Runtime


def test_an_admin_has_a_snapshot_written_and_finds_it_in_the_list(
    client: TestClient, runtime: Runtime, admin: Headers
) -> None:
    with runtime.sessions.write() as session:
        product = verifying.add_product(session, runtime.ports, "A", photo())
        verifying.answer(session, product, {"colour": ["red"]})
    for _ in range(2):
        asked = client.post("/v1/snapshots", json={"format": "yolo", "licence": "X"}, headers=admin)
        assert asked.status_code == 202, asked.text
        runtime.run_job(asked.json()["job"]["id"])
        job = client.get(f"/v1/jobs/{asked.json()['job']['id']}", headers=admin).json()
        assert job["status"] == "succeeded", job
    (told,) = client.get("/v1/snapshots", headers=admin).json()["snapshots"]
    me = client.get("/v1/auth/me", headers=admin).json()
    assert (told["format"], told["counts"]["boxes"]) == ("yolo", 1)
    assert told["created_by"] == me["id"]
    dataset = snapshots.open(Path(told["folder"]), told["sha256"])
    assert dataset.card["licences"]["photos"] == "X"
    assert [each.name for each in dataset.folder.parent.iterdir()] == [dataset.folder.name]


def test_where_nothing_is_verified_the_job_says_what_to_do(
    client: TestClient, runtime: Runtime, admin: Headers
) -> None:
    asked = client.post("/v1/snapshots", json={}, headers=admin).json()["job"]
    runtime.run_job(asked["id"])
    job = client.get(f"/v1/jobs/{asked['id']}", headers=admin).json()
    assert (job["status"], job["error_code"]) == ("failed", "nothing_verified")
    assert "Review some" in job["error_hint"]


def test_editors_and_other_formats_are_refused(
    client: TestClient, admin: Headers, editor: Headers
) -> None:
    assert client.post("/v1/snapshots", json={}, headers=editor).status_code == 403
    assert client.get("/v1/snapshots", headers=editor).status_code == 403
    refused = client.post("/v1/snapshots", json={"format": "tfrecord"}, headers=admin)
    assert refused.status_code == 422
