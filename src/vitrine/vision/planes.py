"""Pixels as nets take them: one plane of floats for each colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float32]


def of(picture: Image.Image) -> Floats:
    """An RGB picture as float32 (3, height, width) in 0..1."""
    planes = np.empty((3, picture.height, picture.width), dtype=np.float32)
    # Pillow takes colours apart faster than a transposed array is read.
    for plane, band in zip(planes, picture.split(), strict=True):
        np.divide(np.asarray(band), np.float32(255), out=plane)
    return planes
