"""A feed is pulled by the schedule of real workers, applied once, and not read while it stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.worlds.feeds import FeedServer
from tests.worlds.servers import StartWorker
from tests.worlds.waiting import eventually
from vitrine import schema
from vitrine.core.clock import now
from vitrine.core.groups import FetchSettings
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.services import sources
from vitrine.services.sources import Rules, Wanted
from vitrine.tables.catalog import Product
from vitrine.tables.sources import Source, SourcePull

pytestmark = pytest.mark.servers


@pytest.fixture
def shop(scaled_out: Settings) -> Settings:
    """May ask this machine for feeds."""
    return scaled_out.model_copy(update={"fetch": FetchSettings(networks="127.0.0.0/8")})


def states(sessions: Sessions) -> list[str]:
    with sessions.read() as session:
        return [each.state for each in session.scalars(select(SourcePull).order_by(SourcePull.id))]


def test_workers_pull_what_is_due_and_apply_what_differs(
    shop: Settings, start_worker: StartWorker
) -> None:
    engine = make_engine(shop)
    schema.upgrade(engine)
    sessions = Sessions(engine)
    with FeedServer.serving() as feed:
        feed.etag = '"one"'
        feed.put("A,Alpha,1", "B,Beta,2")
        with sessions.write() as session:
            asked = Wanted("Shop", f"{feed.url}/feed.csv", every_minutes=5)
            source_id = sources.add(session, Rules.of(shop), asked, None).id
        start_worker(shop)
        eventually(lambda: states(sessions) == ["applied"], "the source was not pulled")
        due_again(sessions, source_id)
        eventually(lambda: states(sessions) == ["applied", "unchanged"], "it was not asked again")
        feed.etag = '"two"'
        feed.put("A,Alpha,3")
        due_again(sessions, source_id)
        eventually(lambda: states(sessions)[2:] == ["applied"], "the change was not pulled")
        assert len(feed.got) == 3, "each process of the worker looks, and one of them pulls"
    with sessions.read() as session:
        found = session.execute(select(Product.external_id, Product.status, Product.price))
        assert {(name, status, str(price).split(".")[0]) for name, status, price in found} == {
            ("A", "active", "3"),
            ("B", "archived", "2"),
        }
    engine.dispose()


def due_again(sessions: Sessions, source_id: str) -> None:
    with sessions.write() as session:
        past = now() - timedelta(seconds=1)
        session.execute(update(Source).where(Source.id == source_id).values(next_at=past))
