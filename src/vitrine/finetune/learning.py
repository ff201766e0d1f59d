"""The learning itself: steps, an average over them, figures as it goes, and when it ends."""

from __future__ import annotations

import copy
import io
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from vitrine.finetune import keeping, measuring, teaching
from vitrine.finetune.looking import Ints
from vitrine.finetune.material import Material, Towers, shown
from vitrine.finetune.measuring import Told
from vitrine.finetune.teaching import Teaching
from vitrine.vision.figures import Values, figure

DECAY = 0.02
SMOOTHING = 0.99
EVERY = 40
"""Steps between looks at the figures, and between checkpoints."""
PATIENCE = 6
"""So many looks without a better one end it."""
SHARES = (1.0, 0.75, 0.5, 0.25)
"""How much of what was learnt may be kept (WiSE-FT)."""
LOSS, QUERIES = 0.005, 2.0
"""By so much, and by so many queries, a figure may fall before it counts as lost."""
ELSEWHERE = 0.015
"""By so much the mean of what was left out may fall: drawn products are not what a shop sells."""

Tell = Callable[[int, Mapping[str, float]], None]


@dataclass(frozen=True, slots=True)
class Judge:
    """A part that is only measured: who asks, who answers, and what was there before."""

    material: Material
    asks: Ints
    offered: Ints
    before: Told

    @staticmethod
    def of(material: Material, towers: Towers, asks: Ints, offered: Ints) -> Judge:
        """A judge of these products, with the figures of the model as it was."""
        needed = np.union1d(asks, offered)
        seen = shown(material, towers, 0.0, needed)
        return Judge(
            material, asks, offered, measuring.measured(material.known, asks, offered, seen)
        )

    def told(self, towers: Towers, share: float) -> Told:
        """The figures with so much of what was learnt."""
        seen = shown(self.material, towers, share, np.union1d(self.asks, self.offered))
        return measuring.measured(self.material.known, self.asks, self.offered, seen)

    def gains(self, towers: Towers, share: float) -> dict[str, float]:
        """By how much each figure rises."""
        now = self.told(towers, share)
        return {name: float((now[name] - some).mean()) for name, some in self.before.items()}


@dataclass(slots=True)
class Course:
    """Where a run stands: steps done, its best look, and all looks for the curves."""

    step: int = 0
    seconds: float = 0.0
    best: float = 0.0
    best_step: int = 0
    looks: list[dict[str, float]] = field(default_factory=list)

    @property
    def over(self) -> bool:
        """Whether looks have not got better for too long."""
        return self.step - self.best_step >= PATIENCE * EVERY


@dataclass(frozen=True, slots=True)
class Limits:
    """When learning ends at the latest."""

    steps: int
    minutes: float | None


def learn(
    lesson: Teaching, judges: Sequence[Judge], limits: Limits, path: Path, tell: Tell
) -> tuple[Towers, Course]:
    """Towers as they were at the best look, and the course there; goes on from the file at `path`.

    A look is as good as the mean gain of the held-out figures, less what left-out ones lose.
    """
    run = _Run(lesson, path)
    run.resume()
    course = run.course
    began = time.monotonic() - course.seconds
    while course.step < limits.steps and not course.over:
        run.step()
        if course.step % EVERY == 0 or course.step == limits.steps:
            course.seconds = time.monotonic() - began
            run.look(judges)
            run.save()
            tell(course.step, course.looks[-1])
            if limits.minutes is not None and course.seconds > 60 * limits.minutes:
                break
    return run.best(), course


def chosen_share(towers: Towers, judges: Sequence[Judge]) -> float:
    """How much of what was learnt is kept: as much as gains most, loses no figure of the held-out
    part, and little in all of what was left out.

    The least where every share loses something.
    """
    held, *beside = judges
    scored = {
        share: score(held.gains(towers, share))
        for share in SHARES
        if all(score(judge.gains(towers, share)) >= -ELSEWHERE for judge in beside)
        and not lost(held, towers, share)
    }
    return max(scored, key=lambda share: scored[share]) if scored else min(SHARES)


