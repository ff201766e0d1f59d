"""How often the models are right, by people's answers about the honest sample of the catalogue.

What was corrected is not what was asked about at random: only sampled items count, each by its
first answers until one looked at the primary crop, and by what the model had said until then. A
facet counts where it was looked at.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from vitrine.services.review.looked import looked_at
from vitrine.tables.review import REJECT, ReviewAnswer

Z = 1.959964
"""Of 95 % intervals."""


class Judged(NamedTuple):
    """One thing a model said, when a person looked at it, and whether it was right."""

    subject: str
    model_version: str
    day: date
    right: bool


@dataclass(frozen=True, slots=True)
class Share:
    """How many of `n` were right, and the Wilson interval of that share."""

    n: int
    right: int

    @property
    def accuracy(self) -> float:
        """The share that was right, 0 to 1."""
        return self.right / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share lies, 95 times of 100."""
        return wilson(self.right, self.n)


PRIMARY = "primary"
"""What the primary crop is called among facets here."""


def judged(answers: Iterable[ReviewAnswer]) -> list[Judged]:
    """What the models had said of each item, each thing by the first answer that looked at it."""
    found: dict[tuple[str, str], Judged] = {}
    ended: set[str] = set()
    for answer in sorted(answers, key=lambda one: (one.created_at, one.id)):
        if answer.second or answer.item_id in ended:
            continue
        for one in _judged(answer):
            found.setdefault((answer.item_id, one.subject), one)
        if looked_at(answer.verified).primary:
            ended.add(answer.item_id)
    return list(found.values())


def by_model(found: Iterable[Judged]) -> dict[str, dict[str, Share]]:
    """By subject and model version how often it was right."""
    return _shares((one.subject, one.model_version, one.right) for one in found)


def by_day(found: Iterable[Judged]) -> dict[str, dict[date, Share]]:
    """By subject and day how often the models were right."""
    return _shares((one.subject, one.day, one.right) for one in found)


def wilson(right: int, n: int) -> tuple[float, float]:
    """The Wilson score interval of a share (E. B. Wilson, JASA 22, 1927), at 95 %; 0 to 1 of none.

    It keeps its promise also for small n and for shares near 0 and 1 (Brown, Cai and DasGupta,
    Statistical Science 16, 2001).
    """
    if n == 0:
        return 0.0, 1.0
    share, squared = right / n, Z * Z / n
    middle = (share + squared / 2) / (1 + squared)
    half = Z * math.sqrt(share * (1 - share) / n + squared / (4 * n)) / (1 + squared)
    return max(0.0, middle - half), min(1.0, middle + half)


def _judged(answer: ReviewAnswer) -> Iterable[Judged]:
    said: Mapping[str, Any] = answer.before.get("said", {})
    labels, verified = said.get("labels", {}), answer.verified.get("labels", {})
    encoder, day = answer.versions.get("encoder", ""), answer.created_at.date()
    for facet, values in labels.items():
        if facet in verified:
            right = set(values) <= set(verified[facet])
            yield Judged(facet, encoder, day, right)
    chosen = said.get("primary")
    if chosen is not None and looked_at(answer.verified).primary:
        now = answer.after.get("moved", {}).get(chosen, chosen)
        right = answer.outcome != REJECT and now == answer.verified.get("primary")
        detector = answer.versions.get("detector", "")
        yield Judged(PRIMARY, f"{detector} {encoder}".strip(), day, right)


def _shares(found: Iterable[tuple[str, Any, bool]]) -> dict[str, dict[Any, Share]]:
    told: dict[str, dict[Any, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for subject, key, right in found:
        told[subject][key].append(right)
    return {
        subject: {key: Share(len(some), sum(some)) for key, some in sorted(groups.items())}
        for subject, groups in sorted(told.items())
    }
