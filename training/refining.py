"""The parts and the words for them, taught together on what the trunk said of each shot.

Both parts begin as the closed form (training.factored) and are held to its neighbourhoods; beside
its straight lines each gets a hidden layer. What they learn: two views of one product are alike,
of whatever source; so are the photos of one product of a store, and their form whatever the
colour; kinds and stated colours lie together; and words find their pictures.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training import abroad, wording
from training.data import Shot
from training.factored import KINDS_OF
from training.reduced import Reduced
from training.towers import Bent, TextTower
from training.wording import Lessons
from vitrine.finetune import losses

SHARES = {"products": 0.62, "phone": 0.13, "garments": 0.13, "stores": 0.12}
BATCH = 448
PLAIN = 0.6
"""So many of the first views are plain, as those in a gallery are."""
HIDDEN = {"form": 384, "colour": 192}
RATES = {"parts": 5e-4, "words": 2e-3}
TEMPERATURE = 0.07
KEPT_AT = (0.05, 0.1)
"""At what temperatures neighbourhoods of form and of colour are kept: of form the nearer ones."""
SMOOTHING = 0.99
RIDGE = 1e-4


@dataclass(frozen=True, slots=True)
class Pulls:
    """How much each loss counts: views of one product alike, as a whole and in `form`; equal kinds
    and colours; the closed form's neighbourhoods of both parts; forms `apart`; and words."""

    view: float = 1.0
    form: float = 0.3
    kinds: float = 0.25
    colours: float = 0.3
    keep_form: float = 6.0
    keep_colour: float = 2.0
    apart: float = 0.05
    words: float = 1.5


