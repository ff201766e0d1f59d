from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import select, update

from tests.worlds.factories import photo
from tests.worlds.fakes import ListQueue, MemoryBlobs
from tests.worlds.tidying import add, reconcile, run_job
from vitrine.core.clock import new_id, now
from vitrine.core.errors import NotFound
from vitrine.core.groups import LimitSettings, RetentionSettings, WebhookSettings
from vitrine.core.settings import Settings
from vitrine.db import Sessions
from vitrine.ports import Point, Ports
from vitrine.services import catalog, jobs, models
from vitrine.services.catalog import thumbnails
from vitrine.services.catalog.photos import admit_one, store_image
from vitrine.services.imports import job as importing
from vitrine.services.imports.job import Asked, Upload
from vitrine.services.jobs import Order, kinds
from vitrine.services.webhooks import events
from vitrine.tables.blobs import LISTED, Blob, listed_key, thumbnail_keys
from vitrine.tables.catalog import Image, Product, blob_key
from vitrine.tables.jobs import FAILED, ImportResult, Job
from vitrine.tables.webhooks import Delivery, Webhook
from vitrine.vision.likeness import Likeness
from vitrine.wiring import Runtime

KEEP = RetentionSettings()
LONG_AGO = now() - timedelta(days=400)


@pytest.fixture
def shop(both_databases: tuple[Settings, Sessions], ports: Ports) -> Runtime:
    settings, sessions = both_databases
    with sessions.write() as session:
        models.register(session, ports.vision.versions)
    return Runtime(settings, sessions, ports)


def purge(shop: Runtime, policy: RetentionSettings = KEEP) -> dict[str, int]:
    return run_job(shop, Order(kinds.Purge(policy=policy))).counts


def delete(shop: Runtime, product: Product, ago: timedelta = timedelta()) -> None:
    with shop.sessions.write() as session:
        catalog.remove(session, shop.ports, catalog.get(session, product.id))
    with shop.sessions.write() as session:
        session.execute(
            update(Product).where(Product.id == product.id).values(deleted_at=now() - ago)
        )
    assert isinstance(shop.ports.queue, ListQueue)
    shop.ports.queue.run_all(shop.run_job)


def stored(shop: Runtime) -> MemoryBlobs:
    assert isinstance(shop.ports.blobs, MemoryBlobs)
    return shop.ports.blobs


def vectors(shop: Runtime) -> set[str]:
    return shop.ports.vectors.ids(shop.ports.vision.versions.collection)


def test_what_was_deleted_waits_for_its_time_and_can_come_back(shop: Runtime) -> None:
    product = add(shop, "A", photo())
    key = product.images[0].blob_key
    delete(shop, product, timedelta(days=29))
    assert vectors(shop) == set()
    assert purge(shop) == {"marked": 1}
    assert stored(shop).expiring == {key}
    with shop.sessions.write() as session:
        catalog.restore(session, shop.ports, catalog.get(session, product.id, deleted=True))
    assert purge(shop) == {"marked": 1}
    assert stored(shop).expiring == set()
    assert vectors(shop) == {product.id}
    assert stored(shop).exists(key)


def test_bytes_go_with_the_last_product_that_shows_them(shop: Runtime) -> None:
    first, second = add(shop, "A", photo(), photo("blue")), add(shop, "B", photo())
    shared, alone = (image.sha256 for image in first.images)
    for key in thumbnail_keys(shared) + thumbnail_keys(alone):
        stored(shop).put(key, b"small", "image/webp")
    delete(shop, first, timedelta(days=31))
    assert purge(shop) == {"products": 1, "images": 2, "blobs": 1}
    assert set(stored(shop).keys()) == {blob_key(shared), *thumbnail_keys(shared)}
    delete(shop, second, timedelta(days=31))
    assert purge(shop) == {"products": 1, "images": 1, "blobs": 1}
    assert set(stored(shop).keys()) == set()


