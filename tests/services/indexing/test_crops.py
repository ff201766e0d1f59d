from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import select

from tests.worlds.factories import photo
from tests.worlds.indexing import (
    UNIT,
    Reading,
    change,
    indexed,
    reload,
    run_kind,
    seen_whole,
    with_vision,
)
from vitrine.core.errors import NotFound
from vitrine.core.groups import QualitySettings
from vitrine.services import catalog, models
from vitrine.services.accounts import users
from vitrine.services.indexing import spaces
from vitrine.services.jobs import Order, kinds
from vitrine.services.review import decisions
from vitrine.services.review.decisions import Person
from vitrine.tables.catalog import Crop, Product, TextEmbedding
from vitrine.tables.jobs import Job
from vitrine.tables.review import Review
from vitrine.vision.types import GIVEN, WHOLE, Analysis, Box, Detection, Measures, Vector
from vitrine.wiring import Runtime


def at(y1: float, vector: int, kind: str, sharpness: float = 100.0) -> Detection:
    box = Box(10, y1, 80, y1 + 36)
    measures = Measures(sharpness, colour_spread=50.0)
    return Detection(box, kind, 0.9, embedding=UNIT[vector], measures=measures)


TOP = at(2, 0, "top")
PANTS = at(45, 1, "pants")
BLURRED = at(88, 2, "shoes", sharpness=2.0)


ALL = seen_whole(3)


@pytest.fixture
def vision() -> Reading:
    return Reading(TOP, PANTS, BLURRED, ALL)


@pytest.fixture
def shop(runtime: Runtime, vision: Reading) -> Runtime:
    runtime = with_vision(runtime, vision)
    with runtime.sessions.write() as session:
        models.activate(session, models.collection_for(session, vision.versions))
    return runtime


def titled(shop: Runtime, title: str, external_id: str = "A") -> Product:
    product, _ = indexed(shop, external_id, photo(seed=len(external_id)))
    return change(shop, product, title=title)


def crops_of(shop: Runtime) -> dict[str, Crop]:
    with shop.sessions.read() as session:
        return {crop.kind: crop for crop in session.scalars(select(Crop))}


def primary(shop: Runtime, product: Product) -> str:
    with shop.sessions.read() as session:
        return session.get_one(Crop, reload(shop, product.id).primary_crop_id).kind


def with_rules(shop: Runtime, **rules: float) -> Runtime:
    quality = QualitySettings.model_validate(rules)
    vision = shop.settings.vision.model_copy(update={"quality": quality})
    return replace(shop, settings=shop.settings.model_copy(update={"vision": vision}))


def person(shop: Runtime) -> Person:
    with shop.sessions.write() as session:
        user = users.create_user(session, "a@shop.example", "a long passphrase 1", "admin")
        session.flush()
        return Person(user.id, shop.settings.vision.quality)


def vector_of(shop: Runtime, product: Product) -> Vector | None:
    name = shop.ports.vision.versions.collection
    return shop.ports.vectors.get(name, [product.id]).get(product.id)


def test_every_crop_keeps_its_verdict_measures_and_vector(shop: Runtime) -> None:
    product = titled(shop, "Blue jeans")
    crops = crops_of(shop)
    told = {kind: (crop.verdict, crop.reason) for kind, crop in crops.items()}
    assert told == {
        "top": ("kept", None),
        "pants": ("kept", None),
        "shoes": ("rejected", "blurred"),
        WHOLE: ("rejected", "not_needed"),
    }
    assert crops["shoes"].measures["sharpness"] == 2.0
    assert product.primary_crop_id == crops["pants"].id


def test_the_primary_follows_the_words_and_its_parts_are_stored(
    shop: Runtime, vision: Reading
) -> None:
    product = titled(shop, "Blue jeans")
    assert primary(shop, product) == "pants"
    calls = vision.calls
    change(shop, product, title="Red shirt")
    assert primary(shop, product) == "top"
    assert vision.calls == calls, "no picture ran again"
    stored = vector_of(shop, product)
    assert stored is not None
    assert np.array_equal(stored, UNIT[0])
    top = crops_of(shop)["top"]
    assert top.primary_parts["text"] == 1.0
    assert top.primary_parts["kind"] == 1.0
    assert top.primary_score == pytest.approx(1.1 + 0.3 + 0.1 * top.primary_parts["size"], abs=1e-3)
    assert crops_of(shop)["shoes"].primary_score is None


