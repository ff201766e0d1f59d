"""Label heads on tuned vectors: what people or the shop say is learnt, the rest as before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from vitrine.finetune import keeping
from vitrine.finetune.looking import Ints, Model
from vitrine.finetune.naming import Head, Judged, judged, spelled
from vitrine.vision import labels
from vitrine.vision.sessions import Array
from vitrine.vision.types import Vector
from vitrine.vision.vocabulary import Facet, vocabulary

STEPS, BATCH, RATE = 240, 1024, 0.05
BALANCE = 0.5
"""So much of the log of its share is added to a value's logit while heads learn."""
STIFFNESS = 2e-4
LEARNT_FROM = 8
"""A value is learnt from so many products."""
SHARPNESS = 20.0
"""What the cosine to a word is worth in the logit of a value that had no head."""
HELD_AT = 1.0


@dataclass(frozen=True, slots=True)
class Rows:
    """Vectors (n, d) before and after, the product of each row, and which products are for what."""

    before: Vector
    after: Vector
    items: Ints
    train: Ints
    val: Ints
    plain: Ints

    @property
    def learning(self) -> Ints:
        """The rows of the train part."""
        return np.flatnonzero(np.isin(self.items, self.train))


def fit(
    model: Model, rows: Rows, words: Mapping[str, Vector], told: Sequence[Mapping[str, str]]
) -> dict[str, Judged]:
    """The head of each facet that had one, or that enough is said of, with its figures.

    `words` are the tuned vectors of each facet's values; `told` is what is said of each product.
    Of a head that learnt what is said and one that only says what was said before, the better.
    """
    had = _had(model.folder / model.card.heads.file) if model.card.heads else {}
    found = {}
    for facet in vocabulary().facets.values():
        truth = spelled(facet, told)
        taught = np.where(truth < len(facet.words), truth, -1)
        among = taught[rows.train]
        often = np.bincount(among[among >= 0], minlength=len(facet.words))
        enough = int((often >= LEARNT_FROM).sum()) > 1
        begun = _begun(facet, had.get(facet.head), words[facet.name], often)
        if begun is None or not (enough or facet.head in had):
            continue
        nothing = np.full_like(taught, -1)
        tried = [_learnt(facet, begun, rows, taught if enough else nothing)]
        if enough and facet.head in had:
            tried.append(_learnt(facet, begun, rows, nothing))
        seen = rows.after[rows.plain[rows.val]]
        scored = [judged(facet, head, seen, truth[rows.val]) for head in tried]
        found[facet.name] = max(scored, key=lambda one: one.f1.value if one.f1 else 0.0)
    return found


def write(path: Path, heads: Mapping[str, Judged]) -> None:
    """The heads as a model folder keeps them."""
    kept: dict[str, Array] = {}
    for name, one in heads.items():
        facet = vocabulary().facets[name]
        kept[f"{facet.head}_weight"] = one.head.weight.astype(np.float16)
        kept[f"{facet.head}_bias"] = one.head.bias.astype(np.float16)
        kept[f"{facet.head}_values"] = np.array(one.head.values)
    keeping.save(path, kept)


def _had(path: Path) -> dict[str, Head]:
    """The heads of the model as it was, by the name they have there."""
    with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
        names = [name.removesuffix("_values") for name in kept.files if name.endswith("_values")]
        return {
            name: Head(
                kept[f"{name}_weight"].astype(np.float32),
                kept[f"{name}_bias"].astype(np.float32),
                tuple(kept[f"{name}_values"].tolist()),
            )
            for name in names
        }


def _begun(facet: Facet, had: Head | None, words: Vector, often: Ints) -> Head | None:
    """The head as it was, with rows from words for values that it lacks and that are said often."""
    known = set() if had is None else {facet.place(value) for value in had.values}
    missing = [
        place
        for place in range(len(facet.words))
        if place not in known and (had is None or often[place] >= LEARNT_FROM)
    ]
    # Facets that were named by words keep all their values, at the sharpness of words.
    sharp = 1 / labels.TEMPERATURES[labels.WORDS] if had is None else SHARPNESS
    rows, values = sharp * words[missing], [_value(facet, place) for place in missing]
    if had is None:
        return Head(rows, np.zeros(len(rows), np.float32), tuple(values))
    bias = np.full(len(missing), had.bias.mean(), dtype=np.float32)
    return Head(
        np.concatenate([had.weight, rows]),
        np.concatenate([had.bias, bias]),
        (*had.values, *values),
        len(had.values),
    )


def _value(facet: Facet, place: int) -> str:
    word = facet.words[place]
    return word.same[0] if word.same else word.value


def _learnt(facet: Facet, begun: Head, rows: Rows, truth: Ints) -> Head:
    """The head after its steps; products that nothing is said of are named as before."""
    sums = torch.from_numpy(begun.sums(facet))
    layer = _layer(begun)
    anchor = [weight.detach().clone() for weight in layer.parameters()]
    before = torch.from_numpy(rows.before) @ anchor[0].T + anchor[1]
    after, wanted = torch.from_numpy(rows.after), torch.from_numpy(truth[rows.items])
    shares = _log_shares(truth[rows.train], len(facet.words)) * BALANCE
    optimiser = torch.optim.Adam(layer.parameters(), lr=RATE)
    dice, among = np.random.default_rng(0), rows.learning
    for step in range(STEPS):
        optimiser.param_groups[0]["lr"] = RATE * (1 - step / STEPS)
        some = torch.from_numpy(dice.choice(among, min(BATCH, len(among)), replace=False))
        logits = layer(after[some])
        loss = _said(logits, sums, wanted[some], shares)
        loss = loss + HELD_AT * _held(logits, before[some], wanted[some], begun.own)
        pairs = zip(layer.parameters(), anchor, strict=True)
        loss = loss + STIFFNESS * torch.stack([((w - a) ** 2).sum() for w, a in pairs]).sum()
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
    weight, bias = (one.detach().numpy() for one in layer.parameters())
    return Head(weight, bias, begun.values, begun.own)


def _said(logits: Tensor, sums: Tensor, wanted: Tensor, shares: Tensor) -> Tensor:
    """How hard it is to say what is said; a word's chance is that of all rows that mean it."""
    known = wanted >= 0
    if not bool(known.any()):
        return logits.sum() * 0
    chances = (logits[known].softmax(dim=1) @ sums).clamp(min=1e-9).log() + shares
    return functional.cross_entropy(chances, wanted[known], label_smoothing=0.02)


def _held(logits: Tensor, before: Tensor, wanted: Tensor, own: int) -> Tensor:
    """How far what is said of the others is from what was said before."""
    free = wanted < 0
    if not own or not bool(free.any()):
        return logits.sum() * 0
    now = functional.log_softmax(logits[free][:, :own], dim=1)
    then = functional.softmax(before[free][:, :own], dim=1)
    return functional.kl_div(now, then, reduction="batchmean")


def _layer(begun: Head) -> nn.Linear:
    layer = nn.Linear(begun.weight.shape[1], len(begun.values))
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(begun.weight))
        layer.bias.copy_(torch.from_numpy(begun.bias))
    return layer


def _log_shares(truth: Ints, count: int) -> Tensor:
    sizes = np.bincount(truth[truth >= 0], minlength=count).clip(min=1).astype(np.float32)
    return torch.from_numpy(np.log(sizes / sizes.sum()))
