"""Bytes in, upright RGB picture out, under limits that hold before any pixel is decoded."""

from __future__ import annotations

import hashlib
import io
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from vitrine.core.errors import Invalid, TooLarge, Unsupported, VitrineError
from vitrine.core.groups import LimitSettings
from vitrine.vision import jpeg, readers
from vitrine.vision.types import Size

# Our own limits below are checked on the header, before decoding, and are stricter than Pillow's.
Image.MAX_IMAGE_PIXELS = None
ImageFile.LOAD_TRUNCATED_IMAGES = False

FULL_SIZE = 50_000_000
"""Pixels above which a JPEG is decoded at a half, a quarter or an eighth of its sides.

No setting: the pixels of a photo must be the same wherever it is decoded.
"""


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


def thumbnail(picture: Picture, side: int, ending: str = "webp") -> bytes:
    """The picture as `webp` or `jpg`, at most `side` pixels on its longer side, never enlarged."""
    small = picture.pixels.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    out = io.BytesIO()
    if ending == "jpg":
        small.save(out, "JPEG", quality=85, optimize=True, progressive=True)
    else:
        small.save(out, "WEBP", quality=82, method=4)
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
    if not readers.is_jpeg(data):
        _check_held(image, 0, limits)
        return Picture(_upright_rgb(image), media_type)
    found = jpeg.structure(data)
    _reduce(image)
    _check_held(image, found.held_samples // 3, limits)
    pixels = _upright_rgb(image) if found.ended else _without_end(data, found)
    return Picture(pixels, media_type)


def _reduce(image: Image.Image) -> None:
    """Have a huge JPEG decoded at a part of its sides, which takes a part of memory and time."""
    width, height = image.size
    for part in (2, 4, 8):
        if image.width * image.height > FULL_SIZE:
            image.draft(None, (width // part, height // part))


def _without_end(data: bytes, found: jpeg.Structure) -> Image.Image:
    """The pixels of a JPEG without its end marker; raises Invalid where some are missing."""
    seen = set[bytes]()
    for ended in jpeg.endings(data) if found.sent else ():
        image = readers.identify(ended)
        _reduce(image)
        pixels = _upright_rgb(image)
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


def _too_many(size: Size, most: int) -> TooLarge:
    return TooLarge(
        "image_too_many_pixels",
        f"The picture is {size.width} x {size.height}; at most {most:,} pixels.",
    )


def _upright_rgb(image: Image.Image) -> Image.Image:
    image.load()
    profile = image.info.get("icc_profile")
    upright = _upright(image)
    flat = _to_rgb(upright)
    if profile and upright.mode in ("RGB", "RGBA"):
        flat = _to_srgb(flat, profile)
    flat.info.clear()
    return flat


def _upright(image: Image.Image) -> Image.Image:
    with suppress(Exception):  # a broken EXIF block is no reason to refuse a good photo
        ImageOps.exif_transpose(image, in_place=True)
    return image


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        image = _to_8_bit(image)
    if image.mode in ("P", "PA", "LA", "La", "RGBA", "RGBa") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        # White, because that is what shop photos stand on and what a browser shows behind them.
        ground = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(ground, rgba).convert("RGB")
    return image.convert("RGB")


def _to_8_bit(image: Image.Image) -> Image.Image:
    # Pillow's own conversion clips 16-bit greys to white instead of scaling them.
    return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source):
            return image
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"))
    except Exception:
        return image  # a broken profile is no reason to refuse a good photo
    return converted or image
