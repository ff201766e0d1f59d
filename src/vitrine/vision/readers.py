"""Which picture formats are read, and what of a file is kept from their readers."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator

import pillow_heif
from PIL import BmpImagePlugin, Image, TiffImagePlugin

from vitrine.vision import jpeg

pillow_heif.register_heif_opener(
    thumbnails=False, depth_images=False, aux_images=False, decode_threads=2
)

# MPO is not named: Pillow's JPEG reader finds it by itself.
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "HEIF", "TIFF", "BMP")
READABLE = "JPEG, PNG, WebP, AVIF, GIF, HEIC, TIFF or BMP"
MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "GIF": "image/gif",
    "HEIF": "image/heic",
    "TIFF": "image/tiff",
    "BMP": "image/bmp",
}

UNSHOWN = frozenset(("image/heic", "image/tiff"))
"""Media types that not every browser shows."""

_TIFF_PACKED = ("raw", "packbits", "tiff_lzw", "tiff_deflate", "tiff_adobe_deflate", "jpeg")
_TILE_SIDES = (322, 323)
_BMP_PLAIN = (0, 3)
"""Pixels as they are; the packed ones may swell without bound."""

_PNG = b"\x89PNG\r\n\x1a\n"
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")


def identify(data: bytes) -> Image.Image:
    """The picture by its header, no pixel decoded; raises whatever its reader does."""
    return Image.open(io.BytesIO(data), formats=FORMATS)


def check(image: Image.Image, most: int) -> None:
    """Raise ValueError for what its reader may swell over `most` pixels, whatever its size."""
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        packed = image.info.get("compression")
        if packed not in _TIFF_PACKED:
            raise ValueError(f"TIFF with compression {packed} is not read")
        width, height = (int(image.tag_v2.get(tag, 1)) for tag in _TILE_SIDES)
        if width * height > most:
            raise ValueError(f"tiles of {width} x {height}")
    if isinstance(image, BmpImagePlugin.BmpImageFile):
        packed = image.info.get("compression")
        if packed not in _BMP_PLAIN:
            raise ValueError("packed BMP is not read")


def without_side_data(data: bytes) -> Iterator[bytes]:
    """The same picture with ever less beside its pixels: what is dropped breaks no reader."""
    if data.startswith(_PNG):
        yield _png(data, lambda kind: kind not in _TEXTS)
        yield _png(data, lambda kind: kind[:1].isupper() or kind == b"tRNS")
    elif is_jpeg(data):
        yield jpeg.bare(data)


def is_jpeg(data: bytes) -> bool:
    """Whether the bytes begin as a JPEG."""
    return data.startswith(b"\xff\xd8\xff")


def _png(data: bytes, keep: Callable[[bytes], bool]) -> bytes:
    """The PNG with only the chunks that are kept."""
    kept, place = [_PNG], len(_PNG)
    while place + 8 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        end = place + 12 + length
        if keep(data[place + 4 : place + 8]):
            kept.append(data[place:end])
        place = end
    return b"".join(kept)
