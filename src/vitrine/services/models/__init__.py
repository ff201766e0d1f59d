"""Which models and vector spaces there are, which one is searched, and what its scores mean."""

from vitrine.services.models.calibrations import (
    Meanings,
    calibration,
    fitted_at,
    meanings,
    meant,
    readings,
    shown_facets,
    sureties,
    together,
    tuning_of,
)
from vitrine.services.models.collections import (
    activate,
    active,
    any_shares,
    collection_for,
    get,
    live,
    model,
    register,
    searched,
    standby,
)

__all__ = [
    "Meanings",
    "activate",
    "active",
    "any_shares",
    "calibration",
    "collection_for",
    "fitted_at",
    "get",
    "live",
    "meanings",
    "meant",
    "model",
    "readings",
    "register",
    "searched",
    "shown_facets",
    "standby",
    "sureties",
    "together",
    "tuning_of",
]