def test_bytes_that_came_again_after_they_were_condemned_are_kept(shop: Runtime) -> None:
    product = add(shop, "A", photo())
    delete(shop, product, timedelta(days=31))
    with shop.sessions.write() as session:
        session.execute(update(Blob).values(condemned_at=LONG_AGO, marked_at=LONG_AGO))
    again = add(shop, "B", photo())
    with shop.sessions.read() as session:
        row = session.scalars(select(Blob)).one()
    assert (row.condemned_at, row.marked_at) == (None, None)
    purge(shop)
    assert stored(shop).exists(again.images[0].blob_key)


def test_old_jobs_uploads_and_their_bytes_go_and_young_ones_stay(shop: Runtime) -> None:
    add(shop, "A", photo())
    with shop.sessions.write() as session:
        for colour in ("blue", "green"):
            admitted = admit_one("image", "", photo(colour), LimitSettings())
            image = store_image(session, shop.ports.blobs, admitted, None)
            if colour == "blue":
                image.created_at = LONG_AGO
        session.execute(update(Job).values(finished_at=LONG_AGO))
    assert purge(shop) == {"jobs": 1, "uploads": 1, "blobs": 1}
    assert purge(shop) == {}
    assert len(stored(shop).stored) == 2


def test_a_product_in_the_hands_of_a_worker_is_left_for_later(shop: Runtime) -> None:
    product = add(shop, "A", photo())
    delete(shop, product, timedelta(days=31))
    with shop.sessions.write() as session:
        job = jobs.submit(session, shop.ports.queue, Order(kinds.Index(), product.id))
        assert isinstance(shop.ports.queue, ListQueue)
    shop.ports.queue.sent.clear()
    with shop.sessions.write() as session:
        held = jobs.claim(session, job.id, 30)
    assert "products" not in purge(shop)
    with shop.sessions.write() as session:
        assert held is not None
        jobs.finish(session, held)
    assert purge(shop)["products"] == 1


def test_an_imports_files_go_with_its_job_and_its_pictures_as_others_do(shop: Runtime) -> None:
    queue = shop.ports.queue
    assert isinstance(queue, ListQueue)
    pictures = io.BytesIO()
    with zipfile.ZipFile(pictures, "w") as archive:
        archive.writestr("a.jpg", photo())
    table = b"sku,title,images\nA,Shirt,a.jpg\nB,,a.jpg\n"
    upload = Upload("shop.csv", table, pictures.getvalue())
    with shop.sessions.write() as session:
        ran, waits, dropped = (
            importing.submit(session, shop.ports, upload, Asked()).id for _ in range(3)
        )
        jobs.cancel(session, dropped)
    queue.sent.remove((waits, 0.0))
    queue.run_all(shop.run_job)
    with shop.sessions.write() as session:
        [blob] = session.scalars(select(Blob))
        assert stored(shop).exists(blob_key(blob.sha256))
        assert jobs.get(session, ran).status == "succeeded"
        assert len(list(stored(shop).keys("imports/"))) == 2 + 2 + 1
        session.execute(update(Job).where(Job.id.in_((ran, dropped))).values(finished_at=LONG_AGO))
    assert purge(shop) == {"jobs": 2}
    with shop.sessions.read() as session:
        key = jobs.get(session, waits).payload["key"]
        assert session.scalars(select(ImportResult)).all() == []
        [product] = session.scalars(select(Product))
    assert set(stored(shop).keys("imports/")) == {f"{key}/catalogue", f"{key}/images"}
    delete(shop, product, timedelta(days=31))
    assert purge(shop) == {"products": 1, "images": 1, "blobs": 1}


def test_files_of_no_import_are_told_unless_their_job_may_still_come(shop: Runtime) -> None:
    old = "01890000-0000-7000-8000-000000000000"
    arriving = f"imports/{new_id()}/catalogue"
    upload = Upload("shop.csv", b"sku,title\nA,B\n")
    with shop.sessions.write() as session:
        job = importing.submit(session, shop.ports, upload, Asked())
        job.payload = {**job.payload, "key": f"imports/{old[:-1]}1"}
        known = f"{job.payload['key']}/catalogue"
    stored(shop).stored = dict.fromkeys((f"imports/{old}/errors", arriving, known), b"x")
    assert isinstance(shop.ports.queue, ListQueue)
    shop.ports.queue.sent.clear()
    assert reconcile(shop) == {"files_without_import": 1}
    assert reconcile(shop, repair=True) == {"files_without_import": 1}
    assert set(stored(shop).keys()) == {arriving, known}


