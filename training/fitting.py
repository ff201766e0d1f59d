"""The training loop: both towers end to end, resumable at any step."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from tqdm import tqdm

from training import batches, losses
from training.backbone import DEEP_WIDTH, MEAN, STD, TEACHER_WIDTH, Trunk
from training.batches import Batch, Draws
from training.labels import Labels
from training.losses import Said
from training.memory import Memory, Seen
from training.towers import DIMENSION, ImageHead, TextTower

PREFIXES = {256: 1.0, 128: 0.3, 64: 0.3}
"""How much each nested prefix of the embedding counts."""
AT_ONCE = 64
"""The trunk looks at so many pictures at once: with 256 of 160 pixels it is 1.7 times slower."""

LINES_AT_ONCE = 128


@dataclass(frozen=True, slots=True)
class Plan:
    """How hard to train; rates per part of the net, and how much each loss counts."""

    trunk_rate: float = 1.5e-4
    head_rate: float = 1e-3
    bag_rate: float = 1e-3
    decay: float = 0.02
    warm_up: int = 60
    first_block: int = 3
    smoothing: float = 0.998
    text: float = 1.0
    view: float = 0.5
    alike: float = 0.25
    name: float = 0.25
    heads: float = 0.15
    distil: float = 1.0
    keep: float = 0.6
    memory: int = 16
    seed: int = 0


class Net(nn.Module):
    """Everything that is trained."""

    def __init__(self, trunk: Trunk, head: ImageHead, text: TextTower, labels: Labels) -> None:
        super().__init__()
        self.trunk = trunk
        self.head = head
        self.text = text
        self.heads = nn.ModuleDict(
            {facet: nn.Linear(DIMENSION, len(values)) for facet, values in labels.values.items()}
        )
        self.to_teacher = nn.Linear(DEEP_WIDTH, TEACHER_WIDTH)
        self.log_scale = nn.Parameter(torch.tensor(2.66))

    def scale(self) -> Tensor:
        """1 / temperature, at most 60."""
        return self.log_scale.exp().clamp(max=60.0)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of every shot by its place in the store: (n, ...) tensors."""

    facets: Tensor
    groups: Tensor
    sources: Tensor
    teacher: Tensor


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
        loss, parts = _loss(run, batch, known, labels, plan)
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


def normalised(pixels: Tensor) -> Tensor:
    """Pixels (n, side, side, 3) of 0..255 as the trunk wants them."""
    mean, std = torch.tensor(MEAN) * 255, torch.tensor(STD) * 255
    return ((pixels.float() - mean) / std).permute(0, 3, 1, 2)


def _features(net: Net, batch: Batch) -> Tensor:
    if batch.views.is_floating_point():  # remembered
        return batch.views.float()
    parts = batch.views.split(AT_ONCE)
    return torch.cat([net.trunk(normalised(part)) for part in parts]).float()


def _words(net: Net, batch: Batch) -> Tensor:
    """The lines embedded, short ones and long ones apart: padding would be most of the work."""
    lengths = batch.mask.sum(dim=1)
    order = lengths.argsort()
    parts = [(some, max(1, int(lengths[some].max()))) for some in order.split(LINES_AT_ONCE)]
    words = [net.text(batch.ids[some, :most], batch.mask[some, :most]) for some, most in parts]
    return torch.cat(words).float()[order.argsort()]


def _loss(
    run: Run, batch: Batch, known: Known, labels: Labels, plan: Plan
) -> tuple[Tensor, Mapping[str, Tensor]]:
    net, places = run.net, batch.places
    with torch.autocast("cpu", dtype=torch.bfloat16):
        features = _features(net, batch)
        words = _words(net, batch)
    both = net.head(features)
    first, second = both.chunk(2)
    now = Seen(second, words, known.facets[places], known.groups[places], known.sources[places])
    past = run.memory.seen()
    parts: dict[str, Tensor] = {}
    if plan.text:
        parts["text"] = plan.text * _text_loss(net, (first, second), now, past, batch.said)
    if plan.view:
        parts["view"] = plan.view * _view_loss(first, now, past)
    if plan.alike:
        parts["alike"] = plan.alike * _alike_loss(first, now, past)
    facets = now.facets.repeat(2, 1)
    parts["name"] = plan.name * labels.name_loss(both, facets, net.text, net.scale())
    parts["heads"] = plan.heads * labels.head_loss(both, facets, net.heads)
    teacher = known.teacher[places]
    if plan.distil:
        guess = nn.functional.normalize(net.to_teacher(features[:, -DEEP_WIDTH:]), dim=1)
        parts["distil"] = plan.distil * (1 - (guess * teacher.repeat(2, 1)).sum(dim=1)).mean() * 2
    parts["keep"] = plan.keep * losses.keep_structure(first, teacher)
    run.memory.add(now)
    return torch.stack(list(parts.values())).sum(), {k: v.detach() for k, v in parts.items()}


