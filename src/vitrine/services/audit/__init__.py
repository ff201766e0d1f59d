"""The audit log: acts are recorded, found, exported, and forgotten when they are old."""

from vitrine.services.audit.log import COLUMNS, DONE, Act, Wanted, acts, by_command, find, record

__all__ = [
    "COLUMNS",
    "DONE",
    "Act",
    "Wanted",
    "acts",
    "by_command",
    "find",
    "record",
]
