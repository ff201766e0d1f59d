from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.worlds.people import PASSWORD, Headers
from vitrine.core.clock import now
from vitrine.tables.people import ApiKey, User
from vitrine.wiring import Runtime

SignedIn = Callable[..., Headers]


def make_key(client: TestClient, headers: Headers, **more: object) -> dict[str, object]:
    asked = {"name": "importer", "scopes": ["catalog:read"]} | more
    answer = client.post("/v1/api-keys", json=asked, headers=headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, object] = answer.json()
    return made


def test_a_key_is_shown_once_and_works_until_revoked(
    client: TestClient, editor: Headers, runtime: Runtime
) -> None:
    made = make_key(client, editor)
    secret = str(made["key"])
    assert secret.startswith("vitrine_")
    assert secret.startswith(str(made["prefix"]))
    with runtime.sessions.read() as session:
        stored = session.scalars(select(ApiKey)).one()
        assert secret not in {stored.key_hash, stored.prefix}

    key = {"Authorization": f"Bearer {secret}"}
    assert client.get("/v1/products", headers=key).status_code == 200
    listed = client.get("/v1/api-keys", headers=editor).json()["api_keys"]
    assert [(item["id"], "key" in item) for item in listed] == [(made["id"], False)]
    assert listed[0]["last_used_at"]

    assert client.delete(f"/v1/api-keys/{made['id']}", headers=editor).status_code == 204
    assert client.get("/v1/products", headers=key).status_code == 401
    assert client.get("/v1/api-keys", headers=editor).json() == {"api_keys": []}
    assert client.delete(f"/v1/api-keys/{made['id']}", headers=editor).status_code == 404


def test_a_key_is_its_owners_alone(
    client: TestClient, editor: Headers, signed_in: SignedIn
) -> None:
    made = make_key(client, editor)
    other = signed_in("admin")
    assert client.get("/v1/api-keys", headers=other).json() == {"api_keys": []}
    assert client.delete(f"/v1/api-keys/{made['id']}", headers=other).status_code == 404


def test_a_key_expires(client: TestClient, editor: Headers, runtime: Runtime) -> None:
    soon = now() + timedelta(hours=1)
    made = make_key(client, editor, expires_at=soon.isoformat())
    with runtime.sessions.write() as session:
        session.scalars(select(ApiKey)).one().expires_at = now()
    key = {"Authorization": f"Bearer {made['key']}"}
    assert client.get("/v1/products", headers=key).json()["code"] == "api_key_invalid"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"scopes": ["admin"]}, "scopes"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes.0"),
        ({"expires_at": "2001-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2999-01-01T00:00:00"}, "expires_at"),
        ({"name": ""}, "name"),
        ({"owner": "somebody"}, "owner"),
    ],
)
def test_keys_that_make_no_sense_are_refused(
    client: TestClient, editor: Headers, wrong: dict[str, object], field: str
) -> None:
    asked = {"name": "importer", "scopes": ["catalog:read"]} | wrong
    answer = client.post("/v1/api-keys", json=asked, headers=editor)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])


def test_a_key_loses_what_its_owner_loses(
    client: TestClient, admin: Headers, signed_in: SignedIn, runtime: Runtime
) -> None:
    key = {"Authorization": f"Bearer {make_key(client, signed_in('editor'))['key']}"}
    with runtime.sessions.read() as session:
        owner = session.scalars(select(User).where(User.role == "editor")).one().id
    assert client.get("/v1/products", headers=key).status_code == 200
    assert client.delete(f"/v1/users/{owner}", headers=admin).status_code == 204
    assert client.get("/v1/products", headers=key).status_code == 401


def test_admins_add_change_list_and_delete_users(client: TestClient, admin: Headers) -> None:
    asked = {"email": "New@Example.org", "password": PASSWORD, "role": "viewer", "name": "Ada"}
    made = client.post("/v1/users", json=asked, headers=admin)
    assert made.status_code == 201
    user = made.json()
    assert user["email"] == "new@example.org"
    assert "password" not in made.text

    taken = client.post("/v1/users", json=asked, headers=admin)
    assert (taken.status_code, taken.json()["code"]) == (409, "email_taken")
    changed = client.patch(
        f"/v1/users/{user['id']}", json={"role": "editor", "name": "Ada L."}, headers=admin
    )
    assert (changed.json()["role"], changed.json()["name"]) == ("editor", "Ada L.")

    first = client.get("/v1/users?limit=1", headers=admin).json()
    rest = client.get(f"/v1/users?cursor={first['next_cursor']}", headers=admin).json()
    assert [one["email"] for one in first["users"] + rest["users"]] == [
        "admin@example.org",
        "new@example.org",
    ]
    assert rest["next_cursor"] is None

    assert client.delete(f"/v1/users/{user['id']}", headers=admin).status_code == 204
    assert client.delete(f"/v1/users/{user['id']}", headers=admin).status_code == 404
    again = client.post("/v1/users", json=asked, headers=admin)
    assert again.status_code == 201


def test_an_admin_sets_a_forgotten_password(
    client: TestClient, admin: Headers, signed_in: SignedIn
) -> None:
    lost = signed_in("viewer")
    me = client.get("/v1/auth/me", headers=lost).json()
    answer = client.patch(
        f"/v1/users/{me['id']}", json={"password": "a fresh password"}, headers=admin
    )
    assert answer.status_code == 200
    assert client.get("/v1/auth/me", headers=lost).status_code == 401
    who = {"email": me["email"], "password": "a fresh password"}
    assert client.post("/v1/auth/sign-in", json=who).status_code == 200


def test_the_last_admin_stays(client: TestClient, admin: Headers, signed_in: SignedIn) -> None:
    me = client.get("/v1/auth/me", headers=admin).json()["id"]
    for refused in (
        client.delete(f"/v1/users/{me}", headers=admin),
        client.patch(f"/v1/users/{me}", json={"role": "viewer"}, headers=admin),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "last_admin")
    signed_in("admin", "second")
    assert client.delete(f"/v1/users/{me}", headers=admin).status_code == 204


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "a@b\x00.org"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "x" * 129}, "password"),
        ({"role": "emperor"}, "role"),
        ({"name": "x" * 201}, "name"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_users_that_make_no_sense_are_refused(
    client: TestClient, admin: Headers, wrong: dict[str, object], field: str
) -> None:
    asked = {"email": "a@example.org", "password": PASSWORD, "role": "viewer"} | wrong
    answer = client.post("/v1/users", json=asked, headers=admin)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])
    assert str(asked["password"]) not in answer.text
