"""Threads by what they may have to wait for, so that one slow part never holds them all.

Handlers run on the threads that the framework shares out, and those that ask a slow part on some of
their own. Searches have a lane of theirs, so that no crowd of them holds up an upload or a picture;
event streams and health have a few threads for themselves as well.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from inspect import iscoroutinefunction
from typing import Any, Protocol, TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

from vitrine.core.priority import answering, runs_at_once
from vitrine.core.settings import Settings

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

THREADS = {
    "slow": 24,
    "searches": 24,
    "shop": 16,
    "shop_searches": 16,
    "streams": 4,
    "health": 4,
}
"""How many threads each lane has. Searches with a photo are in the lanes of all else that is slow:
their gate lets in a few (`admission`), and words shall not wait until models have looked."""

OF_SEARCHES = {"slow": "searches", "shop": "shop_searches"}
"""The lane of searches beside each lane of all else that is slow."""

BESIDE_MODELS = 2
"""Threads of a lane of searches that ask nothing outside of this process, beside as many as its
models answer at once: more would only wait for the interpreter, and take it from each other."""

Answer = TypeVar("Answer")

_limiters: RunVar[dict[tuple[str, int], CapacityLimiter]] = RunVar("vitrine_lanes")


class Asked(Protocol):
    """What a search was asked, by whichever door."""

    @property
    def has_photo(self) -> bool:
        """Whether it was asked with a photo."""


async def run(lane: str, call: Callable[[], Answer], threads: int = 0) -> Answer:
    """What the call answers, from a thread of this lane, which has so many, or the usual number."""
    return await to_thread.run_sync(call, limiter=_limiter(lane, threads or THREADS[lane]))


def laned(name: str, endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """The handler of the route of that name, moved to the lane of slow ones it belongs to."""
    lane = "shop" if name in FOR_VISITORS else "slow" if name in SLOW else ""
    if not lane or iscoroutinefunction(endpoint):
        return endpoint

    if name not in ANSWERED_FIRST:

        @wraps(endpoint)
        async def slow(*given: Any, **named: Any) -> Any:
            return await run(lane, partial(endpoint, *given, **named))

        return slow

    @wraps(endpoint)
    async def search(*given: Any, **named: Any) -> Any:
        call = partial(endpoint, *given, **named)
        with answering():
            if _is_long(**named):
                return await run(lane, call)
            of_searches = OF_SEARCHES[lane]
            return await run(of_searches, call, threads_of(of_searches, named["runtime"].settings))

    return search


def threads_of(lane: str, settings: Settings) -> int:
    """How many threads a lane of searches has with these settings."""
    elsewhere = "server" in (settings.vision.kind, settings.vectors.kind)
    if elsewhere or not settings.database_url.startswith("sqlite"):
        return THREADS[lane]
    return min(runs_at_once(settings.vision.threads) + BESIDE_MODELS, THREADS[lane])


def _is_long(form: Asked | None = None, prefer: str = "", **_: Any) -> bool:
    """Whether a search has models look at a photo, or waits to write down a job."""
    return bool(prefer) or (form is not None and form.has_photo)


def _limiter(lane: str, threads: int) -> CapacityLimiter:
    # One of each for every event loop, as the framework has its own.
    limiters = _limiters.get({})
    _limiters.set(limiters)
    key = lane, threads
    if key not in limiters:
        limiters[key] = CapacityLimiter(threads)
    return limiters[key]
