"""Photos: admitted, stored, and shown to those who may see them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from vitrine.core import metrics
from vitrine.core.clock import new_id
from vitrine.core.errors import Invalid, NotFound
from vitrine.core.groups import LimitSettings
from vitrine.ports import Blobs
from vitrine.services.catalog import blobs as kept
from vitrine.services.catalog.fields import clean_name
from vitrine.tables.catalog import PERSON, Image, blob_key
from vitrine.vision import images
from vitrine.vision.likeness import UNSEEN, Likeness, likeness_of


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that was decoded once and passed every limit; not stored yet.

    `read` gives its bytes, which need not be in memory meanwhile. Where nobody waits its likeness
    was looked at too; else a job does that.
    """

    read: Callable[[], bytes]
    bytes: int
    name: str
    sha256: str
    media_type: str
    width: int
    height: int
    source_url: str = ""
    source: str = PERSON
    likeness: Likeness = UNSEEN


def admit(files: Sequence[tuple[str, bytes]], limits: LimitSettings) -> list[Photo]:
    """Decode and check every (name, bytes); raises Invalid naming the file; stores nothing."""
    if len(files) > limits.images_per_product:
        raise Invalid(
            "too_many_images",
            f"At most {limits.images_per_product} images at once.",
            fields={"images": f"are {len(files)}, over {limits.images_per_product}"},
        )
    return [admit_one(f"images[{place}]", *file, limits) for place, file in enumerate(files)]


def admit_one(
    field: str, name: str, data: bytes, limits: LimitSettings, *, looks: bool = False
) -> Photo:
    """Decode and check the one photo of the named field; raises Invalid; stores nothing.

    With `looks` its likeness is looked at while its pixels are there.
    """
    try:
        with images.opened([data], images.Limits.of(limits)) as (picture,):
            media_type, size = picture.media_type, picture.size
            likeness = likeness_of(picture) if looks else UNSEEN
    except Invalid as error:
        shown = clean_name(name)
        message = f"{field} ({shown}): {error.message}" if shown else f"{field}: {error.message}"
        # None: where the error came from holds the bytes of the photo.
        raise type(error)(error.code, message, fields={field: error.message}) from None
    digest = hashlib.sha256(data).hexdigest()
    return Photo(
        lambda: data, len(data), clean_name(name), digest, media_type, *size, likeness=likeness
    )


def store_image(session: Session, blobs: Blobs, photo: Photo, by: str | None) -> Image:
    """Store a photo's bytes under their hash and add its row, attached to nothing yet."""
    hold(session, [photo])
    return put_image(session, blobs, photo, by)


def hold(session: Session, photos: Iterable[Photo]) -> None:
    """Take the rows of these photos' contents until the session ends, with their likeness."""
    kept.hold(session, {photo.sha256: photo.likeness for photo in photos})


def put_image(session: Session, blobs: Blobs, photo: Photo, by: str | None) -> Image:
    """The same where the caller holds the content's row."""
    blobs.put(blob_key(photo.sha256), photo.read(), photo.media_type)
    metrics.UPLOAD_BYTES.inc(photo.bytes)
    image = Image(
        id=new_id(),
        sha256=photo.sha256,
        name=photo.name,
        source_url=photo.source_url,
        source=photo.source,
        media_type=photo.media_type,
        bytes=photo.bytes,
        width=photo.width,
        height=photo.height,
        created_by=by,
    )
    session.add(image)
    return image


def visible_image(
    session: Session, image_id: str, owner_id: str | None, *, deleted: bool = False
) -> Image:
    """An image of a living product, or an upload of this owner (None sees all); else NotFound.

    With `deleted` an image of a deleted product too, but never a deleted image.
    """
    image = session.get(Image, image_id)
    if image is not None and image.product_id is None and owner_id in (None, image.created_by):
        return image
    if image is None or (image.product is None and not (deleted and image.product_id)):
        raise NotFound("image_unknown", "There is no such image.")
    return image
