"""What a detector finds as it trains, beside what is there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
import torch

from vitrine.finetune.detector.marked import Marked, Pixels
from vitrine.finetune.detector.net import Detector, Shipped
from vitrine.vision import yolo
from vitrine.vision.ap import PhotoMatches, match
from vitrine.vision.types import Box, Detection, Size

LOWEST = 0.01
IOU, MOST = 0.6, 100


def matched(
    detector: Detector, marked: Iterable[Marked], kinds: Sequence[str], side: int
) -> list[PhotoMatches]:
    """For each picture by kind, what was found of it beside what is there."""
    return [beside(one, found(detector, one.pixels, kinds, side), kinds) for one in marked]


def beside(one: Marked, seen: Sequence[Detection], kinds: Sequence[str]) -> PhotoMatches:
    """By kind what was seen of it on the picture beside what is there."""
    told = {}
    for number, kind in enumerate(kinds):
        truths = [Box(*map(float, box)) for box in one.boxes[one.kinds == number]]
        told[kind] = match([each for each in seen if each.kind == kind], truths)
    return told


def found(detector: Detector, pixels: Pixels, kinds: Sequence[str], side: int) -> list[Detection]:
    """What it sees on a picture, best first, from LOWEST on, boxes in the picture's pixels."""
    size = Size(pixels.shape[1], pixels.shape[0])
    place = yolo.fit(size, side)
    square = np.full((side, side, 3), yolo.GREY[0], dtype=np.uint8)
    width, height = round(size.width * place.scale_x), round(size.height * place.scale_y)
    fitted = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    square[place.top : place.top + height, place.left : place.left + width] = fitted
    device = next(detector.parameters()).device
    picture = torch.from_numpy(square).to(device).permute(2, 0, 1)[None].float() / 255
    shipped = Shipped(detector).eval()
    with torch.inference_mode(), torch.autocast(device.type, dtype=torch.bfloat16):
        table = shipped(picture)[0].float().cpu().numpy()
    best = yolo.suppress(yolo.decode(table, "channels_first", LOWEST), IOU, MOST)
    return [
        Detection(yolo.on_picture(row, place, size), kinds[int(kind)], float(score))
        for row, kind, score in zip(best.boxes, best.classes, best.scores, strict=True)
    ]
