from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

from tests.worlds.people import PASSWORD, Headers
from vitrine.api.audited import ACTS
from vitrine.api.permissions import NEEDS
from vitrine.core.clock import new_id, now
from vitrine.core.settings import Settings
from vitrine.db import Sessions
from vitrine.services import audit
from vitrine.services.audit import Act
from vitrine.tables.audit import AuditEvent
from vitrine.tables.people import User
from vitrine.wiring import Runtime

NewUser = Callable[..., User]


@pytest.fixture
def admin_and_key(with_key: Callable[..., Headers]) -> Headers:
    return with_key("admin", "admin", "catalog:write")


def events(client: TestClient, headers: Headers, **asked: str) -> list[dict[str, Any]]:
    answer = client.get("/v1/audit", params=asked, headers=headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["events"]
    return found


def told(event: dict[str, Any]) -> tuple[str, str, str, str]:
    return event["action"], event["actor"], event["target"], event["outcome"]


def test_every_act_is_of_a_route_there_is() -> None:
    assert set(ACTS) <= set(NEEDS)


def test_sign_ins_are_told_with_address_and_outcome(
    client: TestClient, admin: Headers, new_user: NewUser
) -> None:
    user = new_user("viewer")
    who = {"email": "Viewer@example.org", "password": PASSWORD}
    client.post("/v1/auth/sign-in", json=who | {"password": "not this one"})
    answer = client.post("/v1/auth/sign-in", json=who, headers={"X-Request-ID": "mine"})
    right, wrong = events(client, admin, action="sign_in")
    assert told(wrong) == ("sign_in.password", who["email"], "", "wrong_credentials")
    assert told(right) == ("sign_in.password", who["email"], "", "done")
    assert (right["actor_id"], wrong["actor_id"]) == (user.id, None)
    assert (right["address"], right["request_id"]) == ("testclient", "mine")
    assert answer.json()["access_token"] not in json.dumps(right)
    token = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    client.post("/v1/auth/sign-out", headers=token)
    assert events(client, admin, action="sign_in.end")[0]["actor"] == "viewer@example.org"


def test_acts_of_admins_name_what_they_changed_and_no_password(
    client: TestClient, admin: Headers
) -> None:
    asked = {"email": "new@example.org", "password": PASSWORD, "role": "viewer"}
    user = client.post("/v1/users", json=asked, headers=admin).json()
    path = f"/v1/users/{user['id']}"
    secret = "kq3zm-8wptx-r6hvn"
    client.patch(path, json={"role": "editor", "password": secret}, headers=admin)
    client.delete(path, headers=admin)
    deleted, changed, created = events(client, admin, action="user")
    for event, action in ((created, "create"), (changed, "change"), (deleted, "delete")):
        assert told(event) == (f"user.{action}", "admin@example.org", f"user:{user['id']}", "done")
    assert created["details"] == {"email": "new@example.org", "role": "viewer"}
    assert changed["details"] == {"role": "editor", "password": True}
    assert not {secret, PASSWORD} & set(json.dumps([created, changed]).split('"'))


def test_what_was_not_allowed_is_told_and_mistakes_are_not(
    client: TestClient, admin: Headers, viewer: Headers
) -> None:
    product = f"/v1/products/{new_id()}"
    assert client.delete(product, headers=viewer).status_code == 403
    assert client.delete(product, headers=admin).status_code == 404
    assert client.delete(product).status_code == 401
    nobody, refused = events(client, admin, action="product")
    assert (refused["outcome"], refused["actor"]) == ("role_too_weak", "viewer@example.org")
    assert (nobody["outcome"], nobody["actor"]) == ("not_signed_in", "")
    assert len(events(client, admin, outcome="refused")) == 2


def test_what_a_key_did_names_the_key(client: TestClient, admin_and_key: Headers) -> None:
    client.post("/v1/retention/purge", json={}, headers=admin_and_key)
    (event,) = events(client, admin_and_key, action="purge.start")
    assert event["target"].startswith("purge:")
    assert event["key_id"]


def test_an_act_that_failed_is_not_told_as_done(client: TestClient, admin: Headers) -> None:
    me = client.get("/v1/auth/me", headers=admin).json()["id"]
    assert client.delete(f"/v1/users/{me}", headers=admin).status_code == 409
    (event,) = events(client, admin, target=f"user:{me}")
    assert (event["action"], event["outcome"]) == ("user.delete", "last_admin")


def test_the_log_is_filtered_and_paged(
    client: TestClient, admin: Headers, runtime: Runtime
) -> None:
    with runtime.sessions.write() as session:
        for number in range(5):
            audit.record(session, Act("key.create", f"{number}@example.org"))
    first = client.get("/v1/audit?limit=2", headers=admin).json()
    assert [event["actor"][0] for event in first["events"]] == ["4", "3"]
    rest = events(client, admin, cursor=first["next_cursor"])
    assert [event["actor"][0] for event in rest] == ["2", "1", "0"]
    assert len(events(client, admin, actor="3@example.org")) == 1
    assert events(client, admin, action="ke") == []
    later = (now() + timedelta(minutes=1)).isoformat()
    assert events(client, admin, since=later) == []
    assert len(events(client, admin, until=later)) == 5
    wrong = client.get("/v1/audit?since=yesterday", headers=admin)
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["since"])


