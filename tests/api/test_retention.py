from __future__ import annotations

from datetime import timedelta

from fastapi.testclient import TestClient
from sqlalchemy import update

from tests.worlds.fakes import ListQueue
from tests.worlds.people import Headers
from vitrine.core.clock import now
from vitrine.tables.audit import AuditEvent
from vitrine.tables.jobs import Job
from vitrine.wiring import Runtime

LONG_AGO = now() - timedelta(days=400)


def purge(client: TestClient, runtime: Runtime, admin: Headers, confirmed: bool = False) -> None:
    answer = client.post("/v1/retention/purge", json={"confirmed": confirmed}, headers=admin)
    assert answer.status_code == 202
    queue = runtime.ports.queue
    assert isinstance(queue, ListQueue)
    queue.run_all(runtime.run_job)


def test_an_admin_sees_that_a_purge_waits_and_confirms_it(
    client: TestClient, runtime: Runtime, admin: Headers
) -> None:
    purge(client, runtime, admin)
    with runtime.sessions.write() as session:
        session.execute(update(Job).values(created_at=LONG_AGO, finished_at=LONG_AGO))
        session.add_all(
            AuditEvent(action="key.create", outcome="done", actor="a", created_at=LONG_AGO)
            for _ in range(30)
        )
    purge(client, runtime, admin)
    told = client.get("/v1/retention", headers=admin).json()
    assert told["audit_days"] == 365
    assert "30 of 33 audit events" in told["waiting"]["reason"]
    purge(client, runtime, admin, confirmed=True)
    told = client.get("/v1/retention", headers=admin).json()
    assert told["waiting"] is None
    assert told["purged_at"] > LONG_AGO.isoformat()
    left = client.get("/v1/audit", headers=admin).json()["events"]
    assert {event["action"] for event in left} == {"purge.start", "purge.end"}
