"""Looks at a photo before anybody asks: whoever uploads one to search with will."""

from __future__ import annotations

from vitrine.services.search import context, detected
from vitrine.services.search.engine import SearchEngine


def foresee(engine: SearchEngine, photo: bytes) -> None:
    """Begin to look at a photo on a thread that nobody waits for, unless one looks at another."""
    sights = engine.cache.sights

    def look() -> None:
        with engine.sessions.read() as session:
            vision = context.vision_of(engine, session)
        detected.detect(sights, vision, photo)

    sights.foresee(look)
