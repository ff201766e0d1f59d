"""A collection whose vectors hold a share of each product's words."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.worlds.factories import photo, unit_vectors
from tests.worlds.indexing import (
    UNIT,
    Reading,
    change,
    indexed,
    seen_whole,
    vector_of,
    with_vision,
)
from vitrine.adapters.exact import StoredVectors
from vitrine.core.errors import Conflict, Invalid
from vitrine.services import models, promotion, search
from vitrine.services.search.cache import refresh
from vitrine.services.search.request import SearchRequest
from vitrine.tables.vectors import blended
from vitrine.vision.tuning import Bars, Levels, Tuning, Tunings
from vitrine.vision.types import Vector
from vitrine.wiring import Runtime

SHARE = 0.2
SHIRT, JEANS, PHOTO = UNIT[0], UNIT[1], UNIT[3]


@pytest.fixture
def vision() -> Reading:
    """Sees one whole picture in every photo: no choice that words would be needed for."""
    return Reading(seen_whole(3))


@pytest.fixture
def shop(runtime: Runtime, vision: Reading) -> Runtime:
    return shared(runtime, vision, SHARE)


def shared(runtime: Runtime, vision: Reading, share: float) -> Runtime:
    """The shop with that share of words, its collection active."""
    vision.versions = replace(vision.versions, text_share=share)
    runtime = with_vision(runtime, vision)
    with runtime.sessions.write() as session:
        models.activate(session, models.collection_for(session, vision.versions))
    return runtime


def mixed(words: Vector) -> Vector:
    whole = 0.8 * PHOTO + 0.2 * words
    return np.asarray(whole / np.linalg.norm(whole), dtype=np.float32)


def everywhere(shop: Runtime, product_id: str) -> list[Vector]:
    """The product's vector in the index, in memory, and as a process without the index reads it."""
    name = shop.ports.vision.versions.collection
    with shop.sessions.read() as session:
        collection = models.searched(session)
        snapshot = refresh.current(session, shop.cache, collection)
        alive = map(int, np.flatnonzero(snapshot.alive))
        [row] = [row for row in alive if snapshot.ids[row] == product_id]
        held = snapshot.vectors[row].copy()
    stored = vector_of(shop, product_id, name)
    assert stored is not None
    return [stored, held, StoredVectors(shop.sessions).get(name, [product_id])[product_id]]


def test_the_share_is_part_of_the_collections_name(shop: Runtime) -> None:
    assert shop.ports.vision.versions.collection == "steered-1__p1__t200"


def test_every_road_to_a_vector_holds_the_same_share_of_words(shop: Runtime) -> None:
    product, job = indexed(shop, "A", photo())
    assert job.status == "succeeded"
    product = change(shop, product, title="shirt")
    for vector in everywhere(shop, product.id):
        assert vector == pytest.approx(mixed(SHIRT), abs=1e-6)


def test_new_words_move_the_vector_and_run_no_picture(shop: Runtime, vision: Reading) -> None:
    product = change(shop, indexed(shop, "A", photo())[0], title="shirt")
    everywhere(shop, product.id)
    calls = vision.calls
    change(shop, product, title="jeans")
    assert vision.calls == calls
    for vector in everywhere(shop, product.id):
        assert vector == pytest.approx(mixed(JEANS), abs=1e-6)
    change(shop, product, price=Decimal(5))
    for vector in everywhere(shop, product.id):
        assert vector == pytest.approx(mixed(JEANS), abs=1e-6)


def test_a_product_that_asks_and_a_photo_that_asks_are_photos_alone(shop: Runtime) -> None:
    one = change(shop, indexed(shop, "A", photo())[0], title="shirt")
    change(shop, indexed(shop, "BB", photo(seed=2))[0], title="shirt")
    [hit] = search.search(shop.search_engine, SearchRequest(product_id=one.id)).hits
    assert hit.score == pytest.approx(float(PHOTO @ mixed(SHIRT)), abs=1e-4)


def test_another_share_is_another_collection_built_from_words_alone(
    runtime: Runtime, vision: Reading
) -> None:
    shop = shared(runtime, vision, 0.0)
    product = change(shop, indexed(shop, "A", photo())[0], title="shirt")
    assert everywhere(shop, product.id)[0] == pytest.approx(PHOTO)
    vision.versions = replace(vision.versions, text_share=SHARE)
    with pytest.raises(Conflict, match="share of words"):
        search.search(shop.search_engine, SearchRequest(text="shirt"))
    with shop.sessions.write() as session:
        built, job = promotion.begin(session, shop.ports.queue, vision.versions)
    shop.run_job(job.id)
    with shop.sessions.write() as session:
        promotion.promote(session, shop.ports.queue, built.id)
    for vector in everywhere(shop, product.id):
        assert vector == pytest.approx(mixed(SHIRT), abs=1e-6)


def test_levels_hold_for_the_share_they_were_measured_with(shop: Runtime) -> None:
    bars = {"photo": Levels(others=Bars(exact=0.9))}
    plain = Tuning(model_version="steered-1", levels=bars)
    for tuning, fits in ((plain, False), (plain.model_copy(update={"text_share": SHARE}), True)):
        tunings = Tunings({(tuning.model_version, tuning.text_share): tuning})
        tuned = replace(shop, tunings=tunings)
        product, _ = indexed(tuned, f"of {fits}", photo(seed=int(fits)))
        query = SearchRequest(product_id=product.id, min_level="exact")
        if fits:
            search.search(tuned.search_engine, query)
        else:
            with pytest.raises(Invalid, match="calibrated"):
                search.search(tuned.search_engine, query)


@given(seed=some.integers(0, 2**16), share=some.floats(0, 0.5))
def test_blended_vectors_have_length_one_and_lie_between(seed: int, share: float) -> None:
    photos, words = unit_vectors(3, 8, seed), unit_vectors(3, 8, seed + 1)
    both = blended(photos, words, share)
    assert np.linalg.norm(both, axis=1) == pytest.approx(1, abs=1e-5)
    assert ((both * photos).sum(1) >= (words * photos).sum(1) - 1e-5).all()
    assert np.array_equal(blended(photos[0], words[0], share), both[0])


def test_what_cancels_out_or_is_missing_leaves_the_photo() -> None:
    assert np.array_equal(blended(PHOTO, -PHOTO, 0.5), PHOTO)
    assert np.array_equal(blended(PHOTO, None, 0.5), PHOTO)
