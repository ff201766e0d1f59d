"""Which shop photos show one item alone on white, by a fixed rule, and where on the photo it is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vitrine.vision.types import Box

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]

WHITE = 235
"""From this value of its darkest channel on a pixel is white ground."""
SKIN = 0.06
"""Up to this share of the item's pixels may look like skin: more is a person, or might be."""
ALONE = 0.95
"""At least this share of all that is not white hangs together."""
SMALLEST = 0.04
UNEVEN = 16
"""What differs more from an even ground, of 255, is not ground."""
SPECK = 0.002
"""Pieces of a smaller share of the picture count for nothing."""


def item(pixels: Pixels) -> Box | None:
    """The box around the item of a packshot; None for a photo that is none.

    The whole border is white, what is not white is one piece and no speck, and hardly any of it
    has the colour of skin.
    """
    dark = pixels.min(axis=2) < WHITE
    rim = np.concatenate(
        [part.ravel() for part in (dark[:2], dark[-2:], dark[:, :2], dark[:, -2:])]
    )
    if rim.mean() > 0.005 or dark.mean() < SMALLEST or _skin(pixels)[dark].mean() > SKIN:
        return None
    closed = cv2.dilate(dark.astype(np.uint8), np.ones((5, 5), np.uint8))
    _, numbers, stats, _ = cv2.connectedComponentsWithStats(closed)
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    own = dark & (numbers == largest)
    if own.sum() < ALONE * dark.sum():
        return None
    x, y, width, height = cv2.boundingRect(own.astype(np.uint8))
    return Box(float(x), float(y), float(x + width), float(y + height))


def alone(pixels: Pixels) -> Box | None:
    """The box around all that is not ground, where the ground is even out to every edge, else None.

    The ground is of any colour and may pass into another; one product can be several pieces.
    """
    rim = _rim(pixels.shape[0], pixels.shape[1])
    other = (_from_ground(pixels, rim) > UNEVEN).astype(np.uint8)
    if other[rim].mean() > 0.01:
        return None
    _, _, stats, _ = cv2.connectedComponentsWithStats(other)
    pieces = stats[1:][stats[1:, cv2.CC_STAT_AREA] >= SPECK * other.size]
    if pieces[:, cv2.CC_STAT_AREA].sum() < SMALLEST / 2 * other.size:
        return None
    x, y, width, height = pieces[:, :4].T
    edges = (x.min(), y.min(), (x + width).max(), (y + height).max())
    return Box(*map(float, edges))


def _rim(height: int, width: int) -> Mask:
    """Where the outermost fiftieth of a picture is."""
    thick = max(2, round(min(height, width) / 50))
    rim = np.ones((height, width), dtype=np.bool_)
    rim[thick:-thick, thick:-thick] = False
    return rim


def _from_ground(pixels: Pixels, rim: Mask) -> NDArray[np.float32]:
    """How far each pixel's furthest channel is from a ground that changes evenly over the rim."""
    height, width = rim.shape
    y, x = np.mgrid[0:height, 0:width].reshape(2, -1) / max(height, width)
    places = np.stack([np.ones_like(x), x, y], axis=1)
    colours = pixels.reshape(-1, 3).astype(np.float64)
    slopes, *_ = np.linalg.lstsq(places[rim.ravel()], colours[rim.ravel()], rcond=None)
    furthest = np.abs(colours - places @ slopes).max(axis=1)
    return np.asarray(furthest.reshape(height, width), dtype=np.float32)


def _skin(pixels: Pixels) -> Mask:
    """Where the usual bounds of skin in YCbCr hold."""
    luma, red, blue = (
        plane for plane in np.moveaxis(cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb), 2, 0)
    )
    return (luma > 60) & (red >= 138) & (red <= 175) & (blue >= 80) & (blue <= 125)
