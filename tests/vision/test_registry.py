from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.worlds import graphs
from vitrine.core.errors import Invalid
from vitrine.vision import registry
from vitrine.vision.card import DetectorCard, EncoderCard, card_json, read_card
from vitrine.vision.nets import Detector, Encoder
from vitrine.vision.sessions import Runtime

OFFERED = sorted(registry.DOWNLOADABLE.glob("*.json"))
PACKAGED = sorted(home.parent.name for home in registry.PACKAGED.glob("*/card.json"))


def changed(home: Path, **fields: Any) -> None:
    """Write other values into a card; a dotted name goes inside."""
    card = json.loads((home / "card.json").read_text())
    for name, value in fields.items():
        *parents, last = name.split("__")
        place = card
        for parent in parents:
            place = place[parent]
        place[last] = value
    (home / "card.json").write_text(json.dumps(card))


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"dimension": 0}, "dimension"),
        ({"dimension": "many"}, "dimension"),
        ({"colour": "red"}, "colour"),
        ({"version": "1/2"}, "version"),
        ({"name": ""}, "name"),
        ({"image__std": [0.5, 0.0, 0.5]}, "image.std.1"),
        ({"image__mean": [0.5, 0.5]}, "image.mean.2"),
        ({"image__file": "../image.onnx"}, "image.file"),
        ({"image__sha256": "abc"}, "image.sha256"),
        ({"text__tokenizer__file": "/etc/passwd"}, "text.tokenizer.file"),
        ({"role": "critic"}, "role"),
    ],
)
def test_a_wrong_card_is_refused_by_file_and_field(
    tmp_path: Path, fields: dict[str, Any], named: str
) -> None:
    home = graphs.write_encoder(tmp_path)
    changed(home, **fields)
    with pytest.raises(Invalid) as wrong:
        read_card(home / "card.json")
    assert wrong.value.code == "model_card"
    assert list(wrong.value.fields) == [named]
    assert f"{home / 'card.json'}: {named}: " in wrong.value.message


def test_a_card_that_is_no_json_or_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    with pytest.raises(Invalid, match=r"card\.json: cannot be read"):
        read_card(path)
    path.write_text("{")
    with pytest.raises(Invalid, match=r"card\.json: role: Invalid JSON"):
        read_card(path)


def test_a_card_survives_writing_and_reading(tmp_path: Path) -> None:
    for home in (graphs.write_encoder(tmp_path), graphs.write_detector(tmp_path)):
        card = read_card(home / "card.json")
        (home / "card.json").write_text(card_json(card))
        assert read_card(home / "card.json") == card


def test_name_and_version_make_the_model_version(tmp_path: Path) -> None:
    card = read_card(graphs.write_encoder(tmp_path) / "card.json")
    assert card.model_version == "tiny-1"


@pytest.mark.parametrize("path", OFFERED, ids=lambda path: path.stem)
def test_offered_cards_are_readable_and_pinned_to_a_revision(path: Path) -> None:
    card = read_card(path)
    assert card.name == path.stem
    assert card.licence in {"MIT", "Apache-2.0"}
    for file in card.files:
        assert file.url is not None
        assert file.url.startswith("https://huggingface.co/")
        revision = file.url.split("/resolve/")[1].split("/")[0]
        assert len(revision) == 40


def test_the_two_fashion_models_are_offered_by_their_hub_names() -> None:
    for name in ("patrickjohncyh/fashion-clip", "Marqo/marqo-fashionSigLIP"):
        card = registry.downloadable(name)
        assert isinstance(card, EncoderCard)
        assert registry.downloadable(card.name) == card
    assert registry.downloadable("clip") is None


def test_an_installed_model_is_found_and_a_persons_own_comes_first(tmp_path: Path) -> None:
    own, packaged = tmp_path / "own", tmp_path / "packaged"
    graphs.write_encoder(packaged)
    assert registry.find("tiny", own, packaged)[1] == packaged / "tiny"
    graphs.write_encoder(own)
    card, folder = registry.find("tiny", own, packaged)
    assert folder == own / "tiny"
    assert isinstance(card, EncoderCard)


