from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import delete, select, update

from tests.worlds.factories import photo
from tests.worlds.fakes import ListQueue
from tests.worlds.indexing import UNIT, SteeredVision, indexed, reload, run_kind, with_vision
from vitrine.services import catalog, models
from vitrine.services.jobs import Order, kinds
from vitrine.services.retention.remove import remove, table_of
from vitrine.services.review import decisions
from vitrine.services.review.decisions import Person
from vitrine.services.search.cache import refresh
from vitrine.services.search.cache.store import SearchCache
from vitrine.services.search.filters import parse
from vitrine.tables.catalog import MODEL, PERSON, Crop, Label, Product
from vitrine.tables.people import User
from vitrine.vision.types import Box, Detection, LabelScore, Measures, Verdict
from vitrine.wiring import Runtime


def trusted(facet: str, value: str, score: float = 0.9) -> LabelScore:
    return LabelScore(facet, value, score, "head", True)


SHORT, LONG = trusted("sleeve", "short"), trusted("sleeve", "long")
RED = trusted("colour", "red")
GUESS = LabelScore("style", "casual", 0.8)


def seen(y1: float, vector: int, *labels: LabelScore, kept: bool = True) -> Detection:
    verdict = Verdict() if kept else Verdict("rejected", "too_small")
    box = Box(0, y1, 90, y1 + 40)
    return Detection(box, "top", 0.9, verdict, UNIT[vector], labels=labels)


@pytest.fixture
def vision() -> SteeredVision:
    return SteeredVision(seen(0, 0, SHORT, RED, GUESS), seen(60, 1, LONG))


@pytest.fixture
def shop(runtime: Runtime, vision: SteeredVision) -> Runtime:
    runtime = with_vision(runtime, vision)
    with runtime.sessions.write() as session:
        models.activate(session, models.collection_for(session, vision.versions))
    return runtime


@pytest.fixture
def person(shop: Runtime) -> Person:
    with shop.sessions.write() as session:
        user = User(email="a@example.org", password_hash="x", role="editor", name="")
        session.add(user)
        session.flush()
        return Person(user.id, shop.settings.vision.quality)


def said(shop: Runtime, product: Product) -> dict[str, list[tuple[str, str]]]:
    """What counts of a product, by facet."""
    found: dict[str, list[tuple[str, str]]] = {}
    for label in reload(shop, product.id).labels:
        found.setdefault(label.facet, []).append((label.value, label.source))
    return found


def stored(shop: Runtime) -> set[tuple[str, str, float]]:
    with shop.sessions.read() as session:
        rows = session.scalars(select(Label).where(Label.source == MODEL))
        return {(row.facet, row.value, row.score) for row in rows}


def searched(shop: Runtime, resident: SearchCache, facet: str, value: str) -> set[str]:
    with shop.sessions.read() as session:
        collection = models.active(session)
        assert collection is not None
        snapshot = refresh.current(session, resident, collection)
    mask = snapshot.where(parse({f"labels.{facet}": value}))
    return {snapshot.ids[int(row)] for row in np.flatnonzero(mask)}


def state(
    shop: Runtime, product: Product, person: Person, facet: str, values: Sequence[str] | None
) -> None:
    with shop.sessions.write() as session:
        decisions.state_labels(session, product.id, facet, values, person)


def test_indexing_keeps_the_trusted_labels_of_every_kept_crop(shop: Runtime) -> None:
    product, job = indexed(shop, "A", photo())
    assert job.status == "succeeded"
    assert stored(shop) == {
        ("sleeve", "short", 0.9),
        ("colour", "red", 0.9),
        ("sleeve", "long", 0.9),
    }
    assert said(shop, product) == {"colour": [("red", MODEL)], "sleeve": [("short", MODEL)]}


def test_a_new_vocabulary_labels_what_is_stored_without_a_picture(
    shop: Runtime, vision: SteeredVision
) -> None:
    product, _ = indexed(shop, "A", photo())
    calls = vision.calls
    vision.words[0] = (trusted("sleeve", "sleeveless", 0.7), trusted("pattern", "plain"))
    vision.words[1] = (LONG,)
    assert run_kind(shop, Order(kinds.Label())).status == "succeeded"
    assert vision.calls == calls
    assert said(shop, product) == {
        "pattern": [("plain", MODEL)],
        "sleeve": [("sleeveless", MODEL)],
    }
    assert ("sleeve", "long", 0.9) in stored(shop)


def test_labels_that_stay_keep_their_rows(shop: Runtime, vision: SteeredVision) -> None:
    indexed(shop, "A", photo())
    vision.words[:2] = [(SHORT, RED), (trusted("sleeve", "long", 0.5),)]

    def rows() -> dict[str, str]:
        with shop.sessions.read() as session:
            return {row.id: row.value for row in session.scalars(select(Label))}

    before = rows()
    run_kind(shop, Order(kinds.Label()))
    assert rows() == before
    assert ("sleeve", "long", 0.5) in stored(shop)


