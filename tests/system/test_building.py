"""A build whose process is killed by the system: what was there stays, and it goes on."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.worlds import graphs
from tests.worlds.factories import photo, product_with_photos
from tests.worlds.programs import environment_of, started
from tests.worlds.shops import COLOURS, answers, fill, migrated, tiny
from vitrine import wiring
from vitrine.core.settings import Settings
from vitrine.db import Sessions
from vitrine.services import models, promotion
from vitrine.services.models import store
from vitrine.tables.catalog import CropEmbedding, Product
from vitrine.tables.models import BUILDING, READY
from vitrine.wiring import Runtime

NAME = "turned-1__p1-m150-reflect-64"
PRODUCTS = 20
"""More than one step of a build, so that it is seen at work."""


Answers = list[list[tuple[str, float | None]]]


@pytest.fixture
def shop(tmp_path: Path) -> tuple[Settings, Answers]:
    """A shop of indexed products, closed, whose store holds another encoder; what it answers."""
    made = tiny(tmp_path / "data")
    graphs.write_encoder(made.data_dir / "models")
    with wiring.running_here(migrated(made)) as runtime:
        with runtime.sessions.write() as session:
            store.add(session, runtime.ports.blobs, graphs.write_turned(tmp_path / "made"))
            for number in range(PRODUCTS - len(COLOURS)):
                data = photo(COLOURS[number % 3], seed=number)
                product_with_photos(session, runtime.ports, f"P{number}", data)
        fill(runtime)
        return made, answers(runtime)


@pytest.mark.timeout(180)
def test_a_build_that_is_killed_loses_nothing_and_goes_on(
    shop: tuple[Settings, Answers], tmp_path: Path
) -> None:
    settings, before = shop
    building = [sys.executable, "-m", "vitrine", "models", "build", "turned-1"]
    environment = os.environ | environment_of(settings)
    with wiring.stored(settings) as sessions:
        with started(building, tmp_path, env=environment) as program:
            program.wait_for(lambda: _embedded(sessions) > 0)
            program.stop(signal.SIGKILL)
        with sessions.read() as session:
            assert models.get(session, NAME).state == BUILDING
        kept = _embedded(sessions)
        with started(building, tmp_path, env=environment) as program:
            assert program.process.wait(90) == 0, program.log.read_text()
        assert kept > 0
        assert _embedded(sessions) == PRODUCTS
    with wiring.running_here(settings) as runtime:
        assert answers(runtime) == before
        _whole(runtime)


def _embedded(sessions: Sessions) -> int:
    """How many crops are in the space that is built."""
    with sessions.read() as session:
        counted = Counter(session.scalars(select(CropEmbedding.model_version)))
    return counted["turned-1"]


def _whole(runtime: Runtime) -> None:
    with runtime.sessions.read() as session:
        standing = promotion.standing(session, models.get(session, NAME))
        products = set(session.scalars(select(Product.id)))
    assert (standing.collection.state, standing.lacking) == (READY, 0)
    assert runtime.ports.vectors.ids(NAME) == products
