"""The rows that say what is worth a look, kept in step with the catalogue a little later.

Nothing is computed when somebody leases: the job `doubts` follows what changed and what was
searched, product by product.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from vitrine.core.clock import new_id
from vitrine.db import Sessions
from vitrine.ports import Vision
from vitrine.services.review import doubts, facts
from vitrine.services.review.facts import Likely
from vitrine.tables.catalog import MODEL, Product
from vitrine.tables.review import DECISIVE, DONE, OPEN, ReviewAnswer, ReviewItem
from vitrine.vision.types import WHOLE

TOLD = 6
"""So many doubts of one product are written down at most."""


def refresh(sessions: Sessions, vision: Vision, product_ids: Sequence[str]) -> int:
    """Write down anew what is worth a look about these products; how many have an item now."""
    with sessions.read() as session:
        knows = facts.known(session)
        found = facts.vectors(session, product_ids, vision.versions.space)
    likely = facts.candidates(vision, found, knows)
    with sessions.write() as session:
        living, answered = facts.products(session, product_ids), _answered(session, product_ids)
        items = _items(session, product_ids)
        items |= _added(session, [product for product in living if product.id not in items])
        waiting = dict(items)
        for product in living:
            item, said = waiting.pop(product.id), likely.get(product.id, {})
            told = doubts.found(facts.of(product, said, knows))
            _write_down(item, told, said)
            if item.state == DONE and _unseen(product, answered.get(product.id)):
                item.state = OPEN
        for item in waiting.values():  # of products that were deleted
            item.state = DONE if item.state == OPEN else item.state
    return len(items)


def ensure(session: Session, product_ids: Sequence[str]) -> dict[str, ReviewItem]:
    """By product its item, added for living ones with photos that have none yet."""
    items = _items(session, product_ids)
    without = [one for one in product_ids if one not in items]
    return items | _added(session, facts.products(session, without))


def _items(session: Session, product_ids: Sequence[str]) -> dict[str, ReviewItem]:
    rows = session.scalars(select(ReviewItem).where(ReviewItem.product_id.in_(product_ids)))
    return {row.product_id: row for row in rows}


def _added(session: Session, products: Sequence[Product]) -> dict[str, ReviewItem]:
    fresh = [
        ReviewItem(id=new_id(), product_id=product.id, draw=draw(product.id), state=OPEN)
        for product in products
    ]
    for item in fresh:
        item.priority = item.traffic = 0
    session.add_all(fresh)
    session.flush()
    return {item.product_id: item for item in fresh}


def draw(product_id: str, salt: str = "") -> float:
    """The product's place in a random order, 0 to 1: the same always, and of nothing else."""
    return int(hashlib.sha256(f"{product_id}{salt}".encode()).hexdigest()[:13], 16) / 16**13


def count_traffic(session: Session, seen: Mapping[str, int], *, anew: bool) -> None:
    """Add how often products were found by searches; `anew` forgets what was counted before."""
    if anew:
        session.execute(update(ReviewItem).where(ReviewItem.traffic > 0).values(traffic=0))
    ids = sorted(seen)
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        rows = session.scalars(select(ReviewItem).where(ReviewItem.product_id.in_(some)))
        for item in rows:
            item.traffic += seen[item.product_id]
            item.priority = _priority(item)
    session.flush()


def hits(results: Sequence[Sequence[Mapping[str, object]]]) -> Counter[str]:
    """How often each product is among the hits of recorded searches."""
    return Counter(str(hit["product_id"]) for found in results for hit in found)


def _answered(session: Session, product_ids: Sequence[str]) -> dict[str, datetime]:
    """Those of the products of which a person's word stands, and since when."""
    said = select(ReviewAnswer.product_id, func.max(ReviewAnswer.created_at))
    query = said.where(
        ReviewAnswer.product_id.in_(product_ids),
        ReviewAnswer.outcome.in_(DECISIVE),
        ReviewAnswer.undone_at.is_(None),
        ReviewAnswer.reverted_by.is_(None),
    )
    rows = session.execute(query.group_by(ReviewAnswer.product_id))
    return dict(iter(rows))


def _write_down(item: ReviewItem, told: Sequence[doubts.Doubt], likely: Likely) -> None:
    strongest = doubts.by_kind(told)
    for kind in doubts.KINDS:
        setattr(item, kind, strongest[kind])
    item.doubts = [asdict(one) | {"score": round(one.score, 4)} for one in told[:TOLD]]
    item.facets = "".join(f" {name} " for name in sorted({one.facet for one in told if one.facet}))
    item.candidates = {name: [list(one) for one in some] for name, some in likely.items()}
    item.priority = doubts.priority(told[:TOLD], item.traffic)


def _priority(item: ReviewItem) -> float:
    return doubts.priority([doubts.Doubt(**one) for one in item.doubts], item.traffic)


def _unseen(product: Product, answered: datetime | None) -> bool:
    """Whether there is a kept crop that no person can have seen: it came after their answer."""
    return answered is None or any(
        crop.kept
        and crop.verdict_source == MODEL
        and crop.kind != WHOLE
        and crop.created_at > answered
        for image in product.images
        for crop in image.crops
    )
