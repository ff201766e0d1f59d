"""Which vector space is searched, whether the models here fit it, and what its scores mean."""

from vitrine.services.models.calibrations import (
    Meanings,
    calibration,
    fitted_at,
    meaning,
    meanings,
    readings,
    shown_facets,
    tuning_of,
)
from vitrine.services.models.collections import (
    activate,
    active,
    any_shares,
    collection_for,
    register,
    searchable,
)

__all__ = [
    "Meanings",
    "activate",
    "active",
    "any_shares",
    "calibration",
    "collection_for",
    "fitted_at",
    "meaning",
    "meanings",
    "readings",
    "register",
    "searchable",
    "shown_facets",
    "tuning_of",
]
