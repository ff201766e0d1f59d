"""Boxes for phone photos, whose garment's kind is known and whose place is not.

    python -m training.detector.pseudo --model build/garments --out build/pseudo.json

looks with an exported detector at the train phone photos and keeps, of each, the box it is surest
of, if its kind is the photo's label. A further training takes the file by --pseudo.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from training.detector.pictures import phone_labels
from vitrine.vision import images
from vitrine.vision.card import DetectorCard, read_card
from vitrine.vision.nets import Detector
from vitrine.vision.sessions import Runtime
from vitrine.vision.types import Detection

SURE = 0.5
SMALLEST = 0.04
"""A garment that someone took a photo of covers at least this share of it."""


def main(argv: Sequence[str] | None = None) -> None:
    """Write the boxes found to --out, whole or not at all, and print how many of each kind."""
    options = _options(argv)
    detector = opened(options.model, options.sure, options.threads)
    rows = boxes(detector, options.data)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    partial = options.out.with_suffix(".part")
    partial.write_text(json.dumps(rows) + "\n", encoding="utf-8")
    partial.replace(options.out)
    print(json.dumps(Counter(row["kind"] for row in rows)))


def opened(folder: Path, sure: float, threads: int) -> Detector:
    """The exported detector, keeping detections from the score `sure` on."""
    card = read_card(folder / "card.json")
    if not isinstance(card, DetectorCard):
        raise SystemExit(f"{folder} holds no detector.")
    kept = card.model_copy(update={"confidence": sure, "confidence_alone": sure})
    return Detector(kept, folder / card.file.file, Runtime(threads=threads, batch=4))


def boxes(detector: Detector, root: Path) -> list[dict[str, Any]]:
    """Name, kind and box, in pixels of the upright photo, of each phone photo one was found on."""
    rows = []
    for name, kind in tqdm(phone_labels(root), desc="phone", unit="photo", disable=None):
        picture = images.open((root / "phone" / name).read_bytes()).pixels
        (found,) = detector.detect([picture])
        best = fitting(found, kind, picture.width * picture.height)
        if best is not None:
            rows.append({"image": name, "kind": kind, "box": best.box.as_tuple()})
    return rows


def fitting(found: Iterable[Detection], kind: str, area: float) -> Detection | None:
    """The best detection of the kind that is not too small on a photo of this area."""
    large = (one for one in found if one.kind == kind and one.box.area >= SMALLEST * area)
    return max(large, key=lambda one: one.score, default=None)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.detector.pseudo",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--data", type=Path, default=Path("../shared/data"), help="the data folder")
    add("--model", type=Path, required=True, help="folder with the detector's model.onnx and card")
    add("--out", type=Path, required=True, help="the JSON file to write")
    add("--sure", type=float, default=SURE, help="least score of a box kept (%(default)s)")
    add("--threads", type=int, default=1, help="CPU threads (%(default)s)")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
