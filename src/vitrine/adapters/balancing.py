"""Several servers behind one name: a request goes to the least busy, and to another if one goes."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from vitrine.adapters import addresses
from vitrine.adapters.addresses import Resolve

KNOWN = 5.0
"""Seconds for which the addresses of a name are not asked for again."""

RESTING = 5.0
"""Seconds for which an address that was lost is asked only after all others."""

LOST = 2
"""So many servers may be lost with a request under way: it may be what ends them."""

SERVER = "server"
"""The extension of a request or an answer that names the address it is for or from."""


class Balanced(httpx.BaseTransport):
    """Shares requests between all addresses of their host; shared between threads.

    For requests that may be sent twice, and answers that fit into memory. Raises what `inner`
    raises once no address answers, or a request was lost LOST times.
    """

    def __init__(self, inner: httpx.BaseTransport, resolve: Resolve = addresses.resolve) -> None:
        self._inner, self._resolve = inner, resolve
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, list[str]]] = {}
        self._busy: Counter[str] = Counter()
        self._asked_at: dict[str, float] = {}
        self._rests: dict[str, float] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The whole answer, with the address it is from."""
        left = self._in_order(request.url.host, request.extensions.get(SERVER))
        lost = 0
        while True:
            address = left.pop(0)
            try:
                return self._answered(request, address)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                self._rest(address)
                if not left:
                    raise
            except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
                self._rest(address)
                lost += 1
                if lost == LOST:
                    raise
                left = left or [address]  # behind one address there may be several too

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()

    def _answered(self, request: httpx.Request, address: str) -> httpx.Response:
        extensions = {**request.extensions, "sni_hostname": request.url.host}
        sent = httpx.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,  # with the name that was asked for
            stream=request.stream,
            extensions=extensions,
        )
        with self._asking(address):
            response = self._inner.handle_request(sent)
            response.read()
        response.extensions[SERVER] = address
        return response

    @contextmanager
    def _asking(self, address: str) -> Iterator[None]:
        with self._lock:
            self._busy[address] += 1
            self._asked_at[address] = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self._busy[address] -= 1

    def _in_order(self, host: str, first: str | None) -> list[str]:
        """The addresses of the host: the one that is wanted, the least busy, those that rest.

        Who is equally busy takes turns, beginning with any, so that processes differ.
        """
        found, moment = self._addresses(host), time.monotonic()

        def place(address: str) -> Any:
            rests = self._rests.get(address, moment) > moment
            turn = self._asked_at.get(address, random.random() - 1)  # noqa: S311 - any will do
            return address != first, rests, self._busy[address], turn

        with self._lock:
            return sorted(found, key=place)

    def _addresses(self, host: str) -> list[str]:
        until, known = self._known.get(host, (0.0, []))
        if time.monotonic() < until:
            return known
        try:
            found = self._resolve(host)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(f"{host} has no address") from error
        self._known[host] = (time.monotonic() + KNOWN, found)
        return found

    def _rest(self, address: str) -> None:
        with self._lock:
            self._rests[address] = time.monotonic() + RESTING
