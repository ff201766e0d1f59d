from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image as PILImage
from sqlalchemy import select, text, update

from tests.worlds.factories import fields, photo, product_with_photos
from tests.worlds.fakes import MemoryBlobs
from vitrine.core.errors import Conflict, Invalid, NotFound
from vitrine.core.groups import LimitSettings
from vitrine.core.reasons import check
from vitrine.core.settings import Settings
from vitrine.db import SHOW_DELETED, Sessions
from vitrine.fields import ProductFields
from vitrine.ports import Ports
from vitrine.services import catalog
from vitrine.services.catalog import Filters, thumbnails
from vitrine.services.catalog.fields import clean_name
from vitrine.services.catalog.photos import admit, admit_one, store_image, visible_image
from vitrine.tables.catalog import Image, Product
from vitrine.tables.jobs import Job

LIMITS = LimitSettings()


def created(sessions: Sessions, external_id: str, **given: object) -> str:
    with sessions.write() as session:
        return catalog.create(session, fields(external_id, **given), None).id


def test_a_product_keeps_what_it_was_given(
    both_databases: tuple[Settings, Sessions],
) -> None:
    _, sessions = both_databases
    made = created(
        sessions, "A", price="19.90", currency="EUR", attributes={"fit": "slim", "sizes": ["S"]}
    )
    with sessions.read() as session:
        product = catalog.get(session, made)
        assert str(product.price) == "19.90"
        assert product.attributes == {"fit": "slim", "sizes": ["S"]}
        assert product.created_at.tzinfo is not None


def test_an_external_id_is_unique_among_the_living_only(
    both_databases: tuple[Settings, Sessions], ports: Ports
) -> None:
    _, sessions = both_databases
    first = created(sessions, "A")
    with pytest.raises(Conflict) as taken:
        created(sessions, "A")
    assert taken.value.fields == {"external_id": "is taken"}
    with sessions.write() as session:
        catalog.remove(session, ports, catalog.get(session, first))
    second = created(sessions, "A")
    assert second != first
    with sessions.read() as session:
        assert catalog.find(session, "A").id == second  # type: ignore[union-attr]
        assert catalog.find(session, "A", deleted=True).id == first  # type: ignore[union-attr]
    with pytest.raises(Conflict), sessions.write() as session:
        catalog.restore(session, ports, catalog.get(session, first, deleted=True))


def test_deleted_rows_hide_from_every_ordinary_query(sessions: Sessions, ports: Ports) -> None:
    gone = created(sessions, "A")
    with sessions.write() as session:
        catalog.remove(session, ports, catalog.get(session, gone))
    with sessions.read() as session:
        assert session.scalars(select(Product)).all() == []
        assert session.get(Product, gone) is None
        shown = session.scalars(select(Product), execution_options=SHOW_DELETED).all()
        assert len(shown) == 1
        with pytest.raises(NotFound):
            catalog.get(session, gone)
    with pytest.raises(Conflict), sessions.write() as session:
        catalog.restore(session, ports, catalog.get(session, created(sessions, "B")))


def test_paging_shows_each_product_once(sessions: Sessions) -> None:
    made = [created(sessions, f"P{n}", category="Shirts", brand="Nord") for n in range(5)]
    seen: list[str] = []
    cursor = None
    while True:
        with sessions.read() as session:
            page = catalog.list_products(session, Filters(), cursor, 2)
        seen += [product.id for product in page.products]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == sorted(made, reverse=True)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters({"category": "shirts"}), {"A"}),
        (Filters({"brand": "NORD"}), {"A", "B"}),
        (Filters({"external_id": "b"}), {"B"}),
        (Filters(text="title nord"), {"A", "B"}),
        (Filters(text="100%"), set()),
        (Filters(deleted=True), {"C"}),
    ],
)
def test_filters(sessions: Sessions, ports: Ports, filters: Filters, expected: set[str]) -> None:
    created(sessions, "A", category="Shirts", brand="Nord")
    created(sessions, "B", category="Shoes", brand="Nord")
    gone = created(sessions, "C")
    with sessions.write() as session:
        catalog.remove(session, ports, catalog.get(session, gone))
    with sessions.read() as session:
        page = catalog.list_products(session, filters, None, 10)
    assert {product.external_id for product in page.products} == expected


def test_products_without_photos_are_listed_and_found(sessions: Sessions, ports: Ports) -> None:
    created(sessions, "BARE-1")
    with sessions.write() as session:
        product_with_photos(session, ports, "SEEN", photo())
        lost, _ = product_with_photos(session, ports, "LOST", photo(seed=2))
        catalog.remove_image(session, ports, lost, lost.images[0].id)

    def found(filters: Filters) -> set[str]:
        with sessions.read() as session:
            page = catalog.list_products(session, filters, None, 10)
            assert catalog.count_products(session, filters) == len(page.products)
            return {product.external_id for product in page.products}

    assert found(Filters(photos=False)) == {"BARE-1", "LOST"}
    assert found(Filters(photos=True)) == {"SEEN"}
    assert found(Filters(text="bare-1")) == {"BARE-1"}
    assert found(Filters(text="title of bare", photos=False)) == {"BARE-1"}


