"""The format "clip": photos, and a line of JSON for each product with its crops and labels."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from vitrine.services.snapshots.folders import ITEMS, Draft
from vitrine.services.snapshots.items import Crop, Item, Photo

ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/tiff": "tif",
    "image/bmp": "bmp",
}


def photos(items: Sequence[Item]) -> list[tuple[Photo, str]]:
    """The photos of all items, each once, and the split of each."""
    found = {photo.sha256: (photo, item.split) for item in items for photo in item.photos}
    return [found[sha256] for sha256 in sorted(found)]


def put_photo(draft: Draft, photo: Photo, data: bytes) -> None:
    """Write a photo as it was uploaded."""
    draft.put(_path(photo), data)


def finish(draft: Draft, items: Sequence[Item]) -> None:
    """Write the lines."""
    lines = (json.dumps(_line(item), ensure_ascii=False, sort_keys=True) for item in items)
    draft.put(ITEMS, "".join(f"{line}\n" for line in lines))


def counts(items: Sequence[Item]) -> Iterator[tuple[str, object]]:
    """What the card counts of this format."""
    crops = [crop for item in items for crop in item.crops]
    yield "crops", len(crops)
    yield "kept_crops", sum(crop.kept for crop in crops)
    yield "crops_by_people", sum(crop.by == "person" for crop in crops)
    facets = sorted({facet for item in items for facet in item.labels})
    yield "labels", {facet: sum(facet in item.labels for item in items) for facet in facets}


def _path(photo: Photo) -> str:
    ending = ENDINGS.get(photo.media_type, "bin")
    return str(PurePosixPath("photos", f"{photo.sha256}.{ending}"))


def _line(item: Item) -> dict[str, Any]:
    return {
        "product_id": item.product_id,
        "external_id": item.external_id,
        **item.words,
        "attributes": item.attributes,
        "group": item.group,
        "split": item.split,
        "photos": [
            {"sha256": each.sha256, "file": _path(each), "width": each.size.width}
            | {"height": each.size.height}
            for each in item.photos
        ],
        "crops": [_crop(crop) for crop in item.crops],
        "labels": item.labels,
        "verified": item.verified,
    }


def _crop(crop: Crop) -> dict[str, Any]:
    return {
        "image_sha256": crop.image_sha256,
        "box": crop.box.as_tuple(),
        "kind": crop.kind,
        "kept": crop.kept,
        "reason": crop.reason,
        "primary": crop.primary,
        "by": crop.by,
    }
