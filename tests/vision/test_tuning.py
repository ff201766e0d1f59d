from __future__ import annotations

import json
from pathlib import Path

import pytest

from vitrine.core.errors import Invalid
from vitrine.vision import tuning
from vitrine.vision.registry import PACKAGED
from vitrine.vision.tuning import Tuning, Tunings


def write(folder: Path, **told: object) -> Path:
    folder.mkdir(parents=True)
    path = folder / tuning.file_name(0)
    path.write_text(json.dumps({"model_version": "mine-1", **told}))
    return path


def test_a_tuning_belongs_to_one_version_and_others_have_an_empty_one(tmp_path: Path) -> None:
    write(tmp_path / "mine", weights={"photo": {"colour": 0.1}})
    found = tuning.installed(tmp_path, packaged=tmp_path / "none")
    assert found.of("mine-1").weights == {"photo": {"colour": 0.1}}
    assert found.of("mine-2") == Tuning(model_version="mine-2")


def test_a_persons_own_comes_before_the_packaged_one(tmp_path: Path) -> None:
    write(tmp_path / "own" / "mine", weights={"photo": {"colour": 0.1}})
    write(tmp_path / "packaged" / "mine", weights={"photo": {"colour": 0.9}})
    found = tuning.installed(tmp_path / "own", packaged=tmp_path / "packaged")
    assert found.of("mine-1").weights == {"photo": {"colour": 0.1}}


def test_weights_that_are_set_replace_all_and_none_turns_it_off(tmp_path: Path) -> None:
    write(tmp_path / "mine", weights={"photo": {"colour": 0.1}})
    assert tuning.installed(tmp_path, {}, tmp_path).of("mine-1").weights == {}
    set_by_hand = tuning.installed(tmp_path, {"words": {"stock": 0.2}}, tmp_path)
    for model in ("mine-1", "another-1"):
        assert set_by_hand.of(model).weights == {"words": {"stock": 0.2}}
    assert Tunings().of("x").weights == {}


@pytest.mark.parametrize(
    ("weights", "named"),
    [
        ({"photos": {}}, "photos"),
        ({"photo": {"sparkle": 1}}, "sparkle"),
        ({"photo": {"colour": "much"}}, "photo.colour"),
        ({"photo": {"colour": float("inf")}}, "photo.colour"),
    ],
)
def test_weights_that_make_no_sense_are_refused_by_name(
    tmp_path: Path, weights: dict[str, object], named: str
) -> None:
    with pytest.raises(Invalid, match=named):
        tuning.installed(tmp_path, weights)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"levels": {"photo": {"others": {"exact": 3}}}}, "levels.photo.others.exact"),
        ({"weights": {"photo": {"sparkle": 1}}}, "weights"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_file_that_cannot_be_read_names_itself_and_the_field(
    tmp_path: Path, told: dict[str, object], field: str
) -> None:
    path = write(tmp_path / "mine", **told)
    with pytest.raises(Invalid) as refused:
        tuning.read(path)
    assert str(path) in refused.value.message
    assert any(name.startswith(field) for name in refused.value.fields)
    with pytest.raises(Invalid, match="cannot be read"):
        tuning.read(tmp_path / "missing.json")


def test_what_ships_is_for_the_encoder_that_ships() -> None:
    for path in sorted(PACKAGED.glob(f"*/{tuning.FILES}")):
        card = json.loads((path.parent / "card.json").read_text())
        assert tuning.read(path).model_version == f"{card['name']}-{card['version']}"
