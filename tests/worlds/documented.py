"""Whether the API refuses as its OpenAPI document says."""

from __future__ import annotations

from typing import Any

from starlette.routing import Match

from vitrine.api import refusals
from vitrine.api.guard import GuardedRoute, guarded
from vitrine.api.routes import ROUTERS

UNNAMED = frozenset({405, 500})
"""What is no operation's own: other methods of its path, and what must never happen."""


def refused_as_documented(answer: Any) -> None:
    """Fail where an operation refuses with a status or a code that the document does not name."""
    request = answer.request
    route = _route(request.method, request.url.path)
    if route is None or answer.status_code < 400 or answer.status_code in UNNAMED:
        return
    answer.read()
    named = refusals.of(route).get(answer.status_code, [])
    code = answer.json()["code"]
    assert code in named, f"{route.name} refuses undocumented: {answer.status_code} {code}"


def _route(method: str, path: str) -> GuardedRoute | None:
    scope = {"type": "http", "method": method, "path": path, "root_path": ""}
    routes = (route for route in guarded(ROUTERS) if route.include_in_schema)
    return next((route for route in routes if route.matches(scope)[0] is Match.FULL), None)
