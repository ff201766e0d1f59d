"""Every error as RFC 9457 problem+json, from one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Match

from vitrine.core.errors import Outdated, VitrineError
from vitrine.core.reasons import reason

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "5"
"""Seconds after which to ask again where nobody knows better."""

MOST_FIELDS = 50
LONGEST_NAME = 200
CODES = {413: "body_too_large", 422: "invalid_request"}
"""Where Python versions disagree on the name of a status."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong, before it becomes an answer."""

    status: int
    code: str
    detail: str
    fields: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, object] = field(default_factory=dict)
    """Extension members of the problem."""


Makers = Mapping[type[Exception], Callable[[Any], Trouble]]
"""How an error becomes trouble, by its class."""

INTERNAL = Trouble(500, "internal", "Something unexpected went wrong; the log says more.")


def told(trouble: Trouble) -> dict[str, Any]:
    """The members of the problem."""
    return {
        "type": f"urn:vitrine:problem:{trouble.code}",
        "title": HTTPStatus(trouble.status).phrase,
        "status": trouble.status,
        "code": trouble.code,
        "detail": trouble.detail,
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
        "fields": dict(trouble.fields),
        **trouble.more,
    }


def answer(trouble: Trouble) -> JSONResponse:
    """The problem+json response."""
    headers = dict(trouble.headers)
    if trouble.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.setdefault("Retry-After", RETRY_AFTER)
    return JSONResponse(told(trouble), trouble.status, headers, media_type=MEDIA_TYPE)


def of_vitrine(error: VitrineError) -> Trouble:
    """An error raised on purpose, with the status of its class."""
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if error.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return INTERNAL
    if isinstance(error, Outdated):
        headers["ETag"] = f'"{error.version}"'
        more = {"present": error.present}
        return Trouble(error.status, error.code, error.message, error.fields, headers, more)
    return Trouble(error.status, error.code, error.message, error.fields, headers)


def of_validation(error: RequestValidationError) -> Trouble:
    """A request of the wrong shape: field names as the client wrote them, never the values."""
    fields = {
        _field(issue["loc"]): reason(issue)[:LONGEST_NAME] for issue in error.errors()[:MOST_FIELDS]
    }
    reasons = "; ".join(f"{name}: {why}" for name, why in fields.items())
    return Trouble(422, "invalid_request", reasons, fields)


def of_http(error: HTTPException) -> Trouble:
    """What the framework refuses by itself: unknown paths, wrong methods, bodies too large."""
    status = HTTPStatus(error.status_code)
    detail = str(error.detail) if error.detail else status.description
    code = CODES.get(status, status.name.lower())
    return Trouble(status, code, detail, headers=error.headers or {})


MAKERS: Makers = {
    VitrineError: of_vitrine,
    RequestValidationError: of_validation,
    HTTPException: of_http,
}


def install(app: FastAPI, makers: Makers) -> None:
    """Answer every error of these classes as a problem; the rest is caught by the outermost rim."""
    for kind, make in makers.items():
        app.add_exception_handler(
            kind, lambda request, error, make=make: _answered(request, make(error))
        )


def _answered(request: Request, trouble: Trouble) -> JSONResponse:
    if trouble.status == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = {"Allow": ", ".join(_methods(request))}
        return answer(replace(trouble, headers={**trouble.headers, **allowed}))
    return answer(trouble)


def _methods(request: Request) -> list[str]:
    """What may be done at this path: the framework names the methods of one of its routes only."""
    asked = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
    return [
        method
        for method in asked
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.routes
        )
    ]


def _field(location: tuple[str | int, ...]) -> str:
    inside = location[1:] if location[0] in ("body", "query", "path", "header") else location
    return ".".join(str(part) for part in inside)[:LONGEST_NAME] or str(location[0])
