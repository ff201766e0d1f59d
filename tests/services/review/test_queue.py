from __future__ import annotations

import pytest
from sqlalchemy import update

from tests.worlds.desk import Desk, halves
from tests.worlds.factories import photo
from tests.worlds.indexing import run_kind
from vitrine.core.clock import now
from vitrine.services import catalog, jobs, search
from vitrine.services.jobs import Order, kinds
from vitrine.services.review import job, progress, queue
from vitrine.services.search.request import SearchRequest
from vitrine.tables.catalog import MODEL
from vitrine.tables.jobs import Job
from vitrine.tables.review import DONE, OPEN


def run(desk: Desk) -> None:
    assert run_kind(desk.runtime, Order(kinds.Doubts())).status == "succeeded"


def due(desk: Desk) -> bool:
    with desk.runtime.sessions.read() as session:
        return job.due(session)


def rest(desk: Desk) -> None:
    """As if the last run were an hour ago."""
    with desk.runtime.sessions.write() as session:
        past = {"created_at": now() - 2 * job.REST, "started_at": now() + 2 * job.LATE}
        session.execute(update(Job).where(Job.kind == "doubts").values(**past))


def test_the_first_run_gives_every_product_with_a_photo_an_item(desk: Desk) -> None:
    assert not due(desk)
    with_photo, without = desk.add("A", halves()), desk.add("B")
    assert due(desk)
    run(desk)
    item = desk.item(with_photo)
    assert (item.state, item.draw) == (OPEN, queue.draw(with_photo))
    assert item.candidates["colour"][0][0] in ("red", "blue")
    assert item.label_margin > 0
    with pytest.raises(Exception, match="No row"):
        desk.item(without)


def test_a_run_waits_for_the_end_of_an_import_but_not_for_long(desk: Desk) -> None:
    product = desk.add("A", photo("red"))
    run(desk)
    rest(desk)
    with desk.runtime.sessions.write() as session:
        catalog.update(
            session, desk.runtime.ports, catalog.get(session, product), {"colour": "blue"}
        )
        index = jobs.submit(session, desk.runtime.ports.queue, Order(kinds.Index(), product)).id
        session.execute(update(Job).where(Job.kind == "doubts").values(started_at=now()))
    assert not due(desk), "the product is about to be indexed"
    with desk.runtime.sessions.write() as session:
        past = now() - job.PATIENCE - job.REST
        session.execute(update(Job).where(Job.kind == "doubts").values(created_at=past))
    assert due(desk), "reviewers waited long enough"
    rest(desk)
    desk.runtime.run_job(index)
    with desk.runtime.sessions.write() as session:
        session.execute(update(Job).where(Job.kind == "doubts").values(started_at=now()))
    assert due(desk), "the import is over"


def test_later_runs_follow_what_changed_and_rest_in_between(desk: Desk) -> None:
    changed, other = desk.add("A", photo("red")), desk.add("B", photo("red", seed=1))
    run(desk)
    assert not due(desk), "it rests"
    rest(desk)
    assert not due(desk), "nothing changed"
    assert desk.item(changed).disagreement == 0
    calls = desk.runtime.ports.vision
    with desk.runtime.sessions.write() as session:
        product = catalog.get(session, changed)
        catalog.update(session, desk.runtime.ports, product, {"colour": "blue"})
        session.execute(update(Job).where(Job.kind == "doubts").values(started_at=now()))
    assert due(desk)
    run(desk)
    assert desk.item(changed).disagreement > 0.3
    assert desk.item(changed).facets.split() == ["colour"]
    assert desk.item(changed).priority > desk.item(other).priority
    assert calls is desk.runtime.ports.vision


def test_what_searches_find_comes_first_and_each_search_counts_once(desk: Desk) -> None:
    red, blue = desk.add("A", photo("red")), desk.add("B", photo("blue"))
    run(desk)
    before = desk.item(red).priority
    for _ in range(3):
        search.search(desk.runtime.search_engine, SearchRequest(text="red", limit=1))
    run(desk)
    run(desk)
    assert (desk.item(red).traffic, desk.item(blue).traffic) == (3, 0)
    assert desk.item(red).priority > before


def test_deleted_products_wait_for_nobody_until_they_are_restored(desk: Desk) -> None:
    product = desk.add("A", halves())
    desk.refresh(product)
    with desk.runtime.sessions.write() as session:
        catalog.remove(session, desk.runtime.ports, catalog.get(session, product))
    desk.refresh(product)
    assert desk.item(product).state == DONE
    with desk.runtime.sessions.write() as session:
        gone = catalog.get(session, product, deleted=True)
        catalog.restore(session, desk.runtime.ports, gone)
    desk.refresh(product)
    assert desk.item(product).state == OPEN


def test_a_product_with_a_new_crop_is_reviewed_again(desk: Desk) -> None:
    product = desk.add("A", halves())
    desk.refresh(product)
    desk.answer(desk.next())
    desk.refresh(product)
    assert desk.item(product).state == DONE
    with desk.runtime.sessions.read() as session:
        assert progress.depth(session).open == 0
    with desk.runtime.sessions.write() as session:
        crop = catalog.get(session, product).images[0].crops[0]
        # As if a new photo showed it.
        crop.kind, crop.verdict_source, crop.created_at = "dress", MODEL, now()
    desk.refresh(product)
    assert desk.item(product).state == OPEN