def test_selecting_again_reads_no_words_twice(shop: Runtime, vision: Reading) -> None:
    titled(shop, "Blue jeans")
    read = vision.texts
    job = run_kind(shop, Order(kinds.SelectPrimary()))
    assert (job.status, job.done, job.total) == ("succeeded", 1, 1)
    assert vision.texts == read
    with shop.sessions.read() as session:
        assert len(session.scalars(select(TextEmbedding)).all()) == 1


def test_filtering_again_follows_the_thresholds_without_any_model(
    shop: Runtime, vision: Reading
) -> None:
    product = titled(shop, "Black boots")
    change(shop, titled(shop, "Blue jeans", "BB"), category="Jeans")
    calls = (vision.calls, vision.texts)
    loose = with_rules(shop, min_sharpness=1.0)
    job = run_kind(loose, Order(kinds.FilterCrops()))
    assert (job.status, job.done, job.total) == ("succeeded", 2, 2)
    assert primary(shop, product) == "shoes"
    stored = vector_of(shop, product)
    assert stored is not None
    assert np.array_equal(stored, UNIT[2]), "published too"
    strict = with_rules(shop, min_side=70.0)
    assert run_kind(strict, Order(kinds.FilterCrops(), product.id)).status == "succeeded"
    assert primary(shop, product) == WHOLE
    with shop.sessions.read() as session:
        whole = session.get_one(Crop, reload(shop, product.id).primary_crop_id)
        assert (whole.verdict, whole.reason) == ("kept", "stands_in")
    assert (vision.calls, vision.texts) == calls


class Sparing(Reading):
    """Gives the whole picture a vector where it is the box that was asked for, as vision does."""

    def analyze(
        self, images: Sequence[bytes], boxes: Sequence[Box | None] | None = None
    ) -> list[Analysis]:
        given = boxes or [None] * len(images)
        return [
            replace(one, detections=tuple(_embedded(one, box)))
            for one, box in zip(super().analyze(images), given, strict=True)
        ]


def _embedded(seen: Analysis, box: Box | None) -> Iterator[Detection]:
    if box is not None:
        yield Detection(box, GIVEN, 1.0, embedding=UNIT[3])
        return
    for one in seen.detections:
        yield replace(one, embedding=None) if one.kind == WHOLE else one


@pytest.mark.parametrize("how", ["threshold", "person"])
def test_a_whole_picture_that_stands_in_later_gets_its_vector_then(
    runtime: Runtime, how: str
) -> None:
    shop = with_vision(runtime, Sparing(TOP, PANTS, ALL))
    product = titled(shop, "Blue jeans")
    before = vector_of(shop, product)
    assert before is not None
    assert np.array_equal(before, UNIT[1])
    if how == "threshold":
        assert (
            run_kind(with_rules(shop, min_side=70.0), Order(kinds.FilterCrops())).status
            == "succeeded"
        )
    else:
        by = person(shop)
        with shop.sessions.write() as session:
            for kind in ("top", "pants"):
                crop = decisions.find(session, product.id, crops_of(shop)[kind].id)
                decisions.decide(session, shop.ports, crop, False, by)
    change(shop, product, title="Jeans")  # runs what waits
    assert primary(shop, product) == WHOLE
    after = vector_of(shop, product)
    assert after is not None
    assert np.array_equal(after, UNIT[3])
    with shop.sessions.read() as session:
        [collection] = models.live(session)
        assert spaces.behind(session, collection) == 0


def test_a_whole_picture_that_only_our_rules_keep_gets_its_vector(runtime: Runtime) -> None:
    shop = with_rules(with_vision(runtime, Sparing(TOP, PANTS, ALL)), min_side=70.0)
    product = titled(shop, "Blue jeans")
    assert primary(shop, product) == WHOLE
    assert vector_of(shop, product) is not None


def test_filtering_with_the_same_thresholds_changes_nothing(shop: Runtime) -> None:
    product = titled(shop, "Blue jeans")
    before = {kind: crop.said for kind, crop in crops_of(shop).items()}
    assert run_kind(shop, Order(kinds.FilterCrops())).status == "succeeded"
    assert {kind: crop.said for kind, crop in crops_of(shop).items()} == before
    assert primary(shop, product) == "pants"


