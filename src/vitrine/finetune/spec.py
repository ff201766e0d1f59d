"""What is asked of a fine-tuning run, and how it tells how far it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vitrine.vision.card import Padding

Progress = Callable[[int, int, Mapping[str, float]], None]
"""Hears how many steps of how many are done, and the latest figures; may raise to stop the run."""

Device = Literal["cpu", "cuda"]


@dataclass(frozen=True, slots=True)
class Spec:
    """One run: what it learns from, which model folder it begins with, and where results go.

    `out` is the model folder that is made; `work` keeps what a stopped run goes on from; `left_out`
    is a folder like `snapshot` that is only looked at: where its figures turn, learning ends.
    `steps` and `minutes` are limits of learning; None of `end_to_end` is as the device allows.
    Pixels are prepared with this margin, and padding where it is not the model's own. A detector
    may begin with the weights of `start`, a checkpoint of Ultralytics', in place of the base's.
    """

    snapshot: Path
    base: Path
    out: Path
    work: Path
    left_out: Path | None = None
    seed: int = 0
    device: Device = "cpu"
    threads: int = 2
    steps: int = 800
    minutes: float | None = None
    end_to_end: bool | None = None
    margin: float = 0.15
    padding: Padding | None = None
    start: Path | None = None

    @property
    def whole(self) -> bool:
        """Whether every weight learns, not only what is added to the towers' last features."""
        return self.device == "cuda" if self.end_to_end is None else self.end_to_end