def test_an_export_holds_no_formula_and_is_an_act_itself(
    client: TestClient, admin: Headers, runtime: Runtime
) -> None:
    with runtime.sessions.write() as session:
        audit.record(session, Act("sign_in.password", "=HYPERLINK(1)", "wrong_credentials"))
    answer = client.get("/v1/audit/export?outcome=refused", headers=admin)
    assert answer.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert row["actor"] == "'=HYPERLINK(1)"
    lines = client.get("/v1/audit/export?format=jsonl&action=sign_in", headers=admin).text
    assert json.loads(lines)["actor"] == "=HYPERLINK(1)"
    assert [event["action"] for event in events(client, admin)][:2] == ["audit.export"] * 2


def test_the_database_refuses_to_change_what_was_recorded(
    both_databases: tuple[Settings, Sessions],
) -> None:
    _, sessions = both_databases
    with sessions.write() as session:
        audit.record(session, Act("key.create", "a@example.org"))
    with pytest.raises(DatabaseError, match="only ever added"), sessions.write() as session:
        session.execute(update(AuditEvent).values(actor="somebody else"))
    with sessions.read() as session:
        assert [each.actor for each in audit.find(session, audit.Wanted(), None, 9)] == [
            "a@example.org"
        ]


def test_an_admin_sees_and_revokes_the_keys_of_others(
    client: TestClient, admin: Headers, editor: Headers
) -> None:
    asked = {"name": "importer", "scopes": ["catalog:read"]}
    made = client.post("/v1/api-keys", json=asked, headers=editor).json()
    owner = client.get("/v1/auth/me", headers=editor).json()["id"]
    path = f"/v1/users/{owner}/api-keys"
    (seen,) = client.get(path, headers=admin).json()["api_keys"]
    assert (seen["id"], seen["name"], "key" in seen) == (made["id"], "importer", False)
    assert client.get(path, headers=editor).status_code == 403
    key = {"Authorization": f"Bearer {made['key']}"}
    assert client.get("/v1/products", headers=key).status_code == 200
    assert client.delete(f"{path}/{made['id']}", headers=admin).status_code == 204
    assert client.get("/v1/products", headers=key).status_code == 401
    (revoked,) = events(client, admin, action="key.revoke")
    assert (revoked["target"], revoked["details"]) == (f"key:{made['id']}", {"user_id": owner})


@pytest.mark.parametrize(
    ("ends", "stays", "key_works"),
    [
        ({}, False, True),
        ({"end_keys": True}, False, False),
        ({"end_sign_ins": False}, True, True),
    ],
)
def test_a_new_password_ends_what_is_asked_for(
    client: TestClient,
    admin: Headers,
    editor: Headers,
    ends: dict[str, bool],
    stays: bool,
    key_works: bool,
) -> None:
    asked = {"name": "importer", "scopes": ["catalog:read"]}
    made = client.post("/v1/api-keys", json=asked, headers=editor).json()
    key = {"Authorization": f"Bearer {made['key']}"}
    path = f"/v1/users/{client.get('/v1/auth/me', headers=editor).json()['id']}"
    answer = client.patch(path, json={"password": "kq3zm-8wptx-r6hvn"} | ends, headers=admin)
    assert answer.status_code == 200, answer.text
    assert (client.get("/v1/auth/me", headers=editor).status_code == 200) == stays
    assert (client.get("/v1/products", headers=key).status_code == 200) == key_works
