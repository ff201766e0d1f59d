from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import repeat

import anyio
import pytest
from fastapi.testclient import TestClient

from tests.worlds.factories import photo
from tests.worlds.fakes import FakeVision
from tests.worlds.people import Headers
from tests.worlds.waiting import eventually
from vitrine.api import lanes
from vitrine.api.app import create_app
from vitrine.api.permissions import NEEDS
from vitrine.api.streams import Look, Streams
from vitrine.core.errors import Limited
from vitrine.core.settings import Settings
from vitrine.vision.types import Analysis, Box, Vector
from vitrine.wiring import Runtime


class Frozen(FakeVision):
    """Models that answer nobody who asks for red until they are let go."""

    def __init__(self) -> None:
        super().__init__()
        self.free = threading.Event()
        self.waiting = 0
        self.looking = False

    def analyze(
        self, images: Sequence[bytes], boxes: Sequence[Box | None] | None = None
    ) -> list[Analysis]:
        if images != [photo()]:
            self.looking = True
            self.free.wait(60)
        return super().analyze(images, boxes)

    def embed_texts(self, texts: Sequence[str]) -> Vector:
        if list(texts) == ["red"]:
            self.waiting += 1
            self.free.wait(60)
        return super().embed_texts(texts)


@contextmanager
def crowded(runtime: Runtime, person: Headers, count: int) -> Iterator[tuple[TestClient, Frozen]]:
    """Many searches by words of models that answer none of them before the block ends."""
    vision = Frozen()
    frozen = replace(runtime, ports=replace(runtime.ports, vision=vision))
    with (
        TestClient(create_app(frozen.settings, frozen), "https://testserver") as client,
        ThreadPoolExecutor(count) as pool,
    ):
        body = {"text": "red"}
        searches = [
            pool.submit(client.post, "/v1/search", headers=person, json=body) for _ in range(count)
        ]
        try:
            yield client, vision
            assert vision.free.is_set() or not any(search.done() for search in searches)
        finally:
            vision.free.set()
        assert {search.result(120).status_code for search in searches} == {200}


@pytest.mark.parametrize("elsewhere", ["", "vision", "vectors"])
def test_what_waits_for_frozen_models_leaves_threads_to_all_else(
    runtime: Runtime, viewer: Headers, elsewhere: str
) -> None:
    settings = runtime.settings
    if elsewhere:
        group = getattr(settings, elsewhere).model_copy(update={"kind": "server"})
        settings = settings.model_copy(update={elsewhere: group})
    threads, _ = lanes.threads_of("slow", settings, False)
    with crowded(replace(runtime, settings=settings), viewer, 60) as (client, vision):
        eventually(lambda: vision.waiting >= threads)
        began = time.monotonic()
        assert client.get("/v1/products", headers=viewer).status_code == 200
        assert client.get("/v1/health/live").status_code == 200
        assert client.get("/v1/health").status_code == 200
        sent = {"image": ("a.jpg", photo(), "image/jpeg")}
        upload = client.post("/v1/uploads", files=sent, headers=viewer)
        assert upload.status_code == 201
        shown = client.get(f"/v1/images/{upload.json()['upload_id']}", headers=viewer)
        assert shown.status_code == 200
        assert client.post("/v1/search", files=sent, headers=viewer).status_code == 200
        later = viewer | {"Prefer": "respond-async"}
        assert client.post("/v1/search", json={"text": "red"}, headers=later).status_code == 202
        assert time.monotonic() - began < 20, "none of them waited for the models"
        assert vision.waiting == threads, "a crowd has so many threads and no more"


def test_lanes_of_searches_are_as_wide_as_where_they_ask(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for cores, threads, beside_photos in ((1, 2, 3), (2, 3, 4), (16, 10, 11), (128, 24, 24)):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        assert lanes.threads_of("slow", settings, False) == (threads, threads)
        assert lanes.threads_of("slow", settings, True) == (beside_photos, threads)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    for name, away in (
        ("vision", {"kind": "server"}),
        ("vectors", {"kind": "server"}),
        ("blobs", {"kind": "s3"}),
        ("database", {"url": "postgresql://of.others/vitrine"}),
    ):
        group = getattr(settings, name).model_copy(update=away)
        elsewhere = settings.model_copy(update={name: group})
        assert lanes.threads_of("slow", elsewhere, False) == (24, 24)
        assert lanes.threads_of("shop", elsewhere, True) == (16, 16)


def test_words_have_more_threads_while_there_are_photos(runtime: Runtime, viewer: Headers) -> None:
    sent = {"image": ("a.jpg", photo("blue"), "image/jpeg")}
    with crowded(runtime, viewer, 30) as (client, vision), ThreadPoolExecutor(2) as pool:
        alone, _ = lanes.threads_of("slow", runtime.settings, False)
        beside, _ = lanes.threads_of("slow", runtime.settings, True)
        eventually(lambda: vision.waiting == alone)
        look = pool.submit(client.post, "/v1/detect", files=sent, headers=viewer)
        eventually(lambda: vision.looking)
        body = {"text": "red"}
        more = pool.submit(client.post, "/v1/search", json=body, headers=viewer)
        eventually(lambda: vision.waiting == beside)
        vision.free.set()
        assert {each.result(60).status_code for each in (look, more)} == {200}


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
