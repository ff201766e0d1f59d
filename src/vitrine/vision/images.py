"""Bytes in, upright RGB picture out, under limits that hold before any pixel is decoded."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from vitrine.core.errors import Invalid, TooLarge, Unsupported
from vitrine.vision.types import Size

# Our own limits below are checked on the header, before decoding, and are stricter than Pillow's.
Image.MAX_IMAGE_PIXELS = None
ImageFile.LOAD_TRUNCATED_IMAGES = False

MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "GIF": "image/gif",
}
READABLE = "JPEG, PNG, WebP, AVIF or GIF"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one photo may measure: bytes as sent, pixels when decoded, pixels of a shorter side."""

    max_bytes: int = 20_000_000
    max_pixels: int = 50_000_000
    min_side: int = 16


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
        # MPO is not named: Pillow's JPEG reader finds it by itself.
        image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "AVIF", "GIF"))
    except UnidentifiedImageError:
        raise Unsupported("image_unreadable", f"This is not a {READABLE} picture.") from None
    except Exception as broken:  # readers raise what they like on bytes made to hurt them
        raise Invalid("image_broken", f"The picture is damaged: {broken}.") from broken
    _check_size(Size(*image.size), limits)
    try:
        pixels = _upright_rgb(image)
    except Exception as broken:  # likewise
        raise Invalid("image_broken", f"The picture is damaged or cut short: {broken}.") from broken
    return Picture(pixels, MEDIA_TYPES[str(image.format)])


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


def _check_size(size: Size, limits: Limits) -> None:
    if size.width * size.height > limits.max_pixels:
        raise TooLarge(
            "image_too_many_pixels",
            f"The picture is {size.width} x {size.height}; at most {limits.max_pixels:,} pixels.",
        )
    if min(size) < limits.min_side:
        raise Invalid(
            "image_too_small",
            f"The picture is {size.width} x {size.height}; "
            f"each side needs at least {limits.min_side} pixels.",
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
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # a broken EXIF block is no reason to refuse a good photo
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
    except (ImageCms.PyCMSError, OSError):
        return image  # a broken profile is no reason to refuse a good photo
    return converted or image
