"""Bytes in, upright RGB picture out, under limits that hold before any pixel is decoded."""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from PIL import Image, ImageFile, UnidentifiedImageError

from vitrine.core.budget import Budget
from vitrine.core.errors import Invalid, TooLarge, Unsupported, VitrineError
from vitrine.core.groups import LimitSettings
from vitrine.vision import flattening, jpeg, needs, readers
from vitrine.vision.needs import Need
from vitrine.vision.types import Box, Size

# Our own limits below are checked on the header, before decoding, and are stricter than Pillow's.
Image.MAX_IMAGE_PIXELS = None
ImageFile.LOAD_TRUNCATED_IMAGES = False

MEMORY = Budget(total=420_000_000, wait=10.0)
"""What decoded photos may take of this process, which has but one memory; wiring sets its size."""

HELD_PART = 4
"""What part of the memory for photos those of one call may take."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one photo may measure: bytes as sent, pixels held when it is decoded, pixels of its
    shorter side, and pixels as its header declares."""

    max_bytes: int = 40_000_000
    max_pixels: int = 50_331_648
    min_side: int = 16
    max_declared: int = 300_000_000

    @classmethod
    def of(cls, limits: LimitSettings) -> Self:
        """What the settings say of one photo."""
        return cls(
            limits.image_bytes,
            limits.image_pixels,
            limits.image_min_side,
            limits.image_declared_pixels,
        )


@dataclass(frozen=True, slots=True)
class Picture:
    """Decoded pixels, upright, RGB, and what the bytes were."""

    pixels: Image.Image
    media_type: str

    @property
    def size(self) -> Size:
        """Width and height of the upright picture."""
        return Size(*self.pixels.size)


def open(data: bytes, limits: Limits = Limits()) -> Picture:  # noqa: A001 - the verb of ARCHITECTURE.md
    """Decode a photo, turned upright by its EXIF tag and flattened to RGB.

    Raises TooLarge over a limit, Unsupported for what is no photo, Invalid for a broken or tiny
    one.
    """
    if not data:
        raise Invalid("image_empty", "The file is empty.")
    if len(data) > limits.max_bytes:
        raise TooLarge("image_too_large", f"The file is over {limits.max_bytes:,} bytes.")
    try:
        return _read_bare(data, limits)
    except VitrineError:
        raise
    except UnidentifiedImageError:
        told = f"This is not a {readers.READABLE} picture."
        raise Unsupported("image_unreadable", told) from None
    except Exception as broken:  # readers raise what they like on bytes made to hurt them
        raise Invalid("image_broken", f"The picture is damaged or cut short: {broken}.") from broken


@contextmanager
def opened(
    photos: Sequence[bytes], limits: Limits = Limits(), memory: Budget = MEMORY
) -> Iterator[list[Picture]]:
    """The photos decoded one after the other, their memory counted until the block ends.

    Raises as `open` does, and Unavailable where the process has no memory for them in time.
    """
    need = needs.together([needs.of(data) for data in photos])
    with memory.taken(need.peak) as share:
        pictures = [open(data, limits) for data in photos]
        share.shrink(need.kept)
        yield pictures
        pictures.clear()  # so that nothing is left of what is given back


def thumbnail(picture: Picture, side: int, ending: str = "webp") -> bytes:
    """The picture as `webp` or `jpg`, at most `side` pixels on its longer side, never enlarged."""
    return encoded(shrunken(picture, side), ending)


def cut(picture: Picture, box: Box) -> Picture:
    """The part of the picture in the box, as far as that lies on it; at least a pixel."""
    width, height = picture.size
    left, top = min(max(0, int(box.x1)), width - 1), min(max(0, int(box.y1)), height - 1)
    right, bottom = min(width, math.ceil(box.x2)), min(height, math.ceil(box.y2))
    area = (left, top, max(left + 1, right), max(top + 1, bottom))
    return Picture(picture.pixels.crop(area), picture.media_type)


