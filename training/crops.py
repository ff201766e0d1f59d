"""How often one word picks the right garment of a street photo.

    python -m training.crops --data ../shared/data

takes the marked boxes of every dev photo with two or more kinds of garment, asks with each kind's
word for the nearest box and prints one JSON line. Models come from the VITRINE_VISION__ settings.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from training import data
from training.data import Shot
from vitrine.core.settings import Settings
from vitrine.vision import analyzer, images
from vitrine.vision.analyzer import Analyzer


def main(argv: Sequence[str] | None = None) -> None:
    """Measure on the dev street photos."""
    parser = argparse.ArgumentParser(
        prog="python -m training.crops",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the data folder")
    options = parser.parse_args(argv)
    vision = analyzer.load(Settings().vision, images.Limits())
    dev = [shot for shot in data.garments(options.data) if shot.split == "dev"]
    answers = list(ask(vision, dev))
    right, chance = np.array(answers).mean(axis=0).round(4).tolist()
    print(json.dumps({"right_crop": right, "chance": chance, "n": len(answers)}))


def ask(vision: Analyzer, shots: Sequence[Shot]) -> Iterator[tuple[float, float]]:
    """For each word of each photo whether the nearest box bears it, and the chance of a guess."""
    photos: dict[Path, list[Shot]] = defaultdict(list)
    for shot in shots:
        photos[shot.path].append(shot)
    for path, boxes in photos.items():
        words = [shot.facets["category"].lower() for shot in boxes]
        asked = sorted(set(words))
        if len(asked) < 2:
            continue
        picture = images.open(path.read_bytes())
        seen = vision.analyze([picture] * len(boxes), [shot.box for shot in boxes])
        given = [detection.embedding for found in seen for detection in found.detections]
        vectors = np.stack([vector for vector in given if vector is not None])
        nearest = (vision.embed_texts(asked) @ vectors.T).argmax(axis=1)
        for word, place in zip(asked, nearest, strict=True):
            yield float(words[place] == word), words.count(word) / len(words)


if __name__ == "__main__":
    main()
