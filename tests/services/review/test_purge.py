from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update

from tests.worlds.desk import RIGHT, Desk, halves
from tests.worlds.factories import photo
from tests.worlds.indexing import run_kind
from vitrine.core.clock import now
from vitrine.core.groups import RetentionSettings
from vitrine.services import catalog
from vitrine.services.jobs import Order, kinds
from vitrine.services.review.changes import Changes, NewBox
from vitrine.tables.catalog import Image, Product
from vitrine.tables.review import ReviewAnswer, ReviewItem
from vitrine.vision.types import Box

LONG_AGO = now() - timedelta(days=400)


def purge(desk: Desk) -> None:
    order = Order(kinds.Purge(policy=RetentionSettings(), confirmed=True))
    assert run_kind(desk.runtime, order).status == "succeeded"


def reviewed(desk: Desk, external_id: str, *photos: bytes) -> str:
    product = desk.add(external_id, *photos)
    desk.refresh(product)
    shown = desk.next(product_ids=[product])
    box = NewBox("new", shown.photos[0][0].id, Box(*RIGHT), "dress")
    desk.answer(shown, "correct", changes=Changes(primary="new", add=[box]))
    desk.run_jobs()
    return product


def test_a_purged_product_takes_its_item_and_answers_with_it(desk: Desk) -> None:
    gone, kept = reviewed(desk, "A", halves()), reviewed(desk, "B", halves(seed=1))
    with desk.runtime.sessions.write() as session:
        catalog.remove(session, desk.runtime.ports, catalog.get(session, gone))
    desk.run_jobs()
    with desk.runtime.sessions.write() as session:
        session.execute(update(Product).where(Product.id == gone).values(deleted_at=LONG_AGO))
    purge(desk)
    with desk.runtime.sessions.read() as session:
        for table in (ReviewItem, ReviewAnswer):
            assert session.scalars(select(table.product_id)).all() == [kept]


def test_a_purged_photo_is_named_by_no_answer(desk: Desk) -> None:
    product = reviewed(desk, "A", halves(), photo("green"))
    with desk.runtime.sessions.write() as session:
        got = catalog.get(session, product)
        image = got.images[0].id
        catalog.remove_image(session, desk.runtime.ports, got, image)
    desk.run_jobs()
    with desk.runtime.sessions.write() as session:
        session.execute(update(Image).where(Image.id == image).values(deleted_at=LONG_AGO))
    purge(desk)
    with desk.runtime.sessions.read() as session:
        assert session.scalar(select(func.count(Image.id)).where(Image.id == image)) == 0
        [answer] = session.scalars(select(ReviewAnswer))
    assert image not in f"{answer.before}{answer.after}{answer.verified}"
