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
    "photos": 24,
    "shop": 16,
    "shop_searches": 16,
    "shop_photos": 16,
    "streams": 4,
    "health": 4,
}
"""How many threads each lane has; those of searches where they ask others than this process."""

OF_SEARCHES = {"slow": ("searches", "photos"), "shop": ("shop_searches", "shop_photos")}
"""The lanes of searches beside each lane of all else that is slow: those with a photo have one of
their own, for words shall not wait until models have looked."""

Answer = TypeVar("Answer")

_limiters: RunVar[dict[str, CapacityLimiter]] = RunVar("vitrine_lanes")


class Asked(Protocol):
    """What a search was asked, by whichever door."""

    @property
    def has_photo(self) -> bool:
        """Whether it was asked with a photo."""


async def run(lane: str, call: Callable[[], Answer]) -> Answer:
    """What the call answers, from a thread of this lane."""
    return await to_thread.run_sync(call, limiter=_limiter(lane))


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
            if named.get("prefer"):  # a job is written, which may wait for whoever writes
                return await run(lane, call)
            form: Asked | None = named.get("form")
            names = OF_SEARCHES[lane]
            words, photos = map(_limiter, names)
            widths = threads_of(lane, named["runtime"].settings, photos.borrowed_tokens > 0)
            words.total_tokens, photos.total_tokens = widths
            return await run(names[form is not None and form.has_photo], call)

    return search


def threads_of(lane: str, settings: Settings, with_photos: bool) -> tuple[int, int]:
    """How many threads the two lanes of searches have beside this lane, where some search with
    photos or nobody does.

    Those that ask nothing outside of this process would only take the interpreter from each other
    if they were many: one more than models answer at once, but two more of those without a photo
    while there are any with one, which else had most of it.
    """
    kinds, most = (settings.vision.kind, settings.vectors.kind, settings.blobs.kind), THREADS[lane]
    if {"server", "s3"} & set(kinds) or not settings.database_url.startswith("sqlite"):
        return most, most
    models = runs_at_once(settings.vision.threads)
    return min(models + (2 if with_photos else 1), most), min(models + 1, most)


def _limiter(lane: str) -> CapacityLimiter:
    # One of each for every event loop, as the framework has its own.
    found = _limiters.get(None)
    if found is None:
        found = {name: CapacityLimiter(threads) for name, threads in THREADS.items()}
        _limiters.set(found)
    return found[lane]
