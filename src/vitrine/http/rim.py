"""What happens around every request: its id, its log line, its limits, its security headers."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from types import MappingProxyType

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vitrine.core import tracing
from vitrine.core.clock import new_id
from vitrine.core.metrics import REQUEST_SECONDS
from vitrine.http import problems

CLIENT_LEFT = 499
"""What our log and metrics call a request whose client went away before it was read."""

SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

SECURITY = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}

NO_PATHS: Mapping[str, int] = MappingProxyType({})

log = structlog.get_logger()


class Answered:
    """Names and logs each request, secures its answer, and answers 500 for what nobody caught.

    Answers to paths that begin with one of `ours` are for programs; others may be web pages.
    With `hsts` browsers that came over HTTPS shall use nothing else for so many seconds.
    """

    def __init__(self, app: ASGIApp, ours: tuple[str, ...], hsts: int = 0) -> None:
        self.app = app
        self.ours = ours
        self.hsts = hsts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = SECURITY if scope["path"].startswith(self.ours) else {}
        if self.hsts and scope["scheme"] == "https":
            headers = headers | {"Strict-Transport-Security": f"max-age={self.hsts}"}
        outgoing = _Outgoing(send, _request_id(scope), headers)
        started = time.perf_counter()
        parent = Headers(scope=scope).get(tracing.HEADER, "")
        with (
            structlog.contextvars.bound_contextvars(request_id=outgoing.request_id),
            tracing.span(scope["method"], "server", parent) as span,
        ):
            try:
                await self.app(scope, receive, outgoing)
            except ClientDisconnect:
                outgoing.status = outgoing.status or CLIENT_LEFT
            except Exception:
                log.exception("request failed")
                if not outgoing.status:
                    await problems.answer(problems.INTERNAL)(scope, receive, outgoing)
            finally:
                _note(scope, outgoing.status, time.perf_counter() - started)
                span.update_name(f"{scope['method']} {_route(scope)}")
                span.set_attribute("http.response.status_code", outgoing.status)


class BodyLimit:
    """Stops reading a body when it is over its limit, whatever its Content-Length claims.

    The limits are bytes, of forms and of all else; `under` are those of paths that begin so.
    """

    def __init__(
        self, app: ASGIApp, forms: int, others: int, under: Mapping[str, int] = NO_PATHS
    ) -> None:
        self.app = app
        self.forms = forms
        self.others = others
        self.under = under

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit, declared = self._limit(scope["path"], headers), _declared(headers)
        size = 0

        async def counted() -> Message:
            nonlocal size
            if declared > limit:
                raise _too_large(limit)
            message = await receive()
            size += len(message.get("body", b""))
            if size > limit:
                raise _too_large(limit)
            return message

        await self.app(scope, counted, send)

    def _limit(self, path: str, headers: Headers) -> int:
        for start, limit in self.under.items():
            if path.startswith(start):
                return limit
        form = headers.get("content-type", "").lower().startswith("multipart/")
        return self.forms if form else self.others


class _Outgoing:
    """The way out: adds headers to the answer and remembers its status."""

    def __init__(self, send: Send, request_id: str, headers: Mapping[str, str]) -> None:
        self.send = send
        self.request_id = request_id
        self.headers = headers
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self.request_id
            headers["X-Content-Type-Options"] = "nosniff"
            headers.setdefault("Referrer-Policy", "no-referrer")
            for name, value in self.headers.items():
                headers.setdefault(name, value)
        await self.send(message)


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if SANE_ID.fullmatch(given) else new_id()


def _note(scope: Scope, status: int, seconds: float) -> None:
    # Only routes and methods we have become labels; whatever else is asked for counts as one.
    route = _route(scope)
    method = scope["method"] if route != "unmatched" else "any"
    REQUEST_SECONDS.labels(route, method, str(status)).observe(seconds)
    caller = scope.get("state", {}).get("caller")
    log.info(
        "request",
        method=scope["method"],
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
        user_id=caller.user_id if caller else None,
        address=(scope.get("client") or [None])[0],
    )


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "unmatched")


def _declared(headers: Headers) -> int:
    text = headers.get("content-length", "")
    return int(text[:20]) if text.isdecimal() else 0


def _too_large(limit: int) -> HTTPException:
    # The framework lets only its own exception through while it reads a body.
    return HTTPException(413, f"The request body is over {limit:,} bytes.")
