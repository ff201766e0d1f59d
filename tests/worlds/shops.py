"""Small shops of the embedded shape that run for real, with models that are made in no time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import func, select

from tests.worlds.factories import photo, product_with_photos
from tests.worlds.waiting import eventually
from vitrine import schema
from vitrine.core.settings import Settings
from vitrine.db import make_engine
from vitrine.services import search
from vitrine.services.search.request import SearchRequest
from vitrine.tables.jobs import QUEUED, RUNNING, Job
from vitrine.wiring import Runtime

COLOURS = ("red", "green", "blue")


def tiny(folder: Path, **parts: object) -> Settings:
    """The settings of a shop in that folder; `parts` are further groups of settings."""
    given = {
        "data_dir": folder,
        "vision": {"encoder": "tiny", "detector": None},
        "queue": {"sweep_every": 0.1},
    }
    return Settings.model_validate(given | parts)


def migrated(settings: Settings) -> Settings:
    """The same settings, their database brought to the present revision."""
    engine = make_engine(settings)
    schema.upgrade(engine)
    engine.dispose()
    return settings


def fill(runtime: Runtime, colours: Sequence[str] = COLOURS) -> None:
    """Add a product with a photo of each colour, and wait until all are indexed."""
    for colour in colours:
        with runtime.sessions.write() as session:
            product_with_photos(session, runtime.ports, colour, photo(colour))
    until_idle(runtime)


def until_idle(runtime: Runtime) -> None:
    """Wait until no job is queued or running; raises AssertionError if some still are."""
    left = select(func.count()).select_from(Job).where(Job.status.in_((QUEUED, RUNNING)))

    def idle() -> bool:
        with runtime.sessions.read() as session:
            return not session.scalar(left)

    eventually(idle, "jobs are left")


def answers(
    runtime: Runtime, colours: Sequence[str] = COLOURS
) -> list[list[tuple[str, float | None]]]:
    """What searches by words and by photo find for each colour, with their scores."""
    asked = [SearchRequest(text=colour) for colour in colours]
    asked += [SearchRequest(photo=photo(colour, seed=9)) for colour in colours]
    found = [search.search(runtime.search_engine, each) for each in asked]
    return [[(hit.product.external_id, hit.score) for hit in answer.hits] for answer in found]
