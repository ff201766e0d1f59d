"""Jobs: submitted, claimed under a lease, reported, ended; the rows are the truth."""

from vitrine.services.jobs.claims import Claim
from vitrine.services.jobs.ending import backoff, fail, give_back
from vitrine.services.jobs.kinds import JobKind
from vitrine.services.jobs.lifecycle import (
    Filters,
    Order,
    Stopped,
    changed,
    claim,
    finish,
    get,
    hold,
    list_jobs,
    matching,
    report,
    result,
    stop,
    submit,
)
from vitrine.services.jobs.membership import together
from vitrine.services.jobs.shares import Share, taking
from vitrine.services.jobs.steering import cancel, retry, retry_failed

__all__ = [
    "Claim",
    "Filters",
    "JobKind",
    "Order",
    "Share",
    "Stopped",
    "backoff",
    "cancel",
    "changed",
    "claim",
    "fail",
    "finish",
    "get",
    "give_back",
    "hold",
    "list_jobs",
    "matching",
    "report",
    "result",
    "retry",
    "retry_failed",
    "stop",
    "submit",
    "taking",
    "together",
]
