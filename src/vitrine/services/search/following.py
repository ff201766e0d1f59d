"""Following a cutover: a process searches what it holds until it holds what is searched now.

So no search waits for a model to be loaded or a catalogue to be read: the earlier collection is
kept in step, and answers meanwhile. Each search keeps to one collection from beginning to end.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import structlog
from sqlalchemy.orm import Session

from vitrine.kept import kept
from vitrine.services import models
from vitrine.services.search.engine import SearchEngine
from vitrine.tables.models import STANDBY, Collection

AGAIN = 15.0
"""Seconds until what could not be loaded is tried again."""

log = structlog.get_logger()


def chosen(engine: SearchEngine, session: Session) -> Collection:
    """What this process searches now; raises Conflict before anything is.

    It is the active collection, unless this process holds only the one before: then that, for as
    long as the active one is loaded on a thread of its own.
    """
    live = kept(session, "live collections", lambda: models.live(session))
    active = live[0] if live and live[0].active else models.searched(session)
    cache, retriever = engine.cache, engine.retriever
    _forget(engine, active, live)
    if retriever.is_warm(active.name):
        return active
    earlier = [each for each in live if each.state == STANDBY and retriever.is_warm(each.name)]
    if not earlier:
        return active
    if cache.begins(active.name, time.monotonic(), AGAIN):
        name = f"warming-{active.name}"
        threading.Thread(target=_warmed, args=(engine, active), name=name, daemon=True).start()
    return max(earlier, key=_latest)


def warm(engine: SearchEngine, collection: Collection) -> None:
    """Load the collection's models and read its products, so that no search waits for either."""
    vision = engine.ports.vision_of(collection.versions)
    vision.embed_texts(["warm up"])
    with engine.sessions.read() as session:
        engine.retriever.warm(session, collection)


def _warmed(engine: SearchEngine, collection: Collection) -> None:
    try:
        warm(engine, collection)
    except Exception:  # whatever it was, the earlier collection answers until the next try
        log.exception("not warm yet", collection=collection.name)


def _latest(collection: Collection) -> float:
    return 0.0 if collection.activated_at is None else collection.activated_at.timestamp()


def _forget(engine: SearchEngine, active: Collection, live: Sequence[Collection]) -> None:
    """Let go what belongs to collections that are no more, and what nobody asks for."""
    engine.retriever.forget(active.name, {each.name for each in live})
    if engine.ports.visions is not None:
        kept = {each.model_version for each in live} | {each.detector for each in live}
        engine.ports.visions.keep(kept)
