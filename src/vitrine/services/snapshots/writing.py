"""Snapshots out of the database and the store into a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vitrine.core.errors import Conflict, Unavailable, invalid
from vitrine.db import Sessions
from vitrine.ports import Blobs
from vitrine.services.snapshots import cards, clip, detection, items, leaks
from vitrine.services.snapshots.folders import Dataset, Draft, check_free, drafted
from vitrine.services.snapshots.items import Item, Photo
from vitrine.services.snapshots.leaks import Leaks
from vitrine.services.snapshots.pictures import Shown, shown
from vitrine.tables.catalog import blob_key
from vitrine.vision.portable import portable

FORMATS = ("yolo", "coco", "clip")

UNSTATED = "The photos and words are the shop's own; ask it before you pass them on."

Tell = Callable[[int, int], object]
"""Told how many photos of how many are written."""


@dataclass(frozen=True, slots=True)
class Order:
    """Which snapshot is wanted, and what its card says of the photos' licence."""

    format: str
    licence: str = UNSTATED


@dataclass(frozen=True, slots=True)
class _Content:
    """All that a snapshot is made of, beside the photos' bytes."""

    of: str
    items: Sequence[Item]
    models: Mapping[str, str]
    leaks: Leaks


def write(
    sessions: Sessions,
    blobs: Blobs,
    folder: Path,
    order: Order,
    tell: Tell = lambda _done, _total: None,
) -> Dataset:
    """Write what people verified as a new folder, which appears when it is complete.

    Raises Invalid for a format that there is not, Conflict where nothing is verified or the folder
    is not empty, and Full.
    """
    if order.format not in FORMATS:
        raise invalid("format", f"is none of {', '.join(FORMATS)}")
    check_free(folder)
    content = _content(sessions, "verified", items.verified)
    if not content.items:
        raise _nothing("No product is verified yet.")
    with drafted(folder) as draft:
        if order.format == "clip":
            card = _clip(draft, blobs, content, order, tell)
        else:
            card = _detection(draft, blobs, content, order, tell)
        sha256 = draft.seal()
    return Dataset(folder, card, sha256)


def catalogue(
    sessions: Sessions,
    blobs: Blobs,
    folder: Path,
    licence: str = UNSTATED,
    tell: Tell = lambda _done, _total: None,
) -> Dataset:
    """Write the whole catalogue in the format "clip", without people's word, as `write` does."""
    check_free(folder)
    content = _content(sessions, "catalogue", items.everything)
    if not content.items:
        raise Conflict("catalogue_empty", "No product has a photo yet; import some first.")
    with drafted(folder) as draft:
        card = _clip(draft, blobs, content, Order("clip", licence), tell)
        sha256 = draft.seal()
    return Dataset(folder, card, sha256)


def _content(sessions: Sessions, of: str, read: Callable[..., list[Item]]) -> _Content:
    with sessions.read() as session:
        found = read(session)
        return _Content(of, found, cards.licences(session, found), leaks.check(found))


def _clip(
    draft: Draft, blobs: Blobs, content: _Content, order: Order, tell: Tell
) -> dict[str, Any]:
    photos = clip.photos(content.items)
    for place, (photo, _) in enumerate(photos, 1):
        clip.put_photo(draft, photo, _bytes(blobs, photo))
        tell(place, len(photos))
    clip.finish(draft, content.items)
    counts = cards.counted(content.items, [split for _, split in photos])
    return _card(draft, content, order, counts | dict(clip.counts(content.items)))


def _detection(
    draft: Draft, blobs: Blobs, content: _Content, order: Order, tell: Tell
) -> dict[str, Any]:
    pictures = shown(content.items)
    if not pictures:
        raise _nothing("No photo with all of its boxes is verified yet.")
    files = []
    for place, picture in enumerate(pictures, 1):
        files.append(_put_portable(draft, blobs, picture))
        tell(place, len(pictures))
    puts = {"yolo": detection.put_yolo, "coco": detection.put_coco}
    puts[order.format](draft, pictures, files)
    told = [item for item in content.items if item.boxes]
    counts = cards.counted(told, [picture.split for picture in pictures])
    return _card(draft, content, order, counts | dict(detection.counts(pictures)))


def _card(
    draft: Draft, content: _Content, order: Order, counts: Mapping[str, Any]
) -> dict[str, Any]:
    if not content.leaks.none:
        raise Unavailable("snapshot_leaks", cards.told_leaks({"leaks": asdict(content.leaks)}))
    told = {
        "of": content.of,
        "format": order.format,
        "counts": counts,
        "licences": {"photos": order.licence, "models": content.models},
    }
    return cards.put(draft, told, content.items, content.leaks)


def _put_portable(draft: Draft, blobs: Blobs, picture: Shown) -> str:
    data, ending = portable(_bytes(blobs, picture.photo), picture.photo.size)
    file = f"images/{picture.split}/{picture.photo.sha256}.{ending}"
    draft.put(file, data)
    return file


def _bytes(blobs: Blobs, photo: Photo) -> bytes:
    """A photo's bytes, which are what their name says."""
    data = blobs.get(blob_key(photo.sha256))
    if hashlib.sha256(data).hexdigest() != photo.sha256:
        told = f"The stored photo {photo.sha256} is damaged; `vitrine reconcile` says what to do."
        raise Unavailable("photo_damaged", told)
    return data


def _nothing(told: str) -> Conflict:
    return Conflict(
        "nothing_verified",
        f"{told} Accept or correct products in the review desk, then try again.",
    )