def lost(judge: Judge, towers: Towers, share: float) -> list[str]:
    """The figures that fall by more than a little, or beyond chance."""
    now = judge.told(towers, share)
    apart = {name: now[name] - some for name, some in judge.before.items()}
    little = {name: max(LOSS, QUERIES / len(by)) for name, by in apart.items()}
    return [n for n, by in apart.items() if by.mean() < -little[n] or _surely_less(by)]


def _surely_less(apart: Values) -> bool:
    """Whether the whole interval of the mean lies below 0."""
    found = figure(apart) if apart.mean() < 0 else None
    return found is not None and found.high < 0


def score(gains: Mapping[str, float]) -> float:
    """The mean gain."""
    return float(np.mean(list(gains.values()))) if gains else 0.0


class _Run:
    """The towers that learn, their average, and the optimiser."""

    def __init__(self, lesson: Teaching, path: Path) -> None:
        self.lesson, self.path = lesson, path
        self.course = Course()
        self.learning = lesson.learning
        self.smooth = copy.deepcopy(self.learning).requires_grad_(False)
        self.kept = copy.deepcopy(self.learning.state_dict())
        scale = {"params": [lesson.log_scale], "lr": 1e-2, "weight_decay": 0.0}
        groups = [
            {"params": list(one.parameters()), "lr": rate, "weight_decay": DECAY}
            for one, rate in zip(self.learning, lesson.rates, strict=True)
        ]
        self.optimiser = torch.optim.AdamW([*groups, scale], betas=(0.9, 0.98))

    def step(self) -> None:
        """Learn from one batch."""
        loss = teaching.total(self.lesson.losses(self.course.step))
        self.optimiser.zero_grad()
        torch.autograd.backward(loss)
        self.optimiser.step()
        self.course.step += 1
        share = 1 - min(SMOOTHING, self.course.step / (self.course.step + 9))
        with torch.no_grad():
            pairs = zip(self.smooth.parameters(), self.learning.parameters(), strict=True)
            for mean, now in pairs:
                mean.lerp_(now, share)

    def look(self, judges: Sequence[Judge]) -> None:
        """Measure the average, and keep it where it is the best so far."""
        course, towers = self.course, self.towers(self.smooth)
        gains = judges[0].gains(towers, 1.0)
        found = dict(gains)
        good = score(gains)
        for judge in judges[1:]:
            beside = score(judge.gains(towers, 1.0))
            found["left_out"] = beside
            good += min(0.0, beside + LOSS)
        course.looks.append({"step": course.step, "score": good, **found})
        if good > course.best:
            course.best, course.best_step = good, course.step
            self.kept = copy.deepcopy(self.smooth.state_dict())

    def towers(self, learnt: nn.ModuleList) -> Towers:
        """These as towers."""
        image, text, *nets = learnt
        before = self.lesson.towers
        return Towers(image, text, before.by_image, before.by_text, nets[0] if nets else None)

    def best(self) -> Towers:
        """The towers of the best look."""
        made = copy.deepcopy(self.smooth)
        made.load_state_dict(self.kept)
        return self.towers(made.eval())

    def save(self) -> None:
        """Write all that going on needs."""
        state: dict[str, Any] = {
            "learning": self.learning.state_dict(),
            "smooth": self.smooth.state_dict(),
            "kept": self.kept,
            "scale": self.lesson.log_scale.data,
            "optimiser": self.optimiser.state_dict(),
            "course": {name: getattr(self.course, name) for name in Course.__slots__},
        }
        # Written at once: torch tells of a full disk in words of its own.
        data = io.BytesIO()
        torch.save(state, data)
        keeping.write(self.path, data.getvalue())

    def resume(self) -> None:
        """Go on from the file, where there is one that can be read."""
        if not self.path.is_file():
            return
        state = torch.load(self.path, weights_only=True)
        self.learning.load_state_dict(state["learning"])
        self.smooth.load_state_dict(state["smooth"])
        self.kept = state["kept"]
        self.lesson.log_scale.data.copy_(state["scale"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.course = Course(**state["course"])
