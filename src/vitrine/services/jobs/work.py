"""A claimed job in the hands of the function that does it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy.orm import Session

from vitrine.core.groups import QualitySettings
from vitrine.db import Sessions
from vitrine.ports import Ports
from vitrine.services.jobs import lifecycle
from vitrine.services.jobs.claims import Claim
from vitrine.services.jobs.kinds import Payload

Asked = TypeVar("Asked", bound=Payload)


@dataclass(frozen=True)
class Work:
    """A claimed job with all it needs; what it writes is written only while the lease is ours.

    `others` are the claims of jobs done together with it: all of them end in one transaction.
    """

    claim: Claim
    sessions: Sessions
    ports: Ports
    lease: float
    rules: QualitySettings
    others: tuple[Claim, ...] = ()

    def asked(self, payload: type[Asked]) -> Asked:
        """What the job was asked, as this kind's payload."""
        return payload.model_validate(self.claim.payload)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A write session that raises Stopped when a job was cancelled or taken over."""
        with self.sessions.write() as session:
            lifecycle.hold_all(session, (self.claim, *self.others), self.lease)
            yield session

    @contextmanager
    def note(self) -> Iterator[Session]:
        """As `write`, for what the job would do once more if a power cut took it."""
        with self.sessions.note() as session:
            lifecycle.hold_all(session, (self.claim, *self.others), self.lease)
            yield session

    def report(self, done: int, total: int) -> None:
        """Tell how far the work is; raises Stopped as `write` does."""
        with self.note() as session:
            lifecycle.report(session, self.claim, done, total)

    def finish(self, session: Session) -> None:
        """End the jobs as succeeded in the same transaction as their last result."""
        lifecycle.finish(session, self.claim, *self.others)


def joined(works: Sequence[Work]) -> Work:
    """Several jobs, at least one, as one piece of work."""
    first, *rest = works
    return replace(first, others=tuple(each.claim for each in rest))
