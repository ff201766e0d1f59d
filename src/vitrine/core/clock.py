"""The time and new ids."""

from __future__ import annotations

from datetime import UTC, datetime

from uuid_utils import compat


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """A UUIDv7 as text: unique, and later ids sort after earlier ones."""
    return str(compat.uuid7())
