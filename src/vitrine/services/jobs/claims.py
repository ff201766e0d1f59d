"""What a worker holds while it runs a job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vitrine.services.jobs.shares import OWN, Share


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run one job, proved by the lease token on its row."""

    job_id: str
    kind: str
    token: str
    attempt: int
    product_id: str | None
    payload: Mapping[str, Any]
    created_by: str | None
    trace: str = ""
    share: Share = OWN
    batch_id: str | None = None
