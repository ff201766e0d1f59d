"""What a batch of shots and lines is asked, and how wrong the net is about it."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from training.backbone import DEEP_WIDTH
from training.batches import Batch
from training.labels import Labels
from training.memory import Memory, Seen
from training.net import PREFIXES, Known, Net, Plan
from training.towers import DIMENSION
from vitrine.finetune import losses
from vitrine.finetune.lite import MEAN, STD
from vitrine.finetune.losses import Said

AT_ONCE = 64
"""The trunk looks at so many pictures at once: with 256 of 160 pixels it is 1.7 times slower."""

LINES_AT_ONCE = 128


def normalised(pixels: Tensor) -> Tensor:
    """Pixels (n, side, side, 3) of 0..255 as the trunk wants them."""
    mean, std = torch.tensor(MEAN) * 255, torch.tensor(STD) * 255
    return ((pixels.float() - mean) / std).permute(0, 3, 1, 2)


def loss(
    net: Net, memory: Memory, batch: Batch, known: Known, labels: Labels, plan: Plan
) -> tuple[Tensor, Mapping[str, Tensor]]:
    """The loss of a batch and what it is made of; the memory takes the batch in."""
    places = batch.places
    with torch.autocast("cpu", dtype=torch.bfloat16):
        features = _features(net, batch)
        words = _words(net, batch)
    both = net.head(features)
    first, second = both.chunk(2)
    now = Seen(second, words, known.facets[places], known.groups[places], known.sources[places])
    past = memory.seen()
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
    memory.add(now)
    return torch.stack(list(parts.values())).sum(), {k: v.detach() for k, v in parts.items()}


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
