"""The detector's steps of fitting, resumable at any of them."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from vitrine.finetune.detector.loss import Truth, loss
from vitrine.finetune.detector.net import Detector
from vitrine.finetune.drawing import alone, one_thread_each

Drawn = tuple[Tensor, list[Truth]]


@dataclass(frozen=True, slots=True)
class Plan:
    """How hard to train, and how often to look and to save."""

    rate: float = 1.5e-3
    backbone_rate: float = 2e-4
    decay: float = 0.02
    warm_up: int = 100
    smoothing: float = 0.9985
    look_every: int = 400
    save_every: float = 180.0
    workers: int = 1


@dataclass(slots=True)
class Run:
    """A run as it stands."""

    detector: Detector
    smooth: Detector
    optimiser: torch.optim.Optimizer
    step: int = 0

    @property
    def device(self) -> torch.device:
        """Where it is fitted."""
        return next(self.detector.parameters()).device


def start(detector: Detector, plan: Plan) -> Run:
    """A run at step 0."""
    trained = [p for p in detector.net.parameters() if p.requires_grad]
    rest = [*detector.neck.parameters(), *detector.head.parameters()]
    parts: list[dict[str, Any]] = [
        {"params": trained, "lr": plan.backbone_rate, "highest": plan.backbone_rate},
        {"params": [p for p in rest if p.ndim > 1], "lr": plan.rate, "highest": plan.rate},
        {"params": [p for p in rest if p.ndim < 2], "lr": plan.rate, "highest": plan.rate},
    ]
    parts[2]["weight_decay"] = 0.0
    optimiser = torch.optim.AdamW(parts, weight_decay=plan.decay)
    smooth = copy.deepcopy(detector).requires_grad_(False).eval()
    return Run(detector.train(), smooth, optimiser)


def fit_one(run: Run, drawn: Drawn, steps: int, plan: Plan) -> float:
    """One step of so many on what was drawn; its loss."""
    pixels, truths = drawn
    _set_rates(run, plan, steps)
    there = [truth.on(run.device) for truth in truths]
    with torch.autocast(run.device.type, dtype=torch.bfloat16):
        distances, logits = run.detector(as_input(pixels.to(run.device)))
    value = loss(distances.float(), logits.float(), there, pixels.shape[1])
    run.optimiser.zero_grad()
    torch.autograd.backward(value)
    nn.utils.clip_grad_norm_(run.detector.parameters(), 10.0)
    run.optimiser.step()
    _smooth(run, plan)
    run.step += 1
    return float(value.detach())


def batches(scenes: Dataset[Drawn], steps: range, workers: int) -> Iterator[Drawn]:
    """What is drawn for these steps, in order; by other processes where `workers` are asked for."""
    one_thread_each()
    loader: DataLoader[Drawn] = DataLoader(
        scenes,
        batch_size=None,
        sampler=steps,
        num_workers=workers,
        prefetch_factor=3 if workers else None,
        worker_init_fn=alone,
    )
    return iter(loader)


def save(run: Run, path: Path, more: Mapping[str, Any] | None = None) -> None:
    """Write the run and what else its maker wants to know again, whole or not at all."""
    state = {"detector": run.detector.state_dict(), "smooth": run.smooth.state_dict()}
    state |= {"optimiser": run.optimiser.state_dict(), "step": run.step, **(more or {})}
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    torch.save(state, partial)
    partial.replace(path)


def resume(run: Run, path: Path) -> Mapping[str, Any]:
    """Bring the run to where the file was written, and give all that it holds.

    Nothing where there is no file.
    """
    if not path.exists():
        return {}
    state: dict[str, Any] = torch.load(path, weights_only=True, map_location=run.device)
    run.detector.load_state_dict(state["detector"])
    run.smooth.load_state_dict(state["smooth"])
    run.optimiser.load_state_dict(state["optimiser"])
    run.step = state["step"]
    return state


def as_input(pixels: Tensor) -> Tensor:
    """Pixels (n, side, side, 3) of 0..255 as the detector takes them."""
    return (pixels.float() / 255).permute(0, 3, 1, 2)


def _set_rates(run: Run, plan: Plan, steps: int) -> None:
    up = min(1.0, (run.step + 1) / plan.warm_up)
    down = 0.5 * (1 + math.cos(math.pi * run.step / steps))
    for part in run.optimiser.param_groups:
        part["lr"] = part["highest"] * up * max(down, 0.02)


def _smooth(run: Run, plan: Plan) -> None:
    keep = min(plan.smoothing, (run.step + 1) / (run.step + 10))
    here = run.detector.state_dict()
    with torch.no_grad():
        for name, mean in run.smooth.state_dict().items():
            if mean.is_floating_point() and not torch.equal(mean, here[name]):
                mean.lerp_(here[name], 1 - keep)
            elif not mean.is_floating_point():
                mean.copy_(here[name])
