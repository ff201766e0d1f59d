"""One action on many products: some at a time, and what is wrong with one stops no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from sqlalchemy.orm import Session

from vitrine.core.errors import VitrineError, invalid
from vitrine.db import Sessions
from vitrine.ports import Ports
from vitrine.services import models
from vitrine.services.catalog import fields, products
from vitrine.services.search.cache import refresh
from vitrine.services.search.engine import SearchEngine
from vitrine.services.search.filters import Filters
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


def choose(session: Session, engine: SearchEngine, filters: Filters, text: str = "") -> list[str]:
    """The products that search would leave, and whose title, id or brand hold the words.

    Raises Invalid, saying how many there are, if they are too many for one request.
    """
    collection = models.searchable(session, engine.ports.vision.versions)
    snapshot = refresh.current(session, engine.cache, collection)
    ids = [snapshot.ids[row] for row in np.flatnonzero(snapshot.where(filters)).tolist()]
    if text.strip():
        wanted = products.filtered(products.Filters(text=text)).with_only_columns(Product.id)
        ids = sorted(set(ids).intersection(session.scalars(wanted)))
    if len(ids) > MOST:
        told = f"leave {len(ids):,} products; at most {MOST:,} can be changed at once: narrow them"
        raise invalid("filters", told, code="too_many_products")
    return ids


def run(sessions: Sessions, ports: Ports, ids: Iterable[str], deed: BulkAction) -> list[Outcome]:
    """Do it to each product once, in order of their ids; done again, it changes nothing more.

    What was done stays done if the database goes away half-way.
    """
    return list(_outcomes(sessions, ports, sorted(set(ids)), deed))


def _outcomes(
    sessions: Sessions, ports: Ports, ids: Sequence[str], deed: BulkAction
) -> Iterator[Outcome]:
    for start in range(0, len(ids), TOGETHER):
        with sessions.write() as session:
            done = [_outcome(session, ports, each, deed) for each in ids[start : start + TOGETHER]]
        yield from done


def _outcome(session: Session, ports: Ports, product_id: str, deed: BulkAction) -> Outcome:
    try:
        with session.begin_nested():
            return _done(session, ports, product_id, deed)
    except VitrineError as error:
        if error.retried:
            raise
        return Outcome(product_id, "refused", error=error)


def _done(session: Session, ports: Ports, product_id: str, deed: BulkAction) -> Outcome:
    shows_deleted = deed.action in ("delete", "restore")
    product = products.get(session, product_id, deleted=shows_deleted)
    if deed.action == "index":
        job = products.submit_index(session, ports, product, deed.by)
        session.flush()
        return Outcome(product_id, "queued", job.id)
    return Outcome(product_id, _changed(session, ports, product, deed))


def _changed(session: Session, ports: Ports, product: Product, deed: BulkAction) -> What:
    if deed.action == "set":
        changes = fields.changed(product, _merged(product, deed.values))
        done = products.update(session, ports, product, changes, deed.by)
        return "changed" if done else "unchanged"
    if (product.deleted_at is not None) == (deed.action == "delete"):
        return "unchanged"
    if deed.action == "delete":
        products.remove(session, ports, product, deed.by)
        session.flush()
        return "deleted"
    products.restore(session, ports, product, deed.by)
    return "restored"


def _merged(product: Product, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with the attributes that they do not name as they were; null takes one away."""
    if "attributes" not in values:
        return dict(values)
    merged = {**product.attributes, **(values["attributes"] or {})}
    kept = {name: value for name, value in merged.items() if value is not None}
    return {**values, "attributes": kept}
