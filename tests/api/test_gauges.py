"""What is told to Prometheus in the moment it asks."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from tests.worlds.people import Headers
from vitrine.api import gauges
from vitrine.core.errors import Away
from vitrine.services import health
from vitrine.services.jobs import Order, kinds
from vitrine.services.jobs.lifecycle import submit
from vitrine.services.jobs.workers import beat
from vitrine.services.review import progress, quality
from vitrine.services.review.agreement import Agreement
from vitrine.wiring import Runtime

Samples = dict[tuple[str, ...], float]


@pytest.fixture(autouse=True)
def counted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gauges, "FRESH", 0.0)


def told(client: TestClient, admin: Headers) -> Samples:
    """By name and values of labels, what /metrics says."""
    text = client.get("/metrics", headers=admin).raise_for_status().text
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_jobs_and_workers_are_told(client: TestClient, admin: Headers, runtime: Runtime) -> None:
    assert told(client, admin)["vitrine_oldest_job_seconds",] == 0
    with runtime.sessions.write() as session:
        submit(session, runtime.ports.queue, Order(kinds.Reconcile()))
        beat(session, runtime.duty)
    samples = told(client, admin)
    assert samples["vitrine_jobs", "reconcile", "queued"] == 1
    assert samples["vitrine_oldest_job_seconds",] > 0
    assert samples["vitrine_jobs_stalled",] == 0
    assert samples["vitrine_workers",] == 1
    assert samples["vitrine_worker_slots", runtime.duty.name] == runtime.duty.slots


def test_what_is_searched_is_settled_where_no_rows_are_kept(
    client: TestClient, admin: Headers
) -> None:
    assert told(client, admin)["vitrine_search_rows_unsettled",] == 0


def test_room_and_connections_are_told(client: TestClient, admin: Headers) -> None:
    samples = told(client, admin)
    assert samples["vitrine_disk_bytes", "free"] > samples["vitrine_disk_bytes", "floor"] > 0
    assert samples["vitrine_database_connections", "most"] > 0
    assert samples["vitrine_part_up", "database"] == 1


def test_a_database_that_is_away_is_told_and_the_rest_still_is(
    client: TestClient, admin: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Away("database", "It does not answer.")

    monkeypatch.setattr(health, "stock", away)
    samples = told(client, admin)
    assert samples["vitrine_disk_bytes", "free"] > 0
    assert not [name for name, *_ in samples if name == "vitrine_jobs"]


def test_what_waits_for_reviewers_is_told_and_how_far_they_agree(
    client: TestClient, admin: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = progress.Depth({"open": 3, "dispute": 1}, {}, {})
    monkeypatch.setattr(progress, "depth", lambda _session: waits)
    agreed = quality.Subject("colour", Agreement(0.8, 12), {}, {})
    untold = quality.Subject("sleeve", Agreement(None, 1), {}, {})
    made = quality.Quality([agreed, untold], untold, [], [])
    monkeypatch.setattr(quality, "of", lambda _session, _since: made)
    samples = told(client, admin)
    assert samples["vitrine_review_items", "open"] == 3
    assert samples["vitrine_review_items", "dispute"] == 1
    assert samples["vitrine_review_answers_total",] == 0
    assert samples["vitrine_review_agreement", "colour"] == 0.8
    assert ("vitrine_review_agreement", "sleeve") not in samples
