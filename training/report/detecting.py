"""Boxes: average precision on street photos, and one right box where one garment is shown."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.data import Shot
from training.detector.kinds import MAIN
from training.report import packshots, phone
from training.report.columns import LIMITS
from training.report.rows import SHIPPED, Row, Section
from training.report.study import Study
from vitrine.services.evaluation.figures import Figure, figure, resampled
from vitrine.vision import geometry, images
from vitrine.vision.ap import Matches, average_precision, match
from vitrine.vision.types import Box

WORN = ("Apparel", "Footwear", "Accessories")
ENOUGH = 0.7
RESAMPLES = 200
NOTHING = "There is no detector yet."
TEXT = f"""Average precision as COCO counts it (101 points of recall) on the dev street photos,
detections from confidence 0.01 on; intervals over {RESAMPLES} resamples of the photos. *Main* kinds
are {", ".join(MAIN)}; kinds without a garment on these photos are left out of means."""
ONE_TEXT = f"""Where one garment is shown the product should see one: exactly one detection that it
keeps. *Packshots* are dev products of clothes, shoes and accessories whose border is white all
around, where what is not white hangs together and hardly any of it has the colour of skin
(`training/report/packshots.py`); right is IoU >= {ENOUGH} with the box around what is not white.
*Phone photos* have no boxes to compare with: right is a box on a fifth of the photo or more, of a
kind that fits the label."""

Truths = Mapping[str, Sequence[Box]]


def precision(study: Study) -> Section:
    """mAP over kinds, then every kind's AP."""
    title, columns = "The detector on street photos", {"ap50": "AP50", "ap50_95": "AP50-95"}
    if study.finder is None:
        return Section(title, NOTHING, columns=columns)
    photos = _matches(study)
    kinds = sorted({kind for photo in photos for kind in photo})
    found = {kind: [photo.get(kind, _NONE) for photo in photos] for kind in kinds}
    found = {kind: some for kind, some in found.items() if sum(one.truths for one in some)}
    main = [kind for kind in MAIN if kind in found]
    rows = [
        Row("map_main", "mean over the main kinds", _cells(found, main, len(photos))),
        Row("map_all", "mean over all kinds", _cells(found, list(found), len(photos))),
    ]
    rows += [Row(f"ap_{kind}", kind, _cells(found, [kind], len(photos))) for kind in found]
    counts = {kind: sum(one.truths for one in some) for kind, some in found.items()}
    return Section(title, TEXT, rows, columns, extras={"truths": counts})


def one_box(study: Study) -> Section:
    """How often the detector sees exactly one thing, rightly, on packshots and phone photos."""
    title, columns = "One right box", {SHIPPED: "shipped"}
    if study.finder is None:
        return Section(title, NOTHING, columns=columns)
    rows = [
        Row("one_box_packshots", "packshots", {SHIPPED: on_packshots(study)}),
        Row("one_box_phone", "phone photos", {SHIPPED: phone.one_right_box(study)}),
    ]
    return Section(title, ONE_TEXT, rows, columns)


def on_packshots(study: Study) -> Figure | None:
    """The share of packshots with exactly one detection kept, on the item."""
    finder = study.finder
    worn = [shot for shot in study.shots.dev if shot.facets.get("department") in WORN]
    boxes = [_item(shot) for shot in worn]
    shown = [(shot, box) for shot, box in zip(worn, boxes, strict=True) if box is not None]
    if finder is None or not shown:
        return None
    sights = study.sights([shot for shot, _ in shown])
    right = []
    for sight, (_, box) in zip(sights, shown, strict=True):
        found = finder.sure(sight)
        right.append(len(found) == 1 and geometry.iou(found[0].box, box) >= ENOUGH)
    return figure(np.array(right))


def _item(shot: Shot) -> Box | None:
    picture = images.open(shot.path.read_bytes(), LIMITS).pixels
    return packshots.item(np.asarray(picture))


def _cells(
    found: Mapping[str, Sequence[Matches]], kinds: Sequence[str], photos: int
) -> dict[str, Figure | None]:
    def mean(rows: NDArray[np.int64], ious: slice) -> float:
        some = [average_precision([found[kind][row] for row in rows], ious) for kind in kinds]
        return float(np.nanmean(some)) if np.isfinite(some).any() else float("nan")

    return {
        "ap50": resampled(lambda rows: mean(rows, slice(0, 1)), photos, RESAMPLES),
        "ap50_95": resampled(lambda rows: mean(rows, slice(None)), photos, RESAMPLES),
    }


def _matches(study: Study) -> list[dict[str, Matches]]:
    """For each dev street photo what was found of each kind."""
    truths = _truths(study.root)
    shots = _whole(study.shots.street)
    matched = []
    for shot, sight in zip(shots, study.sights(shots), strict=True):
        true = truths[shot.path.stem]
        kinds = {one.kind for one in sight.found} | set(true)
        matched.append(
            {
                kind: match([one for one in sight.found if one.kind == kind], true.get(kind, ()))
                for kind in kinds
            }
        )
    return matched


def _truths(root: Path) -> dict[str, Truths]:
    """The marked boxes of each street photo by kind, the small ones too."""
    marked: dict[str, Truths] = {}
    for photo, entry in json.loads((root / "garments" / "boxes.json").read_text()).items():
        boxes: defaultdict[str, list[Box]] = defaultdict(list)
        for kind, _tag, *corners in entry["boxes"]:
            boxes[kind].append(Box(*map(float, corners)))
        marked[photo] = boxes
    return marked


def _whole(shots: Sequence[Shot]) -> list[Shot]:
    """One shot of each photo, without a box."""
    return list({shot.group: replace(shot, key=shot.group, box=None) for shot in shots}.values())


_NONE = Matches(np.empty(0), np.empty((10, 0), dtype=np.bool_), 0)