def test_a_deleted_webhook_goes_with_its_deliveries(shop: Runtime) -> None:
    given = {"url": "https://x.example", "events": [], "seed": "", "secret_hash": ""}
    with shop.sessions.write() as session:
        gone, stays = Webhook(**given, deleted_at=LONG_AGO), Webhook(**given)
        session.add_all([gone, stays])
        session.flush()
        events.address(session, [gone, stays], events.TEST, {})
    assert purge(shop) == {"webhooks": 1}
    with shop.sessions.read() as session:
        assert [each.webhook_id for each in session.scalars(select(Delivery))] == [stays.id]


def test_what_was_purged_meanwhile_is_not_found(shop: Runtime) -> None:
    product = add(shop, "A", photo())
    delete(shop, product, timedelta(days=31))
    with shop.sessions.read() as session:
        before = catalog.get(session, product.id, deleted=True)
    purge(shop)
    with shop.sessions.write() as session:
        session.add(before)
        with pytest.raises(NotFound):
            catalog.restore(session, shop.ports, before)


def test_what_names_products_may_not_outlive_them() -> None:
    with pytest.raises(ValidationError, match="queries_days must not be over deleted_days"):
        RetentionSettings(deleted_days=7, queries_days=8)
    short = RetentionSettings(deleted_days=7, queries_days=7)
    with pytest.raises(ValidationError, match="VITRINE_WEBHOOKS__KEEP"):
        Settings(retention=short)
    Settings(retention=short, webhooks=WebhookSettings(keep=7 * 86_400))


def test_reconcile_tells_first_and_mends_when_asked(shop: Runtime) -> None:
    product, other = add(shop, "A", photo()), add(shop, "B", photo("blue"))
    collection = shop.ports.vision.versions.collection
    [vector] = shop.ports.vectors.get(collection, [product.id]).values()
    ghost, orphan = "ghost", "ab" + "0" * 62
    shop.ports.vectors.upsert(collection, [Point(ghost, vector)])
    shop.ports.vectors.delete(collection, [product.id])
    stored(shop).put(blob_key(orphan), b"orphan", "image/jpeg")
    stored(shop).put(f"thumbnails/cd/{'cd' + '0' * 62}-160.webp", b"small", "image/webp")
    stored(shop).delete(other.images[0].blob_key)
    with shop.sessions.write() as session:
        session.add(Blob(sha256="ef" + "0" * 62))
        gone = session.get_one(Blob, product.images[0].sha256)
        session.delete(gone)
    wrong = {
        "bytes_without_image": 1,
        "rows_without_image": 1,
        "images_without_row": 1,
        "thumbnails_without_image": 1,
        "images_without_bytes": 1,
        "vectors_without_product": 1,
        "products_without_vector": 1,
    }
    assert reconcile(shop) == wrong
    assert reconcile(shop) == wrong, "telling changes nothing"
    mended = reconcile(shop, repair=True)
    assert mended == wrong | {"blobs": 2, "marked": 1}
    assert reconcile(shop) == {}
    assert set(stored(shop).keys()) == {product.images[0].blob_key}
    assert vectors(shop) == {product.id}
    with shop.sessions.read() as session:
        assert catalog.get(session, other.id).images == []


def test_lost_bytes_are_told_with_their_products(shop: Runtime) -> None:
    product = add(shop, "A", photo())
    stored(shop).delete(product.images[0].blob_key)
    [told] = run_job(shop, Order(kinds.Reconcile())).notes
    assert told == f"The bytes of image {product.images[0].id} (A) are lost."


