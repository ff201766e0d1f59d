from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from fastapi import FastAPI
from starlette.responses import JSONResponse, Response

from tests.worlds.factories import encoded, photo
from tests.worlds.fakes import FakeVision
from tests.worlds.programs import free_port, served
from tests.worlds.servers import FLAT, MODEL_TOKEN
from vitrine.adapters import vision as adapter
from vitrine.adapters.vision import EmbeddedVision, HttpVision
from vitrine.core import priority
from vitrine.core.errors import Invalid, TooLarge, Unavailable, Unsupported
from vitrine.core.groups import LimitSettings, VisionSettings
from vitrine.ports import Vision
from vitrine.vision import analyzer, images
from vitrine.vision.analyzer import Analyzer
from vitrine.vision.types import Box, Size, Vector


@pytest.fixture(scope="module")
def embedded(tiny_models: Path) -> EmbeddedVision:
    settings = VisionSettings(
        models_dir=tiny_models,
        encoder="tiny",
        detector="tiny-detector",
        threads=1,
        quality=FLAT,
    )
    return EmbeddedVision(analyzer.load(settings, images.Limits()))


@pytest.fixture
def remote(model_server: str) -> Iterator[HttpVision]:
    vision = HttpVision(model_server, MODEL_TOKEN)
    yield vision
    vision.close()


@pytest.fixture(params=["fake", "embedded", "remote"])
def vision(request: pytest.FixtureRequest) -> Vision:
    if request.param == "fake":
        return FakeVision()
    found: Vision = request.getfixturevalue(request.param)
    return found


def test_each_photo_gets_one_analysis_with_unit_vectors(vision: Vision) -> None:
    analyses = vision.analyze([photo("red"), photo("blue", size=(80, 60))])
    assert [each.size for each in analyses] == [Size(96, 128), Size(80, 60)]
    for each in analyses:
        assert each.versions == vision.versions
        assert each.detections[0].verdict.kept
        assert dict(each.milliseconds).keys() >= {"decode", "embed"}
        for seen in each.detections:
            if not seen.verdict.kept:  # nothing is embedded that nobody will compare
                assert seen.embedding is None
                continue
            assert seen.embedding is not None
            assert seen.embedding.dtype == np.float32
            assert seen.embedding.shape == (vision.versions.dimension,)
            assert np.linalg.norm(seen.embedding) == pytest.approx(1, abs=1e-5)


def test_the_same_bytes_give_the_same_vector(vision: Vision) -> None:
    once, again = vision.analyze([photo("green"), photo("green")])
    (alone,) = vision.analyze([photo("green")])
    for other in (again, alone):
        assert other.detections[0].embedding == pytest.approx(
            once.detections[0].embedding, abs=1e-5
        )


def test_colours_are_told_apart(vision: Vision) -> None:
    vectors = [
        each.detections[0].embedding
        for each in vision.analyze([photo("red"), photo("blue"), photo("red", seed=5)])
    ]
    red, blue, other_red = vectors
    assert red is not None
    assert blue is not None
    assert other_red is not None
    assert red @ other_red > red @ blue + 0.05


def test_a_given_box_is_the_only_detection(vision: Vision) -> None:
    box = Box(10.0, 20.0, 60.5, 100.0)
    free, given = vision.analyze([photo(), photo()], [None, box])
    assert [(seen.box, seen.kind) for seen in given.detections] == [(box, "given")]
    assert free.detections[0].kind != "given"


