from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.worlds.desk import Desk, halves
from tests.worlds.factories import insert_indexed, photo, unit_vectors
from vitrine.core.clock import now
from vitrine.core.errors import Conflict
from vitrine.core.settings import Settings
from vitrine.db import Sessions
from vitrine.services import catalog, models
from vitrine.services.review import leases, queue
from vitrine.services.review.leases import Reviewer, Wanted
from vitrine.tables.review import ReviewItem
from vitrine.wiring import Runtime

MANY = 40


def stocked(desk: Desk, count: int) -> list[str]:
    """So many products as if they had been indexed, each with an item."""
    runtime = desk.runtime
    versions = runtime.ports.vision.versions
    with runtime.sessions.write() as session:
        rows = [{"category": f"sort {number % 2}"} for number in range(count)]
        ids = insert_indexed(session, versions, unit_vectors(count, versions.dimension), rows)
        queue.ensure(session, ids)
    return ids


def run_out(desk: Desk) -> None:
    with desk.runtime.sessions.write() as session:
        session.execute(update(ReviewItem).values(lease_until=now() - timedelta(seconds=1)))


def taken(desk: Desk, name: str, count: int, **wanted: object) -> set[str]:
    return {shown.product.id for shown in desk.lease(name, count, **wanted)}


def test_two_reviewers_never_hold_one_item(
    both_databases: tuple[Settings, Sessions], runtime: Runtime
) -> None:
    _, sessions = both_databases
    desk = Desk(replace(runtime, sessions=sessions))
    with sessions.write() as session:
        models.register(session, runtime.ports.vision.versions)
    ids = stocked(desk, MANY)
    people = [desk.person(name) for name in ("ada", "bob")]
    together = threading.Barrier(2)

    def lease_all(reviewer: Reviewer) -> list[str]:
        got: list[str] = []
        together.wait()
        while True:
            with sessions.write() as session:
                some = leases.lease(session, Wanted(), reviewer, 3)
                got += [item.product_id for item in some]
            if not some:
                return got

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lease_all, people)
    assert not set(one) & set(other)
    assert sorted(one + other) == sorted(ids)


def test_a_lease_runs_out_and_the_answer_then_is_refused(desk: Desk) -> None:
    product = desk.add("A", halves())
    desk.refresh(product)
    [shown] = desk.lease("ada")
    assert desk.lease("bob") == []
    run_out(desk)
    with pytest.raises(Conflict) as caught:
        desk.answer(shown)
    assert caught.value.code == "lease_expired"
    [again] = desk.lease("bob")
    assert again.item.id == shown.item.id
    with pytest.raises(Conflict) as caught:
        desk.answer(shown)
    assert caught.value.code == "lease_lost"
    with pytest.raises(Conflict), desk.runtime.sessions.write() as session:
        leases.prolong(session, leases.find(session, shown.item.id), desk.person("ada"))
    desk.answer(again, name="bob")


def test_a_lease_is_prolonged_or_given_back(desk: Desk) -> None:
    stocked(desk, 1)
    [shown] = desk.lease("ada")
    run_out(desk)
    with desk.runtime.sessions.write() as session:
        item = leases.find(session, shown.item.id)
        leases.prolong(session, item, desk.person("ada"))
        assert item.lease_until is not None
        assert item.lease_until > now()
    with desk.runtime.sessions.write() as session:
        leases.release(session, leases.find(session, shown.item.id), desk.person("ada"))
    assert len(desk.lease("bob")) == 1


def test_items_come_by_priority_and_only_those_that_are_wanted(desk: Desk) -> None:
    ids = stocked(desk, 6)
    with desk.runtime.sessions.write() as session:
        for place, item in enumerate(session.scalars(select(ReviewItem).order_by(ReviewItem.id))):
            item.priority, item.disagreement = place / 10, float(place == 3)
            item.facets = " colour " if place == 2 else ""
            by_place = ids if place else [item.product_id, *ids[1:]]
    assert taken(desk, "ada", 2) == {by_place[5], by_place[4]}
    assert taken(desk, "ada", 9, doubt="disagreement") == {by_place[3]}
    assert taken(desk, "ada", 9, facet="colour") == {by_place[2]}
    assert taken(desk, "ada", 9, category="SORT 1") == {by_place[1]}
    assert taken(desk, "bob", 9, product_ids=[by_place[0], by_place[1]]) == {by_place[0]}
    assert taken(desk, "ada", 9, product_ids=[by_place[1]]) == {by_place[1]}, "her own again"


def test_deleted_products_are_not_leased(desk: Desk) -> None:
    product = desk.add("A", photo("red"))
    desk.refresh(product)
    with desk.runtime.sessions.write() as session:
        catalog.remove(session, desk.runtime.ports, catalog.get(session, product))
    assert desk.lease() == []


def test_skipped_and_returned_items_go_to_somebody_else_with_the_comment(desk: Desk) -> None:
    product = desk.add("A", halves())
    desk.refresh(product)
    desk.answer(desk.next("ada"), "skip")
    assert desk.lease("ada") == []
    desk.answer(desk.next("bob"), "return", "bob", comment="Is this a skirt?")
    assert desk.lease("bob") == []
    [shown] = desk.lease("eve")
    assert shown.comment is not None
    assert (shown.comment.by, shown.comment.text) == ("bob", "Is this a skirt?")
    desk.answer(shown, "flag", "eve", comment="Ask the shop.")
    assert desk.lease("dan") == []
    [flagged] = desk.lease("dan", flagged=True)
    assert flagged.comment is not None
    assert flagged.comment.text == "Ask the shop."


def test_a_tenth_is_the_beginning_of_a_random_order_whatever_is_doubted(desk: Desk) -> None:
    ids = stocked(desk, MANY)
    order = sorted(ids, key=queue.draw)
    with desk.runtime.sessions.write() as session:
        doubted: Sequence[str] = order[::-1]
        for item in session.scalars(select(ReviewItem)):
            item.priority = 1 - doubted.index(item.product_id) / MANY
    leased = [shown.product.id for _ in range(30) for shown in desk.lease("ada")]
    assert len(set(leased)) == 30
    with desk.runtime.sessions.read() as session:
        sampled = session.scalars(select(ReviewItem.product_id).where(ReviewItem.sampled)).all()
    assert set(sampled) == set(order[:3])
    assert set(leased) == set(order[:3]) | set(order[-27:])
