"""Catalogues that are pulled again and again: where from, when, and whose products are whose.

What differs is applied as an import applies it. Products that a source no longer names are hidden,
not deleted, and come back with it; a pull that would hide unusually many waits for a person.
"""

from vitrine.services.sources.endpoints import (
    UNKEPT,
    Wanted,
    add,
    change,
    get,
    list_pulls,
    list_sources,
    remove,
)
from vitrine.services.sources.pulling import run
from vitrine.services.sources.rules import Rules
from vitrine.services.sources.schedule import due, start, submit_due

__all__ = [
    "UNKEPT",
    "Rules",
    "Wanted",
    "add",
    "change",
    "due",
    "get",
    "list_pulls",
    "list_sources",
    "remove",
    "run",
    "start",
    "submit_due",
]
