"""Golden vectors of the shipped encoder; `python -m tests.worlds.golden` writes them anew.

Only new weights or a new PREPROCESS_VERSION are a reason to do so.
"""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
from PIL import Image

from vitrine.core.groups import VisionSettings
from vitrine.vision import analyzer, images
from vitrine.vision.analyzer import Analyzer
from vitrine.vision.images import Limits
from vitrine.vision.types import Box

FILE = Path(__file__).with_name("golden.json")
TEXTS = ("navy check shirt", "red dress", "Schwarze Lederschuhe", "")


def pictures() -> dict[str, tuple[bytes, Box | None]]:
    """Pictures that are the same on every machine: arithmetic, stored without loss."""
    y, x = np.mgrid[0:240, 0:180]
    waves = np.stack([x % 256, (x + y) % 256, (y * 2) % 256], axis=-1)
    patch = np.full((300, 220, 3), 250)
    patch[60:240, 40:180] = (30, 60, 150)
    patch[60:240, 40:180:12] = (240, 240, 240)
    return {
        "waves": (_png(waves), None),
        "striped patch": (_png(patch), None),
        "striped patch, its box": (_png(patch), Box(40, 60, 180, 240)),
    }


def load() -> Analyzer:
    """The shipped encoder as it runs by default, without a detector."""
    return analyzer.load(VisionSettings(detector=None, models_dir=Path("nothing-here")), Limits())


def vectors(shipped: Analyzer) -> dict[str, list[float]]:
    """What the encoder makes of the pictures and texts, rounded for the file."""
    made = {}
    for name, (data, box) in pictures().items():
        detection = shipped.analyze([images.open(data)], [box])[0].detections[0]
        assert detection.embedding is not None
        made[name] = detection.embedding
    for text, vector in zip(TEXTS, shipped.embed_texts(TEXTS), strict=True):
        made[f"text: {text}"] = vector
    return {name: [round(float(value), 5) for value in vector] for name, vector in made.items()}


def _png(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


if __name__ == "__main__":
    encoder = load()
    versions = f"{encoder.versions.encoder} {encoder.versions.preprocess}"
    lines = [f'"{name}": {json.dumps(vector)}' for name, vector in vectors(encoder).items()]
    head = f'"versions": {json.dumps(versions)}'
    FILE.write_text("{\n" + ",\n".join([head, *lines]) + "\n}\n")
