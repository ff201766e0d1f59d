from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import repeat

import anyio
import pytest
from fastapi.testclient import TestClient

from tests.worlds.fakes import FakeVision
from tests.worlds.people import Headers
from tests.worlds.waiting import eventually
from vitrine.api import lanes
from vitrine.api.app import create_app
from vitrine.api.permissions import NEEDS
from vitrine.api.streams import Look, Streams
from vitrine.core.errors import Limited
from vitrine.vision.types import Vector
from vitrine.wiring import Runtime


class Frozen(FakeVision):
    """Models that answer nothing until they are let go."""

    def __init__(self) -> None:
        super().__init__()
        self.free = threading.Event()
        self.waiting = 0

    def embed_texts(self, texts: object) -> Vector:
        self.waiting += 1
        self.free.wait(60)
        return super().embed_texts(["red"])


def test_what_waits_for_frozen_models_leaves_threads_to_all_else(
    runtime: Runtime, viewer: Headers
) -> None:
    vision = Frozen()
    frozen = replace(runtime, ports=replace(runtime.ports, vision=vision))
    with (
        TestClient(create_app(frozen.settings, frozen), "https://testserver") as client,
        ThreadPoolExecutor(60) as pool,
    ):
        body = {"text": "red"}
        searches = [
            pool.submit(client.post, "/v1/search", headers=viewer, json=body) for _ in range(60)
        ]
        eventually(lambda: vision.waiting >= lanes.THREADS["slow"])
        began = time.monotonic()
        assert client.get("/v1/products", headers=viewer).status_code == 200
        assert client.get("/v1/health/live").status_code == 200
        assert client.get("/v1/health").status_code == 200
        assert time.monotonic() - began < 20, "none of them waited for the models"
        assert not any(search.done() for search in searches)
        vision.free.set()
        assert {search.result(120).status_code for search in searches} == {200}


def test_the_slow_lane_names_routes_that_exist() -> None:
    assert set(NEEDS) >= lanes.SLOW


def test_one_person_follows_so_many_things_and_no_more() -> None:
    streams = Streams(most=2)
    first = streams.open("a", repeat(Look([], True)), 1)
    streams.open("a", repeat(Look([], True)), 1)
    with pytest.raises(Limited) as caught:
        streams.open("a", repeat(Look([], True)), 1)
    assert caught.value.retry_after
    streams.open("b", repeat(Look([], True)), 1)

    async def read() -> None:
        async def send(_: object) -> None: ...

        async def receive() -> dict[str, str]:
            await anyio.sleep_forever()
            raise AssertionError

        await first({"type": "http", "asgi": {"spec_version": "2.4"}}, receive, send)

    anyio.run(read)
    streams.open("a", repeat(Look([], True)), 1)


def test_a_viewer_who_opens_many_streams_is_told_to_wait(
    client: TestClient, viewer: Headers
) -> None:
    streams: Streams = client.app.state.streams  # type: ignore[attr-defined]
    user = client.get("/v1/auth/me", headers=viewer).json()["id"]
    for _ in range(12):
        streams.open(user, repeat(Look([])), 1)
    answer = client.get("/v1/jobs/events", headers=viewer)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_streams")
    assert client.get("/v1/products", headers=viewer).status_code == 200
