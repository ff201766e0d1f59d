"""Verified data as immutable folders that models are trained and measured on.

The same data makes the same bytes; products that look alike or are variants of one design never
stand on two sides of a split; whatever was changed in a folder since is told when it is opened.
"""

from __future__ import annotations

from vitrine.services.snapshots.cards import told_leaks
from vitrine.services.snapshots.folders import Dataset, open  # noqa: A004 - the verb
from vitrine.services.snapshots.items import Item
from vitrine.services.snapshots.job import run, submit
from vitrine.services.snapshots.registry import listed, register
from vitrine.services.snapshots.writing import FORMATS, UNSTATED, Order, catalogue, write

__all__ = [
    "FORMATS",
    "UNSTATED",
    "Dataset",
    "Item",
    "Order",
    "catalogue",
    "listed",
    "open",
    "register",
    "run",
    "submit",
    "told_leaks",
    "write",
]
