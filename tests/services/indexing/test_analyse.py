from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import func, select, update

from tests.worlds.factories import photo, product_with_photos
from tests.worlds.fakes import ListQueue
from tests.worlds.indexing import (
    UNIT,
    SteeredVision,
    indexed,
    job_of,
    reload,
    run_kind,
    seen,
    vector_of,
    with_vision,
)
from vitrine.core.clock import now
from vitrine.core.errors import NotFound, Unavailable
from vitrine.ports import Point, Ports
from vitrine.services import catalog, jobs, models
from vitrine.services.catalog.photos import admit
from vitrine.services.jobs import Order, kinds, workers
from vitrine.services.search import SearchRequest, pipeline
from vitrine.tables.catalog import Crop, CropEmbedding, Product
from vitrine.tables.jobs import IndexingResult, Job
from vitrine.vision.types import (
    Analysis,
    Box,
    Detection,
    Verdict,
)
from vitrine.wiring import Runtime


def count(runtime: Runtime, table: type) -> int:
    with runtime.sessions.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_an_index_job_stores_crops_and_publishes_the_best_kept_crop(runtime: Runtime) -> None:
    verdict = Verdict("rejected", "too_small")
    rejected = Detection(Box(0, 0, 20, 20), "dress", 0.99, verdict, UNIT[2])
    vision = SteeredVision(rejected, seen(40, 1), seen(90, 0, "pants"))
    runtime = with_vision(runtime, vision)
    with runtime.sessions.write() as session:
        models.activate(session, models.collection_for(session, vision.versions))
    product, job = indexed(runtime, "A", photo("red"))
    assert job.status == "succeeded"
    with runtime.sessions.read() as session:
        primary = session.get_one(Crop, product.primary_crop_id)
        assert (primary.kind, primary.kept) == ("pants", True)
        made = jobs.result(session, job)
        assert isinstance(made, IndexingResult)
        assert (made.images, made.crops, made.kept) == (1, 3, 2)
        assert made.milliseconds == {"embed": 2.0}
        assert made.primary_crop_id == primary.id
    stored = vector_of(runtime, product.id, vision.versions.collection)
    assert stored is not None
    assert np.array_equal(stored, UNIT[0])
    assert count(runtime, CropEmbedding) == 3


def test_indexing_again_runs_no_model_and_keeps_the_crops(runtime: Runtime) -> None:
    vision = SteeredVision(seen(40, 0))
    runtime = with_vision(runtime, vision)
    product, _ = indexed(runtime, "A", photo("red"))
    again = run_kind(runtime, Order(kinds.Index(), product.id))
    assert again.status == "succeeded"
    assert vision.calls == 1
    assert reload(runtime, product.id).primary_crop_id == product.primary_crop_id


def test_a_new_detector_replaces_crops_but_keeps_those_seen_again(runtime: Runtime) -> None:
    vision = SteeredVision(seen(40, 1, "bag"), seen(90, 0))
    runtime = with_vision(runtime, vision)
    product, _ = indexed(runtime, "A", photo("red"))
    vision.versions = replace(vision.versions, detector="better-2")
    vision.detections = (seen(90, 2), seen(50, 3, "bag"))
    run_kind(runtime, Order(kinds.Index(), product.id))
    assert reload(runtime, product.id).primary_crop_id == product.primary_crop_id
    assert count(runtime, Crop) == 2
    stored = vector_of(runtime, product.id, vision.versions.collection)
    assert stored is not None
    assert np.array_equal(stored, UNIT[2])


def waiting(runtime: Runtime, *names: str) -> list[str]:
    """Products whose index jobs wait for the only slot; the ids of the jobs."""
    with runtime.sessions.write() as session:
        workers.beat(session, runtime.duty)
        return [
            product_with_photos(session, runtime.ports, name, photo(seed=place))[1].id
            for place, name in enumerate(names)
        ]


def test_jobs_that_wait_are_done_together(runtime: Runtime) -> None:
    vision = SteeredVision(seen(40, 0), seen(90, 1, "bag"))
    runtime = with_vision(runtime, vision)
    ids = waiting(runtime, "A", "B", "C")
    runtime.wake(ids[0])
    assert vision.calls == 1
    with runtime.sessions.read() as session:
        for job_id in ids:
            job = jobs.get(session, job_id)
            made = jobs.result(session, job)
            assert isinstance(made, IndexingResult)
            assert (job.status, job.attempts) == ("succeeded", 1)
            assert (made.product_id, made.images, made.crops) == (job.product_id, 1, 2)
            assert vector_of(runtime, made.product_id, vision.versions.collection) is not None


