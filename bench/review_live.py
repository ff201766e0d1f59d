"""How soon searches answer by what a reviewer corrected, on the shipped models.

    .venv/bin/python -m bench.review_live ../shared/data/garments --products 20 --busy 40

Starts `vitrine serve` on a fresh folder with a product for each of the first photos of the folder.
A reviewer draws a new box on each and makes it the primary crop, while `--busy` more photos wait to
be indexed; then the answer is undone. Seconds from submitting until a search shows the new box, and
the old one again. One JSON line; exit code 1 where one took over 2 seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from tests.worlds.kills import EMAIL, PASSWORD
from tests.worlds.programs import answers, free_port, started
from tests.worlds.waiting import eventually
from vitrine import schema
from vitrine.cli.accounts import make_admin
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine

BAR = 2.0
LONG = 600.0
PHOTOS = (".jpg", ".jpeg", ".png", ".webp")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", type=Path, help="folder with photos")
    parser.add_argument("--products", type=int, default=20)
    parser.add_argument("--busy", type=int, default=0, help="photos that wait to be indexed")
    asked = parser.parse_args()
    every = (path for path in sorted(asked.photos.rglob("*")) if path.suffix.lower() in PHOTOS)
    found = [path for path, _ in zip(every, range(asked.products + asked.busy), strict=False)]
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), rates={"per_address": 0, "per_user": 0})
        _prepare(settings)
        port = free_port()
        command = [sys.executable, "-m", "vitrine", "serve", "--port", str(port)]
        quiet = {"VITRINE_LOG_LEVEL": "WARNING", "VITRINE_DATA_DIR": folder}
        quiet |= {"VITRINE_RATES__PER_ADDRESS": "0", "VITRINE_RATES__PER_USER": "0"}
        with started(command, Path(folder), env=os.environ | quiet) as server:
            url = f"http://127.0.0.1:{port}"
            server.wait_for(lambda: answers(f"{url}/v1/health"))
            told = _measured(url, found[: asked.products], found[asked.products :])
    print(json.dumps(told))
    return int(max(told["slowest"], told["slowest_undo"]) > BAR)


def _prepare(settings: Settings) -> None:
    engine = make_engine(settings)
    schema.upgrade(engine)
    make_admin(Sessions(engine), EMAIL, PASSWORD)
    engine.dispose()


def _measured(url: str, photos: Sequence[Path], busy: Sequence[Path]) -> dict[str, Any]:
    with httpx.Client(base_url=url, timeout=60) as client:
        signed = client.post("/v1/auth/sign-in", json={"email": EMAIL, "password": PASSWORD})
        client.headers["Authorization"] = (
            f"Bearer {signed.raise_for_status().json()['access_token']}"
        )
        ids = [_added(client, photo) for photo in photos]
        for product_id in ids:
            _wait(partial(_searchable, client, product_id))
        for photo in busy:
            _added(client, photo)
        times = [_corrected(client, product_id) for product_id in ids]
        waiting = client.get("/v1/jobs", params={"status": "queued", "limit": 200}).json()["jobs"]
    there, back = zip(*times, strict=True)
    return {
        "products": len(ids),
        "median": round(statistics.median(there), 3),
        "slowest": round(max(there), 3),
        "median_undo": round(statistics.median(back), 3),
        "slowest_undo": round(max(back), 3),
        "jobs_still_waiting": len(waiting),
    }


def _searchable(client: httpx.Client, product_id: str) -> bool:
    return _shown(client, product_id) is not None


def _added(client: httpx.Client, photo: Path) -> str:
    told = json.dumps({"external_id": photo.stem, "title": f"Item {photo.stem}"})
    files = {"images": (photo.name, photo.read_bytes())}
    answer = client.post("/v1/products", data={"product": told}, files=files).raise_for_status()
    return str(answer.json()["product"]["id"])


def _corrected(client: httpx.Client, product_id: str) -> tuple[float, float]:
    """Seconds until a search shows the box that was drawn, and until it shows the old one again."""
    leased = client.post("/v1/review/lease", json={"count": 1, "product_ids": [product_id]})
    [item] = leased.raise_for_status().json()["items"]
    image = item["photos"][0]["image"]
    before = _shown(client, product_id)
    width, height = image["width"], image["height"]
    box = [round(width * 0.3), round(height * 0.35), round(width * 0.55), round(height * 0.6)]
    add = [{"key": "new", "image_id": image["id"], "box": box, "kind": "belt"}]
    changes = {"primary": "new", "boxes": {"add": add}}
    sent = {"version": item["version"], "outcome": "correct", "changes": changes}
    begun = time.monotonic()
    done = client.post(f"/v1/review/items/{item['id']}/answer", json=sent).raise_for_status()
    _wait(lambda: _shown(client, product_id) == box)
    there, begun = time.monotonic() - begun, time.monotonic()
    client.post(f"/v1/review/answers/{done.json()['answer_id']}/undo").raise_for_status()
    _wait(lambda: _shown(client, product_id) == before)
    return there, time.monotonic() - begun


def _shown(client: httpx.Client, product_id: str) -> list[float] | None:
    """The box that a search by its words shows of the product."""
    title = client.get(f"/v1/products/{product_id}").raise_for_status().json()["title"]
    answer = client.post("/v1/search", json={"text": title, "limit": 100}).raise_for_status()
    for hit in answer.json()["hits"]:
        if hit["product"]["id"] == product_id and hit["image"] is not None:
            return list(hit["image"]["box"])
    return None


def _wait(until: Callable[[], bool]) -> None:
    eventually(until, "searches did not follow", LONG)


if __name__ == "__main__":
    sys.exit(main())
