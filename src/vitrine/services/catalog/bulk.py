"""One action on many products: some at a time, and what is wrong with one stops no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy.orm import Session

from vitrine.core.errors import VitrineError
from vitrine.db import Sessions
from vitrine.ports import Ports
from vitrine.services import jobs
from vitrine.services.catalog import products
from vitrine.tables.catalog import Product

Action = Literal["delete", "restore", "index", "set"]
What = Literal["deleted", "restored", "queued", "changed", "unchanged", "refused"]

MOST = 1_000
"""Most products of one request."""

TOGETHER = 50
"""Products changed in one transaction, so that nobody else waits long for the database."""


@dataclass(frozen=True, slots=True)
class BulkAction:
    """What to do, with the values to set if that is it, and who does it."""

    action: Action
    values: Mapping[str, Any] = field(default_factory=dict)
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one product; `error` says why one was refused."""

    product_id: str
    what: What
    job_id: str | None = None
    error: VitrineError | None = None


def run(sessions: Sessions, ports: Ports, ids: Iterable[str], asked: BulkAction) -> list[Outcome]:
    """Do it to each product once, in order of their ids; done again, it changes nothing more.

    What was done stays done if the database goes away half-way.
    """
    with jobs.together():
        return list(_outcomes(sessions, ports, sorted(set(ids)), asked))


def _outcomes(
    sessions: Sessions, ports: Ports, ids: Sequence[str], asked: BulkAction
) -> Iterator[Outcome]:
    for start in range(0, len(ids), TOGETHER):
        with sessions.write() as session:
            done = [_outcome(session, ports, each, asked) for each in ids[start : start + TOGETHER]]
        yield from done


def _outcome(session: Session, ports: Ports, product_id: str, asked: BulkAction) -> Outcome:
    try:
        with session.begin_nested():
            return _done(session, ports, product_id, asked)
    except VitrineError as error:
        if error.retried:
            raise
        return Outcome(product_id, "refused", error=error)


def _done(session: Session, ports: Ports, product_id: str, asked: BulkAction) -> Outcome:
    shows_deleted = asked.action in ("delete", "restore")
    product = products.get(session, product_id, deleted=shows_deleted)
    if asked.action == "index":
        job = products.submit_index(session, ports, product, asked.by)
        session.flush()
        return Outcome(product_id, "queued", job.id)
    return Outcome(product_id, _changed(session, ports, product, asked))


def _changed(session: Session, ports: Ports, product: Product, asked: BulkAction) -> What:
    if asked.action == "set":
        done = products.patch(session, ports, product, asked.values, asked.by)
        return "changed" if done else "unchanged"
    if (product.deleted_at is not None) == (asked.action == "delete"):
        return "unchanged"
    if asked.action == "delete":
        products.remove(session, ports, product, asked.by)
        session.flush()
        return "deleted"
    products.restore(session, ports, product, asked.by)
    return "restored"
