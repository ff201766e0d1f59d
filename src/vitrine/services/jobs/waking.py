"""Messages that a job waits, sent once it is committed: as many as there are slots to wake."""

from __future__ import annotations

from math import inf

import structlog
from sqlalchemy.orm import Session

from vitrine.core.errors import Unavailable
from vitrine.db import on_commit
from vitrine.ports import Queue
from vitrine.services.jobs import workers

_LEFT = "vitrine_wakes_left"

log = structlog.get_logger()


def send_on_commit(session: Session, queue: Queue, job_id: str, delay: float = 0.0) -> None:
    """Send the job once this session has committed; if the queue is away, the sweep will.

    Of many that one session submits no more are sent than there are slots: whoever is woken runs on
    until nothing waits, and each further message would have somebody look for nothing.
    """
    if not delay and not _wakes_another(session):
        return

    def send() -> None:
        try:
            queue.send(job_id, delay)
        except Unavailable:
            log.warning("job not sent; the sweep will send it", job_id=job_id)

    on_commit(session, send)


def _wakes_another(session: Session) -> bool:
    left = session.info.get(_LEFT)
    if left is None:
        with session.no_autoflush:  # what was submitted is written together
            left = workers.slots(session) or inf  # nobody knows how many will come
    session.info[_LEFT] = left - 1
    return bool(left > 0)