def test_the_same_bytes_twice_are_stored_once(sessions: Sessions, ports: Ports) -> None:
    data = photo()
    with sessions.write() as session:
        product, _ = product_with_photos(session, ports, "A", data, data)
        assert len(product.images) == 1
    with sessions.write() as session:
        product_with_photos(session, ports, "B", data)
    assert isinstance(ports.blobs, MemoryBlobs)
    assert len(list(ports.blobs.keys())) == 1


def test_one_waiting_index_job_serves_several_uploads(sessions: Sessions, ports: Ports) -> None:
    with sessions.write() as session:
        product, first = product_with_photos(session, ports, "A", photo())
        assert catalog.submit_index(session, ports, product, None).id == first.id
    with sessions.read() as session:
        assert len(session.scalars(select(Job)).all()) == 1


def test_too_many_images_are_refused(sessions: Sessions, ports: Ports) -> None:
    three = LIMITS.model_copy(update={"images_per_product": 3})
    with pytest.raises(Invalid) as refused:
        admit([("x.jpg", photo(seed=n)) for n in range(4)], three)
    assert "images" in refused.value.fields
    with sessions.write() as session:
        product, _ = product_with_photos(session, ports, "A", photo(seed=1), photo(seed=2))
        more = admit([("x.jpg", photo(seed=n)) for n in (3, 4)], three)
        with pytest.raises(Invalid):
            catalog.add_images(session, ports, product, more, 3)


def test_a_bad_file_is_named_by_place_and_clean_name() -> None:
    with pytest.raises(Invalid) as refused:
        admit([("good.jpg", photo()), ("../../etc/passwd", b"root")], LIMITS)
    assert list(refused.value.fields) == ["images[1]"]
    assert "(passwd)" in refused.value.message


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\dress.jpg", "dress.jpg"),
        ("a\x00b\x1f.jpg", "ab.jpg"),
        ("x" * 5000, "x" * 200),
        ("\u202egpj.exe", "gpj.exe"),
        ("\ud800.jpg", "?.jpg"),
        ("...", ""),
        ("Kleid für Müller.jpg", "Kleid für Müller.jpg"),
    ],
)
def test_a_clients_file_name_is_only_text(name: str, kept: str) -> None:
    assert clean_name(name) == kept


def test_update_changes_text_without_indexing_and_says_if_nothing_changed(
    sessions: Sessions, ports: Ports
) -> None:
    made = created(sessions, "A")
    with sessions.write() as session:
        product = catalog.get(session, made)
        assert catalog.update(session, ports, product, {"title": "New"})
        assert not catalog.update(session, ports, product, {"title": "New"})
    with sessions.read() as session:
        assert [job.kind for job in session.scalars(select(Job))] == ["publish"]
        assert catalog.get(session, made).title == "New"
    created(sessions, "B")
    with pytest.raises(Conflict), sessions.write() as session:
        catalog.update(session, ports, catalog.get(session, made), {"external_id": "B"})


def test_editors_at_the_same_moment_lose_no_attribute_of_each_other(
    both_databases: tuple[Settings, Sessions], ports: Ports
) -> None:
    _, sessions = both_databases
    made = created(sessions, "A", attributes={"fit": "slim"})
    ready = threading.Barrier(4)

    def add(number: int) -> None:
        # On SQLite a writer waits before it reads; on PostgreSQL all four read first.
        with sessions.write() as session:
            product = catalog.get(session, made)
            if session.get_bind().dialect.name == "postgresql":
                ready.wait(10)
            catalog.patch(session, ports, product, {"attributes": {f"by {number}": number}})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(4)))
    with sessions.read() as session:
        added = {f"by {number}": number for number in range(4)}
        assert catalog.get(session, made).attributes == {"fit": "slim"} | added


def test_images_are_ordered_and_removed_only_through_their_product(
    sessions: Sessions, ports: Ports
) -> None:
    with sessions.write() as session:
        product, _ = product_with_photos(session, ports, "A", photo(seed=1), photo(seed=2))
        other, _ = product_with_photos(session, ports, "B", photo(seed=3))
    foreign = other.images[0].id
    first, second = [image.id for image in product.images]
    for wrong in ([first], [first, foreign], [first, first]):
        with pytest.raises(Invalid), sessions.write() as session:
            catalog.update(session, ports, catalog.get(session, product.id), {"image_ids": wrong})
    with sessions.write() as session:
        fresh = catalog.get(session, product.id)
        assert catalog.update(session, ports, fresh, {"image_ids": [second, first]})
    with pytest.raises(NotFound), sessions.write() as session:
        catalog.remove_image(session, ports, catalog.get(session, product.id), foreign)
    with sessions.write() as session:
        catalog.remove_image(session, ports, catalog.get(session, product.id), second)
    with sessions.read() as session:
        assert [image.id for image in catalog.get(session, product.id).images] == [first]


