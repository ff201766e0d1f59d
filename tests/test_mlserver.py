from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from tests.worlds import graphs
from tests.worlds.factories import photo
from vitrine.core.errors import Invalid
from vitrine.core.settings import Settings
from vitrine.mlserver import create_app
from vitrine.vision import registry
from vitrine.vision.card import Part

TOKEN = {"Authorization": "Bearer right"}


def settings(models: Path, **given: Any) -> Settings:
    tiny = {"models_dir": models, "encoder": "tiny", "detector": None}
    vision = tiny | {"threads": 1, "token": "right"}
    return Settings.model_validate({"vision": vision} | given)


@pytest.fixture(scope="module")
def client(tiny_models: Path) -> Iterator[TestClient]:
    limits = {"request_bytes": 200_000, "model_bytes": 400_000}
    app = create_app(settings(tiny_models, limits=limits))
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


def files(*photos: bytes) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("images", ("photo.jpg", data, "image/jpeg")) for data in photos]


def vectors(encoded: str) -> Any:
    return np.frombuffer(base64.b64decode(encoded), "<f4").reshape(-1, 32)


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["status"] == status
    assert told["code"] == code
    assert told["type"] == f"urn:vitrine:problem:{code}"
    assert told["title"]
    assert told["detail"]
    return told


def test_health_is_open_and_gives_the_versions(client: TestClient) -> None:
    answer = client.get("/healthz")
    assert answer.json()["status"] == "ready"
    assert answer.json()["versions"].items() >= {"encoder": "tiny-1", "dimension": 32}.items()


def test_health_tells_which_facets_shoppers_may_see(client: TestClient) -> None:
    assert client.get("/healthz").json()["shown_facets"] == []
    assert isinstance(client.app, FastAPI)
    held = client.app.state.analyzers
    loaded = held.installed
    trusted = [
        replace(one, trusted=one.facet.name in ("sleeve", "colour"))
        for one in loaded.labeller.namings
    ]
    held.installed = replace(loaded, labeller=replace(loaded.labeller, namings=tuple(trusted)))
    try:
        assert client.get("/healthz").json()["shown_facets"] == ["colour", "sleeve"]
    finally:
        held.installed = loaded


def test_health_tells_the_parts_of_vectors(client: TestClient) -> None:
    assert client.get("/healthz").json()["parts"] == []
    assert isinstance(client.app, FastAPI)
    held = client.app.state.analyzers
    loaded = held.installed
    parts = (Part(name="form", size=20, weight=0.6), Part(name="colour", size=12, weight=0.4))
    card = loaded.encoder.card.model_copy(update={"parts": parts})
    encoder = copy(loaded.encoder)
    encoder.card = card
    held.installed = replace(loaded, encoder=encoder)
    try:
        told = client.get("/healthz").json()["parts"]
        assert told[0] == {"name": "form", "size": 20, "weight": 0.6}
        assert [part["name"] for part in told] == ["form", "colour"]
    finally:
        held.installed = loaded


def test_a_batch_is_analyzed_in_order(client: TestClient) -> None:
    boxes = json.dumps([None, [0, 0, 50, 60]])
    answer = client.post(
        "/analyze", files=files(photo("red"), photo("blue")), data={"boxes": boxes}, headers=TOKEN
    )
    assert answer.status_code == 200, answer.text
    first, second = answer.json()["analyses"]
    assert first["size"] == [96, 128]
    assert first["detections"][0]["kind"] == "whole"
    assert second["detections"][0]["box"] == [0, 0, 50, 60]
    assert np.linalg.norm(vectors(second["detections"][0]["embedding"])) == pytest.approx(1)
    assert dict(first["milliseconds"]).keys() >= {"decode", "prepare", "embed"}


def test_texts_are_embedded(client: TestClient) -> None:
    answer = client.post("/embed-text", json={"texts": ["red", "blue shirt"]}, headers=TOKEN)
    assert vectors(answer.json()["embeddings"]).shape == (2, 32)


def embeddings(values: Any) -> dict[str, str]:
    return {"embeddings": base64.b64encode(np.asarray(values, "<f4").tobytes()).decode()}


