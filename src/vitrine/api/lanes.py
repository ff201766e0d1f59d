"""Threads by what they may have to wait for, so that one slow part never holds them all.

Handlers run on the threads that the framework shares out, and those that ask a slow part on some of
their own. Event streams and health have a few for themselves as well.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial, wraps
from inspect import iscoroutinefunction
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

from vitrine.core.priority import answering

SLOW = frozenset(
    {
        "add_images",
        "add_upload",
        "answer_review",
        "answer_reviews",
        "create_product",
        "detect",
        "lease_review",
        "prolong_review",
        "search",
        "show_image",
        "show_import_errors",
        "show_media",
        "show_review_item",
        "show_thumbnail",
        "show_training_report",
        "similar_products",
        "start_import",
        "undo_review",
    }
)
"""The routes that ask a part which may be slow: the models, the store of photos, the index."""

FOR_VISITORS = frozenset(
    {
        "shop_detect",
        "shop_look",
        "shop_look_photo",
        "shop_picture",
        "shop_search",
        "shop_similar",
    }
)
"""Those of them that are open to shoppers, who have threads of their own."""

ANSWERED_FIRST = frozenset(
    {
        "detect",
        "search",
        "shop_detect",
        "shop_look",
        "shop_look_photo",
        "shop_search",
        "shop_similar",
        "similar_products",
    }
)
"""The searches among both: jobs begin no run of a model while one is answered."""

THREADS = {"slow": 24, "shop": 16, "streams": 4, "health": 4}
"""How many threads each lane has."""

Answer = TypeVar("Answer")

_limiters: RunVar[dict[str, CapacityLimiter]] = RunVar("vitrine_lanes")


async def run(lane: str, call: Callable[[], Answer]) -> Answer:
    """What the call answers, from a thread of this lane."""
    return await to_thread.run_sync(call, limiter=_limiter(lane))


def laned(name: str, endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """The handler of the route of that name, moved to the lane of slow ones it belongs to."""
    lane = "shop" if name in FOR_VISITORS else "slow" if name in SLOW else ""
    if not lane or iscoroutinefunction(endpoint):
        return endpoint

    first = answering if name in ANSWERED_FIRST else nullcontext

    @wraps(endpoint)
    async def slow(*given: Any, **named: Any) -> Any:
        with first():
            return await run(lane, partial(endpoint, *given, **named))

    return slow


def _limiter(lane: str) -> CapacityLimiter:
    # One of each for every event loop, as the framework has its own.
    found = _limiters.get(None)
    if found is None:
        found = {name: CapacityLimiter(threads) for name, threads in THREADS.items()}
        _limiters.set(found)
    return found[lane]
