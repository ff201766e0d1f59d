"""What is kept for how long: purge, reconcile, and the jobs that do it when it is time."""

from vitrine.services.retention.brake import UNUSUAL, Retention, state
from vitrine.services.retention.purging import due, purge, submit

__all__ = [
    "UNUSUAL",
    "Retention",
    "due",
    "purge",
    "state",
    "submit",
]
