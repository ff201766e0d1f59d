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


def least_id(moment: datetime) -> str:
    """What sorts after all ids made before that millisecond, and before those made after it."""
    milliseconds = int(moment.timestamp() * 1000)
    return f"{milliseconds >> 16:08x}-{milliseconds & 0xFFFF:04x}"
