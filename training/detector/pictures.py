"""The photos the detector learns from, decoded and kept small, with their boxes."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

import cv2
import numpy as np
from tqdm import tqdm

from training import data
from training.detector.kinds import KIND_OF, KINDS, PHONE_KINDS
from training.report.packshots import item
from vitrine.finetune.detector.marked import Marked, Pixels, small
from vitrine.finetune.drawing import one_thread_each

Box = list[Any]
"""Kind, name and four edges."""
VALIDATION = 0.06


@dataclass(frozen=True, slots=True)
class Pictures:
    """All there is: street photos to fit and to choose by, packshots, and grounds to paste on."""

    street: list[Marked]
    held: list[Marked]
    packshots: list[Marked]
    phone: list[Marked]
    grounds: list[Pixels]


class _Entry(TypedDict):
    split: str
    boxes: list[Box]


def gather(root: Path, hold_back: bool, pseudo: Path | None) -> Pictures:
    """Read the train parts of the data folder; with `hold_back` a few of the photos are held."""
    one_thread_each()
    street: list[tuple[Path, list[Box]]] = []
    held: list[tuple[Path, list[Box]]] = []
    for name, entry in _boxes(root).items():
        if entry["split"] != "train":
            continue
        shot = data.Shot(name, root, "garments", "train", f"street-{name}")
        side = held if data.is_validation(shot, VALIDATION) else street
        side.append((root / "garments" / "images" / f"{name}.jpg", entry["boxes"]))
    fitted = [_street(*one) for one in tqdm(street if hold_back else street + held, desc="street")]
    chosen = [_street(*one) for one in held]
    phones = [one for one in data.phone(root) if one.split == "train"]
    grounds = [_read(one.path, 320) for one in phones[::4]]
    return Pictures(fitted, chosen, _packshots(root), _pseudo(root, pseudo), grounds)


def _boxes(root: Path) -> dict[str, _Entry]:
    path = root / "garments" / "boxes.json"
    return json.loads(path.read_text()) if path.exists() else {}


def _street(path: Path, boxes: Iterable[Sequence[float]]) -> Marked:
    kinds = np.array([KINDS.index(str(kind)) for kind, *_ in boxes], dtype=np.int64)
    corners = np.array([corners for _, _, *corners in boxes], dtype=np.float32).reshape(-1, 4)
    return small(_decode(path), kinds, corners)


def _packshots(root: Path) -> list[Marked]:
    """Products alone on white; the box is around all that is not white."""
    found = []
    for shot in tqdm(data.products(root), desc="packshots"):
        kind = KIND_OF.get(shot.facets.get("category", ""))
        if shot.split != "train" or kind is None:
            continue
        pixels = _decode(shot.path)
        box = item(pixels)
        if box is not None:
            kinds = np.array([KINDS.index(kind)])
            found.append(Marked(pixels, kinds, np.array([box.as_tuple()], dtype=np.float32)))
    return found


def _pseudo(root: Path, path: Path | None) -> list[Marked]:
    """Phone photos whose garment an earlier model found."""
    rows = json.loads(path.read_text()) if path else []
    return [
        small(
            _decode(root / "phone" / row["image"]),
            np.array([KINDS.index(row["kind"])]),
            np.array([row["box"]], dtype=np.float32),
        )
        for row in rows
    ]


def phone_labels(root: Path) -> list[tuple[str, str]]:
    """The train phone photos, by name, with the kind of their one garment."""
    with (root / "phone" / "photos.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == "train"]
    return [
        (row["image"], PHONE_KINDS[row["label"]]) for row in rows if row["label"] in PHONE_KINDS
    ]


def _read(path: Path, longest: int) -> Pixels:
    pixels = _decode(path)
    scale = longest / max(pixels.shape[:2])
    size = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def _decode(path: Path) -> Pixels:
    return np.ascontiguousarray(cv2.imread(str(path), cv2.IMREAD_COLOR)[:, :, ::-1])
