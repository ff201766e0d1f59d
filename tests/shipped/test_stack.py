"""The flow of the main job through all of deploy/compose.yaml, entered by its nginx."""

from __future__ import annotations

import io
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bench.resident import resident
from tests.worlds import composed
from tests.worlds.composed import Native
from tests.worlds.factories import photo
from tests.worlds.programs import Program
from tests.worlds.promql import measured
from tests.worlds.waiting import eventually

EMAIL, PASSWORD = "admin@example.com", "a long password of this stack"
COLOURS = ("red", "green", "blue")
ALERTS = composed.DEPLOY / "prometheus" / "alerts.yml"


@dataclass(frozen=True)
class Stack:
    """What runs, and a client of its pages and its API."""

    native: Native
    programs: dict[str, Program]
    client: httpx.Client


@pytest.fixture(scope="module", params=["memory", "pgvector"])
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    # Not below pytest's folder: PostgreSQL will not run as root, and others may not look in there.
    with tempfile.TemporaryDirectory(prefix="vitrine-stack-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        env_file = composed.secrets_in(folder)
        over = [composed.PGVECTOR] if request.param == "pgvector" else []
        file = composed.read(env_file, *over)
        native = Native(file, folder / ".secrets", folder / "services")
        with native.running(without=composed.missing()) as programs:
            _create_admin(native)
            with httpx.Client(base_url=native.published("web"), timeout=60) as client:
                me = {"email": EMAIL, "password": PASSWORD}
                token = client.post("/v1/auth/sign-in", json=me).json()["access_token"]
                client.headers["authorization"] = f"Bearer {token}"
                _fail_a_job(client)
                yield Stack(native, programs, client)
                _print_memory(programs)


def _create_admin(native: Native) -> None:
    """As `docker compose exec api vitrine create-admin` does."""
    command = [sys.executable, "-m", "vitrine", "create-admin", EMAIL, "--password-stdin"]
    given = native.environment("api")
    subprocess.run(command, check=True, input=f"{PASSWORD}\n".encode(), env=given)


def _fail_a_job(client: httpx.Client) -> None:
    """Ask for a snapshot of a catalogue that is empty still: failures are among what is watched."""
    job = client.post("/v1/snapshots", json={}).json()["job"]

    def failed() -> bool:
        return bool(client.get(f"/v1/jobs/{job['id']}").json()["status"] == "failed")

    eventually(failed, "a snapshot of nothing did not fail")


def _print_memory(programs: dict[str, Program]) -> None:
    for name, program in programs.items():
        if program.process.poll() is None:
            sys.stdout.write(f"{name:12} {resident(program.process.pid):6.0f} MB\n")


_seeds = itertools.count(9)


def _photos() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for colour in COLOURS:
            file.writestr(f"{colour}.jpg", photo(colour, size=(240, 320)))
    return out.getvalue()


def _succeeded(client: httpx.Client, path: str) -> bool:
    job: dict[str, Any] = client.get(path).json()
    assert job["status"] not in ("failed", "cancelled"), job
    return bool(job["status"] == "succeeded")


def _found(client: httpx.Client, colour: str) -> list[str]:
    # Another photo each time: of one that was asked with before, models are not asked again.
    asked = {"image": ("q.jpg", photo(colour, seed=next(_seeds), size=(240, 320)), "image/jpeg")}
    answer = client.post("/v1/search", files=asked)
    assert answer.status_code == 200, answer.text
    return [hit["product"]["external_id"] for hit in answer.json()["hits"]]


@pytest.fixture(scope="module")
def shop(stack: Stack) -> Stack:
    """The stack with a catalogue in it, in which somebody has searched."""
    client = stack.client
    rows = "".join(f"{colour},{colour} shirt,{colour}.jpg\n" for colour in COLOURS)
    table = f"external_id,title,images\n{rows}"
    files = {"file": ("shop.csv", table.encode()), "images": ("photos.zip", _photos())}
    answer = client.post("/v1/imports", files=files)
    assert answer.status_code == 202, answer.text
    job = answer.json()["job"]
    eventually(lambda: _succeeded(client, f"/v1/jobs/{job['id']}"), "the import did not end")
    eventually(lambda: set(_found(client, "red")) >= set(COLOURS), "not all were indexed")
    return stack


def test_a_catalogue_that_went_in_is_found_and_is_deleted(shop: Stack) -> None:
    client = shop.client
    assert [_found(client, colour)[0] for colour in COLOURS] == list(COLOURS)
    named = client.get("/v1/products", params={"external_id": "green"}).json()["products"]
    product = next(each for each in named if each["external_id"] == "green")
    assert client.delete(f"/v1/products/{product['id']}").status_code < 300
    assert "green" not in _found(client, "green")


def test_the_pages_come_from_nginx_and_the_api_hears_of_the_visitor(stack: Stack) -> None:
    page = stack.client.get("/")
    assert (page.status_code, "<title>Vitrine</title>" in page.text) == (200, True)
    assert page.headers["server"] == "nginx"
    warned = "X-Forwarded-For" in stack.programs["api"].log.read_text()
    assert not warned, "the shipped proxy is not trusted"


def test_prometheus_has_data_for_every_dashboard_and_every_alert(shop: Stack) -> None:
    if "prometheus" in composed.missing():
        pytest.skip("prometheus is not installed: apt-get install prometheus")
    asked = {"name": "prometheus", "scopes": ["admin"]}
    key = shop.client.post("/v1/api-keys", json=asked).json()["key"]
    (shop.native.secrets / "metrics-key").write_text(key)
    url = f"http://{shop.native.addresses['prometheus']}:9090/api/v1"

    def up() -> bool:
        targets = httpx.get(f"{url}/targets").json()["data"]["activeTargets"]
        return {each["health"] for each in targets} == {"up"}

    eventually(up, "not all targets are up")
    _go_wrong(shop)
    alerts = _alerts(url)
    assert set(alerts) == set(re.findall(r"- alert: (\w+)", ALERTS.read_text()))
    queries = [*_queries(), *(each for rule in alerts.values() for each in measured(rule))]
    assert len(queries) > 20 + len(alerts)
    told = dict.fromkeys(queries, "")

    def all_told() -> bool:
        _shopped(shop)
        told.update((query, _told(url, query)) for query in queries)
        return all(told.values())

    # A rate needs two looks at what it counts, and Prometheus looks every 15 seconds.
    with suppress(AssertionError):
        eventually(all_told, seconds=90)
    assert [query for query, value in told.items() if not value] == []
    for query, value in told.items():
        sys.stdout.write(f"{value:22} {' '.join(query.split())}\n")


def _shopped(stack: Stack) -> None:
    """Something of all that is counted: a rate of nothing is no number."""
    _found(stack.client, "red")
    named = stack.client.get("/v1/products", params={"external_id": "red"}).json()["products"]
    changed = {"title": f"red shirt {time.monotonic_ns()}"}
    assert stack.client.patch(f"/v1/products/{named[0]['id']}", json=changed).status_code == 200
    _no_match(stack)
    time.sleep(0.5)  # the pace of shoppers: Prometheus looks every few seconds


def _no_match(stack: Stack) -> None:
    nothing = stack.client.post("/v1/search", json={"filters": {"brand": "of nobody"}})
    assert nothing.json()["hits"] == []


def _go_wrong(stack: Stack) -> None:
    """An error of ours, of which a shop in order has none."""
    client, chroma = stack.client, stack.programs["chroma"].process.pid
    os.killpg(chroma, signal.SIGSTOP)
    try:
        eventually(lambda: client.get("/v1/health").status_code == 503, "nobody misses chroma")
    finally:
        os.killpg(chroma, signal.SIGCONT)
    eventually(lambda: client.get("/v1/health").status_code == 200, "chroma stays away")


def _alerts(url: str) -> dict[str, str]:
    """The alerts that Prometheus evaluates, by name."""
    groups = httpx.get(f"{url}/rules").json()["data"]["groups"]
    return {rule["name"]: rule["query"] for group in groups for rule in group["rules"]}


def _told(url: str, query: str) -> str:
    """The first number that a query has now, or nothing; raises where Prometheus takes it ill."""
    answer = httpx.get(f"{url}/query", params={"query": query}).json()
    assert answer["status"] == "success", (query, answer)
    values = [series["value"][1] for series in answer["data"]["result"]]
    return next((value for value in values if value != "NaN"), "")


def _queries() -> list[str]:
    return [
        json.loads(query).replace("$__rate_interval", "1m")
        for path in (composed.DEPLOY / "grafana" / "dashboards").glob("*.json")
        for query in re.findall(r'"expr": ("(?:[^"\\]|\\.)*")', path.read_text())
    ]


def test_a_worker_tells_its_log_what_waits_as_the_cloud_reads_it(stack: Stack) -> None:
    """deploy/terraform/modules/service/scaling.tf filters these very lines."""

    def told() -> list[dict[str, Any]]:
        lines = stack.programs["worker"].log.read_text().splitlines()
        events = [json.loads(line) for line in lines if line.startswith("{")]
        return [event for event in events if event["event"] == "queue"]

    eventually(told, "the worker told nothing of the queue")
    assert all(each["waiting"] >= 0 and each["oldest_seconds"] >= 0 for each in told())
