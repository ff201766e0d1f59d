"""The parts of a picture's vector, form and colour, fitted in closed form to what a net saw.

Form: axes on which kinds of garment lie apart, made round for what varies inside a kind, from one
view of a photo to another, and from a product's front to its back. Colour: axes on which the
colours that a shop states lie apart, beside plain colour counts, which need no shop's labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from training import twin
from training.data import Shot
from training.discriminant import (
    Floats,
    Linear,
    discriminant,
    inside,
    of_trace_1,
    principal,
    scales,
)
from training.towers import PartsHead

Said = NDArray[np.floating]
FORM_OF = ((twin.EARLY, 0.25), (twin.BEGUN, 0.75), (twin.OWN, 0.75))
COLOUR_OF = ((twin.COLOURS, 0.5), (twin.EARLY, 0.25), (twin.OWN, 0.4))
COUNTED = ((twin.COLOURS, 1.0),)
FORM, STATED, COUNTED_SIZE = 176, 48, 32
"""How many numbers say form, colours as shops state them, and colours as they are counted."""
KINDS_OF = ("products", "phone", "garments")
"""Sources whose categories are said in the same words."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how much: beside what varies inside a kind or colour, what varies from `view` to
    view (of form; of colour `light`) and inside a `pair`; axes on which classes do not differ at
    `least`; `colour` in the vector, and `counts` in colour."""

    view: float = 0.6
    light: float = 2.0
    pair: float = 0.15
    even: float = 0.1
    least: float = 0.5
    colour: float = 0.33
    counts: float = 0.3


@dataclass(frozen=True, slots=True)
class Seen:
    """Shots and what the trunk said of them, plain and in a random view: (n, width) each."""

    shots: Sequence[Shot]
    plain: Said
    view: Said


def head(seen: Seen, weights: Weights) -> PartsHead:
    """The head of the parts: form, then colour as stated and as counted."""
    colour = weights.colour
    shares = (1 - colour, colour * (1 - weights.counts), colour * weights.counts)
    lines = (form(seen, weights), stated(seen, weights), counted(seen))
    return PartsHead([_layer(line) for line in lines], shares)


def form(seen: Seen, weights: Weights) -> Linear:
    """Features to the numbers of form."""
    begun = compressed(seen, FORM_OF, 512)
    rows = begun.of(seen.plain)
    kinds = [s.facets.get("category", "") if s.source in KINDS_OF else "" for s in seen.shots]
    scatter, means, sizes = inside(rows, kinds)
    scatter = scatter + weights.view * _from_view_to_view(seen, begun, rows)
    pairs = [shot.product for shot in seen.shots]
    if any(pairs):
        scatter = scatter + weights.pair * inside(rows, pairs)[0]
    return _ended(begun, scatter, (means, sizes), FORM, weights)


def stated(seen: Seen, weights: Weights) -> Linear:
    """Features to the numbers of colour that were learnt from stated colours."""
    begun = compressed(seen, COLOUR_OF, 256)
    rows = begun.of(seen.plain)
    named = [s.facets.get("colour", "") if s.source == "products" else "" for s in seen.shots]
    scatter, means, sizes = inside(rows, named)
    scatter = scatter + weights.light * _from_view_to_view(seen, begun, rows)
    return _ended(begun, scatter, (means, sizes), STATED, weights)


def counted(seen: Seen) -> Linear:
    """Features to the numbers of colour that are the principal axes of the counts."""
    return compressed(seen, COUNTED, COUNTED_SIZE)


def compressed(seen: Seen, shares: Sequence[tuple[slice, float]], count: int) -> Linear:
    """The first principal numbers of features, their slices weighed by their shares."""
    mean, scale = seen.plain.mean(axis=0), scales(seen.plain, shares)
    axes = principal((seen.plain - mean) * scale, count)
    return Linear(mean, scale[:, None] * axes)


def _from_view_to_view(seen: Seen, begun: Linear, rows: Floats) -> Floats:
    apart = begun.of(seen.view) - rows
    return of_trace_1(apart.T @ apart)


def _ended(
    begun: Linear, scatter: Floats, classes: tuple[Floats, Floats], count: int, weights: Weights
) -> Linear:
    width = len(scatter)
    even = scatter + weights.even * np.eye(width) / width
    axes = discriminant(even, *classes, count, weights.least)
    return Linear(begun.mean, begun.matrix @ axes)


def _layer(line: Linear) -> nn.Linear:
    layer = nn.Linear(*line.matrix.shape)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(line.matrix.T))
        layer.bias.copy_(torch.from_numpy(-line.mean @ line.matrix))
    return layer.requires_grad_(False)
