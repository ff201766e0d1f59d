"""What re-ranking gains over the plain cosine."""

from __future__ import annotations

from dataclasses import dataclass

from vitrine.services.evaluation.figures import Figure, figure
from vitrine.services.evaluation.neighbours import Near
from vitrine.vision.tuning import Weights


@dataclass(frozen=True, slots=True)
class Gain:
    """nDCG at 10 by the plain cosine and re-ranked, and the difference query by query.

    The last two are None where there are no weights.
    """

    plain: Figure | None
    ranked: Figure | None
    difference: Figure | None


def measure(near: Near, weights: Weights) -> Gain:
    """The gain of these weights over none."""
    plain = near.gain({})
    if not weights:
        return Gain(figure(plain), None, None)
    ranked = near.gain(weights)
    return Gain(figure(plain), figure(ranked), figure(ranked - plain))
