"""Models made better on verified data: runs that are proposed, started, watched and judged."""

from vitrine.services.training.runs import Asked, cancel, get, listed, override, report, start
from vitrine.services.training.schedule import due, propose_due

__all__ = [
    "Asked",
    "cancel",
    "due",
    "get",
    "listed",
    "override",
    "propose_due",
    "report",
    "start",
]
