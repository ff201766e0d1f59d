"""Synonyms over HTTP: stated by editors, read by every search from their commit on, and audited."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.worlds.factories import insert_indexed, unit_vectors
from tests.worlds.people import Headers
from vitrine.services import search
from vitrine.services.search.engine import SearchEngine
from vitrine.services.search.request import SearchRequest
from vitrine.wiring import Runtime

SYNONYMS = "/v1/synonyms"


@pytest.fixture(autouse=True)
def shop(runtime: Runtime) -> Runtime:
    given: list[dict[str, Any]] = [
        {"title": "Warm Pullover", "category": "Pullover"},
        {"title": "Strickpulli", "category": "Pullover"},
        {"title": "Hose", "category": "Hosen"},
    ]
    versions = runtime.ports.vision.versions
    with runtime.sessions.write() as session:
        insert_indexed(session, versions, unit_vectors(3, versions.dimension), given)
    return runtime


def recognised(client: TestClient, headers: Headers, text: str, **asked: Any) -> Any:
    told = client.post("/v1/search", json={"text": text, **asked}, headers=headers).json()
    return [(one["role"], one["text"], one["read_as"], one["values"]) for one in told["recognised"]]


def test_editors_state_synonyms_and_the_next_search_reads_them(
    client: TestClient, editor: Headers, viewer: Headers, admin: Headers, shop: Runtime
) -> None:
    asked = {"words": "Pulli", "means": "Pullover"}
    assert client.put(SYNONYMS, json=asked, headers=viewer).status_code == 403
    # Another process, that has searched before, knows at once as well.
    beside = SearchEngine(shop.sessions, shop.ports)
    assert not search.search(beside, SearchRequest(text="pulli")).result.query["recognised"]
    made = client.put(SYNONYMS, json=asked, headers=editor).json()
    read: Any = ("synonym", "PULLI", "Pullover", [])
    wish = ("wish", "PULLI", None, ["Pullover"])
    assert recognised(client, viewer, "roter PULLI")[-2:] == [read, wish]
    assert search.search(beside, SearchRequest(text="pulli")).result.query["recognised"]
    assert recognised(client, viewer, "pulli", plain_words=["Pulli"]) == []
    again = client.put(SYNONYMS, json={"words": "PULLI", "means": "Hose"}, headers=editor).json()
    assert again["id"] == made["id"]
    assert client.get(SYNONYMS, headers=viewer).json()["synonyms"] == [again]
    path = f"{SYNONYMS}/{made['id']}"
    assert client.delete(path, headers=editor).status_code == 204
    assert client.delete(path, headers=editor).json()["code"] == "synonym_unknown"
    assert recognised(client, viewer, "pulli") == []
    acts = client.get("/v1/audit", headers=admin).json()["events"]
    told = [(act["action"], act["details"]) for act in acts if "synonym" in act["action"]]
    assert ("synonym.state", asked) in told
    assert told[0] == ("synonym.delete", {})


def test_a_synonym_stands_in_words_without_blanks(
    client: TestClient, editor: Headers, viewer: Headers
) -> None:
    client.put(SYNONYMS, json={"words": "ずぼん", "means": "Hosen"}, headers=editor)
    assert recognised(client, viewer, "暖かいずぼん") == [
        ("synonym", "ずぼん", "Hosen", []),
        ("wish", "ずぼん", None, ["Hosen"]),
    ]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"words": "…", "means": "Hose"}, "words"),
        ({"words": "a b c d e", "means": "Hose"}, "words"),
        ({"words": "Hose", "means": "!"}, "means"),
        ({"words": "Dress", "means": "dresses"}, "means"),
        ({"words": "", "means": "x"}, "words"),
    ],
)
def test_what_can_be_no_synonym_is_refused_by_name(
    client: TestClient, editor: Headers, asked: dict[str, str], field: str
) -> None:
    refused = client.put(SYNONYMS, json=asked, headers=editor)
    assert refused.status_code == 422
    assert field in refused.json()["fields"]