def test_a_deleted_product_is_shown_without_the_images_deleted_from_it(
    sessions: Sessions, ports: Ports
) -> None:
    with sessions.write() as session:
        product, _ = product_with_photos(session, ports, "A", photo(seed=1), photo(seed=2))
    first = product.images[0].id
    with sessions.write() as session:
        catalog.remove_image(session, ports, catalog.get(session, product.id), first)
    with sessions.write() as session:
        catalog.remove(session, ports, catalog.get(session, product.id))
    with sessions.read() as session:
        assert len(catalog.get(session, product.id, deleted=True).images) == 1
        (listed,) = catalog.list_products(session, Filters(deleted=True), None, 9).products
        assert len(listed.images) == 1


def test_filters_do_not_mind_case_in_any_alphabet(sessions: Sessions) -> None:
    created(sessions, "ÄB-1", category="Übergröße", brand="Юбка")
    for filters in (
        Filters({"category": "Übergröße"}),
        Filters({"category": "üBERGRÖßE"}),
        Filters({"external_id": "äb-1"}),
        Filters({"brand": "ЮБКА"}, text="юб"),
    ):
        with sessions.read() as session:
            assert len(catalog.list_products(session, filters, None, 9).products) == 1


def test_two_uploads_at_once_do_not_pass_the_limit_together(
    both_databases: tuple[Settings, Sessions], ports: Ports
) -> None:
    _, sessions = both_databases
    product_id = created(sessions, "A")
    start = threading.Barrier(2)

    def add(seed: int) -> bool:
        photos = admit([("x.jpg", photo(seed=seed))], LIMITS)
        start.wait()
        try:
            with sessions.write() as session:
                catalog.add_images(session, ports, catalog.get(session, product_id), photos, 1)
        except Invalid:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(add, (1, 2))) == [False, True]


def test_who_may_see_an_image(sessions: Sessions, ports: Ports) -> None:
    with sessions.write() as session:
        product, _ = product_with_photos(session, ports, "A", photo())
        file = admit_one("image", "u.jpg", photo(seed=9), LIMITS)
        upload = store_image(session, ports.blobs, file, None)
    image_id = product.images[0].id
    with sessions.write() as session:
        assert visible_image(session, image_id, "anyone").id == image_id
        assert visible_image(session, upload.id, None).id == upload.id
        with pytest.raises(NotFound):
            visible_image(session, upload.id, "somebody else")
        with pytest.raises(NotFound):
            visible_image(session, "nothing", None)
        catalog.remove(session, ports, catalog.get(session, product.id))
    with sessions.read() as session, pytest.raises(NotFound):
        visible_image(session, image_id, None)


def test_a_thumbnail_is_made_once_and_never_enlarged(ports: Ports) -> None:
    file = admit_one("image", "x.jpg", photo(size=(300, 200)), LIMITS)
    ports.blobs.put(f"images/{file.sha256[:2]}/{file.sha256}", file.read(), file.media_type)
    small = thumbnails.thumbnail(ports.blobs, file.sha256, 160)
    assert PILImage.open(io.BytesIO(small)).size == (160, 107)
    large = thumbnails.thumbnail(ports.blobs, file.sha256, 1080)
    assert PILImage.open(io.BytesIO(large)).size == (300, 200)
    before = set(ports.blobs.keys("thumbnails/"))
    assert thumbnails.thumbnail(ports.blobs, file.sha256, 160) == small
    assert set(ports.blobs.keys("thumbnails/")) == before


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"title": "x" * 501}, "title"),
        ({"price": "-1"}, "price"),
        ({"price": "NaN"}, "price"),
        ({"price": "inf"}, "price"),
        ({"price": "1e13"}, "price"),
        ({"price": "0.00001"}, "price"),
        ({"currency": "euro"}, "currency"),
        ({"colr": "red"}, "colr"),
        ({"external_id": None}, "external_id"),
        ({"attributes": {"": "x"}}, "attributes"),
        ({"attributes": {"x": "y" * 5000}}, "attributes"),
        ({"attributes": {"x": "a\x00"}}, "attributes"),
        ({"attributes": {"x": {"deep": 1}}}, "attributes"),
        ({"attributes": {str(n): 1 for n in range(101)}}, "attributes"),
        ({"attributes": {"x": float("nan")}}, "attributes"),
    ],
)
def test_bad_fields_are_named(given: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check(ProductFields, {"external_id": "A", "title": "T", **given})
    assert any(name.startswith(field) for name in refused.value.fields)


def test_a_naive_time_never_reaches_the_database(sessions: Sessions) -> None:
    import datetime

    naive = datetime.datetime(2026, 1, 1)
    with pytest.raises(Exception, match="without a zone"), sessions.write() as session:
        session.execute(update(Image).values(created_at=naive))


def test_sqlite_runs_in_wal_mode_with_foreign_keys(sessions: Sessions) -> None:
    with sessions.read() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
