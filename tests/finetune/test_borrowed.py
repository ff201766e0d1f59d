"""A detector of Ultralytics' package as the start, and files that are none or do more."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from tests.worlds import foreign
from vitrine.core.errors import Invalid
from vitrine.finetune.detector.agreement import agreement
from vitrine.finetune.detector.borrowed import borrow
from vitrine.finetune.detector.exporting import exported

SIDE = 64
KINDS = ("top", "bag", "hat")


@pytest.fixture
def classes(monkeypatch: pytest.MonkeyPatch) -> dict[str, type[nn.Module]]:
    return foreign.installed(monkeypatch)


def test_a_borrowed_detector_says_what_it_said_of_the_kinds_it_knows(
    classes: dict[str, type[nn.Module]], tmp_path: Path
) -> None:
    theirs = foreign.checkpoint(tmp_path / "best.pt", classes, ["person", "hat", "bag", "tie"])
    detector = borrow(tmp_path / "best.pt", KINDS).eval()
    pictures = torch.rand(2, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(1))
    taps = [pictures]
    for layer in theirs.model[:3]:
        taps.append(layer(taps[-1]))
    first = theirs.model[3].cv3[0](taps[1]).flatten(2)
    distances, logits = detector(pictures)
    assert distances.shape == (2, 64 + 16 + 4, 4 * foreign.BINS)
    assert torch.allclose(logits[:, :64, 1], first[:, 2], atol=1e-5), "bag"
    assert torch.allclose(logits[:, :64, 2], first[:, 1], atol=1e-5), "hat"
    assert bool((logits[..., 0].sigmoid() < 0.05).all()), "of tops it knows nothing yet"
    assert all(one.requires_grad for one in detector.parameters())
    (tmp_path / "model.onnx").write_bytes(exported(detector, SIDE))
    apart = agreement(detector, tmp_path / "model.onnx", pictures)
    assert apart.box < 0.5
    assert apart.score < 0.01


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("run",)


def test_a_file_that_names_more_than_layers_is_refused_and_nothing_of_it_is_run(
    classes: dict[str, type[nn.Module]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"ema": Evil()}, tmp_path / "evil.pt")
    with pytest.raises(Invalid, match=r"names posix\.mkdir, which is no layer"):
        borrow(tmp_path / "evil.pt", KINDS)
    assert not (tmp_path / "run").exists()


def test_what_is_no_such_detector_is_refused_with_its_reason(
    classes: dict[str, type[nn.Module]], tmp_path: Path
) -> None:
    (tmp_path / "text.pt").write_text("no checkpoint")
    torch.save({"ema": None, "model": None}, tmp_path / "empty.pt")
    torch.save([1], tmp_path / "list.pt")
    other = foreign.checkpoint(tmp_path / "other.pt", classes, ["bag"])
    other.model[3].reg_max = 1  # as in heads that need no suppression
    torch.save({"ema": other}, tmp_path / "other.pt")
    for name, told in (
        ("text.pt", "can be read"),
        ("absent.pt", "can be read"),
        ("empty.pt", "YOLOv8's head"),
        ("list.pt", "YOLOv8's head"),
        ("other.pt", "YOLOv8's head"),
    ):
        with pytest.raises(Invalid, match=told) as refused:
            borrow(tmp_path / name, KINDS)
        assert refused.value.code == "train_base"


def test_without_the_package_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        foreign.checkpoint(tmp_path / "best.pt", foreign.installed(patch), ["bag"])
    with pytest.raises(Invalid, match="pip install ultralytics"):
        borrow(tmp_path / "best.pt", KINDS)
