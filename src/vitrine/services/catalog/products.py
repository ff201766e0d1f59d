"""Products, and which images they show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, InvalidRequestError
from sqlalchemy.orm import Session

from vitrine.core.clock import new_id, now
from vitrine.core.errors import Conflict, Invalid, NotFound
from vitrine.db import SHOW_DELETED
from vitrine.fields import ProductFields
from vitrine.ports import Ports
from vitrine.services import jobs
from vitrine.services.catalog import changelog, edits
from vitrine.services.catalog.changelog import Change
from vitrine.services.catalog.photos import Photo, hold, put_image
from vitrine.services.indexing import crops, product_words
from vitrine.services.jobs import JobKind, Order
from vitrine.services.jobs.kinds import Index, Publish, SelectPrimary
from vitrine.services.webhooks import events
from vitrine.tables.catalog import Image, Product
from vitrine.tables.jobs import QUEUED, Job


def create(session: Session, fields: ProductFields, by: str | None) -> Product:
    """A new product; raises Conflict if its external id is taken."""
    product = Product(id=new_id(), created_by=by, **fields.model_dump())
    product.images = []
    session.add(product)
    _flush(session, product.external_id)
    return product


def get(session: Session, product_id: str, *, deleted: bool = False) -> Product:
    """A living product, or with `deleted` any; raises NotFound."""
    query = select(Product).where(Product.id == product_id)
    found = session.scalar(query, execution_options=SHOW_DELETED if deleted else {})
    if found is None:
        raise NotFound("product_unknown", "There is no such product.")
    return found


def find(session: Session, external_id: str, *, deleted: bool = False) -> Product | None:
    """The product of that external id, living, or with `deleted` the last deleted one."""
    query = select(Product).where(Product.external_id == external_id)
    if not deleted:
        return session.scalar(query)
    gone = query.where(Product.deleted_at.is_not(None)).order_by(Product.deleted_at.desc())
    return session.scalar(gone.limit(1), execution_options=SHOW_DELETED)


def update(
    session: Session,
    ports: Ports,
    product: Product,
    changes: Mapping[str, Any],
    by: str | None = None,
) -> bool:
    """Change text and attributes without a model run; whether anything changed.

    `changes` is checked by the caller; `image_ids` puts the images in a new order.
    """
    lock(session, product)
    return _change(session, ports, product, changes, by)


def patch(
    session: Session,
    ports: Ports,
    product: Product,
    sent: Mapping[str, Any],
    by: str | None = None,
) -> bool:
    """Merge what was sent into the product as it is now, see `edits.merged`; else as `update`."""
    lock(session, product)
    return _change(session, ports, product, edits.merged(product, sent), by)


def _change(
    session: Session, ports: Ports, product: Product, changes: Mapping[str, Any], by: str | None
) -> bool:
    before, after = edits.apply(product, dict(changes))
    changed = [*after]
    if not changed:
        return False
    _flush(session, product.external_id)
    changelog.note(session, product, Change(changelog.EDIT, before, after), by)
    crops.choose(session, product)
    events.emit_product(session, events.PRODUCT_UPDATED, product, changed=sorted(changed))
    jobs.submit(session, ports.queue, Order(Publish(), product.id))
    if product_words.FIELDS.intersection(changed) and product_words.matter(session, product):
        jobs.submit(session, ports.queue, Order(SelectPrimary(), product.id))
    return True


def remove(session: Session, ports: Ports, product: Product, by: str | None = None) -> None:
    """Soft delete: hidden everywhere from the commit on; its vector goes soon after."""
    product.deleted_at = now()
    changelog.note(session, product, Change(changelog.DELETE), by)
    events.emit_product(session, events.PRODUCT_DELETED, product)
    jobs.submit(session, ports.queue, Order(Publish(), product.id))


def restore(session: Session, ports: Ports, product: Product, by: str | None = None) -> None:
    """Bring a deleted product back; raises Conflict if its external id was given away meanwhile."""
    if product.deleted_at is None:
        raise Conflict("not_deleted", "The product is not deleted.")
    undelete(session, product, by)
    submit_index(session, ports, product, None)


def undelete(session: Session, product: Product, by: str | None = None) -> None:
    """Show the product again, not yet indexed; raises Conflict if its external id is taken."""
    lock(session, product)
    product.deleted_at = None
    _flush(session, product.external_id)
    changelog.note(session, product, Change(changelog.RESTORE), by)
    events.emit_product(session, events.PRODUCT_UPDATED, product, changed=["deleted_at"])


def add_images(
    session: Session, ports: Ports, product: Product, photos: Sequence[Photo], most: int
) -> list[Image]:
    """Store photos and attach them; bytes the product already has are not attached twice."""
    lock(session, product)
    have = {image.sha256: image for image in product.images}
    fresh = {photo.sha256: photo for photo in photos if photo.sha256 not in have}
    if len(have) + len(fresh) > most:
        raise Invalid(
            "too_many_images",
            f"A product holds at most {most} images.",
            fields={"images": f"would be {len(have) + len(fresh)}, over {most}"},
        )
    hold(session, fresh.values())
    after = max((image.position for image in product.images), default=-1) + 1
    for position, photo in enumerate(fresh.values(), after):
        product.images.append(put_image(session, ports.blobs, photo, product.created_by))
        product.images[-1].position = position
    session.flush()
    by_hash = {image.sha256: image for image in product.images}
    return [by_hash[sha256] for sha256 in dict.fromkeys(photo.sha256 for photo in photos)]


def remove_image(
    session: Session, ports: Ports, product: Product, image_id: str, by: str | None = None
) -> None:
    """Soft delete one image of this product; raises NotFound for another product's."""
    lock(session, product)
    image = next((image for image in product.images if image.id == image_id), None)
    if image is None:
        raise NotFound("image_unknown", "The product has no such image.")
    had, image.deleted_at = len(product.images), now()
    session.flush()
    session.expire(product, ["images"])
    counts = (had, len(product.images))
    changelog.note_images(session, product, changelog.REMOVE_IMAGE, counts, by)
    crops.choose(session, product)
    events.emit_product(session, events.PRODUCT_UPDATED, product, changed=["images"])
    jobs.submit(session, ports.queue, Order(Publish(), product.id))


def submit_index(
    session: Session, ports: Ports, product: Product, by: str | None, key: str | None = None
) -> Job:
    """An index job for the product: the one already waiting, or a new one."""
    waiting = session.scalar(
        select(Job)
        .where(Job.product_id == product.id, Job.kind == JobKind.INDEX, Job.status == QUEUED)
        .with_for_update()
    )
    if waiting is not None:
        return waiting
    return jobs.submit(
        session, ports.queue, Order(Index(), product.id, created_by=by, idempotency_key=key)
    )


def lock(session: Session, product: Product) -> None:
    """Have others wait who change the product, and see what they did; NotFound if it is purged."""
    session.flush()
    try:
        session.refresh(product, with_for_update=True)
    except InvalidRequestError:
        raise NotFound("product_unknown", "There is no such product.") from None


def _flush(session: Session, external_id: str) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        if "external_id" not in str(error.orig):
            raise
        raise Conflict(
            "external_id_taken",
            f"There is already a product with the external id {external_id!r}.",
            fields={"external_id": "is taken"},
        ) from None
