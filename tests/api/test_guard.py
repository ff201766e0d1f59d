from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient

from tests.worlds.people import Headers
from tests.worlds.visitors import Door
from vitrine.api.guard import GuardedRoute
from vitrine.api.permissions import NEEDS, VISIT
from vitrine.api.routes import ROUTERS
from vitrine.api.streams import Streams
from vitrine.services.accounts import SCOPES
from vitrine.services.accounts.callers import COVERS
from vitrine.tables.people import ROLES
from vitrine.wiring import Runtime

ROUTES = [route for router in ROUTERS for route in router.routes]
# Typed as Starlette's BaseRoute, which has no name: not narrowed to GuardedRoute here, because that
# each of them is one is what the first test proves.
OPEN = {
    *("health", "live", "sign_in", "refresh", "show_media"),
    *("sign_in_methods", "start_oidc", "finish_oidc"),
}
CLOSED = [route for route in ROUTES if route.name not in OPEN]  # type: ignore[attr-defined]
STAFFS = [route for route in CLOSED if NEEDS[route.name] is not VISIT]  # type: ignore[attr-defined]
SHOPPERS = [route for route in CLOSED if route not in STAFFS]
ALLOWED = {200, 202, 204, 404, 415, 422}
SignedIn = Callable[..., Headers]


@pytest.fixture(autouse=True)
def _streams_end_at_once(client: TestClient) -> None:
    # Starlette types `app` as any ASGI application.
    client.app.state.streams = Streams(longest=0.0)  # type: ignore[attr-defined]


def call(client: TestClient, route: GuardedRoute, headers: Headers) -> int:
    path = re.sub(r"{\w+}", "01890000-0000-7000-8000-000000000000", route.path)
    assert route.methods is not None
    (method,) = route.methods
    return client.request(method, path, headers=headers).status_code


def test_every_route_is_guarded_and_only_these_are_open() -> None:
    assert all(isinstance(route, GuardedRoute) for route in ROUTES)
    assert {name for name, need in NEEDS.items() if need is None} == OPEN
    assert sorted(route.name for route in ROUTES) == sorted(NEEDS)  # type: ignore[attr-defined]


def test_a_route_nobody_decided_on_cannot_start() -> None:
    def brand_new() -> None: ...

    with pytest.raises(LookupError, match="brand_new"):
        APIRouter(route_class=GuardedRoute).get("/new")(brand_new)


def test_every_other_path_is_unknown(client: TestClient, admin: Headers) -> None:
    for path in ("/docs", "/redoc", "/v1/nothing"):
        assert client.get(path, headers=admin).status_code == 404


def test_nobody_gets_401(client: TestClient) -> None:
    for route in CLOSED:
        assert isinstance(route, GuardedRoute)
        assert call(client, route, {}) == 401, route.name


def test_a_weaker_role_and_a_poorer_key_get_403(
    client: TestClient, signed_in: SignedIn, with_key: SignedIn
) -> None:
    person, key = cache(signed_in), cache(with_key)
    for route in STAFFS:
        assert isinstance(route, GuardedRoute)
        need = NEEDS[route.name]
        assert need is not None
        for role in [role for role in ROLES if need.role not in COVERS[role]]:
            assert call(client, route, person(role)) == 403, (route.name, role)
            assert call(client, route, key(role, *SCOPES)) == 403, (route.name, role)
        poorer = [scope for scope in SCOPES if scope != need.scope]
        assert call(client, route, key("admin", *poorer)) == 403, route.name


@pytest.mark.parametrize("route", STAFFS, ids=lambda route: route.name)
def test_the_role_and_scope_asked_for_are_enough(
    client: TestClient, signed_in: SignedIn, with_key: SignedIn, route: GuardedRoute
) -> None:
    need = NEEDS[route.name]
    assert need is not None
    if need.scope:
        assert call(client, route, with_key(need.role, need.scope)) in ALLOWED
    assert call(client, route, signed_in(need.role)) in ALLOWED


def test_a_publishable_key_opens_no_door_of_the_staffs(
    client: TestClient, runtime: Runtime
) -> None:
    _, key = Door(runtime).key(origins=[])
    for route in STAFFS:
        assert isinstance(route, GuardedRoute)
        for headers in ({"X-Vitrine-Key": key}, {"Authorization": f"Bearer {key}"}):
            assert call(client, route, headers) == 401, (route.name, headers)


@pytest.mark.parametrize("route", SHOPPERS, ids=lambda route: route.name)
def test_no_person_and_no_key_of_theirs_is_a_visitor(
    client: TestClient, signed_in: SignedIn, with_key: SignedIn, route: GuardedRoute
) -> None:
    for headers in (signed_in("admin"), with_key("admin", *SCOPES)):
        assert call(client, route, headers) == 401
        as_key = {"X-Vitrine-Key": headers["Authorization"].removeprefix("Bearer ")}
        assert call(client, route, as_key) == 401
