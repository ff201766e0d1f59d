"""What people do with runs: start, list, cancel and overrule; and when one is proposed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.worlds.factories import photo
from tests.worlds.verified_shops import Shop
from tests.worlds.verifying import add_product, answer
from vitrine.core.clock import now
from vitrine.core.errors import Conflict, Invalid, NotFound
from vitrine.core.groups import TrainingSettings
from vitrine.services import jobs, training
from vitrine.services.retention import purging
from vitrine.services.training import Asked
from vitrine.tables.jobs import SUCCEEDED
from vitrine.tables.models import CANDIDATE, REFUSED, ModelVersion
from vitrine.tables.review import SKIP
from vitrine.tables.snapshots import DataSnapshot
from vitrine.tables.training import TrainingRun

AFTER = TrainingSettings(propose_after=3)


def looked_over(shop: Shop, count: int, first: int = 0, **given: object) -> None:
    """So many products that people verified."""
    with shop.runtime.sessions.write() as session:
        for place in range(first, first + count):
            data = photo(seed=place)
            product = add_product(session, shop.runtime.ports, f"SKU-{place}", data)
            answer(session, product, {"category": ["dress"]}, **given)  # type: ignore[arg-type]


def proposals(shop: Shop, settings: TrainingSettings = AFTER) -> list[tuple[str, int]]:
    """What there is once a sweep has looked."""
    with shop.runtime.sessions.write() as session:
        training.propose_due(session, settings)
    with shop.runtime.sessions.read() as session:
        assert not training.due(session, settings)
        runs, _ = training.listed(session, None, 10)
        return sorted((run.kind, run.verified) for run in runs if run.state == "proposed")


def test_enough_newly_verified_products_propose_a_run_once(shop: Shop) -> None:
    looked_over(shop, 2)
    assert proposals(shop) == []
    looked_over(shop, 1, first=2)
    assert proposals(shop) == [("detector", 3), ("encoder", 3)]
    looked_over(shop, 4, first=3)
    assert proposals(shop) == [("detector", 3), ("encoder", 3)]


def test_skips_propose_nothing_and_boxes_nobody_looked_over_no_detector(shop: Shop) -> None:
    looked_over(shop, 3, outcome=SKIP)
    assert proposals(shop) == []
    looked_over(shop, 3, first=3, boxes=False)
    assert proposals(shop) == [("encoder", 3)]


def test_nothing_is_proposed_where_nobody_wants_it(shop: Shop) -> None:
    looked_over(shop, 5)
    assert proposals(shop, TrainingSettings(propose_after=0)) == []


def test_a_dismissed_proposal_comes_back_only_after_as_much_again(shop: Shop) -> None:
    looked_over(shop, 3, boxes=False)
    proposals(shop)
    with shop.runtime.sessions.write() as session:
        [run], _ = training.listed(session, None, 10)
        assert training.cancel(session, run.id).state == "dismissed"
        with pytest.raises(Conflict, match="dismissed already"):
            training.cancel(session, run.id)
    looked_over(shop, 2, first=3, boxes=False)
    assert proposals(shop) == []
    looked_over(shop, 1, first=5, boxes=False)
    assert proposals(shop) == [("encoder", 3)]


def test_a_proposal_that_is_started_becomes_the_run(shop: Shop) -> None:
    looked_over(shop, 3, boxes=False)
    proposals(shop)
    run = shop.seen(shop.started("encoder"))
    assert (run.state, run.verified) == ("queued", 3)
    assert run.settings == {"seed": 0, "steps": 800, "minutes": None}
    assert proposals(shop) == []


def test_one_run_of_a_kind_goes_on_at_a_time(shop: Shop) -> None:
    first = shop.started("encoder")
    shop.started("detector")
    with pytest.raises(Conflict, match=first):
        shop.started("encoder")
    with shop.runtime.sessions.write() as session:
        assert training.cancel(session, first).state == "cancelled"
        with pytest.raises(Conflict):
            training.cancel(session, first)
    shop.started("encoder")


def test_a_run_learns_only_from_a_snapshot_of_its_format(shop: Shop) -> None:
    with shop.runtime.sessions.write() as session:
        row = DataSnapshot(name="yolo-1", format="yolo", sha256="0" * 64, folder="/a/folder")
        session.add(row)
        session.flush()
        queue = shop.runtime.ports.queue
        with pytest.raises(Invalid, match="learns from a snapshot of format clip"):
            training.start(session, queue, Asked("encoder", row.id), None)
        with pytest.raises(Invalid, match="takes the whole catalogue"):
            training.start(session, queue, Asked("adapt", row.id), None)
        with pytest.raises(NotFound):
            training.start(session, queue, Asked("detector", "nowhere"), None)
        assert training.start(session, queue, Asked("detector", row.id), None).role == "detector"


def test_runs_are_listed_newest_first_a_page_at_a_time(shop: Shop) -> None:
    made = [shop.started(kind) for kind in ("encoder", "detector", "adapt")]
    with shop.runtime.sessions.read() as session:
        first, cursor = training.listed(session, None, 2)
        rest, last = training.listed(session, cursor, 2)
    assert [run.id for run in (*first, *rest)] == made[::-1]
    assert last is None


def refused(shop: Shop) -> str:
    """A run whose model the gate refused."""
    run_id = shop.started()
    with shop.runtime.sessions.write() as session:
        model = ModelVersion(role="encoder", version="tiny-2", status=REFUSED, run_id=run_id)
        model.gate = {"passed": False, "says": "Refused."}
        training.get(session, run_id).model = model
    return run_id


def test_a_refused_model_may_be_promoted_with_a_reason(shop: Shop) -> None:
    run_id = refused(shop)
    with shop.runtime.sessions.write() as session:
        with pytest.raises(Invalid, match="reason"):
            training.override(session, run_id, "  ", "admin@example.org")
        training.override(session, run_id, "The test part is of last winter.", "admin@example.org")
        with pytest.raises(Conflict):
            training.override(session, run_id, "Again.", "admin@example.org")
    model = shop.seen(run_id).model
    assert model is not None
    assert model.status == CANDIDATE
    assert model.gate["passed"] is False
    told = model.gate["override"]
    assert (told["by"], told["reason"]) == ("admin@example.org", "The test part is of last winter.")


def test_there_is_no_report_before_the_model_is_made(shop: Shop) -> None:
    run_id = shop.started()
    with shop.runtime.sessions.read() as session, pytest.raises(Conflict, match="no report"):
        training.report(session, shop.runtime.ports.blobs, run_id)


def test_a_run_is_known_longer_than_other_jobs(shop: Shop) -> None:
    run_id, long_ago = shop.started(), now() - timedelta(days=400)
    with shop.runtime.sessions.write() as session:
        row = training.get(session, run_id).job
        assert row is not None
        row.status, row.finished_at = SUCCEEDED, long_ago
        policy = shop.runtime.settings.retention
        purge_id = purging.submit(session, shop.runtime.ports.queue, policy, confirmed=True).id
    shop.runtime.run_job(purge_id)
    assert shop.seen(run_id).state == SUCCEEDED
    with shop.runtime.sessions.read() as session:
        assert jobs.get(session, purge_id).status == SUCCEEDED
        assert session.get(TrainingRun, run_id) is not None
