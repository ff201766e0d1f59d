"""A detector is tuned from the file that ships, goes on where it was killed, and is told of."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from tests.worlds import foreign
from vitrine.core.errors import Conflict, Invalid
from vitrine.finetune.detector import course, tuning
from vitrine.finetune.detector.agreement import agreement
from vitrine.finetune.detector.comparing import best_confidence
from vitrine.finetune.detector.exporting import exported
from vitrine.finetune.detector.restoring import restore
from vitrine.finetune.spec import Spec
from vitrine.vision.ap import Matches
from vitrine.vision.card import DetectorCard, card_json, read_card
from vitrine.vision.registry import PACKAGED, checksum

BASE = PACKAGED / "vitrine-garments"
SIDE = 96


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The detector that ships, for small pictures."""
    home = tmp_path_factory.mktemp("base")
    card = read_card(BASE / "card.json")
    assert isinstance(card, DetectorCard)
    detector = restore(BASE / "model.onnx", len(card.kinds), card.size)
    (home / "model.onnx").write_bytes(exported(detector, SIDE))
    small = card.model_copy(update={"size": SIDE})
    pins = {"sha256": checksum(home / "model.onnx"), "bytes": None}
    small = small.model_copy(update={"file": card.file.model_copy(update=pins)})
    (home / "card.json").write_text(card_json(small))
    return home


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos with a red bag each, in the layout of a snapshot of format yolo."""
    root = tmp_path_factory.mktemp("snapshot")
    dice = np.random.default_rng(1)
    for split, count in (("train", 4), ("val", 2), ("test", 1)):
        for folder in ("images", "labels"):
            (root / folder / split).mkdir(parents=True)
        for number in range(count):
            x, y = (int(edge) for edge in dice.integers(8, 40, 2))
            picture = Image.new("RGB", (96, 80), "#b0b8c0")
            ImageDraw.Draw(picture).rectangle((x, y, x + 35, y + 30), fill="#c01818")
            picture.save(root / "images" / split / f"{number}.png")
            box = f"{(x + 18) / 96} {(y + 15.5) / 80} {36 / 96} {31 / 80}"
            (root / "labels" / split / f"{number}.txt").write_text(f"0 {box}\n")
    (root / "data.yaml").write_text('names:\n  0: "bag"\n')
    (root / "card.json").write_text('{"name": "yolo-abc"}')
    return root


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few photos are enough, and it looks often."""
    monkeypatch.setattr(tuning, "FEWEST", {"train": 4, "val": 2})
    monkeypatch.setattr(tuning, "BATCH", {"cpu": 2})
    for module in (tuning, course):
        monkeypatch.setattr(module, "PLAN", replace(course.PLAN, look_every=2))


def spec(snapshot: Path, base: Path, home: Path, steps: int = 4) -> Spec:
    return Spec(snapshot, base, home / "out", home / "work", steps=steps, threads=1)


def unheard(_done: int, _total: int, _figures: Mapping[str, float]) -> None:
    """Nobody listens."""


def test_what_ships_is_read_back_as_it_is() -> None:
    card = read_card(BASE / "card.json")
    assert isinstance(card, DetectorCard)
    detector = restore(BASE / "model.onnx", len(card.kinds), card.size)
    noise = torch.rand(1, 3, card.size, card.size, generator=torch.Generator().manual_seed(3))
    apart = agreement(detector, BASE / "model.onnx", noise)
    assert apart.box < 0.01
    assert apart.score < 1e-5


def test_a_killed_run_goes_on_and_ends_as_if_it_had_not_been(
    snapshot: Path, base: Path, tmp_path: Path
) -> None:
    class Killed(Exception):
        pass

    def kill(done: int, _total: int, _figures: Mapping[str, float]) -> None:
        if done == 3:  # after the look at step 2 was saved
            raise Killed

    told: list[int] = []
    whole = tuning.tune(spec(snapshot, base, tmp_path / "whole"), unheard)
    broken = spec(snapshot, base, tmp_path / "broken")
    with pytest.raises(Killed):
        tuning.tune(broken, kill)
    assert not broken.out.exists()
    again = tuning.tune(broken, lambda done, _total, _figures: told.append(done))
    assert told == [3, 4]
    assert checksum(again / "model.onnx") == checksum(whole / "model.onnx")
    with pytest.raises(Conflict, match="is there already"):
        tuning.tune(broken, unheard)
    card, before = read_card(again / "card.json"), read_card(base / "card.json")
    assert isinstance(card, DetectorCard)
    assert card.version.startswith(f"{before.version}-t.")
    assert card.figures["snapshot"] == "yolo-abc"
    assert set(card.figures) >= {"code_version", "val", "against_torch", "seed", "steps"}
    report = (again / "report.html").read_text()
    assert card.model_version in report
    assert "<script" not in report
    assert "<polyline" in report


def test_a_detector_of_ultralytics_can_be_the_start(
    snapshot: Path, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = read_card(base / "card.json")
    assert isinstance(before, DetectorCard)
    foreign.checkpoint(tmp_path / "best.pt", foreign.installed(monkeypatch), ["bag", "tie"])
    asked = replace(spec(snapshot, base, tmp_path), start=tmp_path / "best.pt")
    made = tuning.tune(asked, unheard)
    card = read_card(made / "card.json")
    assert isinstance(card, DetectorCard)
    assert (card.kinds, card.size, card.first_look) == (before.kinds, SIDE, None)
    assert card.source.startswith("best.pt of Ultralytics' package")
    assert "AGPL" in card.licence


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda root: (root / "data.yaml").write_text('names:\n  0: "spoon"\n'), "train_kinds"),
        (lambda root: (root / "data.yaml").unlink(), "train_snapshot"),
        (lambda root: (root / "labels/val/0.txt").write_text("0 a b\n"), "train_snapshot"),
        (lambda root: (root / "labels/train/0.txt").write_text(""), "train_too_little"),
    ],
)
def test_data_that_cannot_teach_is_refused(
    snapshot: Path, base: Path, tmp_path: Path, change: Callable[[Path], object], code: str
) -> None:
    broken = tmp_path / "snapshot"
    shutil.copytree(snapshot, broken)
    change(broken)
    with pytest.raises(Invalid) as refused:
        tuning.tune(spec(broken, base, tmp_path), unheard)
    assert refused.value.code == code


def test_only_a_detector_of_ours_can_be_tuned(snapshot: Path, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="a detector is needed"):
        tuning.tune(spec(snapshot, PACKAGED / "vitrine-mini", tmp_path), unheard)


def test_the_confidence_moves_only_where_that_is_surely_better() -> None:
    scores = np.array([0.6, 0.5, 0.2])
    right = np.zeros((10, 3), dtype=bool)
    right[0] = [True, True, False]
    photos = [{"bag": Matches(scores, right, truths=2)}]
    assert best_confidence(photos, 0.35) == 0.35
    assert best_confidence(photos, 0.15) == pytest.approx(0.25, abs=0.06)
