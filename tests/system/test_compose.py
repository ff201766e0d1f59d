"""What deploy/compose.yaml promises of each service, as Docker Compose resolves the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.worlds import composed

BASES = [composed.DEPLOY / "docker" / f"{name}.Dockerfile" for name in ("vitrine", "web")]
OURS = ("migrate", "ml", "api", "worker", "web")


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return composed.secrets_in(tmp_path_factory.mktemp("secrets"))


@pytest.fixture(scope="module")
def file(secrets: Path) -> Mapping[str, Any]:
    return composed.read(secrets)


def test_with_pgvector_whoever_reads_or_writes_products_knows_and_nothing_else_changes(
    file: Mapping[str, Any], secrets: Path
) -> None:
    over = composed.read(secrets, composed.PGVECTOR)
    told = {"VITRINE_SEARCH__ENGINE": "pgvector"}
    larger = ("image", "command", "shm_size", "cpus", "mem_limit")
    for name, service in over["services"].items():
        plain = dict(file["services"][name])
        if name in ("migrate", "api", "worker"):
            plain["environment"] = plain["environment"] | told
        elif name == "postgres":
            plain |= {each: service[each] for each in larger}
        assert service == plain, name
    database = over["services"]["postgres"]
    assert database["image"].startswith("pgvector/pgvector:")
    assert int(database["mem_limit"]) > int(database["shm_size"]) + 2**31


def test_every_service_is_held_by_limits_and_writes_nowhere_but_in_its_volumes(
    file: Mapping[str, Any],
) -> None:
    for name, service in file["services"].items():
        limits = [service.get(each) for each in ("cpus", "mem_limit", "pids_limit", "ulimits")]
        assert all(limits), name
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name


def test_nothing_is_reached_but_pages_and_dashboards_and_these_on_this_machine_alone(
    file: Mapping[str, Any],
) -> None:
    published = {name: each["ports"] for name, each in file["services"].items() if "ports" in each}
    assert set(published) == {"web", "grafana"}
    assert all(port["host_ip"] == "127.0.0.1" for ports in published.values() for port in ports)
    stores = ("postgres", "redis", "chroma", "seaweedfs")
    assert all(set(file["services"][name]["networks"]) == {"inside"} for name in stores)
    assert file["networks"]["inside"]["internal"]


def test_the_api_believes_the_network_of_the_shipped_proxy_in_which_nobody_else_is(
    file: Mapping[str, Any],
) -> None:
    subnet = file["networks"]["edge"]["ipam"]["config"][0]["subnet"]
    assert file["services"]["api"]["environment"]["VITRINE_API__TRUSTED_PROXIES"] == subnet
    inside = {name for name, each in file["services"].items() if "edge" in each["networks"]}
    assert inside == {"api", "web"}


def test_what_others_made_is_pinned_by_digest(file: Mapping[str, Any], secrets: Path) -> None:
    pinned = re.compile(r"[^@]+:[^@]+@sha256:[0-9a-f]{64}")
    for described in (file, composed.read(secrets, composed.PGVECTOR)):
        for name, service in described["services"].items():
            assert name in OURS or pinned.fullmatch(service["image"]), name
    bases = [
        base for path in BASES for base in re.findall(r"^ARG \w+=(.+:.+)$", path.read_text(), re.M)
    ]
    assert len(bases) == 4
    assert all(pinned.fullmatch(base) for base in bases)


def test_no_secret_is_in_the_file(file: Mapping[str, Any]) -> None:
    """Every run makes others, so one that is in the file would be in both."""
    text = composed.COMPOSE.read_text()
    for service in file["services"].values():
        for name, value in (service.get("environment") or {}).items():
            if re.search("PASSWORD|SECRET|TOKEN", name):
                assert re.search(r"[0-9a-f]{64}", value), name
                assert value not in text
