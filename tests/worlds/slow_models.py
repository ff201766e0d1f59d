"""Model servers that take their time as a busy one does, and keep no core busy."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from tests.worlds.programs import free_port, served
from tests.worlds.servers import FLAT
from vitrine.core.settings import Settings
from vitrine.mlserver import create_app

PAUSE = 0.05
"""Seconds that each request for an analysis takes beside the models."""

TOGETHER = 30.0
"""Seconds that the first requests wait for one another."""


@dataclass
class Tally:
    """Requests for an analysis: how many each server answered, and the most at once in all.

    The first `crew` of them go on once all have come, so that it shows whether they ever are.
    """

    crew: int
    answered: dict[str, int] = field(default_factory=dict)
    peak: int = 0
    _under_way: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        with self._lock:
            self._under_way += 1
            self.peak = max(self.peak, self._under_way)

    def end(self, server: str) -> None:
        with self._lock:
            self._under_way -= 1
            self.answered[server] = self.answered.get(server, 0) + 1

    async def all_came(self) -> None:
        """Wait until as many requests as the crew has were under way at once."""
        for _ in range(int(TOGETHER / PAUSE)):
            if self.peak >= self.crew:
                return
            await asyncio.sleep(PAUSE)  # they come from other threads


@dataclass(frozen=True)
class Slow:
    """A model server that pauses before each analysis."""

    app: ASGIApp
    address: str
    tally: Tally

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/analyze":
            await self.app(scope, receive, send)
            return
        self.tally.begin()
        try:
            await self.tally.all_came()
            await asyncio.sleep(PAUSE)  # what a slow model does
            await self.app(scope, receive, send)
        finally:
            self.tally.end(self.address)


@contextmanager
def slow_servers(models: Path, addresses: list[str], tally: Tally) -> Iterator[int]:
    """Model servers with the tiny models at these addresses of loopback; the port of all."""
    vision: dict[str, object] = {"models_dir": models, "encoder": "tiny", "threads": 1}
    settings = Settings.model_validate({"vision": vision | {"detector": None, "quality": FLAT}})
    port = free_port()
    with ExitStack() as stack:
        for address in addresses:
            app = Slow(create_app(settings), address, tally)
            stack.enter_context(served(app, address, port))
        yield port
