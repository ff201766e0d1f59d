"""How a run of tuning goes: what it looked like at every look, and the best of it so far."""

from __future__ import annotations

import copy
import math
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor

from vitrine.finetune.detector import fitting
from vitrine.finetune.detector.fitting import Plan, Run
from vitrine.finetune.detector.marked import opened
from vitrine.finetune.detector.measuring import matched
from vitrine.finetune.detector.scenes import Scenes
from vitrine.finetune.spec import Progress
from vitrine.vision.ap import mean_average_precision
from vitrine.vision.boxed import BoxedPhoto

PLAN = Plan(rate=3e-4, backbone_rate=4e-5, warm_up=30, smoothing=0.99, look_every=50)
"""Gentler than a first training: the start knows nearly all already."""

PATIENCE = 5
"""So many looks without a better one end a run."""

MOST = 200
"""So many of the held photos are looked at each time, seeded, the same ones in every run."""


@dataclass(frozen=True, slots=True)
class Look:
    """After so many steps the mean loss since the last look, and mAP50 on the held photos."""

    step: int
    loss: float
    map50: float


@dataclass(slots=True)
class Course:
    """The looks of a run, the weights of the best one, and how long it was fitted in all."""

    looks: list[Look] = field(default_factory=list)
    best: dict[str, Tensor] = field(default_factory=dict)
    seconds: float = 0.0
    losses: list[float] = field(default_factory=list)

    @property
    def best_look(self) -> Look:
        """The look with the highest mAP50, the first of equal ones."""
        return max(self.looks, key=lambda look: look.map50)

    @property
    def stale(self) -> bool:
        """Whether nothing became better for PATIENCE looks."""
        return len(self.looks) - 1 - self.looks.index(self.best_look) >= PATIENCE

    def saw(self, run: Run, map50: float) -> None:
        """Remember a look, and the averaged weights where it is the best."""
        mean = sum(self.losses) / len(self.losses) if self.losses else math.nan
        self.losses.clear()
        self.looks.append(Look(run.step, mean, map50))
        if self.best_look is self.looks[-1]:
            self.best = copy.deepcopy(run.smooth.state_dict())


@dataclass(frozen=True, slots=True)
class Held:
    """The photos that a run is judged by: which kinds there are, at which side they are seen."""

    photos: Sequence[BoxedPhoto]
    kinds: Sequence[str]
    side: int

    def map50(self, run: Run) -> float:
        """What the averaged weights reach."""
        marked = (opened(photo) for photo in self.photos)
        return mean_average_precision(matched(run.smooth, marked, self.kinds, self.side))


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where a run is kept, and the most minutes that it may take, None for any."""

    checkpoint: Path
    minutes: float | None = None


def held(photos: Sequence[BoxedPhoto], kinds: Sequence[str], side: int) -> Held:
    """MOST of the photos at most."""
    dice = random.Random(0)  # noqa: S311 - no secret
    some = photos if len(photos) <= MOST else dice.sample(list(photos), MOST)
    return Held(some, kinds, side)


def fit(run: Run, scenes: Scenes, judge: Held, keeping: Keeping, progress: Progress) -> Course:
    """Fit until the last step, the last minute, or until nothing becomes better.

    Goes on from the checkpoint where there is one.
    """
    course = _resumed(fitting.resume(run, keeping.checkpoint))
    if not course.looks:
        course.saw(run, judge.map50(run))
    workers = 0 if run.device.type == "cpu" else 2
    begun, before, saved = time.monotonic(), course.seconds, time.monotonic()
    steps = len(scenes)
    for drawn in fitting.batches(scenes, range(run.step, steps), workers):
        course.losses.append(fitting.fit_one(run, drawn, steps, PLAN))
        course.seconds = before + time.monotonic() - begun
        looks = run.step % PLAN.look_every == 0 or run.step == steps
        if looks:
            course.saw(run, judge.map50(run))
        if looks or time.monotonic() - saved > PLAN.save_every:
            fitting.save(run, keeping.checkpoint, _told(course))
            saved = time.monotonic()
        progress(run.step, steps, _figures(course))
        if course.stale or course.seconds > 60 * (keeping.minutes or math.inf):
            break
    return course


def _figures(course: Course) -> Mapping[str, float]:
    last = course.looks[-1]
    loss = sum(course.losses) / len(course.losses) if course.losses else last.loss
    best = course.best_look.map50
    return {"loss": loss, "map50": last.map50, "best_map50": best, "map50_before": _before(course)}


def _before(course: Course) -> float:
    return course.looks[0].map50


def _told(course: Course) -> dict[str, Any]:
    return {
        "looks": [asdict(look) for look in course.looks],
        "best": course.best,
        "seconds": course.seconds,
        "losses": list(course.losses),
    }


def _resumed(state: Mapping[str, Any]) -> Course:
    if not state:
        return Course()
    looks = [Look(**look) for look in state["looks"]]
    return Course(looks, state["best"], state["seconds"], state["losses"])
