from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from tests.worlds import graphs
from tests.worlds.factories import photo, product_with_photos
from tests.worlds.fakes import FAKE, FakeVision, FakeVisions, ListQueue, MemoryBlobs
from vitrine.core.clock import now
from vitrine.core.groups import RetentionSettings
from vitrine.services import jobs, models, promotion
from vitrine.services.jobs import Order, kinds
from vitrine.services.models import store
from vitrine.tables.catalog import CropEmbedding
from vitrine.tables.models import RETIRED, Collection, ModelVersion
from vitrine.wiring import Runtime

LONG_AGO = now() - timedelta(days=30)
GREEN = replace(FAKE, encoder="tiny-1")


@pytest.fixture
def shop(runtime: Runtime, tmp_path: Path) -> Runtime:
    """A shop of one product in two collections, of which the second was made by a stored model."""
    visions = FakeVisions([FakeVision(), FakeVision(versions=GREEN)])
    runtime = replace(runtime, ports=replace(runtime.ports, visions=visions))
    with runtime.sessions.write() as session:
        store.add(session, runtime.ports.blobs, graphs.write_encoder(tmp_path))
        product_with_photos(session, runtime.ports, "P1", photo("red"))
        promotion.begin(session, runtime.ports.queue, GREEN)
    settle(runtime)
    return runtime


def settle(shop: Runtime) -> None:
    assert isinstance(shop.ports.queue, ListQueue)
    shop.ports.queue.run_all(shop.run_job)


def purge(shop: Runtime) -> None:
    with shop.sessions.write() as session:
        jobs.submit(session, shop.ports.queue, Order(kinds.Purge(policy=RetentionSettings())))
    settle(shop)


def embeddings(shop: Runtime) -> dict[str, int]:
    counted = select(CropEmbedding.model_version, func.count()).group_by(
        CropEmbedding.model_version
    )
    with shop.sessions.read() as session:
        return {row[0]: row[1] for row in session.execute(counted)}


def test_a_retired_collection_goes_with_its_vectors_and_its_model(shop: Runtime) -> None:
    blobs = shop.ports.blobs
    assert isinstance(blobs, MemoryBlobs)
    with shop.sessions.write() as session:
        promotion.retire(session, GREEN.collection)
    purge(shop)
    assert embeddings(shop) == {"fake-1": 1, "tiny-1": 1}, "not yet"
    with shop.sessions.write() as session:
        session.execute(update(Collection).where(~Collection.active).values(retired_at=LONG_AGO))
    purge(shop)
    assert embeddings(shop) == {"fake-1": 1}
    assert not [key for key in blobs.stored if key.startswith(store.FOLDER)]
    with shop.sessions.read() as session:
        assert [each.name for each in session.scalars(select(Collection))] == [FAKE.collection]
        assert models.model(session, "encoder", "tiny-1").status == RETIRED
    assert shop.ports.vectors.count(FAKE.collection) == 1


def test_what_another_collection_needs_stays(shop: Runtime) -> None:
    other = replace(GREEN, text_share=0.2)
    visions = FakeVisions([FakeVision(), FakeVision(versions=GREEN), FakeVision(versions=other)])
    shop = replace(shop, ports=replace(shop.ports, visions=visions))
    with shop.sessions.write() as session:
        promotion.begin(session, shop.ports.queue, other)
    settle(shop)
    with shop.sessions.write() as session:
        promotion.retire(session, GREEN.collection)
        session.execute(
            update(Collection).where(Collection.state == RETIRED).values(retired_at=LONG_AGO)
        )
    purge(shop)
    assert embeddings(shop) == {"fake-1": 1, "tiny-1": 1}, "the share has the same photos"
    with shop.sessions.read() as session:
        assert session.scalars(select(ModelVersion.files)).all()[-1]
        assert len(session.scalars(select(Collection)).all()) == 2


def test_a_way_back_that_nobody_takes_is_closed_after_a_while(shop: Runtime) -> None:
    with shop.sessions.write() as session:
        promotion.promote(session, shop.ports.queue, GREEN.collection)
    purge(shop)
    with shop.sessions.write() as session:
        assert models.standby(session) is not None
        session.execute(update(Collection).where(Collection.active).values(activated_at=LONG_AGO))
    purge(shop)
    with shop.sessions.read() as session:
        assert models.standby(session) is None
        assert models.get(session, FAKE.collection).state == RETIRED