def test_what_a_person_said_stays_through_every_stage(
    shop: Runtime, vision: SteeredVision, person: Person
) -> None:
    product, _ = indexed(shop, "A", photo())
    state(shop, product, person, "sleeve", ["three-quarter"])
    vision.words[:2] = [(LONG, RED), (LONG,)]
    for asked in (kinds.Label(), kinds.FilterCrops(), kinds.SelectPrimary()):
        run_kind(shop, Order(asked))
    with shop.sessions.write() as session:  # another detector: all crops are new
        session.execute(update(Crop).values(detector="other"))
    vision.detections = (seen(5, 2, LONG), seen(65, 3, SHORT))
    assert run_kind(shop, Order(kinds.Index(), product.id)).status == "succeeded"
    assert said(shop, product)["sleeve"] == [("three-quarter", PERSON)]
    state(shop, product, person, "sleeve", None)
    assert said(shop, product)["sleeve"] == [("long", MODEL)]


def test_a_person_who_says_none_hides_the_model(shop: Runtime, person: Person) -> None:
    product, _ = indexed(shop, "A", photo())
    state(shop, product, person, "sleeve", [])
    assert said(shop, product) == {"colour": [("red", MODEL)]}
    assert searched(shop, SearchCache(), "sleeve", "short") == set()


def test_rejected_crops_lose_their_labels_and_restored_ones_get_them(
    shop: Runtime, vision: SteeredVision, person: Person
) -> None:
    product, _ = indexed(shop, "A", photo())
    vision.words[:2] = [(SHORT, RED), (LONG,)]
    queue = shop.ports.queue
    assert isinstance(queue, ListQueue)

    def decide(keeps: bool | None) -> None:
        with shop.sessions.write() as session:
            crop = decisions.find(session, product.id, str(product.primary_crop_id))
            decisions.decide(session, shop.ports, crop, keeps, person)
        queue.run_all(shop.run_job)

    decide(False)
    assert stored(shop) == {("sleeve", "long", 0.9)}
    assert said(shop, product) == {"sleeve": [("long", MODEL)]}
    decide(True)
    assert stored(shop) == {
        ("sleeve", "long", 0.9),
        ("sleeve", "short", 0.9),
        ("colour", "red", 0.9),
    }


def test_what_a_model_server_of_other_rules_rejected_is_labelled_where_it_is_kept(
    shop: Runtime, vision: SteeredVision
) -> None:
    measures = Measures(sharpness=100.0, colour_spread=50.0)
    vision.detections = (replace(seen(0, 2, kept=False), measures=measures),)
    vision.words[2] = (RED,)
    product, _ = indexed(shop, "A", photo())
    assert vision.labelled == 1
    assert said(shop, product) == {"colour": [("red", MODEL)]}


def test_search_follows_every_change_of_labels(shop: Runtime, person: Person) -> None:
    resident = SearchCache()
    product, _ = indexed(shop, "A", photo())
    other, _ = indexed(shop, "B", photo(seed=1))
    assert searched(shop, resident, "sleeve", "short") == {product.id, other.id}
    assert searched(shop, resident, "style", "casual") == set()
    held = resident.held["steered-1__p1"].store

    state(shop, product, person, "sleeve", ["long"])
    assert searched(shop, resident, "sleeve", "short") == {other.id}
    assert searched(shop, resident, "sleeve", "Long") == {product.id}
    with shop.sessions.write() as session:  # by any road
        session.execute(update(Label).where(Label.product_id == other.id).values(value="orange"))
    assert searched(shop, resident, "colour", "orange") == {other.id}
    with shop.sessions.write() as session:
        session.execute(delete(Label))
    assert searched(shop, resident, "sleeve", "long") == set()
    assert resident.held["steered-1__p1"].store is held  # never read anew as a whole


def test_the_labels_are_those_of_the_crop_that_stands_for_the_product(
    shop: Runtime, person: Person
) -> None:
    resident = SearchCache()
    product, _ = indexed(shop, "A", photo())
    assert searched(shop, resident, "sleeve", "short") == {product.id}
    with shop.sessions.write() as session:
        found = catalog.get(session, product.id)
        (other,) = [crop for crop in found.images[0].crops if crop.id != found.primary_crop_id]
        decisions.make_primary(session, shop.ports, other, person)
    assert said(shop, product) == {"sleeve": [("long", MODEL)]}
    assert searched(shop, resident, "sleeve", "long") == {product.id}
    assert searched(shop, resident, "sleeve", "short") == set()


def test_a_deleted_products_labels_go_with_it(shop: Runtime, person: Person) -> None:
    product, _ = indexed(shop, "A", photo())
    state(shop, product, person, "length", ["long"])
    with shop.sessions.write() as session:
        table = table_of(Product)
        remove(session, table, table.c.id == product.id)
    with shop.sessions.read() as session:
        assert session.scalars(select(Label)).all() == []
