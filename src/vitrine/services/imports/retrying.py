"""Pictures that did not come with their import: fetched later, into their place in the list."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.core import scratch
from vitrine.core.errors import Unavailable, invalid
from vitrine.core.groups import LimitSettings
from vitrine.ports import Ports
from vitrine.services import catalog, jobs
from vitrine.services.catalog import picture_lists
from vitrine.services.imports import gathering
from vitrine.services.imports.aside import Aside
from vitrine.services.imports.gathering import Gathered
from vitrine.services.imports.names import is_address
from vitrine.services.imports.pictures import Read
from vitrine.services.jobs import JobKind, Order
from vitrine.services.jobs.kinds import Listed, Pictures
from vitrine.services.jobs.work import Work
from vitrine.tables.catalog import Product
from vitrine.tables.jobs import QUEUED, RUNNING, Job

FIRST_WAIT, LONGER = 60, 5
"""Seconds before the first try, and how many times longer each further wait is."""


def again(
    session: Session, ports: Ports, product: Product, pictures: Gathered, limits: LimitSettings
) -> None:
    """Submit a job for what is missing of the list, in place of one for an earlier list."""
    for job in waiting(session, [product.id]):
        jobs.cancel(session, job.id)
    if pictures.awaited:
        order = Order(Pictures(pictures=pictures.listed, limits=limits), product.id)
        jobs.submit(session, ports.queue, order, FIRST_WAIT)


class Waiting(NamedTuple):
    """A job that still wants to fetch pictures, and its product."""

    id: str
    product_id: str | None


def waiting(session: Session, product_ids: Sequence[str]) -> list[Waiting]:
    """The jobs that still want to fetch pictures of the products."""
    query = select(Job.id, Job.product_id).where(
        Job.product_id.in_(product_ids),
        Job.kind == JobKind.PICTURES,
        Job.status.in_((QUEUED, RUNNING)),
    )
    return [Waiting(*row) for row in session.execute(query)]


def run(work: Work) -> None:
    """The pictures job: fetch what is missing; raises Unavailable while anything still is."""
    asked, product_id = work.asked(Pictures), str(work.claim.product_id)
    with scratch.folder() as folder:
        pictures = _fetched(work, asked, product_id, folder)
        with work.write() as session:
            _follow(session, work.ports, catalog.get(session, product_id), asked, pictures)
            if not pictures.missing:
                work.finish(session)
    if pictures.missing:
        wait = FIRST_WAIT * LONGER**work.claim.attempt
        raise Unavailable(
            "pictures_missing", "; ".join(pictures.missing.values()), retry_after=wait
        )


def _fetched(work: Work, asked: Pictures, product_id: str, folder: Path) -> Gathered:
    with work.sessions.read() as session:
        have = picture_lists.shown(catalog.get(session, product_id).images)
    most, fetcher = asked.limits.image_bytes, work.ports.fetcher
    read = Read((_no_file, len), fetcher, most)
    to = gathering.Pictures(read, asked.limits, Aside(folder))
    names = [each.name for each in asked.pictures if not each.sha256 and is_address(each.name)]
    return gathering.gather(to, names, have)


def _follow(
    session: Session, ports: Ports, product: Product, asked: Pictures, pictures: Gathered
) -> None:
    came = {each.name: each.sha256 for each in pictures.listed}
    listed = [
        Listed(name=each.name, sha256=each.sha256 or came.get(each.name, ""))
        for each in asked.pictures
    ]
    most = asked.limits.images_per_product
    catalog.lock(session, product)
    done = picture_lists.follow(session, ports, product, listed, pictures.photos, most)
    picture_lists.note(session, product, done)
    if done.fresh:
        catalog.submit_index(session, ports, product, None)


def _no_file(name: str) -> bytes:
    """Files of an import are gone when its pictures are asked for again."""
    raise invalid("images", f"there is no file {name!r}")
