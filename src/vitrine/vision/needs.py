"""How much memory a photo takes to become RGB, told by its header, and at what size it is held."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import chain
from typing import NamedTuple

from PIL import Image

from vitrine.vision import flattening, jpeg, readers

FULL_SIZE = 25_000_000
"""Pixels above which a photo is held at a half, a quarter or an eighth of its sides.

No setting: the pixels of a photo must be the same wherever it is decoded.
"""

PARTS = (1, 2, 4, 8)

_RGB = 4
"""Bytes of a decoded pixel, as Pillow holds it."""

_DECODING = {"WEBP": 16, "AVIF": 10, "HEIF": 8}
"""Bytes that a pixel takes while it is decoded, as measured; of other formats _RGB."""

_COEFFICIENT = 2


class Need(NamedTuple):
    """Bytes at the worst moment, and bytes of the picture that is kept."""

    peak: int
    kept: int


def of(data: bytes) -> Need:
    """What the photo takes; nothing for what has no header, for nobody will decode it."""
    for some in chain((data,), readers.without_side_data(data)):
        with suppress(Exception):  # whoever opens it tells what is wrong
            image = readers.identify(some)
            found = jpeg.structure(some) if readers.is_jpeg(some) else None
            return of_image(image, reduce(image), found)
    return Need(0, 0)


def of_image(image: Image.Image, part: int, found: jpeg.Structure | None) -> Need:
    """What a picture takes whose header was read, `part` as `reduce` told; of a JPEG `found` is
    what its markers say."""
    pixels = image.width * image.height
    width, height = flattening.reduced(image.size, part)
    kept = width * height * _RGB
    decoding = pixels * _DECODING.get(str(image.format), _RGB)
    if found is not None:
        decoding += found.held_samples * _COEFFICIENT
    return Need(max(decoding, pixels * _RGB + kept, 2 * kept), kept)


def together(needs: Sequence[Need]) -> Need:
    """What photos take that are decoded one after the other, and all kept."""
    kept = peak = 0
    for need in needs:
        peak = max(peak, kept + need.peak)
        kept += need.kept
    return Need(peak, kept)


def reduce(image: Image.Image) -> int:
    """By how much the sides shall be divided after decoding; a JPEG is told to do it itself."""
    part = _part(image.size)
    if part > 1:  # which does nothing to other formats
        width, height = image.size
        image.draft(None, (width // part, height // part))
    return _part(image.size)


def _part(size: tuple[int, int]) -> int:
    held = ((part, flattening.reduced(size, part)) for part in PARTS)
    return next((part for part, (width, height) in held if width * height <= FULL_SIZE), PARTS[-1])