def test_a_box_outside_the_photo_is_invalid(vision: Vision) -> None:
    with pytest.raises(Invalid) as caught:
        vision.analyze([photo()], [Box(10, 10, 500, 500)])
    assert caught.value.code == "box_outside"


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [
        (b"", Invalid, "image_empty"),
        (b"not a picture", Unsupported, "image_unreadable"),
        (photo()[:900], Invalid, "image_broken"),
        (bytes(LimitSettings().image_bytes + 1), TooLarge, "image_too_large"),
    ],
)
def test_what_cannot_be_read_is_told_by_its_code(
    vision: Vision, data: bytes, kind: type[Invalid], code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        vision.analyze([photo(), data])
    assert type(caught.value) is kind
    assert caught.value.code == code
    assert caught.value.message


def test_words_live_in_the_space_of_photos(vision: Vision) -> None:
    red, blue = vision.embed_texts(["red", "blue"])
    seen = vision.analyze([photo("red")])[0].detections[0]
    assert seen.embedding is not None
    assert red.shape == (vision.versions.dimension,)
    assert np.linalg.norm(red) == pytest.approx(1, abs=1e-5)
    assert seen.embedding @ red > seen.embedding @ blue


def test_labels_of_stored_vectors_are_those_of_the_analysis(vision: Vision) -> None:
    seen = [each.detections[0] for each in vision.analyze([photo("red"), photo("blue")])]
    vectors = np.stack([one.embedding for one in seen if one.embedding is not None])
    red, blue = vision.label(vectors)
    assert (red, blue) == (seen[0].labels, seen[1].labels)
    colours = [{one.facet: one.value for one in some}["colour"] for some in (red, blue)]
    assert colours[0] != colours[1]
    for label in (*red, *blue):
        assert 0 < label.score <= 1
        assert label.trusted == (label.facet in vision.shown_facets)
        assert label.source in ("head", "words")


def test_candidates_are_values_of_each_facet_with_the_label_first(vision: Vision) -> None:
    vectors = vision.embed_texts(["red", "blue"])
    for labels, candidates in zip(vision.label(vectors), vision.candidates(vectors), strict=True):
        assert len({(one.facet, one.value) for one in candidates}) == len(candidates)
        for label in labels:
            told = [one for one in candidates if one.facet == label.facet]
            assert told[0].value == label.value
            assert 1 <= len(told) <= 9
            assert [one.score for one in told] == sorted((one.score for one in told), reverse=True)


def test_nothing_asked_is_nothing_answered(vision: Vision) -> None:
    assert vision.analyze([]) == []
    assert vision.candidates(np.zeros((0, vision.versions.dimension), np.float32)) == []
    assert vision.label(np.zeros((0, vision.versions.dimension), np.float32)) == []
    assert vision.embed_texts([]).shape == (0, vision.versions.dimension)


def test_both_roads_see_the_same(embedded: EmbeddedVision, remote: HttpVision) -> None:
    photos = [photo("yellow"), encoded(images.open(photo("blue")).pixels, "PNG")]
    for here, there in zip(embedded.analyze(photos), remote.analyze(photos), strict=True):
        assert here.size == there.size
        for mine, theirs in zip(here.detections, there.detections, strict=True):
            assert replace(mine, embedding=None) == replace(theirs, embedding=None)
            assert mine.embedding == pytest.approx(theirs.embedding, abs=1e-6)


def test_errors_keep_their_words_and_fields_over_http(
    embedded: EmbeddedVision, remote: HttpVision
) -> None:
    told = []
    for vision in (embedded, remote):
        with pytest.raises(Invalid) as caught:
            vision.analyze([photo()], [Box(0, 0, 999, 999)])
        told.append((caught.value.code, caught.value.message, caught.value.fields))
    assert told[0] == told[1]


def test_many_bytes_travel_in_several_requests(
    remote: HttpVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "REQUEST_BYTES", len(photo()) * 2 + 100)
    boxes = [Box(0, 0, 50, 50 + number) for number in range(5)]
    analyses = remote.analyze([photo(seed=number) for number in range(5)], boxes)
    assert [each.detections[0].box for each in analyses] == boxes


def test_many_vectors_travel_in_several_requests(
    embedded: EmbeddedVision, remote: HttpVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = embedded.embed_texts(["red", "blue", "red shirt", "white", "hat"])
    monkeypatch.setattr(adapter, "LABELLED", 2)
    assert remote.label(vectors) == embedded.label(vectors)
    here, there = embedded.candidates(vectors), remote.candidates(vectors)
    assert [some[0].value for some in there] == [some[0].value for some in here]


def test_what_a_job_asks_for_stands_behind_people_in_the_model_server_too(
    remote: HttpVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool] = []

    def embed(self: Analyzer, texts: Sequence[str]) -> Vector:
        told.append(priority.is_behind())
        return self.encoder.embed_texts(texts)

    monkeypatch.setattr(Analyzer, "embed_texts", embed)
    remote.embed_texts(["red"])
    with priority.behind():
        remote.embed_texts(["red"])
    remote.embed_texts(["red"])
    assert told == [False, True, False]


def test_a_wrong_token_is_unavailable_and_says_why(model_server: str) -> None:
    vision = HttpVision(model_server, "wrong")
    with pytest.raises(Unavailable, match="VITRINE_VISION__TOKEN"):
        vision.embed_texts(["red"])
    vision.close()


def test_a_model_server_that_is_not_there_is_unavailable() -> None:
    vision = HttpVision(f"http://127.0.0.1:{free_port()}")
    for verb in (
        lambda: vision.versions,
        lambda: vision.analyze([photo()]),
        lambda: vision.shown_facets,
        lambda: vision.parts,
    ):
        with pytest.raises(Unavailable):
            verb()
    vision.close()


def test_the_facets_that_shoppers_see_are_those_the_server_tells(model_server: str) -> None:
    told = httpx.get(f"{model_server}/healthz").json() | {"shown_facets": ["sleeve", "colour"]}
    earlier = {name: told[name] for name in ("status", "versions")}
    for answer, shown in ((told, {"colour", "sleeve"}), (earlier, set())):
        server = FastAPI()
        server.add_api_route("/healthz", lambda answer=answer: answer)
        with served(server) as url:
            vision = HttpVision(url)
            assert vision.shown_facets == shown
            vision.close()


def test_the_parts_of_vectors_are_those_the_server_tells(model_server: str) -> None:
    told = httpx.get(f"{model_server}/healthz").json()
    parts = [
        {"name": "form", "size": 20, "weight": 0.6},
        {"name": "colour", "size": 12, "weight": 0.4},
    ]
    earlier = {name: told[name] for name in ("status", "versions")}
    for answer, names in ((told | {"parts": parts}, ["form", "colour"]), (earlier, [])):
        server = FastAPI()
        server.add_api_route("/healthz", lambda answer=answer: answer)
        with served(server) as url:
            vision = HttpVision(url)
            assert [part.name for part in vision.parts] == names
            vision.close()


def test_parts_are_asked_for_anew_once_another_encoder_answers(model_server: str) -> None:
    told = httpx.get(f"{model_server}/healthz").json()
    told["parts"], asked = [], list[int]()
    server = FastAPI()

    def healthz() -> Any:
        asked.append(1)
        return told

    server.add_api_route("/healthz", healthz)
    with served(server) as url:
        vision = HttpVision(url)
        assert (vision.parts, vision.parts, len(asked)) == ((), (), 2)
        told["versions"]["encoder"] = "other-2"
        told["parts"] = [{"name": "form", "size": 32, "weight": 1.0}]
        assert vision.shown_facets == frozenset()  # any answer tells the versions
        assert [part.size for part in vision.parts] == [32]
        told["versions"]["encoder"], told["parts"] = "other-3", [{"name": "sound"}]
        assert vision.shown_facets == frozenset()
        with pytest.raises(Unavailable):
            _ = vision.parts
        vision.close()


@pytest.mark.parametrize(
    "answer",
    [
        Response(status_code=500),
        Response(status_code=503),
        Response("<html>", status_code=200),
        Response("<html>", status_code=422),
        JSONResponse({"detail": "no code"}, status_code=422),
        JSONResponse(["odd"], status_code=413),
        JSONResponse({"odd": True}, status_code=200),
    ],
)
def test_other_answers_are_unavailable(answer: Response) -> None:
    strange = FastAPI()
    strange.add_api_route("/{path:path}", lambda: answer, methods=["GET", "POST"])
    with served(strange) as url:
        vision = HttpVision(url)
        for verb in (lambda: vision.versions, lambda: vision.embed_texts(["red"])):
            with pytest.raises(Unavailable):
                verb()
        vision.close()


def test_versions_are_asked_once_and_follow_the_answers(
    model_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vision = HttpVision(model_server, MODEL_TOKEN)
    asked: list[str] = []
    ask: Callable[..., httpx.Response] = vision._client.request

    def counting(method: str, path: str, **content: object) -> httpx.Response:
        asked.append(path)
        return ask(method, path, **content)

    monkeypatch.setattr(vision._client, "request", counting)
    assert vision.versions == vision.versions
    assert asked == ["/healthz"]
    vision._versions = replace(vision.versions, encoder="older-1")
    vision.embed_texts(["red"])
    assert vision.versions.encoder == "tiny-1"
    assert asked == ["/healthz", "/embed-text"]
    vision.close()


def test_the_vectors_of_boxes_are_those_of_an_analysis(vision: Vision) -> None:
    boxes = [Box(10.0, 20.0, 60.0, 100.0), Box(0.0, 0.0, 96.0, 128.0)]
    first, second, nothing = vision.embed_crops(
        [photo("red"), photo("blue"), photo("green")], [boxes, boxes[:1], []]
    )
    dimension = vision.versions.dimension
    assert [len(some) for some in (first, second, nothing)] == [2, 1, 0]
    assert nothing.shape == (0, dimension)
    for some, colour in ((first, "red"), (second, "blue")):
        for vector, box in zip(some, boxes, strict=False):
            seen = vision.analyze([photo(colour)], [box])[0].detections[0]
            assert vector == pytest.approx(seen.embedding, abs=1e-5)
    assert vision.embed_crops([], []) == []
    with pytest.raises(Invalid) as caught:
        vision.embed_crops([photo()], [[Box(10, 10, 500, 500)]])
    assert caught.value.code == "box_outside"
