"""Pictures in every format, and pieces of their files."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

import numpy as np
from PIL import Image

import vitrine.vision.readers  # noqa: F401 - adds HEIF to what Pillow writes


def encoded(form: str, image: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def filled(mode: str, colour: Any, size: tuple[int, int] = (40, 30)) -> Image.Image:
    return Image.new(mode, size, colour)


def noise(side: int) -> Image.Image:
    pixels = np.random.default_rng(7).integers(0, 255, (side, side, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def of_every_kind() -> dict[str, bytes]:
    """A small picture of each format, and of each way that formats have to hold one."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "a coat"
    told = {
        form: encoded(form, noise(24), **({} if form in ("GIF", "BMP") else {"exif": exif}))
        for form in ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF", "BMP")
    }
    return told | {
        "HEIF": encoded("HEIF", noise(64), exif=exif),
        "TIFF packed": encoded("TIFF", noise(24), compression="tiff_lzw"),
        "TIFF of JPEG": encoded("TIFF", noise(24), compression="jpeg"),
        "JPEG progressive": encoded("JPEG", noise(24), progressive=True),
        "JPEG of inks": encoded("JPEG", filled("CMYK", (0, 255, 255, 0))),
        "MPO": encoded("MPO", noise(24), save_all=True, append_images=[noise(24)]),
        "PNG of a palette": encoded("PNG", noise(24).quantize(9), transparency=b"\0\x7f"),
        "PNG that is translucent": encoded("PNG", filled("LA", (60, 99))),
        "PNG of 16 bits": encoded("PNG", noise(24).convert("I;16")),
        "GIF that moves": encoded("GIF", noise(24), save_all=True, append_images=[noise(24)]),
    }


def zips() -> dict[str, bytes]:
    """Zips of pictures, packed in every way, with a folder and with what climbs out of it."""
    ways = {"stored": 0, "deflated": 8, "bzip2": 12, "lzma": 14}
    return {name: _zipped(way) for name, way in ways.items()}


def _zipped(way: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", way) as archive:
        archive.writestr("a.png", encoded("PNG", filled("L", 9)))
        archive.writestr("b/c.jpg", encoded("JPEG", filled("L", 9)))
        archive.writestr("../a.png", b"outside")
        archive.comment = b"photos"
    return out.getvalue()
