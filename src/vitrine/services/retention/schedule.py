"""Jobs that nobody asks for: submitted by the sweep when it is time for them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from vitrine.core.groups import RetentionSettings
from vitrine.ports import Queue
from vitrine.services.catalog import thumbnails
from vitrine.services.retention import purging


def due(session: Session, policy: RetentionSettings) -> bool:
    """Whether `submit_due` would submit anything: a cheap look."""
    return purging.due(session, policy) or thumbnails.due(session)


def submit_due(session: Session, queue: Queue, policy: RetentionSettings) -> None:
    """Submit a purge if the last is long ago, and a thumbnails job if photos wait for one."""
    if purging.due(session, policy):
        purging.submit(session, queue, policy)
    if thumbnails.due(session):
        thumbnails.submit(session, queue)
