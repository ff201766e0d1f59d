"""Tuning an encoder: what comes of it, what it goes on from, and what it refuses."""

from __future__ import annotations

import errno
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from onnx import numpy_helper

from tests.finetune import shops
from vitrine.core.errors import Conflict, Full, Invalid
from vitrine.finetune import encoder, graphs, learning, lessons, looking, snapshots
from vitrine.finetune.spec import Spec
from vitrine.vision import registry
from vitrine.vision.card import EncoderCard, read_card
from vitrine.vision.registry import PACKAGED
from vitrine.vision.sessions import Runtime


class Stopped(Exception):
    """Whoever watched had enough."""


def unheard(_done: int, _total: int, _figures: Mapping[str, float]) -> None:
    pass


def spec_of(shop: Path, base: Path, place: Path) -> Spec:
    return Spec(shop, base, place / "tuned", place / "work", steps=16, threads=1)


def card_of(folder: Path) -> EncoderCard:
    card = read_card(folder / "card.json")
    assert isinstance(card, EncoderCard)
    return card


@pytest.fixture(scope="session")
def spec(shop: Path, models: Path, tmp_path_factory: pytest.TempPathFactory) -> Spec:
    """A run that ended well, with its `out` there."""
    asked = spec_of(shop, models / "clip", tmp_path_factory.mktemp("run"))
    encoder.adapt(asked, unheard)
    return asked


def test_a_tuned_model_is_a_folder_like_any_other(spec: Spec) -> None:
    card = card_of(spec.out)
    registry.verify(card, spec.out)
    base = card_of(spec.base)
    assert card.model_version.startswith(f"{base.model_version}-t")
    assert card.figures["base"] == base.model_version
    assert card.figures["products"] == {"train": 48, "val": 16}
    assert all(file.sha256 for file in card.files)


def test_its_files_do_what_pytorch_does(spec: Spec) -> None:
    agreed = card_of(spec.out).figures["against_torch"]
    assert isinstance(agreed, dict)
    assert all(float(str(least)) > 0.9999 for least in agreed.values())


def test_its_vectors_are_others_but_near_to_those_before(spec: Spec, tmp_path: Path) -> None:
    snapshot = snapshots.read(spec.snapshot)
    pairs = [
        looking.look(looking.open_model(folder, tmp_path, Runtime()), snapshot, tmp_path, print)
        for folder in (spec.base, spec.out)
    ]
    cosines = (pairs[0].vectors * pairs[1].vectors).sum(axis=1)
    assert 0.5 < cosines.mean() < 0.99999


def test_the_report_needs_no_other_file(spec: Spec) -> None:
    page = (spec.out / "report.html").read_text(encoding="utf-8")
    assert "same category P@10" in page
    assert "<svg" in page
    assert "<link" not in page
    assert "<script" not in page
    assert set(re.findall(r"src='(.{10})", page)) <= {"data:image"}


def test_a_stopped_run_goes_on_to_the_same_model(spec: Spec, tmp_path: Path) -> None:
    again = replace(spec, out=tmp_path / "tuned", work=tmp_path / "work")
    shutil.copytree(spec.work, again.work, ignore=shutil.ignore_patterns("learning-*"))

    def stop(done: int, total: int, _figures: Mapping[str, float]) -> None:
        if done >= total - spec.steps + learning.EVERY:
            raise Stopped

    with pytest.raises(Stopped):
        encoder.adapt(again, stop)
    assert not again.out.exists()
    encoder.adapt(again, unheard)
    assert card_of(again.out).version == card_of(spec.out).version


def test_nothing_is_looked_at_twice(
    spec: Spec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object) -> None:
        raise AssertionError

    monkeypatch.setattr(looking, "_look", refuse)
    encoder.adapt(replace(spec, out=tmp_path / "again"), unheard)


def test_a_folder_that_is_there_is_not_written_over(spec: Spec) -> None:
    with pytest.raises(Conflict, match="is there already"):
        encoder.adapt(spec, unheard)