def _text_loss(net: Net, views: tuple[Tensor, Tensor], now: Seen, past: Seen, said: Said) -> Tensor:
    every = now.then(past)
    right, unknown = losses.matches(now.facets, said, now.groups, every.facets, every.groups)
    unknown = unknown | _vague(now, every) & ~right
    own, own_unknown = right[:, : len(right)].T, unknown[:, : len(right)].T
    total = torch.zeros(())
    for width, weight in PREFIXES.items():
        words = _prefix(now.words, width) * net.scale()
        for view in views:
            shown = _prefix(_offered(view, past.views, width), width)
            m = len(shown)
            scores = words @ shown.T
            total = total + weight / 4 * losses.one_way(scores, right[:, :m], unknown[:, :m])
            here = shown[: len(right)] @ words.T
            total = total + weight / 4 * losses.one_way(here, own, own_unknown)
    return total


def _view_loss(first: Tensor, now: Seen, past: Seen) -> Tensor:
    every = now.then(past)
    n = len(first)
    right = torch.eye(n, len(every.groups), dtype=torch.bool)
    twins = (now.groups[:, None] == every.groups[None, :]) & ~right
    total = torch.zeros(())
    for width, weight in PREFIXES.items():
        shown = _prefix(_offered(now.views, past.views, width), width)
        scores, m = _prefix(first, width) @ shown.T / 0.07, len(shown)
        total = total + weight / 2 * losses.one_way(scores, right[:, :m], twins[:, :m])
        total = total + weight / 2 * losses.one_way(scores[:, :n].T, right[:, :n], twins[:, :n].T)
    return total


def _alike_loss(first: Tensor, now: Seen, past: Seen) -> Tensor:
    """Equal category, equal colour, and both equal, each a reason to be near."""
    every = now.then(past)
    kinds, other_kinds = now.facets[:, 0], every.facets[:, 0]
    colours, other_colours = now.facets[:, 1], every.facets[:, 1]
    both, other_both = _joint(kinds, colours), _joint(other_kinds, other_colours)
    labels = ((kinds, other_kinds), (colours, other_colours), (both, other_both))
    total = torch.zeros(())
    for width, weight in PREFIXES.items():
        here = _prefix(first, width)
        there = _prefix(_offered(torch.cat([first, now.views]), past.views, width), width)
        for mine, others in labels:
            known = torch.cat([mine, others])[: len(there)]
            total = total + weight * losses.gather_alike(here, mine, there, known)
    return total


def _offered(now: Tensor, past: Tensor, width: int) -> Tensor:
    """What a batch is told apart from; prefixes do without the memory, most of the work."""
    return torch.cat([now, past]) if width == DIMENSION else now


def _joint(kinds: Tensor, colours: Tensor) -> Tensor:
    return torch.where((kinds < 0) | (colours < 0), -1, kinds * 1000 + colours)


def _vague(now: Seen, every: Seen) -> Tensor:
    """Shots of other sources in the same group of kinds: other words may mean the same."""
    group = now.facets[:, -2]
    other_source = now.sources[:, None] != every.sources[None, :]
    return other_source & (group[:, None] == every.facets[None, :, -2])


def _prefix(vectors: Tensor, width: int) -> Tensor:
    if width == vectors.shape[1]:
        return vectors
    return nn.functional.normalize(vectors[:, :width], dim=1)


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
