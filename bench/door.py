"""The public door under load: visitors at their limits, and whether anybody else starves.

    .venv/bin/python -m bench.door [--visitors 20] [--seconds 60] [--products 5000]

starts `vitrine serve` with the shipped models and rates, behind a proxy that it trusts, so that
each visitor has an address. They look around as people do: words, photos, products, similar ones,
thumbnails, events. Who is told 429 waits as long as Retry-After says; every tenth is greedy, asks
on at once and without a pause. A person of the staff lists, searches by words and by photo, and
looks at the health, before and meanwhile. One JSON line; exit code 1 where a refusal was without
Retry-After, who waited for it was refused again, a visitor got more than their rate, or the staff
were refused.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.serving import Ask, Line, Server, form, get, post, serving
from bench.stock import Stock, analysed, stocked
from vitrine.core.settings import Settings

SHOP = "https://shop.example"
PAUSE = 1.0
"""Seconds between two looks of a visitor who is not greedy."""

GREEDY = 10
"""One of so many visitors is."""

WORDS = ("red dress", "leather bag", "blue jeans", "white shirt", "warm coat", "asdfgh")
SHOWN = 8
"""Thumbnails that are looked at of an answer."""

PHOTOS = 12
BEFORE = 15.0
"""Seconds in which the staff are measured alone."""


@dataclass(frozen=True)
class Open(Stock):
    """A catalogue whose server has the rates and gates that ship, behind a proxy on loopback."""

    @property
    def settings(self) -> Settings:
        """The settings of that server."""
        api = {"trusted_proxies": "127.0.0.1"}
        return Settings.model_validate(
            {"data_dir": self.folder, "log_level": "WARNING", "api": api}
        )


@dataclass
class Told:
    """What came back, by kind: seconds of the good answers, and how many of each status."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[str] = field(default_factory=Counter)
    silent: int = 0
    again: int = 0
    waits: list[int] = field(default_factory=list)
    granted: list[int] = field(default_factory=list)

    def add(self, other: Told) -> None:
        """Put another one's answers beside these."""
        for kind, spent in other.seconds.items():
            self.seconds[kind] += spent
        self.statuses += other.statuses
        self.silent += other.silent
        self.again += other.again
        self.waits += other.waits
        self.granted += other.granted

    def figures(self) -> dict[str, Any]:
        """Milliseconds of half and of 19 of 20 good answers, by kind."""
        return {
            kind: {
                "answers": len(spent),
                "p50": round(float(np.percentile(spent, 50)) * 1000),
                "p95": round(float(np.percentile(spent, 95)) * 1000),
            }
            for kind, spent in sorted(self.seconds.items())
        }


class Visitor:
    """One visitor: an address, a key, and what they do next."""

    def __init__(self, server: Server, key: str, number: int, photos: Sequence[bytes]) -> None:
        self.told = Told()
        self._line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        address = f"198.51.{number // 250}.{number % 250 + 1}"
        self._headers = {"X-Vitrine-Key": key, "Origin": SHOP, "X-Forwarded-For": address}
        self._greedy = number % GREEDY == GREEDY - 1
        self._photos = photos
        self._number = number
        self._counted = 0
        self._waited = False

    def look_around(self, until: float) -> Told:
        """Do one thing after the other until then."""
        for kind, what in self._things():
            if time.monotonic() >= until:
                break
            found = self._ask(kind, what, until)
            for hit in (found or {}).get("hits", [])[:SHOWN]:
                if hit["picture"]:
                    self._ask("picture", get(f"{hit['picture']['url']}&size=160"), until)
            if not self._greedy:
                # A person looks at what came.
                time.sleep(max(0.0, min(PAUSE, until - time.monotonic())))
        self.told.granted.append(self._counted)
        return self.told

    def _things(self) -> Iterator[tuple[str, Ask]]:
        place = self._number
        while True:
            place += 1
            text, photo = WORDS[place % len(WORDS)], self._photos[place % len(self._photos)]
            yield "words", post("/v1/shop/search", text=text, limit=24, visit="visit-of-bench")
            yield "photo", form("/v1/shop/search", photo, limit="24")
            yield "browse", post("/v1/shop/search", filters={"price": {"max": 80}}, limit=24)
            yield "settings", get("/v1/shop/settings")
            if self._seen:
                yield "product", get(f"/v1/shop/product?product_id={self._seen}")
                yield "similar", get(f"/v1/shop/similar?product_id={self._seen}")
                clicked = {"type": "click", "product_id": self._seen}
                yield "events", post("/v1/shop/events", events=[clicked])

    _seen = ""

    def _ask(self, kind: str, what: Ask, until: float) -> Any:
        """The JSON of a good answer, None for another; waits as a refusal says."""
        status, data, retry, spent = self._sent(what)
        self.told.statuses[f"{kind} {status}"] += 1
        if status in (429, 503):
            self._refused(kind, status, retry, until)
            return None
        if not 200 <= status < 300:
            return None
        self._waited = False
        self._counted += kind != "picture"
        self.told.seconds[kind].append(spent)
        if kind == "picture":
            return None
        found = json.loads(data)
        for hit in found.get("hits", [])[:1]:
            self._seen = hit["product"]["id"]
        return found

    def _refused(self, kind: str, status: int, retry: str | None, until: float) -> None:
        if retry is None:
            self.told.silent += 1
            return
        if status == 429 and kind != "picture":
            self.told.again += self._waited and kind != "photo"
            self.told.waits.append(int(retry))
        if not self._greedy:
            # Whoever is told to wait does: that is what is measured.
            time.sleep(max(0.0, min(int(retry), until - time.monotonic())))
            self._waited = status == 429 and kind not in ("picture", "photo")

    def _sent(self, what: Ask) -> tuple[int, bytes, str | None, float]:
        method, path, body, media_type = what
        headers = self._headers | ({"Content-Type": media_type} if body else {})
        begun = time.perf_counter()
        try:
            self._line.request(method, path, body, headers)
            answer = self._line.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException):
            self._line.close()  # the next request opens it anew
            return 0, b"", None, 0.0
        return answer.status, data, answer.getheader("Retry-After"), time.perf_counter() - begun


