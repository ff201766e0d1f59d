"""Photos as every other program reads them: upright, of their own size, in a common format."""

from __future__ import annotations

import io
import sys

from PIL import Image
from PIL.ExifTags import Base

from vitrine.vision import images
from vitrine.vision.images import Limits
from vitrine.vision.types import Size

ENDINGS = {"JPEG": "jpg", "PNG": "png"}
"""The formats that are left as they are, and the endings of their files."""

ADMITTED = Limits(sys.maxsize, sys.maxsize, 1, sys.maxsize)
"""What a stored photo may measure: it was admitted once."""


def portable(data: bytes, size: Size) -> tuple[bytes, str]:
    """The photo and the ending of its file, such that any decoder sees its upright `size`.

    The bytes are left alone where they are so already, and are a JPEG of the upright pixels
    otherwise. Raises as `images.open` does.
    """
    with Image.open(io.BytesIO(data)) as seen:
        ending = ENDINGS.get(str(seen.format))
        if ending and seen.size == size and seen.getexif().get(Base.Orientation, 1) == 1:
            return data, ending
    with images.opened([data], ADMITTED) as (picture,):
        out = io.BytesIO()
        picture.pixels.save(out, "JPEG", quality=95, subsampling=0)
    return out.getvalue(), "jpg"
