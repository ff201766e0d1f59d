from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import Connection, event, select, update

from tests.worlds.factories import photo, product_with_photos
from tests.worlds.fakes import DIMENSION, FAKE, FakeVision, FakeVisions, ListQueue
from tests.worlds.indexing import job_of, reload, vector_of
from tests.worlds.verifying import answer
from vitrine.core.errors import Conflict, NotFound, Unavailable
from vitrine.services import catalog, jobs, models, promotion, search, webhooks
from vitrine.services.jobs import sweeping
from vitrine.services.promotion import Wish
from vitrine.services.search import SearchRequest
from vitrine.services.search.stored import proving
from vitrine.services.webhooks import Changes
from vitrine.services.webhooks import events as outbox
from vitrine.tables.catalog import Crop, Product
from vitrine.tables.jobs import Job
from vitrine.tables.models import (
    ACTIVE,
    BUILDING,
    CANDIDATE,
    PROMOTED,
    READY,
    REFUSED,
    RETIRED,
    STANDBY,
    BuildFailure,
    Collection,
    ModelVersion,
)
from vitrine.tables.webhooks import Event
from vitrine.vision.types import Box, Vector, Versions
from vitrine.wiring import Runtime

GREEN = replace(FAKE, encoder="fake-2")


class Turned(FakeVision):
    """The same colours in a space of its own: its axes lie the other way round."""

    def embed_crops(self, images: Sequence[bytes], boxes: Sequence[Sequence[Box]]) -> list[Vector]:
        return [vectors[:, ::-1] for vectors in super().embed_crops(images, boxes)]

    def embed_texts(self, texts: Sequence[str]) -> Vector:
        return super().embed_texts(texts)[:, ::-1]


@pytest.fixture
def green() -> Turned:
    return Turned(versions=GREEN)


@pytest.fixture
def shop(runtime: Runtime, green: Turned) -> Runtime:
    visions = FakeVisions([FakeVision(), green])
    runtime = replace(runtime, ports=replace(runtime.ports, visions=visions))
    with runtime.sessions.write() as session:
        session.add(ModelVersion(role="encoder", version=GREEN.encoder))
        for number, colour in enumerate(("red", "green", "blue")):
            product_with_photos(session, runtime.ports, colour, photo(colour, seed=number))
    settle(runtime)
    return runtime


def settle(shop: Runtime) -> None:
    assert isinstance(shop.ports.queue, ListQueue)
    shop.ports.queue.run_all(shop.run_job)


def begun(shop: Runtime, versions: Versions = GREEN) -> tuple[Collection, str]:
    with shop.sessions.write() as session:
        collection, job = promotion.begin(session, shop.ports.queue, versions)
        return collection, job.id


def built(shop: Runtime) -> Collection:
    collection, job_id = begun(shop)
    settle(shop)
    assert job_of(shop, job_id).status == "succeeded"
    return again(shop, collection)


def again(shop: Runtime, collection: Collection) -> Collection:
    with shop.sessions.read() as session:
        return models.get(session, collection.id)


def promoted(shop: Runtime, collection: Collection, wish: Wish = Wish()) -> Collection:
    with shop.sessions.write() as session:
        return promotion.promote(session, shop.ports.queue, collection.id, wish)


def asked(shop: Runtime, text: str) -> tuple[str, list[str]]:
    found = search.search(shop.search_engine, SearchRequest(text=text))
    return found.result.collection, [hit.product.external_id or "" for hit in found.hits]


def untrue_rows(shop: Runtime) -> list[str]:
    """Products whose rows PostgreSQL would search wrongly, in any live collection."""
    if shop.stored is None:
        return []
    with shop.sessions.read() as session:
        live = models.live(session)
    pages = (page for each in live for page in proving.untrue(shop.sessions, each, ("active",)))
    return [one for page in pages for one in page]