def test_vectors_are_labelled_in_order(client: TestClient) -> None:
    texts = client.post("/embed-text", json={"texts": ["red", "blue"]}, headers=TOKEN).json()
    answer = client.post("/labels", json={"embeddings": texts["embeddings"]}, headers=TOKEN)
    assert answer.status_code == 200, answer.text
    colours = [
        [label["value"] for label in some if label["facet"] == "colour"]
        for some in answer.json()["labels"]
    ]
    assert colours == [["red"], ["blue"]]
    nothing = client.post("/labels", json={"embeddings": ""}, headers=TOKEN)
    assert nothing.json()["labels"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"embeddings": "not base64!"},
        {"embeddings": [1, 2]},
        embeddings(np.zeros(31)),
        embeddings(np.full(32, np.nan)),
        embeddings(np.full(32, np.inf)),
        embeddings(np.full(32, 3e38)),
        embeddings(np.ones(32)),
    ],
)
def test_vectors_that_are_none_name_the_field(client: TestClient, body: Any) -> None:
    answer = client.post("/labels", json=body, headers=TOKEN)
    assert answer.status_code == 422, answer.text
    assert "embeddings" in answer.json()["fields"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "é"}])
@pytest.mark.parametrize("path", ["/analyze", "/embed-text", "/labels", "/candidates", "/metrics"])
def test_all_else_asks_for_the_token(
    client: TestClient, path: str, headers: dict[str, str]
) -> None:
    sent = {name: value.encode() for name, value in headers.items()}
    method = "GET" if path == "/metrics" else "POST"
    answer = client.request(method, path, headers=sent)  # type: ignore[arg-type]
    problem(answer, 401, "token_wrong")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_without_a_token_set_none_is_asked_for(tiny_models: Path) -> None:
    vision = {"models_dir": tiny_models, "encoder": "tiny", "detector": None, "threads": 1}
    app = create_app(Settings.model_validate({"vision": vision}))
    with TestClient(app) as open_client:
        assert open_client.post("/embed-text", json={"texts": ["red"]}).status_code == 200


@pytest.mark.parametrize(
    "boxes", ["[]", "[null, null]", "not json", "[[1, 2, 3]]", '[["a", 1, 2, 3]]', "{}"]
)
def test_boxes_that_do_not_fit_are_invalid(client: TestClient, boxes: str) -> None:
    answer = client.post("/analyze", files=files(photo()), data={"boxes": boxes}, headers=TOKEN)
    assert "boxes" in problem(answer, 422, "invalid_field")["fields"]


def test_requests_of_another_shape_name_the_field(client: TestClient) -> None:
    answer = client.post("/embed-text", json={"words": []}, headers=TOKEN)
    assert "texts" in problem(answer, 422, "invalid_request")["fields"]
    answer = client.post("/analyze", data={"boxes": "[]"}, headers=TOKEN)
    assert "images" in problem(answer, 422, "invalid_request")["fields"]


def test_pictures_that_cannot_be_read_are_told_apart(client: TestClient) -> None:
    answer = client.post("/analyze", files=files(b"no picture"), headers=TOKEN)
    problem(answer, 415, "image_unreadable")


def test_a_request_over_the_limit_is_refused(client: TestClient) -> None:
    answer = client.post("/analyze", files=files(bytes(300_000)), headers=TOKEN)
    problem(answer, 413, "body_too_large")

    def pieces() -> Iterator[bytes]:
        for _ in range(30):
            yield b" " * 10_000

    answer = client.post("/embed-text", content=pieces(), headers=TOKEN)
    problem(answer, 413, "body_too_large")


def test_unknown_paths_and_methods_are_problems(client: TestClient) -> None:
    problem(client.get("/nowhere"), 404, "not_found")
    problem(client.get("/analyze", headers=TOKEN), 405, "method_not_allowed")