def test_of_jobs_done_together_each_fails_alone(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    vision = SteeredVision(seen(40, 0))
    runtime = with_vision(runtime, vision)
    good, lost, cancelled, last = waiting(runtime, "A", "B", "C", "D")
    with runtime.sessions.write() as session:
        product = session.get_one(Product, job_of(runtime, lost).product_id)
        runtime.ports.blobs.delete(product.images[0].blob_key)
    analyze = vision.analyze

    def cancelling(
        images: Sequence[bytes], boxes: Sequence[Box | None] | None = None
    ) -> list[Analysis]:
        with runtime.sessions.write() as session:
            if jobs.get(session, cancelled).status == "running":
                jobs.cancel(session, cancelled)
        return analyze(images, boxes)

    monkeypatch.setattr(vision, "analyze", cancelling)
    runtime.wake(good)
    told = {job_id: job_of(runtime, job_id) for job_id in (good, lost, cancelled, last)}
    assert [job.status for job in told.values()] == [
        "succeeded",
        "failed",
        "cancelled",
        "succeeded",
    ]
    assert told[lost].error_code == "blob_unknown"


def test_a_passing_failure_is_tried_again_and_a_lasting_one_is_not(runtime: Runtime) -> None:
    vision = SteeredVision(seen(40, 0))
    runtime = with_vision(runtime, vision)
    vision.fails = [Unavailable("away", "The model server is away.")]
    _, job = indexed(runtime, "A", photo("red"))
    assert (job.status, job.error_code, job.attempts) == ("queued", "away", 1)
    with runtime.sessions.write() as session:
        session.execute(update(Job).values(not_before=None))
    runtime.run_job(job.id)
    assert job_of(runtime, job.id).status == "succeeded"
    assert job_of(runtime, job.id).error_code is None

    vision.fails = [ZeroDivisionError("a secret detail")]
    _, broken = indexed(runtime, "B", photo("blue"))
    assert (broken.status, broken.error_code) == ("failed", "internal")
    assert "secret" not in (broken.error_message or "")


def test_a_product_deleted_meanwhile_fails_its_job_and_leaves_nothing(runtime: Runtime) -> None:
    with runtime.sessions.write() as session:
        product, job = product_with_photos(session, runtime.ports, "A", photo())
    with runtime.sessions.write() as session:
        catalog.remove(session, runtime.ports, catalog.get(session, product.id))
    runtime.run_job(job.id)
    assert job_of(runtime, job.id).error_code == "product_unknown"
    assert count(runtime, Crop) == 0


def test_a_job_cancelled_while_the_model_runs_writes_nothing(runtime: Runtime) -> None:
    vision = SteeredVision(seen(40, 0))
    runtime = with_vision(runtime, vision)
    with runtime.sessions.write() as session:
        _, job = product_with_photos(session, runtime.ports, "A", photo())
    look = vision.analyze

    def cancelling(
        images: Sequence[bytes], boxes: Sequence[Box | None] | None = None
    ) -> list[Analysis]:
        with runtime.sessions.write() as session:
            jobs.cancel(session, job.id)
        return look(images, boxes)

    vision.analyze = cancelling  # type: ignore[method-assign]
    runtime.run_job(job.id)
    assert job_of(runtime, job.id).status == "cancelled"
    assert count(runtime, Crop) == 0


def test_a_second_photo_does_not_change_the_primary_but_its_order_does(runtime: Runtime) -> None:
    product, _ = indexed(runtime, "A", photo("red"))
    first = product.primary_crop_id
    with runtime.sessions.write() as session:
        product = catalog.get(session, product.id)
        files = admit([("2.jpg", photo("blue"))], runtime.settings.limits)
        catalog.add_images(session, runtime.ports, product, files, 12)
        job = catalog.submit_index(session, runtime.ports, product, None)
    runtime.run_job(job.id)
    product = reload(runtime, product.id)
    assert product.primary_crop_id == first
    with runtime.sessions.write() as session:
        product = catalog.get(session, product.id)
        order = [image.id for image in reversed(product.images)]
        assert catalog.update(session, runtime.ports, product, {"image_ids": order})
    assert reload(runtime, product.id).primary_crop_id != first


def test_publishing_follows_deletion_restoration_and_a_lost_collection(runtime: Runtime) -> None:
    name = runtime.ports.vision.versions.collection
    product, _ = indexed(runtime, "A", photo("red"))
    with runtime.sessions.write() as session:
        catalog.remove(session, runtime.ports, catalog.get(session, product.id))
    assert run_kind(runtime, Order(kinds.Publish(), product.id)).status == "succeeded"
    assert vector_of(runtime, product.id, name) is None
    with runtime.sessions.write() as session:
        catalog.restore(session, runtime.ports, catalog.get(session, product.id, deleted=True))
    runtime.ports.vectors.drop(name)
    assert run_kind(runtime, Order(kinds.Publish(), product.id)).status == "succeeded"
    assert vector_of(runtime, product.id, name) is not None


def test_reindex_refills_a_lost_index_and_drops_strays_without_a_model(runtime: Runtime) -> None:
    vision = SteeredVision(seen(40, 0))
    runtime = with_vision(runtime, vision)
    with runtime.sessions.write() as session:
        models.activate(session, models.collection_for(session, vision.versions))
    products = [indexed(runtime, f"P{n}", photo("red", seed=n))[0] for n in range(3)]
    name, calls = vision.versions.collection, vision.calls
    with runtime.sessions.write() as session:
        session.execute(
            update(Product).where(Product.id == products[2].id).values(deleted_at=now())
        )
    assert run_kind(runtime, Order(kinds.Reindex())).status == "succeeded"
    assert runtime.ports.vectors.ids(name) == {products[0].id, products[1].id}
    runtime.ports.vectors.drop(name)
    job = run_kind(runtime, Order(kinds.Reindex()))
    assert (job.status, job.done, job.total) == ("succeeded", 2, 2)
    assert runtime.ports.vectors.ids(name) == {products[0].id, products[1].id}
    assert vision.calls == calls


def test_searches_find_everything_while_the_index_is_refilled(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    products = {indexed(runtime, f"P{n}", photo("red", seed=n))[0].id for n in range(3)}
    vectors, seen_meanwhile = runtime.ports.vectors, []
    put, remove = vectors.upsert, vectors.delete

    def look() -> None:
        # Only the finding: what we stand in may hold the write lock that the record waits for.
        found = pipeline.find(runtime.search_engine, SearchRequest(text="red"))
        seen_meanwhile.append({hit.product.id for hit in found.hits})

    def putting(collection: str, points: Sequence[Point]) -> None:
        look()
        put(collection, points)
        look()

    def removing(collection: str, ids: Sequence[str]) -> None:
        remove(collection, ids)
        look()

    monkeypatch.setattr(vectors, "upsert", putting)
    monkeypatch.setattr(vectors, "delete", removing)
    assert run_kind(runtime, Order(kinds.Reindex())).status == "succeeded"
    assert len(seen_meanwhile) >= 2
    assert all(seen == products for seen in seen_meanwhile)


def test_reindex_of_an_empty_catalogue_succeeds(runtime: Runtime) -> None:
    assert run_kind(runtime, Order(kinds.Reindex())).status == "succeeded"


def test_sweeping_sends_what_was_left_and_idles_otherwise(runtime: Runtime) -> None:
    queue = runtime.ports.queue
    assert isinstance(queue, ListQueue)
    runtime.sweep()
    queue.run_all(runtime.run_job)  # the first purge
    runtime.sweep()
    assert queue.sent == []
    with runtime.sessions.write() as session:
        jobs.submit(session, runtime.ports.queue, Order(kinds.Publish()))
        session.flush()
        session.execute(update(Job).values(sent_at=None))
    queue.sent.clear()
    runtime.sweep()
    assert len(queue.sent) == 1


def test_missing_photo_bytes_fail_the_job_with_a_reason(runtime: Runtime, ports: Ports) -> None:
    with runtime.sessions.write() as session:
        product, job = product_with_photos(session, runtime.ports, "A", photo())
        ports.blobs.delete(product.images[0].blob_key)
    runtime.run_job(job.id)
    assert job_of(runtime, job.id).status == "failed"
    with pytest.raises(NotFound), runtime.sessions.read() as session:
        catalog.get(session, "unknown")