def test_a_person_restores_and_rejects_for_good(shop: Runtime) -> None:
    product = titled(shop, "Black boots")
    by = person(shop)
    crops = crops_of(shop)
    with shop.sessions.write() as session:
        shoes = decisions.find(session, product.id, crops["shoes"].id)
        decisions.decide(session, shop.ports, shoes, True, by)
    assert primary(shop, product) == "shoes"
    with shop.sessions.write() as session:
        pants = decisions.find(session, product.id, crops["pants"].id)
        decisions.decide(session, shop.ports, pants, False, by)
    for rules in ({"min_sharpness": 50.0}, {"min_side": 5.0}):
        assert run_kind(with_rules(shop, **rules), Order(kinds.FilterCrops())).status == "succeeded"
        told = {kind: crop.said for kind, crop in crops_of(shop).items()}
        assert told["shoes"].kept
        assert (told["pants"].kept, told["pants"].reason) == (False, "by_person")
    with shop.sessions.write() as session:
        pants = decisions.find(session, product.id, crops["pants"].id)
        decisions.decide(session, shop.ports, pants, None, by)
    assert crops_of(shop)["pants"].said.kept, "left to the rules again"
    with shop.sessions.read() as session:
        decided = select(Review).where(Review.created_by == by.user_id).order_by(Review.id)
        reviews = session.scalars(decided).all()
    assert [review.action for review in reviews] == ["verdict"] * 3
    assert reviews[0].before["reason"] == "blurred"
    assert reviews[0].after["verdict"] == "kept"


def test_no_rule_moves_a_persons_primary(shop: Runtime) -> None:
    product = titled(shop, "Blue jeans")
    by = person(shop)
    with shop.sessions.write() as session:
        crop = decisions.find(session, product.id, crops_of(shop)["shoes"].id)
        decisions.make_primary(session, shop.ports, crop, by)
    change(shop, product, title="Red shirt")
    for asked in (kinds.SelectPrimary(), kinds.FilterCrops()):
        assert run_kind(shop, Order(asked)).status == "succeeded"
        assert primary(shop, product) == "shoes"
    with shop.sessions.write() as session:
        decisions.leave_primary(session, shop.ports, catalog.get(session, product.id), by)
    assert primary(shop, product) == "top"


def test_a_persons_primary_outlives_another_model_that_does_not_see_it(shop: Runtime) -> None:
    product = titled(shop, "Blue jeans")
    shoes, by = crops_of(shop)["shoes"], person(shop)
    with shop.sessions.write() as session:
        crop = decisions.find(session, product.id, shoes.id)
        decisions.make_primary(session, shop.ports, crop, by)
    new = Boxed(TOP, ALL, encoder="steered-2")
    newer = with_vision(shop, new)
    assert run_kind(newer, Order(kinds.Redetect())).status == "succeeded"
    kept = reload(newer, product.id)
    assert kept.primary_crop_id == shoes.id
    assert set(crops_of(newer)) == {"top", "shoes", WHOLE}
    stored = vector_of(newer, product)
    assert stored is not None
    assert np.array_equal(stored, UNIT[1]), "embedded by the new model in the old place"


class Boxed(Reading):
    """Also looks where it is told to."""

    def analyze(
        self, images: Sequence[bytes], boxes: Sequence[Box | None] | None = None
    ) -> list[Analysis]:
        free = super().analyze(images)
        return [
            each
            if box is None
            else replace(each, detections=(Detection(box, "given", 1.0, embedding=UNIT[1]),))
            for each, box in zip(free, boxes or [None] * len(free), strict=True)
        ]


def test_crops_of_other_products_are_unknown(shop: Runtime) -> None:
    product = titled(shop, "Blue jeans")
    other = titled(shop, "Red shirt", "BB")
    with pytest.raises(NotFound), shop.sessions.write() as session:
        decisions.find(session, other.id, str(product.primary_crop_id))


def test_new_words_of_a_product_without_a_choice_ask_for_no_selection(runtime: Runtime) -> None:
    product, _ = indexed(runtime, "A", photo())
    change(runtime, product, title="Red shirt")
    with runtime.sessions.read() as session:
        assert {job.kind for job in session.scalars(select(Job))} == {"index", "publish"}
