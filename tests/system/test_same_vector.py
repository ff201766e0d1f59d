"""Indexing and searching make the same vector of the same bytes, with the shipped weights."""

from __future__ import annotations

import numpy as np
from sqlalchemy import select

from tests.worlds.factories import photo, product_with_photos
from vitrine import wiring
from vitrine.core.settings import Settings
from vitrine.services import search
from vitrine.services.jobs.monitor import alone, unfinished
from vitrine.services.search import SearchRequest
from vitrine.tables.catalog import CropEmbedding


def test_the_same_bytes_by_index_and_by_query_give_the_same_vector(settings: Settings) -> None:
    data = photo("blue", seed=3, size=(300, 400))
    with wiring.running_here(settings) as runtime:
        with runtime.sessions.write() as session:
            product, job = product_with_photos(session, runtime.ports, "A", data)
        while unfinished(runtime.sessions, alone(job)):
            pass
        with runtime.sessions.read() as session:
            stored = session.scalars(select(CropEmbedding)).one()
        queried = runtime.ports.vision.analyze([data])[0].detections[0].embedding
        collection = runtime.ports.vision.versions.collection
        published = runtime.ports.vectors.get(collection, [product.id])[product.id]
        answer = search.search(runtime.search_engine, SearchRequest(photo=data))
    assert queried is not None
    # Jobs run graphs on one core and people on all, which sums in another order.
    assert np.allclose(stored.vector, queried, atol=1e-6)
    assert np.allclose(published, queried, atol=1e-6)
    assert (answer.hits[0].score or 0) > 0.99999
    assert f"{stored.space.encoder}__{stored.space.preprocess}" == collection
