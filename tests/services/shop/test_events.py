"""Events in both databases: how long they are kept, and what they are counted for."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests.worlds.fakes import ListQueue
from tests.worlds.visitors import Door, furnished
from vitrine.core.clock import new_id, now
from vitrine.core.groups import RetentionSettings
from vitrine.core.settings import Settings
from vitrine.db import Sessions
from vitrine.ports import Ports
from vitrine.services import jobs, models
from vitrine.services.jobs import Order, kinds
from vitrine.services.review import job as reviewing
from vitrine.services.shop import analytics
from vitrine.tables.review import ReviewItem
from vitrine.tables.shop import ADD_TO_CART, CLICK, SEARCH, VIEW, ShopEvent
from vitrine.wiring import Runtime


@pytest.fixture
def runtime(both_databases: tuple[Settings, Sessions], ports: Ports) -> Runtime:
    settings, sessions = both_databases
    with sessions.write() as session:
        models.register(session, ports.vision.versions)
    return Runtime(settings, sessions, ports)


@pytest.fixture
def door(runtime: Runtime) -> Door:
    return furnished(runtime)


def happened(runtime: Runtime, when: datetime, kind: str, **more: object) -> None:
    with runtime.sessions.write() as session:
        session.add(ShopEvent(kind=kind, created_at=when, **more))


def run(runtime: Runtime, order: Order) -> None:
    queue = runtime.ports.queue
    assert isinstance(queue, ListQueue)
    with runtime.sessions.write() as session:
        jobs.submit(session, queue, order)
    queue.run_all(runtime.run_job)


def test_a_purge_forgets_visits_after_a_day_and_events_after_their_time(runtime: Runtime) -> None:
    for days, visit in ((100.0, "oldest-visit"), (1.1, "yesterdays"), (0.5, "todays-visit")):
        when = now() - timedelta(days=days)
        happened(runtime, when, VIEW, visit=visit, id=new_id())
    run(runtime, Order(kinds.Purge(policy=RetentionSettings())))
    with runtime.sessions.read() as session:
        kept = session.scalars(select(ShopEvent.visit).order_by(ShopEvent.created_at)).all()
    assert kept == [None, "todays-visit"]


def test_what_visitors_choose_is_traffic_of_the_review_queue(runtime: Runtime, door: Door) -> None:
    run(runtime, Order(kinds.Doubts()))
    red, green = door.products["red"], door.products["green"]
    for kind, product_id in ((CLICK, red), (ADD_TO_CART, red), (CLICK, green), (VIEW, green)):
        happened(runtime, now(), kind, product_id=product_id)
    happened(runtime, now(), SEARCH)
    with runtime.sessions.write() as session:
        reviewing.submit(session, runtime.ports.queue)
    queue = runtime.ports.queue
    assert isinstance(queue, ListQueue)
    queue.run_all(runtime.run_job)
    with runtime.sessions.read() as session:
        items = session.scalars(select(ReviewItem)).all()
    traffic = {item.product_id: item.traffic for item in items}
    assert (traffic[red], traffic[green], traffic[door.products["blue"]]) == (2, 1, 0)


def test_days_are_those_of_utc_and_times_before_are_left_out(runtime: Runtime) -> None:
    noon = now().replace(hour=12, minute=0)
    for ago in (1, 1, 2, 9):
        happened(
            runtime,
            noon - timedelta(days=ago),
            SEARCH,
            asked="words",
            matches=0,
            milliseconds=float(ago),
            filters=["colour"],
        )
    with runtime.sessions.read() as session:
        told = analytics.of(session, noon - timedelta(days=5))
    days = [(day.day, day.searches, day.no_match) for day in told.days]
    expected = [(2, 1), (1, 2)]
    assert days == [(f"{noon - timedelta(days=ago):%Y-%m-%d}", n, n) for ago, n in expected]
    (way,) = told.ways
    assert (way.median, way.slow) == (1.0, 1.0)
    assert told.filters == [analytics.FilteredBy("colour", 3)]
