"""Dashboards, alerts and runbooks agree with each other, and alerts fire when they should."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.worlds.programs import found
from tests.worlds.promql import measured

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "deploy" / "prometheus"
ALERTS = (PROMETHEUS / "alerts.yml").read_text(encoding="utf-8")


def declared() -> ModuleType:
    path = ROOT / "deploy" / "grafana" / "dashboards.py"
    spec = importlib.util.spec_from_file_location("dashboards", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_dashboards_are_those_that_are_declared() -> None:
    dashboards = declared()
    files = {path.stem: json.loads(path.read_text()) for path in dashboards.FOLDER.glob("*.json")}
    assert files == {each.name: dashboards.written(each) for each in dashboards.DASHBOARDS}


def test_every_alert_has_a_runbook_and_a_test() -> None:
    names = re.findall(r"- alert: (\w+)", ALERTS)
    runbooks = (ROOT / "docs" / "runbooks.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\w+)$", runbooks, re.MULTILINE) == names
    assert re.findall(r"runbooks\.md#(\w+)", ALERTS) == [name.lower() for name in names]
    tested = (PROMETHEUS / "alerts_test.yml").read_text(encoding="utf-8")
    assert re.findall(r"- name: (\w+)", tested) == names


def test_alerts_fire_on_recorded_data_and_not_before() -> None:
    promtool = found("promtool", "apt-get install prometheus")
    command = [promtool, "test", "rules", "alerts_test.yml"]
    told = subprocess.run(command, cwd=PROMETHEUS, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize(
    ("alert", "compared"),
    [
        ("max(a) > 0", ["max(a)"]),
        ("min(a) < 3 * max(b)", ["min(a)", "3 * max(b)"]),
        ("(a > 1) and on () b > 2 unless c", ["a", "b", "c"]),
        ("sum(a) or vector(0)", ["sum(a) or vector(0)"]),
    ],
)
def test_what_an_alert_compares_is_told_without_its_thresholds(
    alert: str, compared: list[str]
) -> None:
    assert measured(alert) == compared
