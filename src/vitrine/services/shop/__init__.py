"""The public door: keys that shop pages carry, what they offer, and what visitors did.

Nothing here answers with a product that the key's filters exclude, that is not active or that is
deleted: what a visitor asks narrows the key's own filters and can never widen them.
"""

from vitrine.services.shop.keys import (
    KEY_START,
    Changes,
    Visitor,
    change,
    create,
    is_known_origin,
    known_visitor,
    knows_origin,
    list_keys,
    note_use,
    origins_of,
    revoke,
    visitor_of,
)

__all__ = [
    "KEY_START",
    "Changes",
    "Visitor",
    "change",
    "create",
    "is_known_origin",
    "known_visitor",
    "knows_origin",
    "list_keys",
    "note_use",
    "origins_of",
    "revoke",
    "visitor_of",
]
