"""Many new products at once: what each costs alone is mostly its statements and flushes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from vitrine.core.clock import new_id
from vitrine.fields import ProductFields
from vitrine.ports import Ports
from vitrine.services import jobs
from vitrine.services.catalog.photos import Photo, hold, put_image
from vitrine.services.jobs import Order
from vitrine.services.jobs.kinds import Index
from vitrine.tables.catalog import Product
from vitrine.tables.jobs import Job


class New(NamedTuple):
    """What a product is to say, and its photos in their order, no content twice."""

    fields: ProductFields
    photos: Sequence[Photo]


def add(session: Session, ports: Ports, new: Sequence[New]) -> list[Job | None]:
    """Add products, each with its photos and an index job for them; the jobs, None without photos.

    Raises the database's IntegrityError where an external id is taken: whoever creates them one by
    one is told which.
    """
    hold(session, (photo for each in new for photo in each.photos))
    products = [_product(session, ports, each) for each in new]
    session.flush()  # jobs come after what they are about
    return [
        jobs.submit(session, ports.queue, Order(Index(), product.id)) if each.photos else None
        for product, each in zip(products, new, strict=True)
    ]


def _product(session: Session, ports: Ports, new: New) -> Product:
    product = Product(id=new_id(), created_by=None, **new.fields.model_dump())
    product.images = [put_image(session, ports.blobs, photo, None) for photo in new.photos]
    for position, image in enumerate(product.images):
        image.position = position
    session.add(product)
    return product