@pytest.mark.engines
def test_a_build_holds_every_product_and_nobody_searches_it_yet(shop: Runtime) -> None:
    collection = built(shop)
    assert (collection.state, collection.name) == (READY, GREEN.collection)
    assert collection.built_at is not None
    assert shop.ports.vectors.count(collection.name) == 3
    assert asked(shop, "red") == (FAKE.collection, asked(shop, "red")[1])
    told = collection.comparison
    assert (told["with"], told["products"]) == (FAKE.collection, 3)
    assert told["overlap"] == 1, "the same space, turned"
    assert set(told["latency"]) == {"before", "after"}
    with shop.sessions.read() as session:
        assert models.calibration(session, collection) is not None, "fitted before the cutover"
        standing = promotion.standing(session, collection)
    assert (standing.products, standing.lacking, standing.job) == (3, 0, None)


def test_where_people_verified_enough_pairs_only_these_are_asked(
    shop: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shop.sessions.write() as session:
        for name in ("hat", "hats", "cap", "caps"):
            given = {"attributes": {"group": name.rstrip("s")}, "category": name.rstrip("s")}
            photos = (photo("yellow", seed=7), photo("black", seed=8))
            product_with_photos(session, shop.ports, name, *photos, **given)
    settle(shop)
    with shop.sessions.write() as session:
        for name in ("hat", "hats", "cap"):
            found = select(Product).where(Product.external_id == name)
            answer(session, session.scalars(found).one())

    def pairs() -> dict[str, tuple[int, bool]]:
        told = built(shop).comparison
        with shop.sessions.write() as session:
            promotion.retire(session, GREEN.collection)
        rows = {each["category"]: each for each in told["segments"]} | {"all": told["recall"]}
        return {name: (row["n"], row["verified"]) for name, row in rows.items()}

    assert pairs() == {"all": (8, False), "hat": (4, False), "cap": (4, False)}
    monkeypatch.setattr("vitrine.services.promotion.comparing.FEWEST", 4)
    # Of the caps one photo's product is verified, and no pair of a design.
    assert pairs() == {"all": (5, True), "hat": (4, True), "cap": (4, False)}


@pytest.mark.engines
def test_cutover_and_the_way_back_change_what_is_searched_and_nothing_else(
    shop: Runtime, green: Turned
) -> None:
    first = asked(shop, "green")
    collection = promoted(shop, built(shop))
    assert collection.state == ACTIVE
    search.warm(shop.search_engine, collection)
    assert asked(shop, "green") == (GREEN.collection, first[1])
    with shop.sessions.read() as session:
        kept = models.standby(session)
        assert kept is not None
        assert kept.name == FAKE.collection
        assert models.model(session, "encoder", "fake-2").status == PROMOTED
    with shop.sessions.write() as session:
        earlier = promotion.rollback(session, shop.ports.queue)
    assert earlier.name == FAKE.collection
    assert asked(shop, "green") == first
    assert again(shop, collection).state == STANDBY


def test_webhooks_hear_of_a_cutover_of_the_way_back_and_of_a_detector(shop: Runtime) -> None:
    kinds = (outbox.MODEL_PROMOTED, outbox.MODEL_ROLLED_BACK)
    asked_for = Changes("https://shop.example/hook", kinds)
    with shop.sessions.write() as session:
        webhooks.add(session, shop.settings, asked_for, None)
        session.add(ModelVersion(role="detector", version="keen-1", files={"a": {"sha256": "0"}}))
    collection = promoted(shop, built(shop))
    with shop.sessions.write() as session:
        earlier = promotion.rollback(session, shop.ports.queue)
        detector, _ = promotion.promote_detector(session, shop.ports.queue, "keen-1")
    with shop.sessions.read() as session:
        told = [json.loads(body) for body in session.scalars(select(Event.body).order_by(Event.id))]
    names = {"collection": GREEN.collection, "before": FAKE.collection}
    back = {"collection": FAKE.collection, "before": GREEN.collection}
    assert [(one["type"], one["data"]) for one in told] == [
        ("model.promoted", encoder_told(collection) | names),
        ("model.rolled_back", encoder_told(earlier) | back),
        (
            "model.promoted",
            {"id": detector.id, "role": "detector", "version": "keen-1", "before": None},
        ),
    ]


def encoder_told(collection: Collection) -> dict[str, str]:
    return {"id": collection.id, "role": "encoder", "version": collection.model_version}


@pytest.mark.engines
def test_writes_during_and_after_a_build_go_to_all_live_collections(shop: Runtime) -> None:
    collection, build = begun(shop)
    with shop.sessions.write() as session:
        late, index = product_with_photos(session, shop.ports, "late", photo("yellow"))
    shop.run_job(index.id)  # before the build has begun
    name = collection.name
    assert vector_of(shop, late.id, name) is not None
    settle(shop)
    assert job_of(shop, build).status == "succeeded"
    with shop.sessions.write() as session:
        catalog.remove(session, shop.ports, catalog.get(session, late.id))
    settle(shop)
    assert vector_of(shop, late.id, name) is None
    promoted(shop, collection)
    with shop.sessions.write() as session:
        catalog.restore(session, shop.ports, catalog.get(session, late.id, deleted=True))
        new, _ = product_with_photos(session, shop.ports, "new", photo("black"))
    settle(shop)
    for product in (late, new):
        for each in (FAKE.collection, name):
            assert vector_of(shop, product.id, each) is not None, "also of the way back"
    assert untrue_rows(shop) == []


def test_a_product_that_cannot_be_embedded_is_counted_and_holds_up_the_cutover(
    shop: Runtime,
) -> None:
    with shop.sessions.read() as session:
        red = session.scalars(select(Product).where(Product.external_id == "red")).one()
    broken = reload(shop, red.id).images[0].blob_key
    data = shop.ports.blobs.get(broken)
    shop.ports.blobs.delete(broken)
    collection = built(shop)
    with shop.sessions.read() as session:
        standing = promotion.standing(session, collection)
    assert (dict(standing.failures), standing.lacking) == ({"blob_unknown": 1}, 1)
    with pytest.raises(Conflict) as refused:
        promoted(shop, collection)
    assert (refused.value.code, refused.value.fields) == ("build_incomplete", {"missing": "1"})
    shop.ports.blobs.put(broken, data, "image/jpeg")
    collection = built(shop)  # goes on where something lacks
    with shop.sessions.read() as session:
        assert session.scalars(select(BuildFailure)).all() == []
    assert promoted(shop, collection).state == ACTIVE


def test_what_may_be_missing_can_be_said(shop: Runtime) -> None:
    with shop.sessions.read() as session:
        red = session.scalars(select(Product).where(Product.external_id == "red")).one()
    shop.ports.blobs.delete(reload(shop, red.id).images[0].blob_key)
    assert promoted(shop, built(shop), Wish(missing=1)).state == ACTIVE


@pytest.mark.parametrize(
    ("status", "gate", "passes"),
    [
        (CANDIDATE, {}, False),
        (CANDIDATE, {"passed": False}, False),
        (REFUSED, {"passed": False}, False),
        (CANDIDATE, {"passed": True}, True),
    ],
)
def test_a_model_that_did_not_pass_its_gate_needs_a_reason(
    shop: Runtime, status: str, gate: dict[str, bool], passes: bool
) -> None:
    collection = built(shop)
    with shop.sessions.write() as session:
        model = models.model(session, "encoder", GREEN.encoder)
        model.status, model.gate = status, gate
    if not passes:
        with pytest.raises(Conflict) as refused:
            promoted(shop, collection, Wish(override="  "))
        assert refused.value.code == "gate_not_passed"
        assert again(shop, collection).state == READY
    wish = Wish() if passes else Wish(override="measured by hand")
    assert promoted(shop, collection, wish).state == ACTIVE


def test_a_build_that_an_outage_stopped_goes_on_where_it_was(
    shop: Runtime, green: Turned, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    whole = Turned.embed_crops

    def failing(
        self: Turned, images: Sequence[bytes], boxes: Sequence[Sequence[Box]]
    ) -> list[Vector]:
        calls.append(len(images))
        if len(calls) == 2:
            raise Unavailable("vision_unavailable", "Gone.")
        return whole(self, images, boxes)

    monkeypatch.setattr(Turned, "embed_crops", failing)
    monkeypatch.setattr("vitrine.services.promotion.building.STEP", 1)
    collection, job_id = begun(shop)
    shop.run_job(job_id)
    assert job_of(shop, job_id).status == "queued"
    assert again(shop, collection).state == BUILDING
    with shop.sessions.write() as session:
        session.execute(update(Job).where(Job.id == job_id).values(not_before=None))
    shop.run_job(job_id)
    assert job_of(shop, job_id).status == "succeeded"
    assert sum(calls[:4]) == 4, "the one that failed, and each of three once"
    assert again(shop, collection).state == READY


def test_a_build_can_be_cancelled_resumed_and_retired(shop: Runtime) -> None:
    collection, job_id = begun(shop)
    with shop.sessions.write() as session:
        jobs.cancel(session, job_id)
    assert begun(shop)[1] != job_id, "which goes on with it"
    with shop.sessions.write() as session:
        assert promotion.begin(session, shop.ports.queue, GREEN)[1].id != job_id
        retired = promotion.retire(session, collection.id)
    assert (retired.state, retired.retired_at is None) == (RETIRED, False)
    settle(shop)
    assert again(shop, collection).state == RETIRED
    assert built(shop).state == READY, "and be begun again"


def test_what_is_searched_is_neither_retired_nor_built_nor_promoted_again(shop: Runtime) -> None:
    with shop.sessions.read() as session:
        active = models.searched(session)
    for act, code in (
        (lambda session: promotion.retire(session, active.id), "collection_active"),
        (
            lambda session: promotion.promote(session, shop.ports.queue, active.id),
            "collection_active",
        ),
        (lambda session: promotion.begin(session, shop.ports.queue, FAKE), "collection_built"),
        (lambda session: promotion.rollback(session, shop.ports.queue), "nothing_to_go_back_to"),
    ):
        with pytest.raises(Conflict) as refused, shop.sessions.write() as session:
            act(session)
        assert refused.value.code == code
    with pytest.raises(NotFound), shop.sessions.write() as session:
        promotion.begin(session, shop.ports.queue, replace(FAKE, encoder="unknown-1"))


def test_a_search_keeps_to_one_version_while_another_is_promoted_under_it(
    shop: Runtime, green: Turned, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection, before = built(shop), asked(shop, "yellow")
    plain = FakeVision.embed_texts

    def cutting(self: FakeVision, texts: Sequence[str]) -> Vector:
        if again(shop, collection).state == READY:
            promoted(shop, collection)
        return plain(self, texts)

    monkeypatch.setattr(FakeVision, "embed_texts", cutting)
    assert asked(shop, "yellow") == before
    assert again(shop, collection).state == ACTIVE
    search.warm(shop.search_engine, collection)
    scores = [
        hit.score for hit in search.search(shop.search_engine, SearchRequest(text="yellow")).hits
    ]
    vectors = [vector_of(shop, each, GREEN.collection) for each in _ids(shop)]
    assert all(vector is not None and vector.shape == (DIMENSION,) for vector in vectors)
    [query] = green.embed_texts(["yellow"])
    exact = sorted((float(np.dot(v, query)) for v in vectors if v is not None), reverse=True)
    assert scores == pytest.approx(exact[: len(scores)], abs=1e-3)


def _ids(shop: Runtime) -> list[str]:
    with shop.sessions.read() as session:
        return list(session.scalars(select(Product.id)))


@pytest.mark.engines
def test_a_process_answers_from_the_collection_before_until_the_new_one_is_warm(
    shop: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(
        "vitrine.services.search.following._warmed",
        lambda _engine, collection: started.append(collection.name),
    )
    before = asked(shop, "red")
    collection = promoted(shop, built(shop))
    assert asked(shop, "red") == before, "kept in step, and at once"
    assert asked(shop, "red") == before
    assert started == [collection.name]
    search.warm(shop.search_engine, collection)
    assert asked(shop, "red")[0] == collection.name
    visions = shop.ports.visions
    assert isinstance(visions, FakeVisions)
    assert {FAKE.encoder, GREEN.encoder} <= visions.kept


def test_a_worker_that_is_killed_in_a_build_costs_nothing_but_time(
    shop: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """Ends the run where it is, as SIGKILL does: nothing is written down."""

    whole, done = Turned.embed_crops, list[int]()

    def dying(
        self: Turned, images: Sequence[bytes], boxes: Sequence[Sequence[Box]]
    ) -> list[Vector]:
        if len(done) == 2:
            done.append(0)
            raise Killed
        done.append(len(images))
        return whole(self, images, boxes)

    monkeypatch.setattr(Turned, "embed_crops", dying)
    monkeypatch.setattr("vitrine.services.promotion.building.STEP", 1)
    collection, job_id = begun(shop)
    with pytest.raises(Killed):
        shop.run_job(job_id)
    with shop.sessions.read() as session:
        assert promotion.standing(session, collection).lacking == 1, "two are there for good"
    with shop.sessions.write() as session:
        sweeping.release_all(session)
    shop.sweep()  # which finds it, as of a worker that fell silent
    settle(shop)
    assert job_of(shop, job_id).status == "succeeded"
    assert sum(done[:4]) == 3, "nothing was embedded twice"
    assert again(shop, collection).state == READY


def test_a_build_goes_on_once_there_is_room_again_on_a_full_disk(shop: Runtime) -> None:
    with shop.sessions.write() as session:
        for number in range(20):
            product_with_photos(session, shop.ports, f"late {number}", photo("red", seed=number))
    settle(shop)
    engine, pages = shop.sessions.engine, [1]  # which is as many as there are

    def limit(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages[0]}")

    event.listen(engine, "begin", limit)
    collection, job_id = begun(shop)
    shop.run_job(job_id)
    assert (job_of(shop, job_id).status, job_of(shop, job_id).error_code) == ("queued", "disk_full")
    assert again(shop, collection).state == BUILDING
    pages[0] = 2**20
    with shop.sessions.write() as session:
        session.execute(update(Job).where(Job.id == job_id).values(not_before=None))
    shop.run_job(job_id)
    assert job_of(shop, job_id).status == "succeeded"
    with shop.sessions.read() as session:
        standing = promotion.standing(session, collection)
    assert (standing.products, standing.lacking) == (23, 0)


def test_a_promoted_detector_sees_from_now_on_and_anew_what_was_there(shop: Runtime) -> None:
    seeing: list[str] = []

    class Looking(FakeVisions):
        def of(self, versions: Versions) -> FakeVision:
            seeing.append(versions.detector)
            return FakeVision(versions=replace(FAKE, detector=versions.detector or "none"))

    shop = replace(shop, ports=replace(shop.ports, visions=Looking()))
    with shop.sessions.write() as session:
        session.add(ModelVersion(role="detector", version="keen-1", files={"a": {"sha256": "0"}}))
    with shop.sessions.write() as session:
        promotion.promote_detector(session, shop.ports.queue, "keen-1")
    settle(shop)
    assert set(seeing) == {"keen-1-items1"}
    with shop.sessions.read() as session:
        assert set(session.scalars(select(Crop.detector))) == {"keen-1-items1"}
        assert models.searched(session).name == FAKE.collection, "in place"
    assert len(asked(shop, "red")[1]) == 3
    assert begun(shop)[0].detector == "keen-1-items1", "also for what is built from now on"
