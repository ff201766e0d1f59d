"""A decoded picture with what is on it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vitrine.vision import images
from vitrine.vision.boxed import BoxedPhoto, Boxes

Pixels = NDArray[np.uint8]

LIMITS = images.Limits(2**62, 2**62, min_side=1, max_declared=2**62)
"""Photos passed the limits when they came in; they may have been lowered since."""

LONGEST = 640
"""Pixels of the longer side that a picture is kept with at most."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A picture with the kinds (m,) and boxes (m, 4) of what is on it."""

    pixels: Pixels
    kinds: NDArray[np.int64]
    boxes: Boxes


def opened(photo: BoxedPhoto) -> Marked:
    """A snapshot's photo, kept small, with its boxes on it."""
    pixels = np.asarray(images.open(photo.path.read_bytes(), LIMITS).pixels)
    height, width = pixels.shape[:2]
    sides = np.array([width, height, width, height], dtype=np.float32)
    return small(pixels, photo.kinds, photo.boxes * sides)


def small(pixels: Pixels, kinds: NDArray[np.int64], boxes: Boxes) -> Marked:
    """The picture at LONGEST at most, its boxes moved along."""
    scale = min(1.0, LONGEST / max(pixels.shape[:2]))
    if scale < 1:
        size = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return Marked(pixels, kinds, boxes * np.float32(scale))
