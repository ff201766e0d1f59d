from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from tests.worlds import graphs
from tests.worlds.people import Headers
from vitrine.services.models import store
from vitrine.tables.audit import AuditEvent
from vitrine.tables.models import CANDIDATE, Collection, ModelVersion
from vitrine.wiring import Runtime


@pytest.fixture
def tiny(runtime: Runtime, tmp_path: Path) -> str:
    with runtime.sessions.write() as session:
        return store.add(session, runtime.ports.blobs, graphs.write_encoder(tmp_path)).version


def test_models_and_collections_are_told_to_admins_alone(
    client: TestClient, admin: Headers, editor: Headers, tiny: str
) -> None:
    for path in ("/v1/models", "/v1/collections"):
        assert client.get(path, headers=editor).status_code == 403
    models = client.get("/v1/models", headers=admin).json()["models"]
    told = {one["version"]: (one["status"], one["stored"]) for one in models}
    assert told == {tiny: ("installed", True), "fake-1": ("installed", False)}
    [searched] = client.get("/v1/collections", headers=admin).json()["collections"]
    assert (searched["state"], searched["name"]) == ("active", "fake-1__none-1")
    assert (searched["lacking"], searched["job"], searched["comparison"]) == (0, None, None)


def test_a_collection_is_begun_watched_and_let_go(
    client: TestClient, admin: Headers, tiny: str, runtime: Runtime
) -> None:
    asked = {"model_version": tiny, "text_share": 0.2, "margin": 0.1}
    begun = client.post("/v1/collections", headers=admin, json=asked)
    assert begun.status_code == 202, begun.text
    told = begun.json()
    assert told["name"] == "tiny-1__p1-m100-reflect-64__t200"
    assert (told["state"], told["job"]["kind"]) == ("building", "build")
    path = f"/v1/collections/{told['id']}"
    again = client.post("/v1/collections", headers=admin, json=asked).json()
    assert again["job"]["id"] == told["job"]["id"], "one build of it at a time"
    early = client.post(f"{path}/promote", headers=admin, json={})
    assert (early.status_code, early.json()["code"]) == (409, "build_incomplete")
    assert client.delete(path, headers=admin).status_code == 204
    gone = client.get(path, headers=admin).json()
    assert (gone["state"], gone["job"]) == ("retired", None)
    with runtime.sessions.read() as session:
        acts = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [(act.action, act.outcome) for act in acts if "collection" in act.action] == [
        ("collection.build", "done"),
        ("collection.build", "done"),
        ("collection.promote", "build_incomplete"),
        ("collection.retire", "done"),
    ]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"model_version": "nobody-1"}, 404, "model_unknown"),
        ({"model_version": "fake-1"}, 409, "model_not_stored"),
        ({"margin": 3}, 422, "invalid_request"),
        ({"padding": "stretch"}, 422, "invalid_request"),
    ],
)
def test_what_cannot_be_built_is_refused_with_its_reason(
    client: TestClient, admin: Headers, body: dict[str, object], status: int, code: str
) -> None:
    answer = client.post("/v1/collections", headers=admin, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_override_is_in_the_audit_log_with_its_reason(
    client: TestClient, admin: Headers, tiny: str, runtime: Runtime
) -> None:
    begun = client.post("/v1/collections", headers=admin, json={"model_version": tiny}).json()
    with runtime.sessions.write() as session:
        session.execute(update(Collection).where(~Collection.active).values(state="ready"))
        session.execute(
            update(ModelVersion).where(ModelVersion.version == tiny).values(status=CANDIDATE)
        )
    path = f"/v1/collections/{begun['id']}/promote"
    # This process has no such model: it would rather refuse than search what it cannot.
    refused = client.post(path, headers=admin, json={"override": "measured by hand"})
    assert (refused.status_code, refused.json()["code"]) == (409, "versions_differ")
    back = client.post("/v1/collections/rollback", headers=admin, json={})
    assert (back.status_code, back.json()["code"]) == (409, "nothing_to_go_back_to")
    with runtime.sessions.read() as session:
        acts = session.scalars(select(AuditEvent).where(AuditEvent.action == "collection.promote"))
        assert [act.details["override"] for act in acts] == ["measured by hand"]
