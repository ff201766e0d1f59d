"""A source's list of pictures: all of what it gives, in its order, beside what people added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.ports import Ports
from vitrine.services import jobs
from vitrine.services.catalog import changelog
from vitrine.services.catalog.fields import clean_name
from vitrine.services.catalog.photos import Photo, hold, put_image
from vitrine.services.indexing import crops
from vitrine.services.jobs import Order
from vitrine.services.jobs.kinds import Listed, Publish
from vitrine.services.webhooks import events
from vitrine.tables.catalog import IMPORT, Image, Product


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture that a product has; `given` by the source, or added by a person."""

    sha256: str
    name: str
    address: str
    given: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Contents in the order they will be shown, those that leave, and how many found no room."""

    order: tuple[str, ...]
    gone: frozenset[str] = frozenset()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Followed:
    """How many pictures left and how many came."""

    gone: int = 0
    fresh: int = 0


def shown(images: Iterable[Image]) -> tuple[Shown, ...]:
    """What a product shows, in order."""
    return tuple(
        Shown(image.sha256, image.name, image.source_url, image.source == IMPORT)
        for image in images
    )


def plan(have: Sequence[Shown], listed: Sequence[Listed], most: int) -> Plan:
    """What a list makes of a product's pictures.

    Those people added keep their places unless the list names them too; those the source gave
    and names no more leave. A picture that could not be had stays where the product has one of
    its address or name. At most `most` are shown.
    """
    wanted = list(dict.fromkeys(filter(None, (_content(have, each) for each in listed))))
    by_hand = [each.sha256 for each in have if not each.given]
    of_source = [name for name in wanted if name not in by_hand]
    room = max(0, most - len(by_hand))
    taken = {*of_source[:room], *by_hand}
    coming, order = iter(name for name in wanted if name in taken), list[str]()
    for each in have:
        stays = each.sha256 in by_hand and each.sha256 not in wanted
        place = each.sha256 if stays else next(coming, None)
        order += [place] if place else []
    order += coming
    gone = frozenset(each.sha256 for each in have) - frozenset(order)
    return Plan(tuple(order), gone, max(0, len(of_source) - room))


def changes(have: Sequence[Shown], planned: Plan) -> bool:
    """Whether the product will show anything else than it does, or in another order."""
    return tuple(each.sha256 for each in have) != planned.order


def follow(
    session: Session,
    ports: Ports,
    product: Product,
    listed: Sequence[Listed],
    photos: Mapping[str, Photo],
    most: int,
) -> Followed:
    """Make the product show what the list says, `photos` by content.

    The caller holds the product's row, and submits the index job of what is new.
    """
    have = shown(product.images)
    planned = plan(have, listed, most)
    by_content = {image.sha256: image for image in product.images}
    _learn_addresses(by_content, photos)
    # One that was not decoded, because the product had it a moment ago, is for the next run.
    fresh = [
        photos[name]
        for name in planned.order
        if name not in by_content and name in photos and photos[name].width
    ]
    hold(session, fresh)
    for photo in fresh:
        image = put_image(session, ports.blobs, photo, product.created_by)
        product.images.append(image)
        by_content[photo.sha256] = image
    _arrange(session, product, by_content, planned)
    if not fresh and changes(have, planned):
        crops.choose(session, product)
        events.emit_product(session, events.PRODUCT_UPDATED, product, changed=["images"])
        jobs.submit(session, ports.queue, Order(Publish(), product.id))
    return Followed(len(planned.gone), len(fresh))


def note(session: Session, product: Product, done: Followed) -> None:
    """Write down how many pictures left and came."""
    have = len(product.images)
    between = have - done.fresh
    changelog.note_images(session, product, changelog.REMOVE_IMAGE, (between + done.gone, between))
    changelog.note_images(session, product, changelog.ADD_IMAGES, (between, have))


def _content(have: Sequence[Shown], listed: Listed) -> str:
    if listed.sha256:
        return listed.sha256
    alike = (
        each.sha256
        for each in have
        if listed.name and (each.address == listed.name or _is_named(each, listed.name))
    )
    return next(alike, "")


def _is_named(each: Shown, name: str) -> bool:
    return each.given and not each.address and each.name == clean_name(name)


def _learn_addresses(by_content: Mapping[str, Image], photos: Mapping[str, Photo]) -> None:
    for sha256, photo in photos.items():
        image = by_content.get(sha256)
        if image is not None and not image.source_url:
            image.source_url = photo.source_url


def _arrange(
    session: Session, product: Product, by_content: Mapping[str, Image], planned: Plan
) -> None:
    for sha256 in planned.gone:
        by_content[sha256].deleted_at = now()
    alive = [by_content[sha256] for sha256 in planned.order if sha256 in by_content]
    for position, image in enumerate(alive):
        image.position = position
    session.flush()
    session.expire(product, ["images"])
