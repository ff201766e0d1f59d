from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.worlds.factories import photo
from tests.worlds.fakes import ListQueue, MemoryBlobs
from tests.worlds.people import Headers
from vitrine.services import jobs
from vitrine.services.imports import job as importing
from vitrine.services.jobs.work import Work
from vitrine.wiring import Runtime

TABLE = b"sku,title,images\nA,Shirt,a.jpg\nB,,a.jpg\nC,Dress,/etc/hostname\n"


def pictures() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        # Without the time, so that the same import is the same bytes a second later.
        file.writestr(zipfile.ZipInfo("photos/a.jpg"), photo())
    return out.getvalue()


def start(client: TestClient, headers: Headers, table: bytes = TABLE, **form: str) -> Any:
    files = {"file": ("shop.csv", table), "images": ("photos.zip", pictures())}
    return client.post("/v1/imports", files=files, data=form, headers=headers)


def run_jobs(runtime: Runtime) -> None:
    queue = runtime.ports.queue
    assert isinstance(queue, ListQueue)
    queue.run_all(runtime.run_job)


def test_a_catalogue_is_imported_by_a_job(
    client: TestClient, editor: Headers, runtime: Runtime
) -> None:
    answer = start(client, editor)
    assert answer.status_code == 202, answer.text
    job = answer.json()["job"]
    assert (job["kind"], answer.headers["location"]) == ("import", f"/v1/jobs/{job['id']}")
    waiting = client.get(f"/v1/imports/{job['id']}", headers=editor)
    assert (waiting.status_code, waiting.json()["code"]) == (409, "no_result")

    run_jobs(runtime)
    ended = client.get(f"/v1/jobs/{job['id']}", headers=editor).json()
    assert (ended["status"], ended["progress"], ended["total"]) == ("succeeded", 1.0, 3)
    told = client.get(f"/v1/imports/{job['id']}", headers=editor).json()
    assert (told["format"], told["dry_run"]) == ("csv", False)
    assert told["counts"] == {
        "created": 2,
        "updated": 0,
        "restored": 0,
        "unchanged": 0,
        "refused": 1,
        "incomplete": 1,
        "without_photos": 1,
    }
    assert told["without_photos"] == ["C"]
    assert [row["what"] for row in told["errors"]] == ["refused", "created"]
    assert told["columns"][0] == {"column": "sku", "becomes": "external_id"}
    assert (told["encoding"], told["delimiter"]) == ("utf-8", ",")
    assert told["samples"][0] == {
        "line": 2,
        "cells": {"sku": "A", "title": "Shirt", "images": "a.jpg"},
    }
    assert [(row["line"], row["external_id"], [*row["fields"]]) for row in told["errors"]] == [
        (3, "B", ["title"]),
        (4, "C", ["images"]),
    ]
    assert {"external_id", "title", "price", "images", ""} <= set(told["fields"])
    errors = client.get(f"/v1/imports/{job['id']}/errors", headers=editor)
    assert errors.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in errors.headers["content-disposition"]
    lines = errors.text.splitlines()
    assert lines[0] == "line,external_id,field,reason"
    assert [line.split(",")[:3] for line in lines[1:]] == [
        ["3", "B", "title"],
        ["4", "C", "images"],
    ]

    found = client.get("/v1/products?external_id=A", headers=editor).json()["products"]
    assert len(found[0]["images"]) == 1
    blobs = runtime.ports.blobs
    assert isinstance(blobs, MemoryBlobs)
    assert list(blobs.keys("imports/")) == [f"imports/{job['id']}/errors"], "the files are gone"


def test_a_second_run_and_a_dry_run(client: TestClient, editor: Headers, runtime: Runtime) -> None:
    counts = []
    forms: list[dict[str, str]] = [{"dry_run": "true"}, {}, {"dry_run": "false"}]
    for form in forms:
        job_id = start(client, editor, TABLE, **form).json()["job"]["id"]
        run_jobs(runtime)
        counts.append(client.get(f"/v1/imports/{job_id}", headers=editor).json()["counts"])
    assert [(each["created"], each["unchanged"]) for each in counts] == [(2, 0), (2, 0), (0, 2)]


