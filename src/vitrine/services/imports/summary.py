"""What an import did, counted, and its errors as a file."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field
from typing import TextIO

from vitrine.services.imports.cells import protected
from vitrine.services.imports.upserting import REFUSED, Outcome

SHOWN = 20
"""Rows with an error, and products without a photo, kept to be shown; the file has all errors."""

COLUMNS = ("line", "external_id", "field", "reason")


@dataclass
class ImportSummary:
    """Counts of outcomes, in memory that does not grow with them; errors go to a CSV file."""

    errors: TextIO | None = None
    counts: Counter[str] = field(default_factory=Counter)
    shown: list[Outcome] = field(default_factory=list)
    without_photos: int = 0
    bare: list[str] = field(default_factory=list)
    incomplete: int = 0
    jobs: int = 0
    first_job: str = ""
    last_job: str = ""

    def __post_init__(self) -> None:
        if self.errors:
            csv.writer(self.errors).writerow(COLUMNS)

    @property
    def refused(self) -> int:
        """How many rows were refused."""
        return self.counts[REFUSED]

    def add(self, outcome: Outcome) -> None:
        """Count one outcome and write down why it was refused or what of it is missing."""
        self.counts[outcome.what] += 1
        if outcome.job_id:
            self.jobs += 1
            self.first_job = min(self.first_job or outcome.job_id, outcome.job_id)
            self.last_job = max(self.last_job, outcome.job_id)
        if outcome.fields:
            self.incomplete += outcome.what != REFUSED
            self._note(outcome)
        if outcome.photos == 0:
            self.without_photos += 1
            self.bare += [outcome.external_id] if len(self.bare) < SHOWN else []

    def _note(self, outcome: Outcome) -> None:
        if len(self.shown) < SHOWN:
            self.shown.append(outcome)
        if self.errors:
            told = (
                (protected(text) for text in (outcome.external_id, *pair))
                for pair in outcome.fields.items()
            )
            csv.writer(self.errors).writerows([outcome.line, *cells] for cells in told)
