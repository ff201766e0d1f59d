"""From what people said to a better model that is searched, over HTTP, and how good both are."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from bench.flywheel import truth
from bench.flywheel.catalogue import World, command
from vitrine import wiring
from vitrine.core.settings import Settings
from vitrine.services.models import store
from vitrine.tables.models import ModelVersion

PATIENCE = 5400.0
"""Seconds that one job of the circle may take."""

POLL = 2.0
ENDED = ("succeeded", "failed", "cancelled")
FOLLOWING = ("label", "select_primary")
"""The jobs after a cutover that make anew what people see."""

Json = dict[str, Any]


@dataclass(slots=True)
class Circle:
    """What each step came to; `promoted` is None where the gate refused what was trained."""

    snapshot: Json
    run: Json
    collection: Json | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def gate(self) -> Json:
        """What the gate said; empty where the run made nothing to judge."""
        return (self.run.get("model") or {}).get("gate") or {}

    @property
    def version(self) -> str:
        """The model that was trained."""
        return str(self.run["model"]["version"])


def turn(client: httpx.Client, steps: int) -> Circle:
    """Write a snapshot, train the encoder on it, have the gate judge, build and promote.

    Raises RuntimeError where a step fails; a candidate that the gate refuses is not promoted.
    """
    began = time.monotonic()
    snapshot = _snapshot(client)
    wrote = time.monotonic()
    asked = {"kind": "encoder", "snapshot_id": snapshot["id"], "steps": steps}
    run = _post(client, "/v1/training/runs", **asked)
    run = _until(client, f"/v1/training/runs/{run['id']}", _ended)
    trained = time.monotonic()
    circle = Circle(snapshot, run)
    circle.seconds = {"snapshot": wrote - began, "train and gate": trained - wrote}
    if circle.gate.get("passed"):
        circle.collection = _promoted(client, circle.version)
        circle.seconds["build and promote"] = time.monotonic() - trained
    return circle


def left_wrong(world: World, reviewed: set[str]) -> int:
    """How many of the products that nobody reviewed are wrong now."""
    with wiring.stored(Settings(data_dir=world.data)) as sessions, sessions.read() as session:
        seen = truth.found(session)
    left = [name for name in seen if name in world.truths and name not in reviewed]
    return sum(any(truth.errors(world.truths[name], seen[name])) for name in left)


def figures(world: World, manifest: Path, version: str | None) -> Json:
    """What `vitrine evaluate` says of the encoder that ships, or of one in the store."""
    environment = {}
    if version is not None:
        folder = _fetched(world, version)
        environment = {
            "VITRINE_VISION__ENCODER": folder.name,
            "VITRINE_VISION__MODELS_DIR": str(folder.parent),
        }
    told = command(world.data, "evaluate", str(manifest), "--json", **environment)
    (line,) = (line for line in told.splitlines() if line.startswith("{"))
    found: Json = json.loads(line)
    return found


def _fetched(world: World, version: str) -> Path:
    settings = Settings(data_dir=world.data)
    with wiring.stored(settings) as sessions, sessions.read() as session:
        row = session.scalars(select(ModelVersion).where(ModelVersion.version == version)).one()
        return store.fetch(wiring.blobs_of(settings), row, world.data / "fetched")


def _snapshot(client: httpx.Client) -> Json:
    job = _post(client, "/v1/snapshots", format="clip")["job"]
    done = _until(client, f"/v1/jobs/{job['id']}", lambda told: told["status"] in ENDED)
    _require(done["status"] == "succeeded", done)
    newest: Json = client.get("/v1/snapshots").raise_for_status().json()["snapshots"][0]
    return newest


def _promoted(client: httpx.Client, version: str) -> Json:
    built = _post(client, "/v1/collections", model_version=version)
    place = f"/v1/collections/{built['id']}"
    built = _until(client, place, _built)
    promoted = _post(client, f"{place}/promote", missing=built["lacking"])
    for kind in FOLLOWING:
        _until(client, f"/v1/jobs?kind={kind}&limit=1", _newest_ended)
    return built | {"state": promoted["state"]}


def _built(collection: Json) -> bool:
    _require(collection["state"] == "ready" or collection["job"] is not None, collection)
    return bool(collection["state"] == "ready")


def _newest_ended(told: Json) -> bool:
    return all(job["status"] in ENDED for job in told["jobs"])


def _ended(run: Mapping[str, Any]) -> bool:
    job = run["job"]
    _require(job["status"] not in ("failed", "cancelled"), job)
    return job["status"] in ENDED


def _until(client: httpx.Client, path: str, ready: Callable[[Json], bool]) -> Json:
    """Ask again until it is ready."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        told: Json = client.get(path).raise_for_status().json()
        if ready(told):
            return told
        time.sleep(POLL)  # the work is done elsewhere, and only asking tells of it
    raise RuntimeError(f"{path} was not ready in {PATIENCE:.0f} s: {told}")


def _post(client: httpx.Client, path: str, **told: Any) -> Json:
    answer = client.post(path, json=told)
    _require(answer.is_success, answer.text)
    found: Json = answer.json()
    return found


def _require(holds: bool, told: object) -> None:
    if not holds:
        raise RuntimeError(str(told))
