"""What happens around every request: its id, its log line, its limits, its security headers."""

from __future__ import annotations

import re
import time

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vitrine.api import problems
from vitrine.core.clock import new_id
from vitrine.core.settings import LimitSettings
from vitrine.core.telemetry import REQUEST_SECONDS

CLIENT_LEFT = 499
"""What our log and metrics call a request whose client went away before it was read."""

SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
OURS = ("/v1/", "/metrics", "/openapi.json")
"""Paths whose answers are for programs; others may belong to a web page mounted beside them."""

SECURITY = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}

log = structlog.get_logger()


class Answered:
    """Names and logs each request, secures its answer, and answers 500 for what nobody caught."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        outgoing = _Outgoing(scope, send, _request_id(scope))
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=outgoing.request_id):
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


class BodyLimit:
    """Stops reading a body when it is over its limit, whatever its Content-Length claims."""

    def __init__(self, app: ASGIApp, limits: LimitSettings) -> None:
        self.app = app
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit, declared = self._limit(headers), _declared(headers)
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

    def _limit(self, headers: Headers) -> int:
        form = headers.get("content-type", "").lower().startswith("multipart/")
        return self.limits.request_bytes if form else self.limits.text_bytes


class _Outgoing:
    """The way out: adds headers to the answer and remembers its status."""

    def __init__(self, scope: Scope, send: Send, request_id: str) -> None:
        self.scope = scope
        self.send = send
        self.request_id = request_id
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self.request_id
            headers["X-Content-Type-Options"] = "nosniff"
            headers.setdefault("Referrer-Policy", "no-referrer")
            if self.scope["path"].startswith(OURS):
                for name, value in SECURITY.items():
                    headers.setdefault(name, value)
        await self.send(message)


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if SANE_ID.fullmatch(given) else new_id()


def _note(scope: Scope, status: int, seconds: float) -> None:
    # Only routes and methods we have become labels; whatever else is asked for counts as one.
    route = getattr(scope.get("route"), "path", "unmatched")
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
    )


def _declared(headers: Headers) -> int:
    text = headers.get("content-length", "")
    return int(text[:20]) if text.isdecimal() else 0


def _too_large(limit: int) -> HTTPException:
    # The framework lets only its own exception through while it reads a body.
    return HTTPException(413, f"The request body is over {limit:,} bytes.")
