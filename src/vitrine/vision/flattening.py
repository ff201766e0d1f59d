"""Decoded pixels as upright RGB on white, strip by strip: only the result is held beside them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress

from PIL import Image, ImageCms
from PIL.ExifTags import Base

STRIP = 1_000_000
"""About so many pixels are converted at once."""

_ORIENTATION = Base.Orientation
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def upright_rgb(image: Image.Image, part: int = 1) -> Image.Image:
    """The picture turned by its EXIF tag, at a whole `part` of its sides; closes what it was."""
    image.load()
    turn, profile = _turn(image), _profile(image)
    is_flat = part == 1 and image.mode == "RGB" and "transparency" not in image.info
    flat = _bare(image) if is_flat and profile is None else _flattened(image, part, profile)
    image.close()
    return flat if turn is None else flat.transpose(turn)


def _bare(image: Image.Image) -> Image.Image:
    """The pixels of most photos as they are, without what their file says beside them."""
    flat = image.copy()
    flat.info = {}
    return flat


def _flattened(
    image: Image.Image, part: int, profile: ImageCms.ImageCmsTransform | None
) -> Image.Image:
    flat = Image.new("RGB", reduced(image.size, part))
    for top, strip in _strips(image, part):
        rgb = _to_srgb(_to_rgb(strip), profile)
        flat.paste(rgb.reduce(part) if part > 1 else rgb, (0, top // part))
    return flat


def reduced(size: tuple[int, int], part: int) -> tuple[int, int]:
    """Width and height at a part of the sides, rounded up as decoders do."""
    width, height = size
    return -(-width // part), -(-height // part)


def _strips(image: Image.Image, part: int) -> Iterator[tuple[int, Image.Image]]:
    rows = max(1, STRIP // image.width // part) * part
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(top + rows, image.height)))


def _turn(image: Image.Image) -> Image.Transpose | None:
    with suppress(Exception):  # a broken EXIF block is no reason to refuse a good photo
        return _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    return None


def _profile(image: Image.Image) -> ImageCms.ImageCmsTransform | None:
    """From the picture's own colours to sRGB; None where they are that, or nobody can tell."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA"):
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source):
            return None
        return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), "RGB", "RGB")
    except Exception:
        return None  # a broken profile is no reason to refuse a good photo


def _to_srgb(rgb: Image.Image, profile: ImageCms.ImageCmsTransform | None) -> Image.Image:
    if profile is None:
        return rgb
    converted = ImageCms.applyTransform(rgb, profile)
    return converted or rgb


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
