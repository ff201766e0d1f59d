"""What Vitrine says of itself."""

from __future__ import annotations

from typing import Literal

from vitrine.api.schemas.common import Told


class ModelsTold(Told):
    """What makes the vectors."""

    encoder: str
    preprocess: str
    detector: str
    dimension: int


class Health(Told):
    """Ready to answer, and with what."""

    status: Literal["ready"] = "ready"
    version: str
    models: ModelsTold
