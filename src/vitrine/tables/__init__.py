"""The database's tables; importing this package registers them all."""

from vitrine.tables import (
    audit,
    blobs,
    calibration,
    catalog,
    changes,
    jobs,
    merchandising,
    models,
    people,
    preferences,
    review,
    shop,
    snapshots,
    sources,
    synonyms,
    training,
    webhooks,
)
from vitrine.tables.base import Base, SoftDelete

__all__ = [
    "Base",
    "SoftDelete",
    "audit",
    "blobs",
    "calibration",
    "catalog",
    "changes",
    "jobs",
    "merchandising",
    "models",
    "people",
    "preferences",
    "review",
    "shop",
    "snapshots",
    "sources",
    "synonyms",
    "training",
    "webhooks",
]