def test_a_wrong_store_is_not_taken_for_lost_photos(
    shop: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vitrine.services.retention.reconcile.FEW", 1)
    add(shop, "A", photo(), photo("blue"))
    stored(shop).stored.clear()
    run_job(shop, Order(kinds.Reconcile(repair=True)))
    with shop.sessions.read() as session:
        [job] = session.scalars(select(Job).where(Job.kind == "reconcile"))
        assert (job.status, job.error_code) == (FAILED, "most_bytes_lost")
        assert len(session.scalars(select(Image)).all()) == 2


def test_the_sweep_submits_a_purge_when_the_last_is_long_ago(shop: Runtime) -> None:
    def purges() -> int:
        with shop.sessions.read() as session:
            return len(session.scalars(select(Job).where(Job.kind == "purge")).all())

    shop.sweep()
    shop.sweep()
    assert purges() == 1
    with shop.sessions.write() as session:
        session.execute(update(Job).values(created_at=now() - timedelta(hours=2)))
    shop.sweep()
    assert purges() == 2


def test_the_sweep_has_photos_looked_at_and_copies_are_made_when_asked(shop: Runtime) -> None:
    first, _ = add(shop, "A", photo()), add(shop, "B", photo())
    queue = shop.ports.queue
    assert isinstance(queue, ListQueue)
    with shop.sessions.read() as session:
        assert thumbnails.due(session)
    shop.sweep()
    shop.sweep()
    queue.run_all(shop.run_job)
    sha256 = first.images[0].sha256
    assert set(stored(shop).keys()) == {blob_key(sha256)}
    with shop.sessions.read() as session:
        assert not thumbnails.due(session)
        [made] = session.scalars(select(Job).where(Job.kind == "thumbnails"))
        assert (made.done, made.total) == (1, 1)
        assert session.scalars(select(Blob)).one().perceptual_hash
    for key in thumbnail_keys(sha256):
        stored(shop).put(key, b"old", "image/webp")
    with shop.sessions.write() as session:
        assert thumbnails.forget(session) == 1
    shop.sweep()
    queue.run_all(shop.run_job)
    assert set(stored(shop).keys()) == {blob_key(sha256)}, "of an earlier recipe"


def test_what_lists_show_is_made_ahead_where_that_is_asked(shop: Runtime) -> None:
    product, queue = add(shop, "A", photo(), photo("blue")), shop.ports.queue
    assert isinstance(queue, ListQueue)
    there, lost = product.images
    stored(shop).delete(lost.blob_key)
    smaller, larger = sorted(listed_key(there.sha256, side) for side in LISTED)
    stored(shop).put(larger, b"old", "image/webp")
    with shop.sessions.write() as session:
        thumbnails.submit(session, queue, ahead=True)
    queue.run_all(shop.run_job)
    assert set(stored(shop).keys()) == {there.blob_key, smaller, larger}
    stored(shop).put(larger, b"old", "image/webp")
    with shop.sessions.write() as session:
        thumbnails.submit(session, queue, ahead=True)
    queue.run_all(shop.run_job)
    assert stored(shop).get(larger) == b"old", "it is there"
    with shop.sessions.write() as session:
        thumbnails.forget(session)
        thumbnails.submit(session, queue, ahead=True)
    queue.run_all(shop.run_job)
    assert stored(shop).get(larger) != b"old"


def test_thumbnails_of_what_was_purged_meanwhile_do_not_stay(
    shop: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = add(shop, "A", photo())
    look = thumbnails._look

    def purged_meanwhile(blobs: MemoryBlobs, sha256: str, known: bool) -> Likeness:
        thumbnails.thumbnail(blobs, sha256, 480)
        made = look(blobs, sha256, known)
        delete(shop, product, timedelta(days=31))
        purge(shop)
        return made

    monkeypatch.setattr(thumbnails, "_look", purged_meanwhile)
    assert isinstance(shop.ports.queue, ListQueue)
    with shop.sessions.write() as session:
        thumbnails.submit(session, shop.ports.queue)
    shop.ports.queue.run_all(shop.run_job)
    assert stored(shop).stored == {}


def test_a_photo_that_is_lost_stops_no_other(shop: Runtime) -> None:
    product = add(shop, "A", photo(), photo("blue"))
    lost, there = product.images
    stored(shop).delete(lost.blob_key)
    shop.sweep()
    assert isinstance(shop.ports.queue, ListQueue)
    shop.ports.queue.run_all(shop.run_job)
    with shop.sessions.read() as session:
        assert not thumbnails.due(session)
        looked = session.scalars(select(Blob.sha256).where(Blob.perceptual_hash.is_not(None)))
        assert looked.all() == [there.sha256]
