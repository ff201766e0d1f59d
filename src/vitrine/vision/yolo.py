"""The arithmetic around a YOLOv8-format graph: letterbox before it, decoding and NMS after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vitrine.vision import geometry, planes
from vitrine.vision.types import Box, Size

Floats = NDArray[np.float32]
Layout = Literal["channels_first", "anchors_first", "suppressed"]

GREY = (114, 114, 114)
_STRIDES = (8, 16, 32)
_MOST_CANDIDATES = 3000
_END_TO_END_COLUMNS = 6


@dataclass(frozen=True, slots=True)
class Letterbox:
    """How a picture lies in its square: scale per axis, and pixels of grey left and top."""

    scale_x: float
    scale_y: float
    left: int
    top: int

    def back(self, box: Box) -> Box:
        """A box of the square in pixels of the picture, not clipped."""
        return Box(
            (box.x1 - self.left) / self.scale_x,
            (box.y1 - self.top) / self.scale_y,
            (box.x2 - self.left) / self.scale_x,
            (box.y2 - self.top) / self.scale_y,
        )


@dataclass(frozen=True, slots=True)
class Candidates:
    """Boxes in pixels of the square, shape (n, 4) as x1 y1 x2 y2, with one score and class each."""

    boxes: Floats
    scores: Floats
    classes: NDArray[np.int64]

    def __getitem__(self, chosen: NDArray[np.intp] | NDArray[np.bool_]) -> Candidates:
        return Candidates(self.boxes[chosen], self.scores[chosen], self.classes[chosen])


def fit(size: Size, side: int) -> Letterbox:
    """Where a picture goes, aspect kept, in the middle of a square of `side` pixels."""
    scale = side / max(size)
    width, height = max(1, round(size.width * scale)), max(1, round(size.height * scale))
    return Letterbox(
        width / size.width, height / size.height, (side - width) // 2, (side - height) // 2
    )


def letterbox(picture: Image.Image, side: int) -> tuple[Floats, Letterbox]:
    """The picture on a grey square, float32 (3, side, side) in 0..1, and where it lies there."""
    place = fit(Size(*picture.size), side)
    fitted = (round(picture.width * place.scale_x), round(picture.height * place.scale_y))
    square = Image.new("RGB", (side, side), GREY)
    square.paste(
        picture.resize(fitted, Image.Resampling.BILINEAR, reducing_gap=2.0), (place.left, place.top)
    )
    return planes.of(square), place


def layout(rows: int, columns: int, kinds: int, side: int) -> Layout:
    """Which of the three YOLOv8 output forms a (rows, columns) table is; ValueError for none.

    A head for two kinds also has six columns, like boxes after NMS: the number of anchors decides.
    0 kinds means that nobody knows how many there are.
    """
    kinds = kinds or min(rows, columns) - 4
    anchors = sum((side // stride) ** 2 for stride in _STRIDES)
    if rows == 4 + kinds and columns != _END_TO_END_COLUMNS:
        return "channels_first"
    if columns == _END_TO_END_COLUMNS and not (kinds == 2 and rows == anchors):
        return "suppressed"
    if columns == 4 + kinds:
        return "anchors_first"
    raise ValueError(f"{rows} x {columns} does not fit {kinds} kinds")


def decode(table: Floats, form: Layout, confidence: float) -> Candidates:
    """What one picture's output says above the confidence, in pixels of the square."""
    if form == "suppressed":
        found = Candidates(table[:, :4], table[:, 4], table[:, 5].astype(np.int64))
        return found[found.scores >= confidence]
    head = table.T if form == "channels_first" else table
    scores = head[:, 4:].max(axis=1)
    sure = scores >= confidence
    head = head[sure]
    return Candidates(_corners(head[:, :4]), scores[sure], head[:, 4:].argmax(axis=1))


def lowered(scores: Floats, by: float) -> Floats:
    """The scores with their log odds lowered by so much."""
    return np.asarray(scores / (scores + (1 - scores) * np.exp(np.float32(by))), dtype=np.float32)


def suppress(found: Candidates, iou: float, most: int, across: float = 1.0) -> Candidates:
    """The best of each group of same-class boxes overlapping more than `iou`, best score first.

    Boxes of different classes that overlap more than `across` are one item seen as two.
    """
    found = found[np.argsort(-found.scores, kind="stable")[:_MOST_CANDIDATES]]
    alive = np.ones(len(found.scores), dtype=bool)
    kept: list[int] = []
    while alive.any() and len(kept) < most:
        best = int(alive.argmax())
        kept.append(best)
        same = found.classes == found.classes[best]
        alive &= _ious(found.boxes, best) <= np.where(same, iou, max(iou, across))
        alive[best] = False
    return found[np.asarray(kept, dtype=np.intp)]


def on_picture(row: Floats, place: Letterbox, size: Size) -> Box:
    """One candidate's box on the picture, clipped to it."""
    x1, y1, x2, y2 = (float(edge) for edge in row)
    return geometry.clip(place.back(Box(x1, y1, x2, y2)), size)


def _corners(centred: Floats) -> Floats:
    half = centred[:, 2:] / 2
    return np.concatenate([centred[:, :2] - half, centred[:, :2] + half], axis=1)


def _ious(boxes: Floats, index: int) -> Floats:
    box = boxes[index]
    sides = np.minimum(boxes[:, 2:], box[2:]) - np.maximum(boxes[:, :2], box[:2])
    overlap = sides.clip(min=0).prod(axis=1)
    areas = (boxes[:, 2:] - boxes[:, :2]).clip(min=0).prod(axis=1)
    union = np.maximum(areas + areas[index] - overlap, np.float32(1e-9))
    return np.asarray(overlap / union, dtype=np.float32)
