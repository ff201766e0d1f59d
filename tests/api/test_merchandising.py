"""Merchandising rules over HTTP: kept by editors, in the audit log, refused by name."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.worlds.people import Headers

RULES = "/v1/merchandising"
RULE: dict[str, Any] = {"name": "Summer", "action": "boost", "filters": {"brand": ["Acme"]}}


def test_editors_keep_rules_and_the_log_tells_of_it(
    client: TestClient, viewer: Headers, editor: Headers, admin: Headers
) -> None:
    assert client.post(RULES, json=RULE, headers=viewer).status_code == 403
    made = client.post(RULES, json=RULE, headers=editor)
    assert made.status_code == 201, made.text
    assert made.json() | RULE == made.json()
    assert (made.json()["live"], made.json()["words"]) == (False, "")
    path = f"{RULES}/{made.json()['id']}"
    live = {
        **RULE,
        "live": True,
        "words": "Kleid",
        "query_filters": {"category": ["Dresses"], "price": {"max": 80}},
        "ends_at": "2030-01-01T00:00:00Z",
    }
    changed = client.put(path, json=live, headers=editor).json()
    assert changed | live == changed
    assert client.get(RULES, headers=viewer).json()["rules"] == [changed]
    assert client.delete(path, headers=editor).status_code == 204
    assert client.put(path, json=live, headers=editor).json()["code"] == "rule_unknown"
    acts = client.get("/v1/audit", headers=admin).json()["events"]
    done = (act for act in acts if act["outcome"] == "done")
    told = [(act["action"], act["details"]) for act in done if act["action"].startswith("rule.")]
    assert told == [("rule.delete", {}), ("rule.change", live), ("rule.create", RULE)]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"action": "push"}, "action"),
        ({"filters": {}}, "filters"),
        ({"filters": {"colr": "red"}}, "filters.colr"),
        ({"query_filters": {"colr": "red"}}, "query_filters.colr"),
        ({"query_filters": {"price": 5}}, "query_filters.price"),
        ({"name": ""}, "name"),
        ({"starts_at": "2026-01-01T00:00:00"}, "starts_at"),
        ({"words": "!"}, "words"),
    ],
)
def test_what_can_be_no_rule_is_refused_by_name(
    client: TestClient, editor: Headers, wrong: dict[str, Any], field: str
) -> None:
    refused = client.post(RULES, json=RULE | wrong, headers=editor)
    assert refused.status_code == 422
    assert field in refused.json()["fields"]
