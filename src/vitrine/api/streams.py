"""Server-sent events: a stream that looks again and again and tells what is new."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import NamedTuple

from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

HEARTBEAT_EVERY = 15.0
"""Seconds of silence after which proxies may think a stream dead."""
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


def stream(looks: Iterator[Look], every: float) -> StreamingResponse:
    """An event stream of endless looks, `every` so many seconds one; events count from 1."""
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(_told(looks, every), 200, headers, "text/event-stream")


async def _told(looks: Iterator[Look], every: float) -> AsyncIterator[str]:
    # Each look borrows a thread for a moment; a client that waits holds none.
    began = spoke = time.monotonic()
    number = 0
    while True:
        look = await run_in_threadpool(next, looks)
        for event in look.news:
            number, spoke = number + 1, time.monotonic()
            yield f"id: {number}\nevent: {event.name}\ndata: {event.data.model_dump_json()}\n\n"
        if not look.news and time.monotonic() - spoke >= HEARTBEAT_EVERY:
            spoke = time.monotonic()
            yield ": still here\n\n"
        if look.last or time.monotonic() - began >= LONGEST:
            return
        await asyncio.sleep(every)
