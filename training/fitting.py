"""The training loop: both towers end to end, resumable at any step."""

from __future__ import annotations

import copy
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn
from tqdm import tqdm

from training import batches, objective
from training.batches import Draws
from training.labels import Labels
from training.memory import Memory
from training.net import Known, Net, Plan


@dataclass(slots=True)
class Run:
    """A run as it stands; what `save` writes and `resume` reads."""

    net: Net
    smooth: Net
    optimiser: torch.optim.Optimizer
    memory: Memory
    step: int = 0


def start(net: Net, plan: Plan, end_to_end: bool = True) -> Run:
    """A run at step 0, of the whole net or of all but its trunk."""
    net.requires_grad_(True)  # it may be the average of an earlier run, which is at rest
    net.trunk.requires_grad_(False)
    if end_to_end:
        thaw(net, plan)
    optimiser = torch.optim.AdamW(_parts(net, plan), betas=(0.9, 0.98), weight_decay=plan.decay)
    smooth = copy.deepcopy(net).requires_grad_(False).eval()
    return Run(net.train(), smooth, optimiser, Memory(plan.memory))


def fit(
    run: Run, draws: Draws, known: Known, labels: Labels, plan: Plan, save: Saving
) -> list[float]:
    """Train from where the run stands to its last step; the loss of every step."""
    torch.manual_seed(plan.seed + run.step)
    history: list[float] = []
    bar = tqdm(total=len(draws), initial=run.step, desc="fit", unit="step", disable=None)
    for batch in batches.load(draws, run.step, save.workers):
        _set_rates(run, plan, len(draws))
        loss, parts = objective.loss(run.net, run.memory, batch, known, labels, plan)
        run.optimiser.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(run.net.parameters(), 5.0)
        run.optimiser.step()
        _smooth(run, plan)
        run.step += 1
        history.append(float(loss.detach()))
        bar.update()
        bar.set_postfix({name: f"{float(part):.2f}" for name, part in parts.items()}, refresh=False)
        if run.step % 100 == 0:
            tqdm.write(f"step {run.step}: {bar.postfix}")
        save.now_and_then(run)
    save.write(run)
    return history


class Saving:
    """Writes a run to a file every few minutes, so that a stopped one can go on."""

    def __init__(self, path: Path | None, workers: int = 1, every: float = 240.0) -> None:
        self.path = path
        self.workers = workers
        self.every = every
        self.last = time.monotonic()

    def now_and_then(self, run: Run) -> None:
        """Write if the last time is long enough ago."""
        if time.monotonic() - self.last > self.every:
            self.write(run)

    def write(self, run: Run) -> None:
        """Write the run, whole or not at all."""
        if self.path is None:
            return
        state = {"net": run.net.state_dict(), "smooth": run.smooth.state_dict(), "step": run.step}
        state |= {"optimiser": run.optimiser.state_dict(), "memory": run.memory.state()}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_suffix(".part")
        torch.save(state, partial)
        partial.replace(self.path)
        self.last = time.monotonic()

    def resume(self, run: Run) -> None:
        """Bring the run to where the file was written; nothing if there is no file."""
        if self.path is None or not self.path.exists():
            return
        state: dict[str, Any] = torch.load(self.path, weights_only=True)
        run.net.load_state_dict(state["net"])
        run.smooth.load_state_dict(state["smooth"])
        run.optimiser.load_state_dict(state["optimiser"])
        run.memory.load(state["memory"])
        run.step = state["step"]


def thaw(net: Net, plan: Plan) -> None:
    """Let the trunk learn from `first_block` on, its depthwise convolutions excepted."""
    for block in net.trunk.net._blocks[plan.first_block :]:
        for name, part in block.named_children():
            if name in ("_expand_conv", "_project_conv"):
                part.requires_grad_(True)
    net.trunk.net._conv_head.requires_grad_(True)


def _parts(net: Net, plan: Plan) -> Sequence[dict[str, Any]]:
    blocks = list(net.trunk.net._blocks)
    half = (plan.first_block + len(blocks)) // 2
    early = [p for block in blocks[:half] for p in block.parameters() if p.requires_grad]
    taken = {id(p) for p in early}
    late = [p for p in net.trunk.parameters() if p.requires_grad and id(p) not in taken]
    bag = list(net.text.bag.parameters())
    taken |= {id(p) for p in [*bag, *net.trunk.parameters()]}
    rest = [p for p in net.parameters() if id(p) not in taken]
    rates = (
        *((early, plan.trunk_rate / 2), (late, plan.trunk_rate)),
        *((rest, plan.head_rate), (bag, plan.bag_rate)),
    )
    return [{"params": params, "lr": rate, "highest": rate} for params, rate in rates]


def _set_rates(run: Run, plan: Plan, steps: int) -> None:
    """Up in a line, then down along a cosine."""
    up = min(1.0, (run.step + 1) / plan.warm_up)
    down = 0.5 * (1 + float(torch.cos(torch.tensor(torch.pi * run.step / steps))))
    for part in run.optimiser.param_groups:
        part["lr"] = part["highest"] * up * max(down, 0.01)


def _smooth(run: Run, plan: Plan) -> None:
    """Move the averaged weights a little towards the present ones, faster in the beginning."""
    keep = min(plan.smoothing, (run.step + 1) / (run.step + 10))
    with torch.no_grad():
        for mean, value in zip(run.smooth.parameters(), run.net.parameters(), strict=True):
            if value.requires_grad:
                mean.lerp_(value, 1 - keep)
