"""Which vector space is searched, and whether the models of this process fit it."""

from vitrine.services.models.collections import (
    activate,
    active,
    any_shares,
    collection_for,
    register,
    searchable,
)

__all__ = [
    "activate",
    "active",
    "any_shares",
    "collection_for",
    "register",
    "searchable",
]