def test_what_nobody_expected_is_a_problem_without_details(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vitrine.vision.wire.write_vectors", lambda _: 1 / 0)
    with capture_logs() as logs:
        answer = client.post("/embed-text", json={"texts": ["red"]}, headers=TOKEN)
    assert "division" not in problem(answer, 500, "internal")["detail"]
    assert "request failed" in [each["event"] for each in logs]


def test_answers_carry_the_request_id(client: TestClient) -> None:
    given = client.get("/healthz", headers={"X-Request-ID": "abc123"})
    assert given.headers["x-request-id"] == "abc123"
    made = client.get("/healthz", headers={"X-Request-ID": "line\tbreak"})
    assert made.headers["x-request-id"] not in ("", "line\tbreak")


def test_metrics_count_requests_by_route(client: TestClient) -> None:
    client.get("/healthz")
    client.get("/some/path/nobody/knows")
    client.post("/analyze", files=files(photo("red")), headers=TOKEN)
    told = client.get("/metrics", headers=TOKEN).text
    line = 'vitrine_request_seconds_count{method="GET",route="/healthz",status="200"}'
    assert line in told
    assert 'route="unmatched"' in told
    assert "nobody" not in told
    assert "vitrine_vision_seconds_bucket" in told


def test_a_missing_model_stops_the_start_with_advice(tmp_path: Path) -> None:
    app = create_app(settings(tmp_path))
    with pytest.raises(Invalid, match="vitrine models list"), TestClient(app):
        pass


WANTED = {"encoder": "turned-1", "preprocess": "p1-m150-reflect-64", "detector": ""}


def sent(folder: Path, **changed: bytes) -> dict[str, Any]:
    """The files of a model folder and their checksums, some files changed on the way."""
    paths = sorted(folder.iterdir())
    told = {path.name: registry.checksum(path) for path in paths}
    kept = [("files", (path.name, changed.get(path.stem, path.read_bytes()))) for path in paths]
    return {"files": kept, "data": {"checksums": json.dumps(told)}}


@pytest.fixture(scope="module")
def turned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return graphs.write_turned(tmp_path_factory.mktemp("turned"))


def test_a_model_that_is_lacking_is_told_taken_and_used(client: TestClient, turned: Path) -> None:
    asked: dict[str, Any] = {"json": {"texts": ["red"]}, "headers": TOKEN, "params": WANTED}
    told = problem(client.post("/embed-text", **asked), 409, "model_not_held")
    assert told["fields"] == {"role": "encoder", "version": "turned-1"}
    taken = client.post("/models/turned-1", headers=TOKEN, **sent(turned))
    assert taken.json() == {"models": ["turned-1"]}, taken.text
    answer = client.post("/embed-text", **asked).json()
    assert answer["versions"]["encoder"] == "turned-1"
    assert client.get("/healthz").json()["versions"]["encoder"] == "tiny-1", "as it was set"


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"data": {"checksums": "{}"}}, 422, "invalid_field"),
        ({"data": {"checksums": "no json"}}, 422, "invalid_field"),
        ({"data": {}}, 422, "invalid_request"),
        ({"files": [("files", ("../card.json", b"{}"))]}, 422, "invalid_field"),
        ({"files": [("files", ("card.json", b"x" * 500_000))]}, 413, "body_too_large"),
    ],
)
def test_files_that_are_no_model_are_refused(
    client: TestClient, turned: Path, given: dict[str, Any], status: int, code: str
) -> None:
    whole = sent(turned) | given
    problem(client.post("/models/third-1", headers=TOKEN, **whole), status, code)


def test_a_damaged_model_is_not_held(client: TestClient, turned: Path) -> None:
    changed = sent(turned, image=b"no graph")
    problem(client.post("/models/third-1", headers=TOKEN, **changed), 422, "model_file_changed")
    other = client.post("/models/third-1", headers=TOKEN, **sent(turned))
    problem(other, 422, "model_version")
    assert "third-1" not in client.get("/healthz").json()["models"]


def test_pixels_that_nobody_makes_are_refused(client: TestClient) -> None:
    params = WANTED | {"encoder": "tiny-1", "preprocess": "p9-m150-reflect-64"}
    answer = client.post("/embed-text", json={"texts": ["x"]}, headers=TOKEN, params=params)
    problem(answer, 422, "preprocess_unknown")


def test_models_are_taken_only_by_who_has_the_token(
    client: TestClient, tiny_models: Path, turned: Path
) -> None:
    problem(client.post("/models/turned-1", **sent(turned)), 401, "token_wrong")
    given = settings(tiny_models).model_dump()
    given["vision"] |= {"token": ""}
    with TestClient(create_app(Settings.model_validate(given))) as anybody:
        problem(anybody.post("/models/turned-1", **sent(turned)), 403, "token_needed")
