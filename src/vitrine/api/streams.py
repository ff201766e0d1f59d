"""Server-sent events: a stream that looks again and again and tells what is new."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple, Self

from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

from vitrine.api import lanes
from vitrine.core.errors import Limited

HEARTBEAT_EVERY = 15.0
"""Seconds of silence after which proxies may think a stream dead."""
MOST = 12
"""Streams that one person may have at once: a few pages, each of which follows a thing or two."""

LONGEST = 600.0
"""Seconds a stream lasts; who follows longer connects again, and is asked again who they are."""


class Event(NamedTuple):
    """One thing told, by name."""

    name: str
    data: BaseModel


class Look(NamedTuple):
    """What is new since the look before, and whether nothing more will come."""

    news: Sequence[Event]
    last: bool = False


class Streams:
    """The event streams of this process, each of so many seconds, of which a person may have so
    many."""

    def __init__(self, most: int = MOST, longest: float = LONGEST) -> None:
        self._most = most
        self._longest = longest
        self._open: Counter[str] = Counter()
        self._counting = threading.Lock()

    def open(self, user_id: str, looks: Iterator[Look], every: float) -> StreamingResponse:
        """An event stream of endless looks, `every` so many seconds one; events count from 1.

        Raises Limited when this person follows too much already.
        """
        with self._counting:
            if self._open[user_id] >= self._most:
                told = f"You follow {self._most} things already; close a page that does, or wait."
                raise Limited("too_many_streams", told, retry_after=30)
            self._open[user_id] += 1
        headers = {"X-Accel-Buffering": "no"}
        body = _told(looks, every, self._longest)
        return _Ending(body, headers=headers, media_type="text/event-stream").then(
            partial(self._close, user_id)
        )

    def _close(self, user_id: str) -> None:
        with self._counting:
            self._open[user_id] -= 1
            if not self._open[user_id]:
                del self._open[user_id]


class _Ending(StreamingResponse):
    """A stream that does something when it has ended, however it did."""

    def then(self, call: Callable[[], None]) -> Self:
        """Have `call` done at the end."""
        self._call = call
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._call()


async def _told(looks: Iterator[Look], every: float, longest: float) -> AsyncIterator[str]:
    # Each look borrows a thread for a moment; a client that waits holds none.
    began = spoke = time.monotonic()
    number = 0
    while True:
        look = await lanes.run("streams", partial(next, looks))
        for event in look.news:
            number, spoke = number + 1, time.monotonic()
            yield f"id: {number}\nevent: {event.name}\ndata: {event.data.model_dump_json()}\n\n"
        if not look.news and time.monotonic() - spoke >= HEARTBEAT_EVERY:
            spoke = time.monotonic()
            yield ": still here\n\n"
        if look.last or time.monotonic() - began >= longest:
            return
        await asyncio.sleep(every)
