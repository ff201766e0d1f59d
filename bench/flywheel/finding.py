"""How many errors the queue finds in its first items, against a random order."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import httpx
import numpy as np

from bench.flywheel.catalogue import World
from bench.flywheel.reviewer import Answered, review
from tests.worlds.engines import vitrine_in
from tests.worlds.kills import EMAIL, PASSWORD
from vitrine import wiring
from vitrine.cli.accounts import make_admin
from vitrine.core.settings import Settings

ITEMS = 300
PATIENCE = 60.0
RESTED, FILLING = 60.0, 600.0
"""Seconds after which a queue that follows nothing more is whole, and that it may take at most."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Products that were wrong among the first `items`; `low` and `high` bound 95 % of random
    orders, `doubts` tells by kind how many items had it and how many of these were wrong."""

    items: int
    found: int
    random: float
    low: float
    high: float
    sampled: int
    sampled_found: int
    by_error: dict[str, tuple[int, int]]
    doubts: dict[str, tuple[int, int]]

    @property
    def ratio(self) -> float:
        """How many times as many as in a random order."""
        return self.found / self.random

    def told(self) -> dict[str, object]:
        """All of it, for JSON."""
        return asdict(self) | {"ratio": round(self.ratio, 2)}


def find(client: httpx.Client, world: World, items: int = ITEMS) -> tuple[Finding, set[str]]:
    """Have the scripted reviewer answer the first items of the queue, and who they were."""
    _until_filled(client)
    answered = list(review(client, world.truths, items))
    return _finding(world, answered), {each.external_id for each in answered}


@contextmanager
def serving(world: World) -> Iterator[httpx.Client]:
    """`vitrine serve` on the world's data folder, and a client that is signed in."""
    rates = {"per_address": 0, "per_user": 0, "pictures": 0}
    settings = Settings.model_validate({"data_dir": world.data, "rates": rates})
    with wiring.stored(settings) as sessions:
        make_admin(sessions, EMAIL, PASSWORD)
    engine = vitrine_in(world.data, settings, "serve", health="/v1/health")
    with (
        engine.running(),
        httpx.Client(base_url=f"http://127.0.0.1:{engine.port}", timeout=PATIENCE) as client,
    ):
        body = {"email": EMAIL, "password": PASSWORD}
        token = client.post("/v1/auth/sign-in", json=body).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def _until_filled(client: httpx.Client) -> None:
    """Wait until the queue has followed all that changed: a job does, or one did before."""
    began = time.monotonic()
    first = _newest(client)
    while time.monotonic() < began + FILLING:
        now, waited = _newest(client), time.monotonic() - began
        fresh = now is not None and (first is None or now["id"] != first["id"])
        if now and now["status"] == "succeeded" and (fresh or waited > RESTED):
            return
        time.sleep(1.0)  # the job runs elsewhere, and only asking tells of it
    raise RuntimeError(f"the queue was not filled in {FILLING:.0f} s: {now}")


def _newest(client: httpx.Client) -> dict[str, Any] | None:
    asked = client.get("/v1/jobs", params={"kind": "doubts", "limit": 1})
    jobs: list[dict[str, Any]] = asked.raise_for_status().json()["jobs"]
    return jobs[0] if jobs else None


def _finding(world: World, answered: Sequence[Answered]) -> Finding:
    wrong, count = world.wrong, len(answered)
    drawn = np.random.default_rng(0).hypergeometric(
        len(wrong), len(world.truths) - len(wrong), count, 10_000
    )
    low, high = np.percentile(drawn, (2.5, 97.5))
    names = [each.external_id for each in answered]
    seen = Counter(what for name in names for what in wrong.get(name, ()))
    return Finding(
        items=count,
        found=sum(name in wrong for name in names),
        random=count * len(wrong) / len(world.truths),
        low=float(low),
        high=float(high),
        sampled=sum(each.sampled for each in answered),
        sampled_found=sum(each.sampled and each.external_id in wrong for each in answered),
        by_error={what: (seen[what], total) for what, total in world.counts().items()},
        doubts=_doubts(world, answered),
    )


def _doubts(world: World, answered: Sequence[Answered]) -> dict[str, tuple[int, int]]:
    kinds = sorted({kind for each in answered for kind in each.doubts})
    having = {kind: [each for each in answered if kind in each.doubts] for kind in kinds}
    return {
        kind: (len(some), sum(each.external_id in world.wrong for each in some))
        for kind, some in having.items()
    }