class Parts(nn.Module):
    """Reduced rows of form (n, a) and colour (n, b) to both parts, each of length 1."""

    def __init__(self, lines: Mapping[str, nn.Linear], colour: float) -> None:
        """`lines` begin the parts; `colour` is its share of the squared length."""
        super().__init__()
        self.form = Bent(lines["form"], HIDDEN["form"])
        self.colour = Bent(lines["colour"], HIDDEN["colour"])
        self.lengths = ((1 - colour) ** 0.5, colour**0.5)

    def forward(self, rows: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """Form (n, f) and colour (n, c)."""
        form, colour = rows
        said = self.form(form), self.colour(colour)
        return functional.normalize(said[0], dim=1), functional.normalize(said[1], dim=1)

    def joined(self, form: Tensor, colour: Tensor) -> Tensor:
        """Both parts as one vector (n, f + c) of length 1."""
        return torch.cat([self.lengths[0] * form, self.lengths[1] * colour], dim=1)

    def embedded(self, rows: tuple[Tensor, Tensor]) -> Tensor:
        """Vectors (n, f + c) of reduced rows, a few at a time, without gradients."""
        with torch.inference_mode():
            pairs = zip(*(part.split(4096) for part in rows), strict=True)
            return torch.cat([self.joined(*self(pair)) for pair in pairs]).clone()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of each shot by number (n,): kind and colour, -1 unknown, design and product;
    which are a store's, and the shots (places) that show each product of a store."""

    kinds: Tensor
    colours: Tensor
    designs: Tensor
    products: Tensor
    of_store: Tensor
    sources: Mapping[str, Sequence[int]]
    together: Mapping[int, Sequence[int]]


def known(shots: Sequence[Shot]) -> Known:
    """What the losses ask of the shots."""
    stores = [shot.source in abroad.TRAINED_STORES for shot in shots]
    kinds = [s.facets.get("category", "") if s.source in KINDS_OF else "" for s in shots]
    colours = [s.facets.get("colour", "") if s.source == "products" else "" for s in shots]
    grouped = ("products", *abroad.TRAINED_STORES)
    designs = [f"{s.source}/{s.group if s.source in grouped else s.key}" for s in shots]
    products = _numbers([f"{s.source}/{s.product or s.key}" for s in shots])
    sources: dict[str, list[int]] = {name: [] for name in SHARES}
    together: dict[int, list[int]] = {}
    for place, (shot, of_store) in enumerate(zip(shots, stores, strict=True)):
        sources.setdefault("stores" if of_store else shot.source, []).append(place)
        if of_store:
            together.setdefault(int(products[place]), []).append(place)
    return Known(
        kinds=_numbers(kinds),
        colours=_numbers(colours),
        designs=_numbers(designs),
        products=products,
        of_store=torch.tensor(stores),
        sources={name: sources[name] for name in SHARES if sources[name]},
        together=together,
    )


def begun(rows: tuple[Tensor, Tensor], closed: Tensor, form: int, colour: float) -> Parts:
    """Parts that say of reduced rows nearly what the closed form says (n, dimension), by ridge."""
    wanted = (closed[:, :form] / (1 - colour) ** 0.5, closed[:, form:] / colour**0.5)
    pairs = zip(("form", "colour"), rows, wanted, strict=True)
    return Parts({name: _ridge(x, y) for name, x, y in pairs}, colour)


def refine(
    parts: Parts, text: TextTower, reduced: Reduced, taught: Lessons, steps: int
) -> tuple[Parts, TextTower]:
    """Both taught for so many steps; what is returned is the average over the last ones."""
    torch.manual_seed(0)
    teaching = _Teaching(parts, text, reduced, taught, Pulls())
    text.requires_grad_(False)
    words = [*text.outer.parameters(), *text.bag.parameters(), teaching.log_scale]
    for weight in words:
        weight.requires_grad_(True)
    optimiser = torch.optim.AdamW(
        [
            {"params": list(parts.parameters()), "begin": RATES["parts"], "weight_decay": 0.01},
            {"params": words, "begin": RATES["words"], "weight_decay": 0.0},
        ],
        betas=(0.9, 0.98),
        fused=True,
    )
    smooth = copy.deepcopy(nn.ModuleList([parts, text])).requires_grad_(False)
    for step in range(steps):
        wording.set_rate(optimiser, step, steps)
        said = teaching.losses(np.random.default_rng([0, step]))
        loss = torch.stack(list(said.values())).sum()
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
        _follow(smooth, (parts, text), step)
        if step % 100 == 0:
            told = " ".join(f"{name} {float(one.detach()):.3f}" for name, one in said.items())
            print(f"refine, step {step}: {told}", flush=True)
    text.requires_grad_(False)
    return smooth[0].eval(), smooth[1].eval()


class _Teaching:
    """What a step draws and asks."""

    def __init__(
        self, parts: Parts, text: TextTower, reduced: Reduced, taught: Lessons, pulls: Pulls
    ) -> None:
        self.parts, self.text, self.reduced = parts, text, reduced
        self.taught, self.pulls = taught, pulls
        self.known = known(reduced.shots)
        self.log_scale = nn.Parameter(torch.tensor(3.0))
        with torch.inference_mode():
            self.start = [said.clone() for said in parts(reduced.rows(0))]

    def losses(self, dice: np.random.Generator) -> dict[str, Tensor]:
        """The losses of a batch, by name."""
        first, second = self._drawn(dice)
        views = len(self.reduced.form)
        early = np.where(dice.random(len(first)) < PLAIN, 0, dice.integers(0, views, len(first)))
        late = dice.integers(min(1, views - 1), views, len(first))
        one = self.parts(self.reduced.some(early, first))
        other = self.parts(self.reduced.some(late, second))
        return self._alike(first, one, other) | self._kept(first, one) | self._worded(dice)

    def _drawn(self, dice: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Places of shots, and for each one that shows the same product."""
        drawn = [
            dice.choice(places, min(len(places), int(BATCH * SHARES[name])), replace=False)
            for name, places in self.known.sources.items()
        ]
        first = torch.from_numpy(np.concatenate(drawn))
        products = self.known.products[first].tolist()
        pairs = zip(first.tolist(), products, strict=True)
        other = [int(dice.choice(self.known.together.get(number, [at]))) for at, number in pairs]
        return first, torch.tensor(other)

    def _alike(
        self, first: Tensor, one: Sequence[Tensor], other: Sequence[Tensor]
    ) -> dict[str, Tensor]:
        known, pulls = self.known, self.pulls
        same = known.products[first][:, None] == known.products[first]
        twins = (known.designs[first][:, None] == known.designs[first]) & ~same
        recoloured = twins & known.of_store[first][:, None]
        whole = self.parts.joined(*one), self.parts.joined(*other)
        kinds, colours = known.kinds[first], known.colours[first]
        return {
            "view": pulls.view * _both_ways(*whole, same, twins & ~recoloured),
            "form": pulls.form
            * _both_ways(one[0], other[0], same | recoloured, twins & ~recoloured),
            "kinds": pulls.kinds * _together(one[0], other[0], kinds),
            "colours": pulls.colours * _together(one[1], other[1], colours),
            "apart": pulls.apart * losses.crowding(one[0], same | twins),
        }

    def _kept(self, first: Tensor, one: Sequence[Tensor]) -> dict[str, Tensor]:
        weights = (self.pulls.keep_form, self.pulls.keep_colour)
        form, colour = (
            weight * losses.keep_structure(now, start[first], warmth)
            for weight, now, start, warmth in zip(weights, one, self.start, KEPT_AT, strict=True)
        )
        return {"keep form": form, "keep colour": colour}

    def _worded(self, dice: np.random.Generator) -> dict[str, Tensor]:
        some = wording.drawn(self.taught, dice)
        rows = self.taught.rows[some]
        views = dice.integers(0, len(self.reduced.form), len(rows))
        views[dice.random(len(rows)) < wording.PLAIN] = 0
        pictures = self.parts.joined(*self.parts(self.reduced.some(views, rows)))
        by = (self.log_scale.exp().clamp(max=60), dice)
        return {
            "words": self.pulls.words * wording.loss(self.text, self.taught, some, pictures, by)
        }


def _both_ways(one: Tensor, other: Tensor, right: Tensor, unknown: Tensor) -> Tensor:
    scores = one @ other.T / TEMPERATURE
    back = losses.one_way(scores.T, right.T, unknown.T)
    return (losses.one_way(scores, right, unknown) + back) / 2


def _together(one: Tensor, other: Tensor, labels: Tensor) -> Tensor:
    return losses.gather_alike(one, labels, torch.cat([one, other]), labels.repeat(2))


def _follow(smooth: nn.ModuleList, taught: Sequence[nn.Module], step: int) -> None:
    """Move the average a little towards what was taught; the sooner, the fewer steps there were."""
    share = 1 - min(SMOOTHING, (step + 1) / (step + 10))
    with torch.no_grad():
        for mean, now in zip(smooth, taught, strict=True):
            for kept, weight in zip(mean.parameters(), now.parameters(), strict=True):
                kept.lerp_(weight, share)


def _numbers(values: Sequence[str]) -> Tensor:
    """Each value's number, -1 for the empty one."""
    places = {value: number for number, value in enumerate(sorted(set(values) - {""}))}
    return torch.tensor([places.get(value, -1) for value in values])


def _ridge(rows: Tensor, wanted: Tensor) -> nn.Linear:
    square = rows.T @ rows
    square += RIDGE * square.diagonal().mean() * torch.eye(len(square))
    line = nn.Linear(rows.shape[1], wanted.shape[1])
    with torch.no_grad():
        line.weight.copy_(torch.linalg.solve(square, rows.T @ wanted).T)
        line.bias.zero_()
    return line
