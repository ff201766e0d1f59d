"""What an exported file calls a picture: its address, or a file written beside it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from vitrine.ports import Blobs
from vitrine.tables.catalog import Image

Naming = Callable[[Image], str]
"""The name of a picture; empty for one that has none outside this Vitrine."""

ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/avif": ".avif",
    "image/gif": ".gif",
    "image/heic": ".heic",
    "image/tiff": ".tif",
    "image/bmp": ".bmp",
}


def addresses_only(image: Image) -> str:
    """The address a picture came from; empty for one that was a file."""
    return image.source_url


def into_folder(blobs: Blobs, folder: Path, beside: Path) -> Naming:
    """Write every picture into the folder, once, and call it by its path from `beside`."""
    folder.mkdir(parents=True, exist_ok=True)

    def named(image: Image) -> str:
        path = folder / f"{image.sha256}{ENDINGS.get(image.media_type, '')}"
        if not path.is_file():
            part = path.with_suffix(".part")
            part.write_bytes(blobs.get(image.blob_key))
            part.replace(path)
        return Path(os.path.relpath(path, beside)).as_posix()

    return named
