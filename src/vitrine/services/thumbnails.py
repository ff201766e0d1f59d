"""Small copies of photos."""

from __future__ import annotations

from vitrine.core.errors import NotFound
from vitrine.ports import Blobs
from vitrine.tables.catalog import blob_key
from vitrine.vision import images

THUMBNAIL_SIDES = (160, 480, 1080)
"""Longer side in pixels of the thumbnails we make."""


def thumbnail(blobs: Blobs, sha256: str, side: int) -> bytes:
    """The photo as WebP with the given longer side, made at first use and kept."""
    key = f"thumbnails/{sha256[:2]}/{sha256}-{side}.webp"
    try:
        return blobs.get(key)
    except NotFound:
        # The photo passed the limits when it came in; they may have been lowered since.
        unlimited = images.Limits(max_bytes=2**62, max_pixels=2**62, min_side=1)
        small = images.thumbnail(images.open(blobs.get(blob_key(sha256)), unlimited), side)
        blobs.put(key, small, "image/webp")
        return small
