"""A product sent to the API, with photos."""

from __future__ import annotations

import json
from typing import Any

from fastapi.testclient import TestClient

from tests.worlds.people import Headers

File = tuple[str, tuple[str, bytes, str]]
SHIRT: dict[str, Any] = {
    "external_id": "A-1",
    "title": "Linen shirt",
    "brand": "Nord",
    "category": "shirt",
    "price": "59.90",
    "currency": "EUR",
    "attributes": {"sizes": ["S", "M"], "organic": True, "weight": 0.2},
}


def files(*photos: bytes) -> list[File]:
    return [("images", (f"{place}.jpg", data, "image/jpeg")) for place, data in enumerate(photos)]


def add(client: TestClient, headers: Headers, *photos: bytes, **more: object) -> Any:
    data = {"product": json.dumps(SHIRT | more)}
    answer = client.post("/v1/products", data=data, files=files(*photos), headers=headers)
    assert answer.status_code == 202, answer.text
    return answer.json()