def test_what_is_not_pulled_yet_says_how_to_pull_it(tmp_path: Path) -> None:
    for name in ("fashion-clip", "patrickjohncyh/fashion-clip"):
        with pytest.raises(Invalid, match=f"vitrine models pull {name}") as missing:
            registry.find(name, tmp_path)
        assert missing.value.code == "model_missing"


@pytest.mark.parametrize("name", ["nothing", "../tiny", "a/b", "", ".", "/etc"])
def test_an_unknown_or_hostile_name_is_refused(tmp_path: Path, name: str) -> None:
    graphs.write_encoder(tmp_path)
    (tmp_path / "inner").mkdir()
    with pytest.raises(Invalid) as unknown:
        registry.find(name, tmp_path / "inner")
    assert unknown.value.code == "model_unknown"


@pytest.mark.parametrize("name", ["image.onnx", "text.onnx", "tokenizer.json"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    home = graphs.write_encoder(tmp_path)
    (home / name).unlink()
    with pytest.raises(Invalid, match="install it again") as missing:
        registry.find("tiny", tmp_path)
    assert missing.value.code == "model_file_missing"
    assert str(home / name) in missing.value.message


@pytest.mark.parametrize("name", ["image.onnx", "text.onnx", "tokenizer.json"])
def test_a_changed_file_is_named(tmp_path: Path, name: str) -> None:
    home = graphs.write_encoder(tmp_path)
    data = bytearray((home / name).read_bytes())
    data[len(data) // 2] ^= 1
    (home / name).write_bytes(data)
    with pytest.raises(Invalid) as different:
        registry.find("tiny", tmp_path)
    assert different.value.code == "model_file_changed"
    assert str(home / name) in different.value.message


def test_a_damaged_pulled_model_says_to_pull_it_again(tmp_path: Path) -> None:
    home = graphs.write_encoder(tmp_path, name="fashion-clip")
    (home / "text.onnx").write_bytes(b"")
    with pytest.raises(Invalid, match="vitrine models pull fashion-clip"):
        registry.find("fashion-clip", tmp_path)


def test_a_file_without_checksum_is_taken_as_it_is(tmp_path: Path) -> None:
    home = graphs.write_encoder(tmp_path)
    changed(home, image__sha256=None)
    (home / "image.onnx").write_bytes(b"anything")
    assert registry.find("tiny", tmp_path)[1] == home


def test_roles_are_not_confused(tmp_path: Path) -> None:
    graphs.write_encoder(tmp_path)
    graphs.write_detector(tmp_path)
    assert isinstance(registry.find_encoder("tiny", tmp_path)[0], EncoderCard)
    assert isinstance(registry.find_detector("tiny-detector", tmp_path)[0], DetectorCard)
    with pytest.raises(Invalid, match="is a detector; an encoder is needed"):
        registry.find_encoder("tiny-detector", tmp_path)
    with pytest.raises(Invalid, match="is an encoder; a detector is needed"):
        registry.find_detector("tiny", tmp_path)


@pytest.mark.parametrize("name", PACKAGED)
def test_every_packaged_model_is_whole_and_runs(tmp_path: Path, name: str) -> None:
    card, folder = registry.find(name, tmp_path)
    assert all(file.sha256 for file in card.files)
    if isinstance(card, EncoderCard):
        assert Encoder(card, folder, Runtime()).embed_texts(["red dress"]).shape[0] == 1
    else:
        Detector(card, folder / card.file.file, Runtime())


def test_the_list_has_every_model_once(tmp_path: Path) -> None:
    home = graphs.write_encoder(tmp_path / "own")
    graphs.write_encoder(tmp_path / "own", name="fashion-clip")
    graphs.write_encoder(tmp_path / "packaged")
    graphs.write_detector(tmp_path / "packaged")
    lines = registry.listing(tmp_path / "own", tmp_path / "packaged")
    assert [(line.name, line.role, line.installed) for line in lines] == [
        ("fashion-clip", "encoder", True),
        ("marqo-fashion-siglip", "encoder", False),
        ("tiny", "encoder", True),
        ("tiny-detector", "detector", True),
    ]
    files = ("image.onnx", "text.onnx", "tokenizer.json")
    assert lines[2].bytes == sum((home / name).stat().st_size for name in files)
    assert lines[1].bytes is None
    assert registry.listing(tmp_path / "nowhere", tmp_path / "nowhere")[0].name == "fashion-clip"
