"""Jobs of housekeeping over a shop, and products for them."""

from __future__ import annotations

from tests.worlds.factories import product_with_photos
from tests.worlds.fakes import ListQueue
from vitrine.services import jobs
from vitrine.services.jobs import Order, kinds
from vitrine.tables.catalog import Product
from vitrine.tables.jobs import RetentionResult
from vitrine.wiring import Runtime


def run_job(shop: Runtime, order: Order) -> RetentionResult:
    """What a job of housekeeping told, after all that was queued has run."""
    queue = shop.ports.queue
    assert isinstance(queue, ListQueue)
    with shop.sessions.write() as session:
        job_id = jobs.submit(session, queue, order).id
    queue.run_all(shop.run_job)
    with shop.sessions.read() as session:
        made = jobs.result(session, jobs.get(session, job_id))
    assert isinstance(made, RetentionResult)
    return made


def reconcile(shop: Runtime, *, repair: bool = False) -> dict[str, int]:
    """What reconcile found, by name; nothing where all is as it should be."""
    told = run_job(shop, Order(kinds.Reconcile(repair=repair))).counts
    return {name: number for name, number in told.items() if number}


def add(shop: Runtime, external_id: str, *photos: bytes) -> Product:
    """A product with photos, indexed."""
    with shop.sessions.write() as session:
        product, _ = product_with_photos(session, shop.ports, external_id, *photos)
    assert isinstance(shop.ports.queue, ListQueue)
    shop.ports.queue.run_all(shop.run_job)
    return product
