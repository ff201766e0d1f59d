from __future__ import annotations

from sqlalchemy import select

from vitrine.core.settings import Settings
from vitrine.db import Sessions
from vitrine.services import models
from vitrine.services.models import collections
from vitrine.tables.models import Collection, ModelVersion
from vitrine.vision.types import Versions

ONE, TWO = Versions("one-1", "p1", "none", 4), Versions("two-1", "p1", "none", 8)


def test_the_first_collection_is_active_and_registering_twice_adds_nothing(
    both_databases: tuple[Settings, Sessions],
) -> None:
    _, sessions = both_databases
    for versions in (ONE, ONE, TWO, TWO):
        with sessions.write() as session:
            models.register(session, versions)
    with sessions.read() as session:
        collections = session.scalars(select(Collection).order_by(Collection.id)).all()
        assert [(each.name, each.active) for each in collections] == [
            ("one-1__p1", True),
        ]
        assert len(session.scalars(select(ModelVersion)).all()) == 2


def test_a_row_another_process_added_first_is_used(sessions: Sessions) -> None:
    with sessions.write() as session:
        models.register(session, ONE)
    with sessions.write() as session:
        assert not collections._add(
            session,
            Collection(
                name="one-1__p1", model_version="one-1", preprocess_version="p1", dimension=4
            ),
        )
        assert models.collection_for(session, ONE).dimension == 4


def test_activating_moves_the_one_active_mark(sessions: Sessions) -> None:
    with sessions.write() as session:
        models.register(session, ONE)
        second = models.collection_for(session, TWO)
        models.activate(session, second)
    with sessions.read() as session:
        active = session.scalars(select(Collection).where(Collection.active)).all()
        assert [each.name for each in active] == ["two-1__p1"]
        assert active[0].activated_at is not None
