"""The formats "yolo" and "coco": photos by split, and where on them which objects are.

A photo without objects is there too, and a rejected crop is a place of a photo that no object
covers; what was rejected is listed beside, for those who want to weigh it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from vitrine.services.snapshots.folders import Draft
from vitrine.services.snapshots.groups import SPLITS
from vitrine.services.snapshots.items import Crop
from vitrine.services.snapshots.pictures import Shown, classes, inside

NEGATIVES = "negatives.jsonl"


def put_yolo(draft: Draft, pictures: Sequence[Shown], files: Sequence[str]) -> None:
    """Write the labels of each file, none for a photo without objects, and data.yaml."""
    kinds = classes(pictures)
    for picture in pictures:
        lines = (_yolo_line(picture, crop, kinds) for crop in picture.objects)
        draft.put(f"labels/{picture.split}/{picture.photo.sha256}.txt", "".join(lines))
    draft.put("data.yaml", _yaml(kinds))
    lines = (json.dumps(each, sort_keys=True) + "\n" for each in _rejected(pictures, files))
    draft.put(NEGATIVES, "".join(lines))


def put_coco(draft: Draft, pictures: Sequence[Shown], files: Sequence[str]) -> None:
    """Write the instances of each split, with what was rejected under `negatives`."""
    kinds = classes(pictures)
    numbered = list(enumerate(zip(pictures, files, strict=True), 1))
    for split in SPLITS:
        ours = [(number, *pair) for number, pair in numbered if pair[0].split == split]
        told = {
            "info": {"description": "Verified by people in Vitrine."},
            "licenses": [],
            "images": [_coco_image(*each) for each in ours],
            "annotations": _coco_annotations(ours, kinds),
            "categories": [{"id": place, "name": kind} for place, kind in enumerate(kinds, 1)],
            "negatives": list(_rejected([each[1] for each in ours], [each[2] for each in ours])),
        }
        draft.json(f"annotations/instances_{split}.json", told)


def counts(pictures: Sequence[Shown]) -> Iterator[tuple[str, object]]:
    """What the card counts of these formats."""
    boxes = [crop for each in pictures for crop in each.objects]
    yield "boxes", len(boxes)
    yield "kinds", {kind: sum(crop.kind == kind for crop in boxes) for kind in classes(pictures)}
    yield "photos_without_objects", sum(not each.objects for each in pictures)
    yield "negatives", sum(len(each.negatives) for each in pictures)


def _yolo_line(picture: Shown, crop: Crop, kinds: Sequence[str]) -> str:
    """The class, and the middle and sides of the box in shares of the photo's."""
    box, (width, height) = inside(crop, picture.photo), picture.photo.size
    shares = (
        (box.x1 + box.x2) / 2 / width,
        (box.y1 + box.y2) / 2 / height,
        box.width / width,
        box.height / height,
    )
    return f"{kinds.index(crop.kind)} {' '.join(f'{share:.6f}' for share in shares)}\n"


def _yaml(kinds: Sequence[str]) -> str:
    """What Ultralytics reads; without a path it looks beside the file."""
    roads = "".join(f"{split}: images/{split}\n" for split in SPLITS)
    names = "".join(f"  {place}: {json.dumps(kind)}\n" for place, kind in enumerate(kinds))
    return f"{roads}names:\n{names}"


def _coco_image(number: int, picture: Shown, file: str) -> dict[str, Any]:
    width, height = picture.photo.size
    return {"id": number, "file_name": file, "width": width, "height": height}


def _coco_annotations(
    ours: Sequence[tuple[int, Shown, str]], kinds: Sequence[str]
) -> list[dict[str, Any]]:
    found = [(number, picture, crop) for number, picture, _ in ours for crop in picture.objects]
    annotations = []
    for place, (number, picture, crop) in enumerate(found, 1):
        box = inside(crop, picture.photo)
        annotations.append(
            {
                "id": place,
                "image_id": number,
                "category_id": kinds.index(crop.kind) + 1,
                "bbox": [box.x1, box.y1, box.width, box.height],
                "area": box.area,
                "iscrowd": 0,
            }
        )
    return annotations


def _rejected(pictures: Sequence[Shown], files: Sequence[str]) -> Iterator[dict[str, Any]]:
    for picture, file in zip(pictures, files, strict=True):
        for crop in picture.negatives:
            box = inside(crop, picture.photo).as_tuple()
            yield {"file_name": file, "box": box, "kind": crop.kind, "reason": crop.reason}
