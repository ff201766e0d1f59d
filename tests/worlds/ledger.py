"""What the database says of accepted uploads once all has settled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from vitrine.db import Sessions
from vitrine.tables.catalog import CropEmbedding, Image, Product
from vitrine.tables.jobs import SUCCEEDED, IndexingResult, Job


@dataclass(frozen=True)
class Ledger:
    """Index jobs by status; `lost` and `twice` must be empty. `products` are ids by external id."""

    products: dict[str, str]
    jobs: dict[str, int]
    jobs_tried_again: int
    results: int
    lost: list[str]
    twice: list[str]


def look(sessions: Sessions, accepted: Sequence[str]) -> Ledger:
    """Which of the accepted (external ids) did not end well, or were indexed more than once."""
    with sessions.read() as session:
        products = {each.external_id: each.id for each in session.scalars(select(Product))}
        images = Counter(session.scalars(select(Image.product_id)))
        jobs = list(session.scalars(select(Job).where(Job.kind == "index")))
        results = Counter(session.scalars(select(IndexingResult.job_id)))
        vectors = Counter(session.scalars(select(CropEmbedding.crop_id)))
    done = {job.product_id for job in jobs if job.status == SUCCEEDED and results[job.id] == 1}
    counted = (images, results, vectors)
    return Ledger(
        products=products,
        jobs=dict(Counter(job.status for job in jobs)),
        jobs_tried_again=sum(job.attempts > 1 for job in jobs),
        results=sum(results.values()),
        lost=[sku for sku in accepted if products.get(sku) not in done],
        twice=[str(key) for counts in counted for key, n in counts.items() if n > 1],
    )
