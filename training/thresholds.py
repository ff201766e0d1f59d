"""What each rule of quality costs and gains: the ground of the defaults in QualitySettings.

    python -m training.thresholds --data ../shared/data --photos 150

looks at street photos of the train part with the shipped detector and encoder and prints, for each
measure, how well it tells boxes on a marked garment from others (area under the curve), and how
many of the others a threshold rejects that costs 0.5, 1, 2 or 5 % of the right ones.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from training import data
from training.data import Shot
from vitrine.core.groups import VisionSettings
from vitrine.services.evaluation.primary import ENOUGH
from vitrine.vision import analyzer, geometry, images
from vitrine.vision.types import WHOLE, Detection, Size

COSTS = (0.005, 0.01, 0.02, 0.05)
Floats = NDArray[np.float64]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    options = _options(argv)
    photos: dict[str, list[Shot]] = defaultdict(list)
    for shot in data.garments(options.data, smallest=0.0):
        if shot.split == "train":
            photos[shot.group].append(shot)
    names = sorted(photos)
    random.Random(0).shuffle(names)  # noqa: S311 - no secret
    settings = VisionSettings(detector=options.detector, threads=1)
    seeing = analyzer.load(settings, images.Limits())
    rows: list[tuple[Mapping[str, float], bool]] = []
    for name in tqdm(names[: options.photos], unit="photo", disable=None):
        picture = images.open(photos[name][0].path.read_bytes())
        for seen in seeing.analyze([picture])[0].detections:
            if seen.kind != WHOLE:
                rows.append((measures(seen, picture.size), _right(seen, photos[name])))
    right = np.array([one for _, one in rows])
    sys.stdout.write(f"{len(rows)} boxes, {right.mean():.3f} of them on a garment\n")
    for measure in rows[0][0]:
        sys.stdout.write(line(measure, np.array([told[measure] for told, _ in rows]), right))
    return 0


def measures(seen: Detection, size: Size) -> dict[str, float]:
    """What the rules look at, the higher the better."""
    long, short = sorted((seen.box.width, seen.box.height), reverse=True)
    told = seen.measures
    return {
        "side": short,
        "share": seen.box.area / (size.width * size.height),
        "shape (negated)": -long / short,
        "score": seen.score,
        "sharpness": told.sharpness or 0.0,
        "colour spread": told.colour_spread or 0.0,
        "garment": told.garment or 0.0,
    }


def line(name: str, values: Floats, right: NDArray[np.bool_]) -> str:
    """One measure's line of the table."""
    places = np.quantile(values[right], COSTS)
    gains = [float((values[~right] < place).mean()) for place in places]
    told = "  ".join(f"{at:.4g} rejects {gain:.2f}" for at, gain in zip(places, gains, strict=True))
    return f"{name:16} auc {area(values, right):.3f}  {told}\n"


def area(values: Floats, right: NDArray[np.bool_]) -> float:
    """How often a right box has more of it than a wrong one; ties count half."""
    more = values[right][:, None] - values[~right][None, :]
    return float(((more > 0) + 0.5 * (more == 0)).mean())


def _right(seen: Detection, marked: Sequence[Shot]) -> bool:
    boxes = [shot.box for shot in marked if shot.box is not None]
    return any(geometry.iou(seen.box, box) >= ENOUGH for box in boxes)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.thresholds",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the data folder")
    parser.add_argument("--photos", type=int, default=150, help="photos to look at, at most")
    parser.add_argument("--detector", default="vitrine-garments", help="detector to look with")
    return parser.parse_args(argv)


if __name__ == "__main__":
    raise SystemExit(main())