class Staff:
    """One person at work, who asks one thing a second."""

    def __init__(self, server: Server, photo: bytes) -> None:
        self._line = server.line()
        self._asks: dict[str, Ask] = {
            "list": get("/v1/products?limit=50"),
            "words": post("/v1/search", text="red dress"),
            "photo": form("/v1/search", photo),
            "health": get("/v1/health"),
        }

    def work(self, until: Callable[[], bool]) -> Told:
        """Ask in turn until then; a refusal is counted by what it says."""
        told = Told()
        while not until():
            for kind, what in self._asks.items():
                begun = time.perf_counter()
                try:
                    self._line.ask(what)
                except RuntimeError as refused:
                    told.statuses[f"{kind} {str(refused).partition(': ')[2][:3]}"] += 1
                else:
                    told.seconds[kind].append(time.perf_counter() - begun)
                time.sleep(0.25)  # a person's pace
        return told


def main() -> int:
    """Try it and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--products", type=int, default=5_000)
    asked = parser.parse_args()
    stock = stocked(asked.products)
    photos = [each.photo for each in analysed()[:PHOTOS]]
    opened = Open(stock.folder, stock.products, stock.collection, stock.seconds)
    with serving(opened) as server:
        told = _tried(server, asked.visitors, asked.seconds, photos)
    print(json.dumps(told))
    return int(not told["fair"])


def _tried(
    server: Server, visitors: int, seconds: float, photos: Sequence[bytes]
) -> dict[str, Any]:
    line = Line(server.port, server.token)
    asked = {"name": "bench", "origins": [SHOP], "filters": {}}
    key = line.ask(post("/v1/publishable-keys", **asked))
    line.close()
    staff, ended = Staff(server, photos[0]), threading.Event()
    idle_until = time.monotonic() + BEFORE
    alone = staff.work(lambda: time.monotonic() >= idle_until)
    everybody = Told()
    with ThreadPoolExecutor(visitors + 1) as pool:
        beside = pool.submit(staff.work, ended.is_set)
        until = time.monotonic() + seconds
        crowd = [Visitor(server, key["key"], number, photos) for number in range(visitors)]
        try:
            for told in pool.map(lambda each: each.look_around(until), crowd):
                everybody.add(told)
        finally:
            ended.set()
        busy = beside.result()
    # A window that slides counts a share of the minute before, so a minute has the rate at most.
    most = key["per_visitor"] * (1 + seconds / 60)
    good = not everybody.silent and not everybody.again and not busy.statuses
    return {
        "visitors": visitors,
        "seconds": seconds,
        "by_kind": everybody.figures(),
        "statuses": dict(sorted(everybody.statuses.items())),
        "granted_most": max(everybody.granted),
        "retry_after": [min(everybody.waits, default=0), max(everybody.waits, default=0)],
        "refused_without_retry_after": everybody.silent,
        "refused_again_after_waiting": everybody.again,
        "staff_alone": alone.figures(),
        "staff_beside": busy.figures(),
        "staff_refused": dict(busy.statuses),
        "fair": good and max(everybody.granted) <= most,
    }


if __name__ == "__main__":
    sys.exit(main())