def test_siglip_with_verified_labels_gets_heads_for_them(
    shop: Path, models: Path, tmp_path: Path
) -> None:
    asked = spec_of(shop, models / "siglip", tmp_path)
    encoder.tune(asked, unheard)
    card = card_of(asked.out)
    assert card.heads is not None
    with np.load(asked.out / card.heads.file) as heads:
        assert "gender_weight" in heads
    assert card.labels is not None
    assert card.labels.facets["gender"].source == "head"


def test_a_tuned_model_can_be_tuned_again(spec: Spec, tmp_path: Path) -> None:
    again = replace(spec, base=spec.out, out=tmp_path / "tuned", work=tmp_path / "work", steps=8)
    encoder.adapt(again, unheard)
    before, after = card_of(spec.out), card_of(again.out)
    assert len(after.version) == len(before.version)
    assert after.figures["base"] == before.model_version


def test_the_shipped_model_keeps_its_parts_and_says_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lessons, "FEWEST_TRAIN", 20)
    shop = shops.write(tmp_path / "shop", 40, photos=1)
    asked = spec_of(shop, PACKAGED / "vitrine-mini", tmp_path)
    encoder.adapt(replace(asked, steps=8), unheard)
    card = card_of(asked.out)
    looked = looking.look(
        looking.open_model(asked.out, tmp_path / "w", Runtime()),
        replace(snapshots.read(shop), items=snapshots.read(shop).items[:2]),
        tmp_path / "w",
        print,
    )
    form = (looked.vectors[:, : card.parts[0].size] ** 2).sum(axis=1)
    assert np.allclose(form, card.parts[0].weight, atol=1e-4)
    told = json.loads((asked.out / "search.json").read_text())
    assert told["model_version"] == card.model_version
    assert told["weights"]["words"]
    assert not told["levels"]


def test_too_little_is_refused_with_counts(models: Path, tmp_path: Path) -> None:
    few = shops.write(tmp_path / "few", 20)
    with pytest.raises(Invalid, match=r"12 products that say .* 40 and 8 are needed. Import more"):
        encoder.adapt(spec_of(few, models / "clip", tmp_path), unheard)
    with pytest.raises(Invalid, match=r"0 verified products .* Review more"):
        encoder.tune(spec_of(few, models / "clip", tmp_path), unheard)


def test_a_changed_photo_is_told(shop: Path, models: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(shop, changed)
    photo = next((changed / "photos").iterdir())
    photo.write_bytes(photo.read_bytes() + b" ")
    with pytest.raises(Invalid, match=photo.name):
        encoder.adapt(spec_of(changed, models / "clip", tmp_path), unheard)


def test_a_full_disk_is_told_and_the_run_goes_on_later(
    spec: Spec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = replace(spec, out=tmp_path / "tuned")
    with monkeypatch.context() as full:

        def no_room(*_given: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        full.setattr(Path, "replace", no_room)
        with pytest.raises(Full, match="Make room and give the same command again"):
            encoder.adapt(again, unheard)
    assert list(tmp_path.iterdir()) == []
    encoder.adapt(again, unheard)
    assert card_of(again.out).version == card_of(spec.out).version


def test_end_to_end_every_matrix_learns(spec: Spec, tmp_path: Path) -> None:
    again = replace(spec, out=tmp_path / "tuned", end_to_end=True, steps=8)
    shutil.copytree(spec.work, tmp_path / "work", ignore=shutil.ignore_patterns("learning-*"))
    encoder.adapt(replace(again, work=tmp_path / "work"), unheard)
    before, after = (
        {
            one.name: numpy_helper.to_array(one)
            for one in graphs.graph(folder / "image.onnx").initializer
        }
        for folder in (spec.base, again.out)
    )
    moved = [name for name, one in before.items() if not np.array_equal(one, after[name])]
    assert moved
    assert all(before[name].ndim > 1 for name in moved)
