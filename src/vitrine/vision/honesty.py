"""How a model's scores are read in one catalogue: made honest, and said from a threshold on."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from vitrine.vision.types import LabelScore

EDGE = 1e-4
"""Scores nearer to 0 or 1 count as this near: their logarithm would be infinite."""


class Reading(BaseModel):
    """How the scores of one facet are read: their logit over `temperature`, plus `shift`.

    What then scores less than `least` is not said; `shown` says that shoppers see the facet.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    temperature: Annotated[float, Field(gt=0)] = 1.0
    shift: float = 0.0
    least: Annotated[float, Field(ge=0, le=1)] = 0.0
    shown: bool = False

    def read(self, label: LabelScore) -> LabelScore:
        """The label with its honest score, trusted where it may be said to shoppers."""
        score = round(self.honest(label.score), 4)
        return replace(label, score=score, trusted=self.shown and score >= self.least)

    def honest(self, score: float) -> float:
        """How often a label of this score is right, 0 to 1."""
        return 1 / (1 + math.exp(-(logit(score) / self.temperature + self.shift)))


def logit(score: float) -> float:
    """The logarithm of the odds, finite also for 0 and 1."""
    inner = min(1 - EDGE, max(EDGE, score))
    return math.log(inner / (1 - inner))
