"""Which pages of other sites may read what the public door answers: those of some key's origins.

A preflight carries no key, and an error must be readable too, so the headers say for whom any key
was made; that a page asks with a key of its own origin, `visitors` sees to.
"""

from __future__ import annotations

import structlog
from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vitrine.api.visitors import HEADER
from vitrine.core.errors import VitrineError
from vitrine.http import problems
from vitrine.http.problems import Trouble
from vitrine.services import shop
from vitrine.wiring import Runtime

DOOR = "/v1/shop/"
"""Where the paths of the public door begin."""

ALLOWED = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": f"Content-Type, {HEADER}, X-Request-ID",
    "Access-Control-Max-Age": "600",
}
EXPOSED = "Retry-After, X-Request-ID"
CREDENTIALS = "access-control-allow-credentials"
REFUSED = Trouble(403, "origin_refused", "No publishable key may be used by pages of this origin.")

log = structlog.get_logger()


class ShopOrigins:
    """Answers preflights of the public door, and tells browsers who may read its answers.

    Stands outside of all that can fail, so that errors are readable too.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not scope["path"].startswith(DOOR):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        runtime: Runtime = scope["app"].state.runtime
        known = bool(origin) and await _known(runtime, origin)
        told = _Told(send, origin if known else "")
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            preflight = Response(None, 204, ALLOWED) if known else problems.answer(REFUSED)
            await preflight(scope, receive, told)
            return
        await self._app(scope, receive, told)


class _Told:
    """The way out: says which origin may read the answer, and that others get other headers."""

    def __init__(self, send: Send, origin: str) -> None:
        self._send = send
        self._origin = origin

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.add_vary_header("Origin")
            del headers[CREDENTIALS]
            if self._origin:
                headers["Access-Control-Allow-Origin"] = self._origin
                headers["Access-Control-Expose-Headers"] = EXPOSED
            elif "access-control-allow-origin" in headers:  # of the staff's own front ends
                del headers["access-control-allow-origin"]
        await self._send(message)


async def _known(runtime: Runtime, origin: str) -> bool:
    found = shop.knows_origin(runtime.sessions.keeper, origin)
    return await run_in_threadpool(_is_known, runtime, origin) if found is None else found


def _is_known(runtime: Runtime, origin: str) -> bool:
    try:
        with runtime.sessions.read() as session:
            return shop.is_known_origin(session, origin)
    except (OperationalError, VitrineError):  # the route tells so, to whoever may read it
        log.warning("origins are not known now", exc_info=True)
        return False
