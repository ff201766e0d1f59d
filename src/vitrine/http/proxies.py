"""Whose X-Forwarded-For is believed, and a warning about a proxy that nobody named."""

from __future__ import annotations

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

MOST_TOLD = 10
"""Addresses that are warned of: whoever sends the header from many shall not fill the log."""

log = structlog.get_logger()


class Proxied:
    """Puts the client's address and scheme in place of a trusted proxy's."""

    def __init__(self, app: ASGIApp, trusted: str) -> None:
        self._app = app
        # uvicorn names the types of ASGI by itself; Starlette's are the same in all but name.
        self._through = ProxyHeadersMiddleware(app, trusted or [])  # type: ignore[arg-type]
        self._told = set[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        peer = scope["client"][0] if scope.get("client") else ""
        if peer in self._through.trusted_hosts:
            await self._through(scope, receive, send)  # type: ignore[arg-type] # as above
            return
        if scope["type"] == "http" and "x-forwarded-for" in Headers(scope=scope):
            self._tell(peer)
        await self._app(scope, receive, send)

    def _tell(self, peer: str) -> None:
        if peer in self._told or len(self._told) >= MOST_TOLD:
            return
        self._told.add(peer)
        log.warning(
            "a proxy header came from an address that is not trusted: if that is your proxy, name "
            "it in VITRINE_API__TRUSTED_PROXIES, or all its users count as one address",
            address=peer,
        )
