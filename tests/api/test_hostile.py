"""Attacks that are not of one route: each is tried on every operation there is."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from tests.worlds.factories import photo, product_with_photos
from tests.worlds.people import PASSWORD, Headers
from vitrine.api.app import document
from vitrine.api.permissions import NEEDS, VISIT
from vitrine.api.streams import Streams
from vitrine.core.clock import new_id
from vitrine.core.errors import Unauthenticated
from vitrine.services import accounts
from vitrine.services.accounts.passwords import NO_PASSWORD
from vitrine.tables.people import ROLES, User
from vitrine.wiring import Runtime

SignedIn = Callable[..., Headers]
DOCUMENT = document()
OPERATIONS = [
    (method.upper(), path, operation["operationId"])
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
WITH_IDS = [each for each in OPERATIONS if "{" in each[1]]
FORGED = {
    "another's": "01890000-0000-7000-8000-000000000000",
    "climbs": "..%2f..%2f..%2fetc%2fpasswd",
    "climbs by backslashes": "..%5c..%5cvitrine.db",
    "is SQL": "'%20OR%201=1--",
    "is a formula": "=HYPERLINK(%22http://x%22)",
    "is markup": "%3Cscript%3Ealert(1)%3C",
    "holds a NUL": "a%00b",
    "is no UTF-8": "%ff%fe",
    "is endless": "9" * 4000,
    "is a wildcard": "%25",
}


@pytest.fixture(autouse=True)
def _streams_end_at_once(client: TestClient) -> None:
    client.app.state.streams = Streams(longest=0.0)  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", ROLES)
def test_every_role_may_what_the_table_says_and_nothing_else(
    client: TestClient, signed_in: SignedIn, role: str
) -> None:
    person = signed_in(role)
    ends = {"sign_out": signed_in(role, "who leaves")}
    for method, path, name in OPERATIONS:
        need = NEEDS[name]
        address = re.sub(r"{\w+}", new_id(), path)
        answer = client.request(method, address, headers=ends.get(name, person))
        if need is VISIT:
            assert (answer.status_code, answer.json()["code"]) == (401, "key_missing"), name
        elif need is None or accounts.Caller("", "", "", role).ranks(need.role):
            assert '"role_too_weak"' not in answer.text, name
            assert answer.status_code != 401 or need is None, name
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "role_too_weak"), name


@pytest.mark.parametrize("forged", FORGED)
def test_forged_ids_find_nothing(client: TestClient, admin: Headers, forged: str) -> None:
    for method, path, name in WITH_IDS:
        address = re.sub(r"{\w+}", lambda _: FORGED[forged], path)
        sent: dict[str, Any] = {"json": {}} if method in ("PUT", "PATCH") else {}
        answer = client.request(method, address, headers=admin, **sent)
        told = (name, answer.status_code, answer.text[:200])
        closed = NEEDS[name] is VISIT and answer.status_code == 401
        assert closed or answer.status_code in (404, 405, 403, 415, 422), told
        assert answer.headers["content-type"] == "application/problem+json", told
        assert "root:" not in answer.text


def test_bodies_take_no_field_that_they_do_not_name() -> None:
    loose = [
        f"{name}: {where}"
        for _, path, name in OPERATIONS
        for where, schema in _bodies(path, name)
        if schema.get("additionalProperties", True) is not False
    ]
    assert not loose


def test_what_only_the_server_sets_cannot_be_sent(
    client: TestClient, editor: Headers, viewer: Headers
) -> None:
    product = {"external_id": "A-1", "title": "Shirt"}
    made = client.post("/v1/products", json=product, headers=editor).json()["product"]
    path = f"/v1/products/{made['id']}"
    for name in ("id", "created_at", "updated_at", "deleted_at", "version", "primary_crop_id"):
        for answer in (
            client.post("/v1/products", json=product | {name: None}, headers=editor),
            client.patch(path, json={name: None}, headers=editor),
        ):
            assert answer.status_code == 422
            assert name in answer.json()["fields"]
    for name, value in (("user_id", new_id()), ("role", "admin"), ("key", "vitrine_mine")):
        key = {"name": "mine", "scopes": ["search"], name: value}
        assert client.post("/v1/api-keys", json=key, headers=viewer).status_code == 422


def test_a_key_never_does_more_than_its_owner_may(client: TestClient, with_key: SignedIn) -> None:
    key = with_key("viewer", *accounts.SCOPES)
    for method, path, name in OPERATIONS:
        need = NEEDS[name]
        if need in (None, VISIT) or (need.role == "viewer" and need.scope):
            continue
        address = re.sub(r"{\w+}", new_id(), path)
        answer = client.request(method, address, headers=key)
        assert answer.json()["code"] in ("role_too_weak", "person_needed"), name


def test_who_has_no_account_or_no_password_costs_as_much_time_as_a_wrong_password(
    costly_hashes: None,
) -> None:
    known = User(password_hash=accounts.hash_password(PASSWORD))
    by_provider = User(password_hash=NO_PASSWORD)
    usual = _spent(known)
    assert _spent(None) > usual / 2
    assert _spent(by_provider) > usual / 2


def test_who_has_no_account_is_told_what_a_wrong_password_is_told(
    client: TestClient, new_user: Callable[..., User]
) -> None:
    new_user("viewer")
    told = []
    for email in ("viewer@example.org", "nobody@example.org"):
        answer = client.post("/v1/auth/sign-in", json={"email": email, "password": "wrong " * 3})
        told.append((answer.status_code, answer.json() | {"request_id": ""}, set(answer.headers)))
    assert told[0] == told[1]


def test_markup_stays_text(client: TestClient, editor: Headers) -> None:
    markup = "<script>alert(document.cookie)</script>"
    product = {"external_id": "A-1", "title": markup}
    form = {"product": json.dumps(product)}
    page = [("images", ("x.html", photo(), "text/html"))]
    made = client.post("/v1/products", data=form, files=page, headers=editor).json()["product"]
    image = f"/v1/images/{made['images'][0]['id']}"
    shown = client.get(f"/v1/products/{made['id']}", headers=editor)
    assert (shown.json()["title"], shown.headers["content-type"]) == (markup, "application/json")
    bytes_ = client.get(image, headers=editor)
    assert bytes_.headers["content-type"] == "image/jpeg"
    for answer in (shown, bytes_, client.get(f"{image}/thumbnail", headers=editor)):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    for active in (b"<svg xmlns='http://www.w3.org/2000/svg'/>", markup.encode()):
        sent = client.post("/v1/uploads", files={"image": ("a.svg", active)}, headers=editor)
        assert sent.json()["code"] == "image_unreadable"


def test_no_secret_is_logged_or_kept_in_the_audit_log(
    client: TestClient, runtime: Runtime, new_user: Callable[..., User], admin: Headers
) -> None:
    new_user("editor")
    with runtime.sessions.write() as session:
        product, _ = product_with_photos(session, runtime.ports, "A-1", photo())
        image = product.images[0].id
    who = {"email": "editor@example.org", "password": PASSWORD}
    with capture_logs() as logs:
        signed = client.post("/v1/auth/sign-in", json=who).json()
        me = {"Authorization": f"Bearer {signed['access_token']}"}
        asked = {"name": "mine", "scopes": ["search"]}
        key = client.post("/v1/api-keys", json=asked, headers=me).json()["key"]
        link = client.get(f"/v1/images/{image}/url", headers=me).json()["url"]
        assert client.get(link).status_code == 200
        client.get("/v1/products", headers={"Authorization": f"Bearer {key}x"})
        renewal = {"refresh_token": signed["refresh_token"]}
        renewed = client.post("/v1/auth/refresh", json=renewal).json()
    kept = client.get("/v1/audit/export?format=jsonl", headers=admin).text
    assert "sign_in.password" in kept
    secrets = [PASSWORD, key, link.partition("signature=")[2]]
    secrets += [told[name] for told in (signed, renewed) for name in told if "_token" in name]
    written = json.dumps(logs, default=str) + kept
    assert [secret for secret in secrets if secret in written] == []


def _spent(user: User | None) -> float:
    """Seconds of computing that a wrong password takes, at the least of three."""
    return min(_once(user) for _ in range(3))


def _once(user: User | None) -> float:
    began = time.thread_time()
    with pytest.raises(Unauthenticated):
        accounts.verify_password(user, "a wrong password")
    return time.thread_time() - began


def _bodies(path: str, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of the JSON that an operation takes."""
    (operation,) = (
        each for each in DOCUMENT["paths"][path].values() if each["operationId"] == name
    )
    sent = operation.get("requestBody", {}).get("content", {}).get("application/json")
    yield from _objects(sent["schema"] if sent else {}, "body")


def _objects(schema: dict[str, Any], where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if "$ref" in schema:
        model = schema["$ref"].rpartition("/")[2]
        yield from _objects(DOCUMENT["components"]["schemas"][model], model)
    if "properties" in schema:
        yield where, schema
    for key in ("anyOf", "oneOf", "allOf"):
        for each in schema.get(key, ()):
            yield from _objects(each, where)
    for each in schema.get("properties", {}).values():
        yield from _objects(each, where)
    if "items" in schema:
        yield from _objects(schema["items"], where)
