"""Which errors the document says that an operation may answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import vitrine
from vitrine.api import refusals
from vitrine.api.app import document
from vitrine.api.guard import guarded
from vitrine.api.routes import ROUTERS

BY_NAME = {route.name: route for route in guarded(ROUTERS)}
COMPUTED = ("_busy", "_unavailable")
"""How codes end that are made of the name of a part."""


def operations() -> list[dict[str, Any]]:
    paths = document()["paths"].values()
    return [operation for path in paths for operation in path.values()]


def test_every_operation_names_its_errors_and_has_no_default() -> None:
    for operation in operations():
        assert "default" not in operation["responses"]
        errors = {int(status) for status in operation["responses"] if int(status) >= 400}
        assert errors == set(refusals.of(BY_NAME[operation["operationId"]]))


def test_errors_follow_from_what_a_route_is_made_of() -> None:
    live, change = refusals.of(BY_NAME["live"]), refusals.of(BY_NAME["change_product"])
    assert live == {422: ["invalid_request", "invalid_utf8"]}
    assert change[403] == ["csrf", "role_too_weak", "scope_missing"]
    assert change[404] == ["not_found", "product_unknown"]
    assert change[412] == ["outdated"]
    assert refusals.of(BY_NAME["me"])[403] == ["person_needed", "role_too_weak"]
    assert refusals.of(BY_NAME["add_upload"])[507] == ["disk_full"]


def test_every_table_speaks_of_what_there_is() -> None:
    known = frozenset[str]().union(*refusals.BY_STATUS.values())
    asked = frozenset[str]().union(*refusals.OWN.values(), refusals.OF_PATH.values())
    assert asked <= known
    assert set(refusals.OWN) <= set(BY_NAME)


def test_no_code_is_named_that_nobody_raises() -> None:
    source = Path(vitrine.__file__).parent
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for path in source.rglob("*.py")
        if path.name != "refusals.py"
    )
    told = {"not_found", "body_too_large"}  # named after their status by the framework's errors
    codes = frozenset[str]().union(*refusals.BY_STATUS.values()) - told
    assert {
        code for code in codes if f'"{code}"' not in text and not code.endswith(COMPUTED)
    } == set()
