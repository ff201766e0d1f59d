"""Jobs as people see them: batches as one row, failures first, housekeeping apart."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from tests.worlds.factories import photo, product_with_photos
from tests.worlds.people import Headers
from tests.worlds.statements import statements
from vitrine.core.settings import Settings
from vitrine.db import Sessions
from vitrine.services import jobs
from vitrine.services.jobs import Order, groups, kinds
from vitrine.services.jobs.groups import Wanted
from vitrine.tables.jobs import Job
from vitrine.wiring import Runtime

GROUPS = "/v1/jobs/groups"
TABLE = b"sku,title,images\nA,Red dress,a.jpg\nB,Blue dress,b.jpg\nC,Green dress,c.jpg\n"


def import_three(client: TestClient, headers: Headers) -> str:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as pictures:
        for seed, name in enumerate("abc"):
            pictures.writestr(f"{name}.jpg", photo(seed=seed))
    files = {"file": ("spring.csv", TABLE), "images": ("a.zip", packed.getvalue())}
    return str(client.post("/v1/imports", files=files, headers=headers).json()["job"]["id"])


def listed(client: TestClient, headers: Headers, **asked: Any) -> Any:
    answer = client.get(GROUPS, params=asked, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def fail(runtime: Runtime, *job_ids: str, code: str = "image_broken") -> None:
    values = {"status": "failed", "error_code": code, "error_message": "It is broken."}
    with runtime.sessions.write() as session:
        session.execute(update(Job).where(Job.id.in_(job_ids)).values(**values))


@pytest.fixture
def alone(runtime: Runtime) -> Callable[[str], str]:
    def add(name: str) -> str:
        with runtime.sessions.write() as session:
            return product_with_photos(session, runtime.ports, name, photo())[1].id

    return add


def test_an_import_is_one_row_with_all_that_it_submitted(
    client: TestClient, editor: Headers, viewer: Headers, runtime: Runtime
) -> None:
    head = import_three(client, editor)
    [waiting] = listed(client, viewer)["groups"]
    assert (waiting["name"], waiting["state"], waiting["counts"]) == ("spring.csv", "open", {})
    runtime.run_job(head)
    [group] = listed(client, viewer)["groups"]
    assert (group["job"]["id"], group["state"]) == (head, "open")
    assert group["counts"] == {"queued": 3}
    assert [each["title"] for each in group["shown"]] == ["Red dress", "Blue dress", "Green dress"]
    assert client.get(group["shown"][0]["thumbnail_url"], headers=viewer).status_code == 200
    members = client.get(f"/v1/jobs/{head}/members", headers=viewer).json()["members"]
    assert [each["product"]["title"] for each in members] == [
        "Red dress",
        "Blue dress",
        "Green dress",
    ]
    assert {each["job"]["batch_id"] for each in members} == {head}
    for each in members:
        runtime.run_job(each["job"]["id"])
    assert client.get(f"/v1/jobs/{head}/group", headers=viewer).json()["counts"] == {"succeeded": 3}
    assert listed(client, viewer)["groups"][0]["state"] == "ended"


def test_a_failure_comes_first_with_its_reason_and_only_its_batch_is_tried_again(
    client: TestClient, editor: Headers, runtime: Runtime, alone: Callable[[str], str]
) -> None:
    head = import_three(client, editor)
    runtime.run_job(head)
    path = f"/v1/jobs/{head}/members"
    first, second, _ = [
        each["job"]["id"] for each in client.get(path, headers=editor).json()["members"]
    ]
    other = alone("X")
    fail(runtime, second, other)
    third = alone("Y")
    told = listed(client, editor)["groups"]
    assert [each["job"]["id"] for each in told] == [other, head, third]
    assert (told[0]["failure"]["id"], told[1]["failure"]["id"]) == (other, second)
    assert told[1]["failure"]["error_message"] == "It is broken."
    assert told[1]["failure"]["error_hint"]
    again = client.get(path, params={"limit": 1}, headers=editor).json()
    assert [each["job"]["id"] for each in again["members"]] == [second]
    rest = client.get(path, params={"cursor": again["next_cursor"]}, headers=editor).json()
    assert rest["members"][0]["job"]["id"] == first
    assert len(rest["members"]) == 2
    asked = {"batch_id": head}
    retried = client.post("/v1/jobs/retry-failed", params=asked, headers=editor).json()
    assert retried == {"retried": 1}
    assert [each["state"] for each in listed(client, editor)["groups"]] == [
        "failed",
        "open",
        "open",
    ]


def test_pages_go_through_every_state_and_nothing_comes_twice(
    client: TestClient, viewer: Headers, runtime: Runtime, alone: Callable[[str], str]
) -> None:
    ids = [alone(f"P{number}") for number in range(6)]
    fail(runtime, ids[1], ids[4])
    runtime.run_job(ids[0])
    runtime.run_job(ids[5])
    found: list[str] = []
    cursor = None
    while True:
        page = listed(client, viewer, limit=1, **({"cursor": cursor} if cursor else {}))
        found += [each["job"]["id"] for each in page["groups"]]
        assert (page["folded"] is None) == (cursor is not None)
        if not (cursor := page["next_cursor"]):
            break
    assert found == [ids[place] for place in (4, 1, 3, 2, 5, 0)]
    only = listed(client, viewer, state="open")["groups"]
    assert [each["job"]["id"] for each in only] == [ids[3], ids[2]]
    assert listed(client, viewer, kind="import")["groups"] == []


def test_housekeeping_is_folded_unless_it_failed_or_somebody_asked_for_it(
    client: TestClient, viewer: Headers, runtime: Runtime, new_user: Callable[..., Any]
) -> None:
    somebody = new_user("admin").id
    with runtime.sessions.write() as session:
        orders = [
            Order(kinds.Doubts()),
            Order(kinds.Publish()),
            Order(kinds.Calibrate(), created_by=somebody),
            Order(kinds.Reindex()),
            Order(kinds.Pull(source_id="s", pull_id="p")),
        ]
        made = [jobs.submit(session, runtime.ports.queue, order).id for order in orders]
    fail(runtime, made[1])
    told = listed(client, viewer)
    assert [each["job"]["id"] for each in told["groups"]] == [made[1], made[3], made[2]]
    assert told["folded"] == 2
    folded = listed(client, viewer, housekeeping=True)["groups"]
    assert [each["job"]["id"] for each in folded] == [made[1], made[4], made[0]]
    doubts = listed(client, viewer, kind="doubts")["groups"]
    assert [each["job"]["id"] for each in doubts] == [made[0]]


def test_what_a_person_does_to_many_is_one_row(
    client: TestClient, editor: Headers, runtime: Runtime, alone: Callable[[str], str]
) -> None:
    for name in ("A", "B", "C"):
        runtime.run_job(alone(name))
    ids = [each["id"] for each in client.get("/v1/products", headers=editor).json()["products"]]
    asked = {"action": "index", "ids": ids}
    client.post("/v1/products/bulk", json=asked, headers=editor)
    newest, *_ = listed(client, editor)["groups"]
    assert (newest["job"]["kind"], newest["counts"]) == ("index", {"queued": 2})
    assert newest["product"]["title"].startswith("Title of ")
    client.delete(f"/v1/products/{newest['product']['id']}", headers=editor)
    path = f"/v1/jobs/{newest['job']['id']}/group"
    assert client.get(path, headers=editor).json()["product"] is None


def test_a_page_asks_as_little_for_many_as_for_one(
    runtime: Runtime, alone: Callable[[str], str]
) -> None:
    def asked() -> int:
        with statements(runtime.sessions) as seen, runtime.sessions.read() as session:
            groups.list_groups(session, Wanted(), None, 50)
        return len(seen)

    alone("A")
    few = asked()
    for number in range(12):
        alone(f"B{number}")
    assert asked() == few


def test_both_databases_walk_alike(both_databases: tuple[Settings, Sessions]) -> None:
    _, sessions = both_databases
    with sessions.write() as session:
        for number, (status, batch) in enumerate(
            [("succeeded", None), ("failed", "j0"), ("queued", None), ("cancelled", None)]
        ):
            session.add(Job(id=f"j{number}", kind="index", status=status, batch_id=batch))
    with sessions.read() as session:
        found, _ = groups.list_groups(session, Wanted(), None, 50)
        assert [(one.job.id, one.state) for one in found] == [
            ("j0", "failed"),
            ("j2", "open"),
            ("j3", "ended"),
        ]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"state": "lost"}, "state"),
        ({"kind": "sweep"}, "kind"),
        ({"cursor": "soon"}, "cursor"),
        ({"cursor": "failed.x"}, "cursor"),
        ({"limit": 0}, "limit"),
        ({"housekeeping": "perhaps"}, "housekeeping"),
        ({"sort": "id"}, "sort"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(
    client: TestClient, viewer: Headers, asked: dict[str, Any], field: str
) -> None:
    refused = client.get(GROUPS, params=asked, headers=viewer)
    assert refused.status_code == 422
    assert field in refused.json()["fields"]
    assert client.get("/v1/jobs/unknown/members", headers=viewer).json()["code"] == "job_unknown"
