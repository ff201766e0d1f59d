"""Average precision of a detector as it trains."""

from __future__ import annotations

import cv2
import numpy as np
import torch

from training.detector.kinds import KINDS, MAIN
from training.detector.model import Detector, Shipped
from training.detector.pictures import Marked, Pixels
from training.report.ap import Matches, average_precision, match
from vitrine.vision import yolo
from vitrine.vision.types import Box, Detection, Size

LOWEST = 0.01


def mean_ap(detector: Detector, marked: list[Marked], side: int) -> dict[str, float]:
    """AP50 per kind and the mean over the main kinds, on these pictures."""
    shipped = Shipped(detector).eval()
    matched: dict[str, list[Matches]] = {kind: [] for kind in KINDS}
    for one in marked:
        found = _found(shipped, one.pixels, side)
        for number, kind in enumerate(KINDS):
            truths = [Box(*map(float, b)) for b in one.boxes[one.kinds == number]]
            matched[kind].append(match([d for d in found if d.kind == kind], truths))
    each = {kind: average_precision(rows, slice(1)) for kind, rows in matched.items()}
    named = {kind: round(float(ap[0]), 3) for kind, ap in each.items() if not np.isnan(ap[0])}
    main = [named[kind] for kind in MAIN if kind in named]
    return {"main": round(float(np.mean(main)), 4) if main else 0.0} | named


def _found(shipped: Shipped, pixels: Pixels, side: int) -> list[Detection]:
    size = Size(pixels.shape[1], pixels.shape[0])
    place = yolo.fit(size, side)
    square = np.full((side, side, 3), yolo.GREY[0], dtype=np.uint8)
    width, height = round(size.width * place.scale_x), round(size.height * place.scale_y)
    fitted = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    square[place.top : place.top + height, place.left : place.left + width] = fitted
    picture = torch.from_numpy(square).permute(2, 0, 1)[None].float() / 255
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        table = shipped(picture)[0].float().numpy()
    best = yolo.suppress(yolo.decode(table, "channels_first", LOWEST), 0.6, 100)
    return [
        Detection(yolo.on_picture(row, place, size), KINDS[int(kind)], float(score))
        for row, kind, score in zip(best.boxes, best.classes, best.scores, strict=True)
    ]