def shrunken(picture: Picture, side: int) -> Picture:
    """The picture with at most `side` pixels on its longer side, never enlarged."""
    small = picture.pixels.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return Picture(small, picture.media_type)


def encoded(picture: Picture, ending: str = "webp") -> bytes:
    """The picture as `webp` or `jpg`, to be shown to people."""
    out = io.BytesIO()
    if ending == "jpg":
        picture.pixels.save(out, "JPEG", quality=85, optimize=True, progressive=True)
    else:
        # Method 4 takes more than twice as long, for 3 % fewer bytes.
        picture.pixels.save(out, "WEBP", quality=82, method=2)
    return out.getvalue()


def _read_bare(data: bytes, limits: Limits) -> Picture:
    """The picture, without what is broken or far too much beside its pixels."""
    try:
        return _read(data, limits)
    except VitrineError:
        raise
    except Exception as broken:  # see `open`
        for bare in readers.without_side_data(data):
            try:
                return _read(bare, limits)
            except VitrineError:
                raise
            except Exception:  # noqa: S112 - the first error is the one to tell
                continue
        raise broken


def _read(data: bytes, limits: Limits) -> Picture:
    image = readers.identify(data)
    _check_declared(Size(*image.size), limits)
    readers.check(image, limits.max_pixels)
    media_type = readers.MEDIA_TYPES[str(image.format)]
    found = jpeg.structure(data) if readers.is_jpeg(data) else None
    part = needs.reduce(image)
    _check_held(image, found.held_samples // 3 if found else 0, limits)
    if found and not found.ended:
        return Picture(_without_end(data, found), media_type)
    _check_peak(image, needs.of_image(image, part, found))
    return Picture(flattening.upright_rgb(image, part), media_type)


def _without_end(data: bytes, found: jpeg.Structure) -> Image.Image:
    """The pixels of a JPEG without its end marker; raises Invalid where some are missing."""
    seen = set[bytes]()
    for ended in jpeg.endings(data) if found.sent else ():
        image = readers.identify(ended)
        pixels = flattening.upright_rgb(image, needs.reduce(image))
        seen.add(hashlib.sha256(pixels.tobytes()).digest())
    if len(seen) != 1:
        raise Invalid("image_broken", "The picture is cut short: pixels are missing at its end.")
    return pixels


def _check_declared(size: Size, limits: Limits) -> None:
    if size.width * size.height > limits.max_declared:
        raise _too_many(size, limits.max_declared)
    if min(size) < limits.min_side:
        raise Invalid(
            "image_too_small",
            f"The picture is {size.width} x {size.height}; "
            f"each side needs at least {limits.min_side} pixels.",
        )


def _check_held(image: Image.Image, held: int, limits: Limits) -> None:
    """Raise TooLarge where the pixels to come, or those held on the way, are over the limit."""
    if max(image.width * image.height, held) > limits.max_pixels:
        raise _too_many(Size(*image.size), limits.max_pixels)


def _check_peak(image: Image.Image, need: Need) -> None:
    """Raise TooLarge for what takes more memory on its way than all photos together may."""
    if need.peak > MEMORY.total:
        raise TooLarge(
            "image_too_many_pixels",
            f"The picture of {image.width} x {image.height} pixels takes over "
            f"{MEMORY.total:,} bytes of memory to decode as {image.format}.",
        )


def _too_many(size: Size, most: int) -> TooLarge:
    return TooLarge(
        "image_too_many_pixels",
        f"The picture is {size.width} x {size.height}; at most {most:,} pixels.",
    )


def held_together(photos: Sequence[bytes]) -> Iterator[slice]:
    """Slices of photos of which as many are held at once as memory allows."""
    if len(photos) == 1:  # however much it takes: its header is read soon enough
        yield slice(0, 1)
        return
    start = held = 0
    for place, data in enumerate(photos):
        kept = needs.of(data).kept
        if place > start and held + kept > MEMORY.total // HELD_PART:
            yield slice(start, place)
            start, held = place, 0
        held += kept
    if photos:
        yield slice(start, len(photos))
