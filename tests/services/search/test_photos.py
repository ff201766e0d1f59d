"""Products found by any of their photos, as a scan of all says, and shown by the nearest one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.worlds.factories import (
    insert_indexed,
    insert_photo,
    photo,
    product_with_photos,
    unit_vectors,
)
from tests.worlds.fakes import ExactIndex, FakeVision
from vitrine.core.clock import now
from vitrine.services import catalog, models, search
from vitrine.services.search import Answer, candidates, filters, upkeep
from vitrine.services.search.cache import reading
from vitrine.services.search.cache.store import SearchCache
from vitrine.services.search.cache.views import OTHERWISE
from vitrine.services.search.request import SearchRequest
from vitrine.tables.catalog import Crop, Image, Product
from vitrine.vision import parts as parting
from vitrine.vision.card import Part
from vitrine.vision.quality import REJECTED
from vitrine.vision.tuning import Bars, Levels, Tuning, Tunings
from vitrine.vision.types import Vector, Versions
from vitrine.wiring import Runtime

pytestmark = pytest.mark.engines

FORM, COLOUR, COUNT, WORDS = 10, 6, 60, 20
PARTS = (Part(name="form", size=FORM, weight=0.6), Part(name="colour", size=COLOUR, weight=0.4))
VERSIONS = Versions("factored-1", "p1", "none", FORM + COLOUR)


def pictures(count: int, seed: int) -> Vector:
    """As a factored encoder makes them: each part of the length that its weight gives."""
    drawn = np.random.default_rng(seed).normal(size=(count, FORM + COLOUR))
    form, colour = drawn[:, :FORM], drawn[:, FORM:]
    form *= 0.6**0.5 / np.linalg.norm(form, axis=1, keepdims=True)
    colour *= 0.4**0.5 / np.linalg.norm(colour, axis=1, keepdims=True)
    return np.concatenate([form, colour], axis=1).astype(np.float32)


SPOKEN = pictures(WORDS, 9)


class Worded(FakeVision):
    """Reads every word as a picture, by its length."""

    def embed_texts(self, texts: Sequence[str]) -> Vector:
        return SPOKEN[[len(text) % WORDS for text in texts]]


class Shop:
    """Products of which every second has up to three more photos, at all distances from the first;
    `vectors` are by product those by which it may be found, the primary one first."""

    def __init__(self, runtime: Runtime) -> None:
        ports = replace(runtime.ports, vision=Worded(versions=VERSIONS, parts=PARTS))
        self.runtime = replace(runtime, ports=ports)
        self.vectors: dict[str, list[Vector]] = {}
        self.crops: dict[str, list[str | None]] = {}
        dice, primary, other = np.random.default_rng(5), pictures(COUNT, 3), pictures(COUNT * 3, 4)
        with runtime.sessions.write() as session:
            models.activate(session, models.collection_for(session, VERSIONS))
            given = [{"brand": f"b{number % 3}"} for number in range(COUNT)]
            for row, product_id in enumerate(insert_indexed(session, VERSIONS, primary, given)):
                self.vectors[product_id], self.crops[product_id] = [primary[row]], [None]
                for turn in range(row % 4 if row % 2 else 0):
                    near = dice.random() * primary[row] + other[3 * row + turn]
                    seen = (near / np.linalg.norm(near)).astype(np.float32)
                    crop_id = insert_photo(session, VERSIONS, product_id, seen)
                    if float(seen @ primary[row]) < OTHERWISE:
                        self.vectors[product_id].append(seen)
                        self.crops[product_id].append(crop_id)

    def ask(self, **given: Any) -> Answer:
        return search.search(self.runtime.search_engine, SearchRequest(**given))

    def brute(self, vector: Vector) -> list[tuple[str, float, str | None]]:
        """Every product with its best score and the crop of it, best first."""
        wide, found = vector.astype(np.float64), []
        for product_id, vectors in self.vectors.items():
            scores = [float((each.astype(np.float64) * wide).sum()) for each in vectors]
            best = int(np.argmax(scores))
            found.append((product_id, scores[best], self.crops[product_id][best]))
        return sorted(found, key=lambda one: (-one[1], one[0]))


@pytest.fixture
def shop(runtime: Runtime) -> Shop:
    made = Shop(runtime)
    if runtime.settings.search.engine == "pgvector":
        upkeep.complete(runtime.sessions, ("active",), VERSIONS.collection)
    return made


def shown(answer: Answer) -> list[tuple[str, Any, str | None]]:
    """The products of an answer, with score and crop where it is not the primary one."""
    return [
        (
            hit.product.id,
            pytest.approx(hit.score, abs=1e-6),
            None if hit.crop is None or hit.crop.id == hit.product.primary_crop_id else hit.crop.id,
        )
        for hit in answer.hits
    ]


@pytest.mark.parametrize("emphasis", [0.0, -1.0, 0.7])
@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_order_scores_and_pictures_are_those_of_the_nearest_photo(
    shop: Shop, length: int, emphasis: float
) -> None:
    vector = SPOKEN[length]
    if emphasis:
        vector = parting.emphasised(vector, PARTS, emphasis)
    expected = shop.brute(vector)
    assert any(crop for *_, crop in expected), "some are nearest by another photo"
    asked: dict[str, Any] = {"text": "x" * length, "emphasis": emphasis, "limit": 7}
    first = shop.ask(**asked)
    second = shop.ask(**asked, cursor=first.result.summary["next_cursor"])
    assert shown(first) + shown(second) == expected[:14]
    narrowed = shop.ask(**asked, filters=filters.parse({"brand": "b1"}))
    numbers = list(shop.vectors)
    left = [one for one in expected if numbers.index(one[0]) % 3 == 1]
    assert shown(narrowed) == left[:7]


def test_the_parts_of_a_score_are_those_of_the_photo_that_is_shown(shop: Shop) -> None:
    answer = shop.ask(text="xx", not_text="xxx", limit=COUNT)
    turned = 0
    for hit in answer.hits:
        assert hit.reasons is not None
        crops = shop.crops[hit.product.id]
        crop_id = None if hit.crop is None else hit.crop.id
        at = crops.index(crop_id) if crop_id in crops else 0
        turned += at > 0
        seen = shop.vectors[hit.product.id][at]
        assert hit.reasons.parts["text"] == pytest.approx(float(SPOKEN[2] @ seen), abs=1e-3)
        assert hit.reasons.parts["cosine"] == pytest.approx(hit.score, abs=1e-3)
    assert turned


@pytest.mark.parametrize("engine", ["memory"])
def test_what_the_index_proposes_is_put_beside_what_it_does_not_know(
    shop: Shop, engine: str, search_engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if search_engine != engine:
        pytest.skip("no index is asked")
    proposed = list(shop.vectors)[:20:2]
    monkeypatch.setattr(
        candidates,
        "_proposed",
        lambda context, *_: np.array([context.snapshot.row_of(each) for each in proposed]),
    )
    ports = replace(shop.runtime.ports, vectors=ExactIndex())
    large = replace(shop.runtime, ports=ports, cache=SearchCache(index_above=10))
    answer = search.search(large.search_engine, SearchRequest(text="xx", limit=5))
    known = [
        one for one in shop.brute(SPOKEN[2]) if one[0] in proposed or len(shop.crops[one[0]]) > 1
    ]
    assert shown(answer) == known[:5]


def test_what_is_alone_on_its_photo_is_the_product_whatever_it_is_taken_for(
    runtime: Runtime,
) -> None:
    versions = runtime.ports.vision.versions
    primary, *others = unit_vectors(4, versions.dimension, 3)
    with runtime.sessions.write() as session:
        [product_id] = insert_indexed(session, versions, np.array([primary]), [{}])
        crop = session.get_one(Crop, session.get_one(Product, product_id).primary_crop_id)
        crop.kind = "dress"
        kinds = ("dress", "top", "whole")
        for kind, seen in zip(kinds, others, strict=True):
            insert_photo(session, versions, product_id, seen, kind=kind)
        taken = insert_photo(session, versions, product_id, -primary, kind="shoes")
        beside = insert_photo(session, versions, product_id, -primary, kind="belt")
        session.get_one(Crop, beside).image_id = session.get_one(Crop, taken).image_id
    with runtime.sessions.read() as session:
        collection = models.active(session)
        assert collection is not None
        [entry] = reading.entries(session, ("active",), collection, [product_id])
    assert [view.vector.tolist() for view in entry.views] == [each.tolist() for each in others[:2]]


RED, BLUE, GREEN = (photo(colour, seed=1) for colour in ("red", "blue", "green"))


@pytest.fixture
def dresses(runtime: Runtime) -> Runtime:
    """A dress that is photographed in blue and in red, and others of one colour."""
    for external_id, some in {
        "two": (BLUE, RED),
        "green": (GREEN,),
        "blue": (photo("blue", seed=5),),
        "yellow": (photo("yellow"),),
    }.items():
        with runtime.sessions.write() as session:
            pictures = product_with_photos(session, runtime.ports, external_id, *some)
        runtime.run_job(pictures[1].id)
    return runtime


def first(runtime: Runtime, **given: Any) -> tuple[str, int, search.Hit]:
    """The first hit: whose, which of its photos it shows, and itself."""
    answer = search.search(runtime.search_engine, SearchRequest(**given))
    ids = [hit.product.external_id for hit in answer.hits]
    assert len(ids) == len(set(ids)), "one card a product"
    hit = answer.hits[0]
    assert hit.image is not None
    return (
        hit.product.external_id,
        [each.id for each in hit.product.images].index(hit.image.id),
        hit,
    )


def id_of(runtime: Runtime, external_id: str) -> str:
    with runtime.sessions.read() as session:
        found = catalog.find(session, external_id)
        assert found is not None
        return found.id


def test_a_product_is_found_by_its_other_photo_however_it_is_asked_for(dresses: Runtime) -> None:
    asked: list[dict[str, Any]] = [
        {"photo": photo("red", seed=9)},
        {"text": "red"},
        {"text": "in red"},
        {"product_id": id_of(dresses, "green"), "text": "in red"},
        {"photo": photo("yellow", seed=9), "text": "red", "weight": 0.2},
    ]
    for given in asked:
        assert first(dresses, **given)[:2] == ("two", 1), given.get("text")
    assert first(dresses, text="blue", limit=5)[:2] in {("two", 0), ("blue", 0)}
    with dresses.sessions.write() as session:
        product, job = product_with_photos(session, dresses.ports, "red", photo("red", seed=3))
    dresses.run_job(job.id)
    assert first(dresses, product_id=product.id)[:2] == ("two", 1)


def test_re_ranking_and_levels_are_those_of_the_photo_that_is_nearest(dresses: Runtime) -> None:
    model = dresses.ports.vision.versions.encoder
    tuning = Tuning(
        model_version=model,
        weights={"photo": {"colour": 0.5}},
        levels={"photo": Levels(others=Bars(exact=1.2, similar=0.5))},
    )
    tuned = replace(dresses, tunings=Tunings({(model, 0.0): tuning}))
    external_id, place, hit = first(tuned, photo=photo("red", seed=9))
    assert (external_id, place, hit.level) == ("two", 1, "exact")
    assert hit.reasons is not None
    assert hit.reasons.parts["colour"] > 0.45, "red is as red as red"
    assert hit.reasons.colour_distance is not None
    assert hit.reasons.colour_distance < 5


def test_what_its_photos_are_labelled_as_is_not_another_colour(dresses: Runtime) -> None:
    answer = search.search(dresses.search_engine, SearchRequest(text="in red", limit=5))
    assert answer.hits[0].matches
    reds = search.search(
        dresses.search_engine, SearchRequest(filters=filters.parse({"labels.colour": "red"}))
    )
    assert [hit.product.external_id for hit in reds.hits] == ["two"]


def test_a_photo_in_the_trash_or_rejected_finds_nothing_and_comes_back(dresses: Runtime) -> None:
    def red() -> tuple[str, int]:
        return first(dresses, photo=photo("red", seed=9))[:2]

    assert red() == ("two", 1)
    with dresses.sessions.write() as session:
        found = catalog.find(session, "two")
        assert found is not None
        second = found.images[1]
        image_id, crop_id = second.id, second.crops[0].id
        second.deleted_at = now()
    assert red() != ("two", 1)
    with dresses.sessions.write() as session:
        session.get_one(Image, image_id, execution_options={"show_deleted": True}).deleted_at = None
    assert red() == ("two", 1)
    with dresses.sessions.write() as session:
        session.get_one(Crop, crop_id).verdict = REJECTED
    assert red() != ("two", 1)
