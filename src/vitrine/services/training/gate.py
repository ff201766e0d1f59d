"""Whether a candidate is better than the active model, by one held-out split and its intervals.

A figure is better or worse where the 95 % interval of the difference, a paired bootstrap over
products, lies on one side of 0. A candidate passes if its main figure is better, and no guarded one
is worse by more than its bar.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from vitrine.services.training.statistics import Statistic, draws
from vitrine.vision.figures import Values

Role = Literal["main", "guarded", "told"]
Verdict = Literal["better", "same", "worse", "fallen", "unknown"]
"""`fallen` is worse by more than the bar; `unknown` where too little was counted to say."""

Figures = Mapping[str, Statistic]


@dataclass(frozen=True, slots=True)
class Policy:
    """What decides: the first of `main` that is known, and by how much each guarded one may fall.

    A figure over fewer than `fewest` is not known.
    """

    main: Sequence[str]
    bars: Mapping[str, float]
    fewest: int = 20


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of both models: the difference with its interval, and what it means."""

    name: str
    role: Role
    n: int
    active: float | None
    candidate: float | None
    difference: float | None
    low: float | None
    high: float | None
    bar: float | None
    verdict: Verdict
    says: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether the candidate passed, why, and every figure; `products` of the split were drawn."""

    passed: bool
    says: str
    products: int
    figures: Sequence[Compared]

    def as_json(self) -> dict[str, Any]:
        """The same for a column of JSON."""
        return asdict(self)


def judge(candidate: Figures, active: Figures, products: int, policy: Policy) -> Outcome:
    """The outcome for figures of both models on the same products of one split."""
    names = sorted(candidate.keys() & active.keys())
    drawn = draws(products) if products else np.zeros((0, 0))
    main = _main(policy, {name: active[name].n for name in names})
    figures = [
        _compared(_Asked(name, name == main, policy), candidate[name], active[name], drawn)
        for name in names
    ]
    figures.sort(key=lambda one: (one.role != "main", one.role != "guarded", one.name))
    return _outcome(figures, products, policy)


@dataclass(frozen=True, slots=True)
class _Asked:
    name: str
    main: bool
    policy: Policy

    @property
    def bar(self) -> float | None:
        return None if self.main else self.policy.bars.get(self.name)

    @property
    def role(self) -> Role:
        return "main" if self.main else "told" if self.bar is None else "guarded"


def _main(policy: Policy, counts: Mapping[str, int]) -> str | None:
    known = (name for name in policy.main if counts.get(name, 0) >= policy.fewest)
    return next(known, None)


def _compared(asked: _Asked, candidate: Statistic, active: Statistic, drawn: Values) -> Compared:
    once = np.ones((1, drawn.shape[1]))
    ours, theirs = (_number(side.of(once)[0]) for side in (candidate, active))
    given = (asked.name, asked.role, active.n, theirs, ours)
    if ours is None or theirs is None or active.n < asked.policy.fewest:
        says = f"{asked.name}: only {active.n} were counted; {asked.policy.fewest} are needed."
        return Compared(*given, None, None, None, asked.bar, "unknown", says)
    apart = candidate.of(drawn) - active.of(drawn)
    low, high = (float(edge) for edge in np.nanquantile(apart, (0.025, 0.975)))
    difference = round(ours - theirs, 4)
    verdict = _verdict(difference, low, high, asked.bar)
    says = (
        f"{asked.name}: {theirs:.3f} before, {ours:.3f} now; {difference:+.3f} "
        f"({low:+.3f} to {high:+.3f}) over {active.n:,}: {_MEANS[verdict]}."
    )
    edges = (round(low, 4), round(high, 4))
    return Compared(*given, difference, *edges, asked.bar, verdict, says)


_MEANS: Mapping[Verdict, str] = {
    "better": "surely better",
    "same": "no sure difference",
    "worse": "surely worse, within what is borne",
    "fallen": "surely worse, by more than is borne",
}


def _verdict(difference: float, low: float, high: float, bar: float | None) -> Verdict:
    if low > 0:
        return "better"
    if high >= 0:
        return "same"
    return "fallen" if bar is not None and -difference > bar else "worse"


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)


def _outcome(figures: Sequence[Compared], products: int, policy: Policy) -> Outcome:
    main = next((one for one in figures if one.role == "main"), None)
    fallen = [one for one in figures if one.verdict == "fallen"]
    if main is None:
        says = (
            f"Refused: too little is held out to judge {' or '.join(policy.main)} by "
            f"({products} products). Verify more products."
        )
    elif main.verdict != "better":
        says = f"Refused: the main figure is not surely better. {main.says}"
    elif fallen:
        says = f"Refused: {' '.join(one.says for one in fallen)}"
    else:
        says = f"Passed: {main.says}"
    passed = main is not None and main.verdict == "better" and not fallen
    return Outcome(passed, says, products, figures)
