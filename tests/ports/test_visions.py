from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import numpy as np
import pytest

from tests.worlds import graphs
from tests.worlds.factories import photo
from tests.worlds.fakes import DIMENSION, FakeVision, FakeVisions
from tests.worlds.programs import served
from tests.worlds.servers import FLAT
from vitrine.adapters.vision import EmbeddedVision, HttpVision
from vitrine.adapters.visions import EmbeddedVisions, HttpVisions
from vitrine.core.errors import Conflict, Unavailable
from vitrine.core.groups import VisionSettings
from vitrine.core.settings import Settings
from vitrine.mlserver import create_app
from vitrine.ports import Visions
from vitrine.vision import analyzer, images, wire
from vitrine.vision.beside import Analyzers
from vitrine.vision.types import Box, Versions

TOKEN = "a-token"
PIXELS = "p1-m150-reflect-64"
TINY = Versions("tiny-1", PIXELS, "", graphs.DIMENSION)
TURNED = replace(TINY, encoder="turned-1")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Model folders by version, of which only that of `tiny` is installed."""
    home, store = tmp_path_factory.mktemp("models"), tmp_path_factory.mktemp("store")
    graphs.write_encoder(home)
    graphs.write_detector(home, [(0, 0, 32, 64, 0.9, 0)])
    return {
        "home": home,
        "turned-1": graphs.write_turned(store),
        "third-1": graphs.write_turned(store, name="third"),
        "keen-1": graphs.write_detector(store, [(0, 0, 64, 32, 0.9, 1)], name="keen"),
    }


@pytest.fixture
def given() -> list[str]:
    return []


@pytest.fixture
def supply(folders: dict[str, Path], given: list[str]) -> Callable[[str, str], Path]:
    def folder(_role: str, version: str) -> Path:
        if version not in folders:
            raise Conflict("versions_differ", f"Nobody has {version}.")
        given.append(version)
        return folders[version]

    return folder


def vision_settings(folders: dict[str, Path]) -> VisionSettings:
    return VisionSettings(
        models_dir=folders["home"],
        encoder="tiny",
        detector="tiny-detector",
        threads=1,
        quality=FLAT,
        beside=1,
    )


@pytest.fixture(scope="module")
def embedded(folders: dict[str, Path]) -> Analyzers:
    settings = vision_settings(folders)
    return Analyzers(analyzer.load(settings, images.Limits()), settings, 1)


@pytest.fixture(scope="module")
def server(folders: dict[str, Path]) -> Iterator[str]:
    vision = vision_settings(folders).model_dump() | {"token": TOKEN}
    with served(create_app(Settings.model_validate({"vision": vision}))) as url:
        yield url


@pytest.fixture(params=["fake", "embedded", "server"])
def visions(
    request: pytest.FixtureRequest, supply: Callable[[str, str], Path]
) -> Iterator[Visions]:
    if request.param == "fake":
        known = [replace(each, dimension=DIMENSION) for each in (TINY, TURNED)]
        yield FakeVisions([FakeVision(versions=each) for each in known])
    elif request.param == "embedded":
        held: Analyzers = request.getfixturevalue("embedded")
        held.keep(())
        yield EmbeddedVisions(held, supply)
    else:
        remote = HttpVision(request.getfixturevalue("server"), TOKEN)
        yield HttpVisions(remote, supply, lambda vision: vision)
        remote.close()


def test_each_collection_has_the_vision_that_makes_it(visions: Visions) -> None:
    for versions in (TINY, TURNED, TINY):
        vision = visions.of(versions)
        assert vision.versions.collection == versions.collection
        [seen] = vision.analyze([photo("red")])
        assert seen.versions.collection == versions.collection
        [word] = vision.embed_texts(["red"])
        assert word.shape == (vision.versions.dimension,)


def test_what_nobody_has_is_refused(visions: Visions) -> None:
    with pytest.raises(Conflict):
        visions.of(replace(TINY, encoder="unknown-1")).embed_texts(["red"])


@pytest.mark.parametrize("visions", ["embedded", "server"], indirect=True)
def test_models_of_the_store_make_vectors_of_their_own(visions: Visions) -> None:
    plain, turned = visions.of(TINY), visions.of(TURNED)
    [here], [there] = plain.embed_texts(["red"]), turned.embed_texts(["red"])
    assert there == pytest.approx(here[::-1], abs=1e-6)
    box = [[Box(5, 5, 60, 60)]]
    [[mine]], [[theirs]] = (each.embed_crops([photo("red")], box) for each in (plain, turned))
    assert theirs == pytest.approx(mine[::-1], abs=1e-5)


@pytest.mark.parametrize("visions", ["embedded", "server"], indirect=True)
def test_pixels_and_share_are_of_the_collection_and_load_nothing(
    visions: Visions, given: list[str]
) -> None:
    other = replace(TINY, preprocess="p1-m000-white-64", text_share=0.2)
    vision = visions.of(other)
    [[wide]], [[close]] = (
        each.embed_crops([photo("red")], [[Box(30, 30, 60, 60)]])
        for each in (visions.of(TINY), vision)
    )
    assert vision.versions.collection == other.collection
    assert not np.allclose(wide, close)
    assert given == []


@pytest.mark.parametrize("visions", ["embedded", "server"], indirect=True)
def test_a_detector_of_the_store_sees_for_a_collection_that_names_it(visions: Visions) -> None:
    keen = visions.of(replace(TINY, detector="keen-1-items1"))
    kinds = [
        [one.kind for one in vision.analyze([photo("red")])[0].detections]
        for vision in (visions.of(TINY), keen)
    ]
    assert kinds[0][0] != kinds[1][0]
    assert keen.versions.detector == "keen-1-items1"


@pytest.mark.parametrize("visions", ["embedded", "server"], indirect=True)
def test_what_was_used_longest_ago_goes_and_comes_back(visions: Visions, given: list[str]) -> None:
    third = replace(TINY, encoder="third-1")
    for versions in (TURNED, TURNED, third, TURNED, TINY):
        visions.of(versions).embed_texts(["red"])
    assert given in (["turned-1", "third-1", "turned-1"], ["third-1", "turned-1"])


def test_what_is_not_kept_is_loaded_again_when_asked_for(
    embedded: Analyzers, supply: Callable[[str, str], Path], given: list[str]
) -> None:
    embedded.keep(())
    visions = EmbeddedVisions(embedded, supply)
    visions.of(TURNED)
    visions.of(replace(TINY, detector="keen-1-items1"))
    visions.keep({"turned-1", "keen-1-items1"})
    visions.of(replace(TURNED, detector="keen-1-items1"))
    assert given == ["turned-1", "keen-1"]
    visions.keep(set())
    assert embedded.held == frozenset()
    assert isinstance(visions.of(TINY), EmbeddedVision)


def test_each_of_several_servers_behind_one_address_is_given_the_model(
    folders: dict[str, Path], supply: Callable[[str, str], Path], given: list[str]
) -> None:
    vision = vision_settings(folders).model_dump() | {"token": TOKEN}
    apps = [create_app(Settings.model_validate({"vision": vision})) for _ in range(2)]
    with served(apps[0]) as one, served(apps[1]) as two:
        remote, turn = HttpVision(one, TOKEN), [0]
        ask = remote._client.request

        def in_turn(method: str, path: str, **content: object) -> httpx.Response:
            turn[0] += 1
            return ask(method, f"{(one, two)[turn[0] % 2]}{path}", **content)  # type: ignore[arg-type]

        remote._client.request = in_turn  # type: ignore[method-assign, assignment]
        asked = HttpVisions(remote, supply, lambda each: each).of(TURNED)
        for _ in range(4):
            assert asked.versions.encoder == "turned-1"
            assert len(asked.embed_texts(["red"])) == 1
        assert len(given) == 3, "one too many, for the first went to the other"
        remote.close()


def test_an_answer_of_other_versions_is_no_answer(
    server: str, supply: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = HttpVision(server, TOKEN)
    asked = remote.bound(TURNED, supply)
    # As a server of an earlier version, which knows no parameters and answers as it always does.
    monkeypatch.setattr(wire, "write_wanted", lambda _versions: {})
    with pytest.raises(Unavailable, match="other vectors"):
        asked.embed_texts(["red"])
    remote.close()
