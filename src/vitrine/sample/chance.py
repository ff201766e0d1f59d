"""Repeatable chance."""

from __future__ import annotations

from random import Random


def seeded(text: str) -> Random:
    """Random numbers that are the same for the same text."""
    return Random(text)  # noqa: S311 - pictures, not secrets
