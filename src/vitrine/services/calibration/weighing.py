"""What re-ranking weighs in this catalogue: the card's weights, unless others surely serve better.

Weights are tried on one half of the queries, by group, for nDCG at 10, and stand in place of the
card's only if they beat them on the other half by more than chance.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from vitrine.services.evaluation.figures import Mask, figure
from vitrine.services.evaluation.neighbours import Near
from vitrine.vision.tuning import Signal, Weights

STEPS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3)
SEEN = 150
"""So many of the nearest by cosine are put in another order."""

MOST = 200
"""So many queries at most are tried on."""

FEWEST = 60
"""With fewer queries the card's weights stay."""

SHRUNK = 60.0
"""The card's weights count as much as so many queries."""


def fit(near: Near, prior: Weights) -> dict[Signal, float]:
    """The weights that serve these queries, drawn to the card's by how few there are."""
    if len(near.groups) < FEWEST or not near.said:
        return dict(prior)
    here = first_half(near.groups)
    fitting, judging = near.where(here), near.where(~here)
    tried = _climbed(fitting, prior)
    apart = figure(judging.gain(tried) - judging.gain(prior))
    if apart is None or apart.low <= 0:
        return dict(prior)
    kept = SHRUNK / (SHRUNK + len(near.groups))
    names = {*tried, *prior}
    drawn = {
        name: (1 - kept) * tried.get(name, 0.0) + kept * prior.get(name, 0.0) for name in names
    }
    return {name: round(weight, 4) for name, weight in sorted(drawn.items()) if weight}


def first_half(groups: Sequence[str]) -> Mask:
    """Which groups are in the first half, the same every time."""
    marks = [hashlib.sha256(f"calibrate:{group}".encode()).digest()[0] for group in groups]
    return np.array(marks, dtype=np.int64) < 128


def _climbed(near: Near, prior: Weights) -> dict[Signal, float]:
    """From the prior on, each signal in turn at the step that serves best."""
    weights: dict[Signal, float] = dict(prior)
    for name in near.said:
        steps = {
            step: near.gain({**weights, name: step}).mean()
            for step in {*STEPS, weights.get(name, 0.0)}
        }
        weights[name] = max(steps, key=lambda step: (round(float(steps[step]), 6), -step))
    return weights
