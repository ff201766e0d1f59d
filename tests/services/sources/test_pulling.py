"""Sources are pulled over real HTTP and from folders; what they lose is hidden and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.worlds.fakes import ListQueue
from tests.worlds.feeds import FeedServer
from vitrine.adapters.feeds import HttpFeeds
from vitrine.core.clock import now
from vitrine.core.errors import Conflict, Invalid
from vitrine.core.groups import FetchSettings, SourceSettings
from vitrine.core.settings import Settings
from vitrine.db import Sessions
from vitrine.services import catalog, sources, webhooks
from vitrine.services.imports import job as importing
from vitrine.services.sources import Rules, Wanted, schedule
from vitrine.services.webhooks import Changes
from vitrine.tables.catalog import Product
from vitrine.tables.jobs import Job
from vitrine.tables.sources import Source, SourcePull
from vitrine.tables.webhooks import Event
from vitrine.wiring import Runtime

HEADER = "Bearer hush-hush"

pytestmark = pytest.mark.parametrize("both_databases", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def sessions(both_databases: tuple[Settings, Sessions]) -> Sessions:
    """What Vitrine of these tests works on: each kind of database."""
    return both_databases[1]


@pytest.fixture
def shop() -> Iterator[FeedServer]:
    with FeedServer.serving() as serving:
        yield serving


@pytest.fixture
def puller(runtime: Runtime, tmp_path: Path) -> Iterator[Runtime]:
    """A Vitrine that may ask this machine, and read what lies under one folder."""
    (tmp_path / "drops").mkdir()
    settings = runtime.settings.model_copy(
        update={
            "fetch": FetchSettings(networks="127.0.0.0/8"),
            "sources": SourceSettings(root=tmp_path / "drops"),
        }
    )
    with closing(HttpFeeds(settings.fetch, 10)) as feeds:
        yield replace(runtime, settings=settings, ports=replace(runtime.ports, feeds=feeds))


def made(puller: Runtime, **wanted: Any) -> str:
    with puller.sessions.write() as session:
        asked = Wanted(**{"name": "Shop", **wanted})
        return sources.add(session, Rules.of(puller.settings), asked, None).id


def pull(puller: Runtime, source_id: str, confirmed: int = 0) -> SourcePull:
    with puller.sessions.write() as session:
        source = sources.get(session, source_id, locked=True)
        job_id = sources.start(session, puller.ports.queue, source, None, confirmed).job_id
    puller.run_job(str(job_id))
    with puller.sessions.read() as session:
        found = session.scalar(select(SourcePull).where(SourcePull.job_id == job_id))
        assert found is not None
        return found


def statuses(puller: Runtime) -> dict[str, str]:
    with puller.sessions.read() as session:
        return {each.external_id: each.status for each in session.scalars(select(Product))}


def test_differences_are_applied_and_what_left_is_hidden_until_it_returns(
    puller: Runtime, shop: FeedServer
) -> None:
    source_id = made(puller, url=f"{shop.url}/feed.csv")
    shop.put("A,Alpha,1", "B,Beta,2")
    first = pull(puller, source_id)
    assert (first.state, first.counts["created"], first.counts["hidden"]) == ("applied", 2, 0)
    shop.put("A,Alpha,3", "C,Gamma,4", ",nobody,5")
    second = pull(puller, source_id)
    assert {name: n for name, n in second.counts.items() if n and name != "without_photos"} == {
        "created": 1,
        "updated": 1,
        "refused": 1,
        "hidden": 1,
    }
    assert statuses(puller) == {"A": "active", "B": "archived", "C": "active"}
    assert pull(puller, source_id).counts["hidden"] == 0
    shop.put("A,Alpha,3", "B,Beta,2", "C,Gamma,4")
    third = pull(puller, source_id)
    assert (third.counts["back"], third.counts["hidden"]) == (1, 0)
    assert statuses(puller)["B"] == "active"
    with puller.sessions.read() as session:
        errors = importing.errors(session, puller.ports.blobs, str(second.job_id)).decode()
        assert "external_id" in errors
        assert importing.strays(session, puller.ports.blobs) == []


def test_what_a_pull_submits_takes_the_turn_of_its_source(
    puller: Runtime, shop: FeedServer
) -> None:
    source_id = made(puller, url=f"{shop.url}/feed.csv")
    for row in ("A,Alpha,1", "A,Alpha,2"):
        shop.put(row)
        pull(puller, source_id)
    with puller.sessions.read() as session:
        shares = {(each.kind, each.share, each.bulk) for each in session.scalars(select(Job))}
    assert shares == {("pull", source_id, True), ("publish", source_id, True)}


def test_what_a_person_or_the_feed_says_of_a_status_stays(
    puller: Runtime, shop: FeedServer
) -> None:
    source_id = made(puller, url=f"{shop.url}/feed.csv")
    shop.put("A,Alpha,1", "B,Beta,2", "C,Gamma,3")
    pull(puller, source_id)
    with puller.sessions.write() as session:
        for name, status in (("B", "draft"), ("C", "archived")):
            product = catalog.find(session, name)
            assert product is not None
            catalog.update(session, puller.ports, product, {"status": status})
    shop.put("A,Alpha,1")
    assert pull(puller, source_id).counts["hidden"] == 1  # the archived one was no more shown
    assert statuses(puller) == {"A": "active", "B": "archived", "C": "archived"}
    shop.put("A,Alpha,1", "B,Beta,2", "C,Gamma,3")
    pull(puller, source_id)
    assert statuses(puller) == {"A": "active", "B": "draft", "C": "archived"}


def test_a_product_of_two_sources_is_shown_for_as_long_as_one_has_it(
    puller: Runtime, shop: FeedServer
) -> None:
    one, other = made(puller, url=f"{shop.url}/feed.csv"), made(puller, url=f"{shop.url}/b.csv")
    shop.put("A,Alpha,1", "B,Beta,2")
    shop.put("A,Alpha,1", path="/b.csv")
    pull(puller, one)
    pull(puller, other)
    shop.put("B,Beta,2")
    assert pull(puller, one).counts["hidden"] == 0
    shop.put("D,Delta,2", path="/b.csv")
    assert pull(puller, other).counts["hidden"] == 1
    assert statuses(puller)["A"] == "archived"


def test_a_pull_that_would_hide_unusually_many_changes_nothing_until_a_person_says_so(
    puller: Runtime, shop: FeedServer
) -> None:
    source_id = made(puller, url=f"{shop.url}/feed.csv", hides=0.3)
    shop.put(*(f"P{n},Title,1" for n in range(30)))
    pull(puller, source_id)
    shop.put(*(f"P{n},Another,1" for n in range(18)))
    held = pull(puller, source_id)
    assert (held.state, held.missing, "12 of 30" in held.told) == ("held", 12, True)
    with puller.sessions.read() as session:
        assert set(session.scalars(select(Product.title))) == {"Title"}
    shop.put(*(f"P{n},Another,1" for n in range(17)))
    assert pull(puller, source_id, confirmed=12).state == "held"
    done = pull(puller, source_id, confirmed=13)
    assert (done.state, done.counts["hidden"], done.counts["updated"]) == ("applied", 13, 17)


def test_an_empty_feed_hides_nobody(puller: Runtime, shop: FeedServer) -> None:
    source_id = made(puller, url=f"{shop.url}/feed.csv", hides=1.0)
    shop.put("A,Alpha,1")
    pull(puller, source_id)
    shop.put()
    assert pull(puller, source_id).state == "held"
    assert statuses(puller) == {"A": "active"}


def test_secrets_are_sent_and_kept_where_nobody_reads_them(
    puller: Runtime, shop: FeedServer, caplog: pytest.LogCaptureFixture
) -> None:
    shop.authorization = HEADER
    shop.put("A,Alpha,1", path="/feed.csv?token=hush-hush")
    url = f"{shop.url}/feed.csv?token=hush-hush"
    source_id = made(puller, url=url, authorization=HEADER)
    assert pull(puller, source_id).state == "applied"
    assert shop.got == [("/feed.csv?token=hush-hush", HEADER)]
    shop.authorization = "Bearer another"
    failed = pull(puller, source_id)
    assert (failed.state, "credentials" in failed.told) == ("failed", True)
    with puller.sessions.read() as session:
        rows = [*session.scalars(select(Source)), *session.scalars(select(SourcePull))]
        rows += session.scalars(select(Job))
        assert rows
        for row in rows:
            assert "hush" not in str(vars(row))
    assert "hush" not in caplog.text


def test_an_address_at_another_host_forgets_the_credentials(
    puller: Runtime, shop: FeedServer
) -> None:
    source_id = made(puller, url=f"{shop.url}/feed.csv", authorization=HEADER)
    shop.put("A,Alpha,1", path="/other.csv")
    rules = Rules.of(puller.settings)
    with FeedServer.serving() as other, puller.sessions.write() as session:
        for url, secret in ((f"{shop.url}/other.csv", True), (f"{other.url}/feed.csv", False)):
            sources.change(session, rules, source_id, Wanted(url=url))
            assert sources.get(session, source_id).secret is secret


def test_a_feed_that_is_away_is_tried_again_and_a_bad_one_is_told(
    puller: Runtime, shop: FeedServer
) -> None:
    source_id = made(puller, url=f"{shop.url}/feed.csv")
    with puller.sessions.write() as session:
        asked = Changes("https://hooks.example/", ["source.pulled"], "")
        webhooks.add(session, puller.settings, asked, None)
    shop.files["/feed.csv"] = b"%PDF-1.7"
    failed = pull(puller, source_id)
    assert (failed.state, "PDF" in failed.told) == ("failed", True)
    shop.put("A,Alpha,1")
    shop.status = 503
    assert pull(puller, source_id).state == "queued"
    with puller.sessions.write() as session, pytest.raises(Conflict):
        sources.start(session, puller.ports.queue, sources.get(session, source_id), None)
    with puller.sessions.read() as session:
        [event] = session.scalars(select(Event))
        assert (event.type, '"outcome": "failed"' in event.body) == ("source.pulled", True)


def test_a_folder_under_the_root_is_pulled_and_none_beside_it(
    puller: Runtime, tmp_path: Path
) -> None:
    spring = tmp_path / "drops" / "spring"
    spring.mkdir()
    (spring / "products.csv").write_text("sku,title\nA,Alpha\n")
    assert pull(puller, made(puller, folder="spring")).counts["created"] == 1
    assert pull(puller, made(puller, folder="spring/products.csv")).counts["unchanged"] == 1
    (tmp_path / "drops" / "out").symlink_to(tmp_path)
    for folder in ("..", "/etc", "out", "nowhere", "a\0b"):
        with pytest.raises(Invalid):
            made(puller, folder=folder)
    (spring / "products.csv").unlink()
    (spring / "products.csv").symlink_to("/etc/hostname")
    out = pull(puller, made(puller, folder="spring"))
    assert (out.state, "outside" in out.told) == ("failed", True)


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"url": "https://shop.example/a", "folder": "."},
        {"url": "https://me:word@shop.example/a"},
        {"url": "ftp://shop.example/a"},
        {"url": "https://shop.example/a", "name": " "},
        {"url": "https://shop.example/a", "every_minutes": 1},
        {"url": "https://shop.example/a", "reading": {"format": "pdf"}},
    ],
)
def test_what_is_no_source_is_refused(puller: Runtime, wanted: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        made(puller, **wanted)


def test_secrets_are_sent_by_https_alone_outside_of_ones_own_networks(runtime: Runtime) -> None:
    for wanted in ({"url": "http://shop.example/a?token=x"}, {"authorization": HEADER}):
        with pytest.raises(Invalid):
            made(runtime, **{"url": "http://shop.example/a", **wanted})
    made(runtime, url="https://shop.example/a?token=x", authorization=HEADER)


def test_the_sweep_submits_what_is_due_and_once(puller: Runtime, shop: FeedServer) -> None:
    source_id = made(puller, url=f"{shop.url}/feed.csv", every_minutes=60)
    paused = made(puller, url=f"{shop.url}/feed.csv", every_minutes=60, paused=True)
    shop.put("A,Alpha,1")
    queue = puller.ports.queue
    assert isinstance(queue, ListQueue)
    puller.sweep()
    puller.sweep()
    queue.run_all(puller.run_job)
    with puller.sessions.read() as session:
        assert [each.state for each in session.scalars(select(SourcePull))] == ["applied"]
        due = sources.get(session, source_id).next_at
        assert due is not None
        assert due > now() + timedelta(minutes=59)
    with puller.sessions.write() as session:
        session.execute(update(Source).values(next_at=now()))
        assert sources.due(session)
        session.execute(update(Source).where(Source.id != paused).values(next_at=None))
        assert not sources.due(session)


def scheduled(puller: Runtime, source_id: str) -> SourcePull:
    """A pull by the schedule, whose time has come."""
    with puller.sessions.write() as session:
        session.execute(update(Source).where(Source.id == source_id).values(next_at=now()))
    puller.sweep()
    assert isinstance(puller.ports.queue, ListQueue)
    puller.ports.queue.run_all(puller.run_job)
    with puller.sessions.read() as session:
        [newest], _ = sources.list_pulls(session, source_id, None, 1)
        return newest


def test_a_feed_that_did_not_change_is_not_read_by_its_schedule(
    puller: Runtime, shop: FeedServer
) -> None:
    source_id = made(puller, url=f"{shop.url}/feed.csv", every_minutes=60)
    shop.etag = '"one"'
    shop.put("A,Alpha,1", "B,Beta,2")
    assert scheduled(puller, source_id).state == "applied"
    again = scheduled(puller, source_id)
    assert (again.state, again.counts, again.missing) == ("unchanged", {}, 0)
    with puller.sessions.read() as session:
        assert set(session.scalars(select(Job.status).where(Job.kind == "pull"))) == {"succeeded"}
    shop.etag = '"two"'
    shop.put("A,Alpha,1")
    changed = scheduled(puller, source_id)
    assert (changed.state, changed.counts["hidden"]) == ("applied", 1)


def test_what_a_person_asks_for_a_day_ago_or_another_reading_is_read_though_it_did_not_change(
    puller: Runtime, shop: FeedServer
) -> None:
    source_id = made(puller, url=f"{shop.url}/feed.csv", every_minutes=60)
    shop.etag = '"one"'
    shop.put("A,Alpha,1")
    assert scheduled(puller, source_id).state == "applied"
    assert pull(puller, source_id).state == "applied"
    with puller.sessions.write() as session:
        session.execute(update(Source).values(read_at=now() - timedelta(days=2)))
    assert scheduled(puller, source_id).state == "applied"
    assert scheduled(puller, source_id).state == "unchanged"
    for wanted in ({"reading": {"currency": "EUR"}}, {"url": f"{shop.url}/feed.csv"}):
        with puller.sessions.write() as session:
            sources.change(session, Rules.of(puller.settings), source_id, Wanted(**wanted))
        assert scheduled(puller, source_id).state == "applied"


def test_a_pull_that_was_held_is_not_known_again(puller: Runtime, shop: FeedServer) -> None:
    source_id = made(puller, url=f"{shop.url}/feed.csv", every_minutes=60)
    shop.put(*(f"{n},Product,1" for n in range(20)))
    assert scheduled(puller, source_id).state == "applied"
    shop.etag = '"empty"'
    shop.put()
    assert [scheduled(puller, source_id).state for _ in range(2)] == ["held", "held"]


def test_the_newest_reports_are_kept(
    puller: Runtime, shop: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "KEPT", 2)
    source_id = made(puller, url=f"{shop.url}/feed.csv")
    shop.put("A,Alpha,1")
    ids = [pull(puller, source_id).id for _ in range(4)]
    with puller.sessions.read() as session:
        assert list(session.scalars(select(SourcePull.id).order_by(SourcePull.id))) == ids[-2:]


def test_a_source_that_is_removed_leaves_its_products(puller: Runtime, shop: FeedServer) -> None:
    source_id = made(puller, url=f"{shop.url}/feed.csv")
    shop.put("A,Alpha,1")
    pull(puller, source_id)
    with puller.sessions.write() as session:
        sources.remove(session, source_id)
    assert statuses(puller) == {"A": "active"}
    with puller.sessions.read() as session:
        assert sources.list_sources(session) == []