def test_a_mapping_is_proposed_corrected_and_used(
    client: TestClient, editor: Headers, runtime: Runtime
) -> None:
    table = "Nr;Benennung;Farbton\nA;" + "x" * 300 + ";rot\nB;Kleid;blau\n"
    columns = {"Nr": "external_id", "Benennung": "title"}
    form = {"dry_run": "true", "columns": json.dumps(columns)}
    job_id = start(client, editor, table.encode(), **form).json()["job"]["id"]
    run_jobs(runtime)
    told = client.get(f"/v1/imports/{job_id}", headers=editor).json()
    assert (told["dry_run"], told["delimiter"], told["counts"]["created"]) == (True, ";", 2)
    assert {each["column"]: each["becomes"] for each in told["columns"]} == {
        "Nr": "external_id",
        "Benennung": "title",
        "Farbton": "attributes.Farbton",
    }
    assert len(told["samples"][0]["cells"]["Benennung"]) == 200
    assert client.get("/v1/products", headers=editor).json()["products"] == []

    form = {"columns": json.dumps(columns | {"Farbton": "colour"})}
    job_id = start(client, editor, table.encode(), **form).json()["job"]["id"]
    run_jobs(runtime)
    products = client.get("/v1/products", headers=editor).json()["products"]
    assert {each["colour"] for each in products} == {"rot", "blau"}
    assert client.get(f"/v1/jobs/{job_id}", headers=editor).json()["done"] == 2


def test_rows_that_are_no_text_are_shown_all_the_same(
    client: TestClient, editor: Headers, runtime: Runtime
) -> None:
    lines = (
        b'{"external_id": "A", "title": "\\ud800 \\u0000", "n": [1, null]}',
        b'{"external_id": "B", "title": "T"}',
    )
    job_id = start(client, editor, b"\n".join(lines)).json()["job"]["id"]
    run_jobs(runtime)
    told = client.get(f"/v1/imports/{job_id}", headers=editor).json()
    assert told["samples"][0]["cells"] == {"external_id": "A", "title": "?  ", "n": "[1, null]"}
    assert (told["counts"]["created"], told["counts"]["refused"]) == (1, 1)


def test_pictures_of_the_server_are_out_of_reach(
    client: TestClient, editor: Headers, runtime: Runtime
) -> None:
    names = ("/etc/hostname", "../catalogue", "catalogue", "http://127.0.0.1/a.jpg")
    table = "sku,title,images\n" + "".join(f"P{n},T,{name}\n" for n, name in enumerate(names))
    answer = client.post("/v1/imports", files={"file": ("a.csv", table)}, headers=editor)
    run_jobs(runtime)
    job_id = answer.json()["job"]["id"]
    told = client.get(f"/v1/imports/{job_id}", headers=editor).json()
    assert (told["counts"]["incomplete"], told["counts"]["without_photos"]) == (4, 4)
    assert list(runtime.ports.blobs.keys("images/")) == []


@pytest.mark.parametrize(
    ("table", "form", "field"),
    [
        (b"", {}, "columns"),
        (b"nothing here\n", {}, "external_id"),
        (TABLE, {"encoding": "klingon"}, "encoding"),
        (b"PK\x03\x04", {}, "path"),
        (TABLE, {"format": "excel"}, "format"),
        (TABLE, {"currency": "euro"}, "currency"),
        (TABLE, {"columns": "[1]"}, "columns"),
        (TABLE, {"columns": "{"}, "columns"),
        (TABLE, {"columns": '{"none": "title"}'}, "columns"),
        (TABLE, {"dry_run": "perhaps"}, "dry_run"),
        (TABLE, {"other": "x"}, "other"),
    ],
)
def test_what_is_no_catalogue_is_refused_at_once(
    client: TestClient, editor: Headers, table: bytes, form: dict[str, str], field: str
) -> None:
    answer = start(client, editor, table, **form)
    assert answer.status_code == 422, answer.text
    assert field in answer.json()["fields"]
    assert client.get("/v1/jobs?kind=import", headers=editor).json()["jobs"] == []


def test_a_zip_that_is_none_and_a_missing_file(client: TestClient, editor: Headers) -> None:
    files = {"file": ("a.csv", TABLE), "images": ("a.zip", b"no zip")}
    answer = client.post("/v1/imports", files=files, headers=editor)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["images"])
    answer = client.post("/v1/imports", files={"images": ("a.zip", pictures())}, headers=editor)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["file"])


def test_the_same_key_starts_one_import(client: TestClient, editor: Headers) -> None:
    keyed = editor | {"Idempotency-Key": "once"}
    first, second = start(client, keyed), start(client, keyed)
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"


def test_a_viewer_may_not(client: TestClient, viewer: Headers) -> None:
    assert start(client, viewer).status_code == 403


def test_a_cancelled_import_stops(client: TestClient, editor: Headers, runtime: Runtime) -> None:
    job_id = start(client, editor).json()["job"]["id"]
    with runtime.sessions.write() as session:
        held = jobs.claim(session, job_id, 100)
        assert held
        jobs.cancel(session, job_id)
    rules = runtime.settings.vision.quality
    with pytest.raises(jobs.Stopped):
        importing.run(Work(held, runtime.sessions, runtime.ports, 100, rules))
    assert client.get("/v1/products", headers=editor).json()["products"] == []
