"""A catalogue of three products, each of one colour, and how it is searched by photo."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from tests.worlds.factories import photo, product_with_photos
from tests.worlds.people import Headers
from vitrine.wiring import Runtime


def three_colours(runtime: Runtime) -> dict[str, str]:
    """Index a product each in red, green and blue: colour to product id."""
    made = {}
    for colour in ("red", "green", "blue"):
        with runtime.sessions.write() as session:
            product, job = product_with_photos(session, runtime.ports, colour, photo(colour))
        runtime.run_job(job.id)
        made[colour] = product.id
    return made


def by_photo(client: TestClient, headers: Headers, data: bytes, **more: str) -> Any:
    """What a search by these bytes, sent along in a form, is answered."""
    return client.post("/v1/search", data=more, files={"image": ("q.jpg", data)}, headers=headers)
