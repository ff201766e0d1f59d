"""What is measured: the shipped encoder, and beside it what it has to beat."""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from training import backbone, baseline
from training.report.rows import HISTOGRAM, IMAGENET, LITE2, PREVIOUS, SHIPPED
from vitrine.core.groups import VisionSettings
from vitrine.vision import analyzer, geometry
from vitrine.vision.analyzer import Analyzer
from vitrine.vision.card import Part
from vitrine.vision.images import Limits, Picture
from vitrine.vision.preprocess import Recipe, prepare
from vitrine.vision.types import Box, LabelScore, Vector

REVISION = "f0ad145"
"""The commit whose weights are the column "previous": those of version 0.4.0."""
REPOSITORY = Path(__file__).parents[2]
WEIGHTS = "src/vitrine/vision/weights/vitrine-mini"
LIMITS = Limits(min_side=8)
PLAIN = {IMAGENET: "lite0", LITE2: "lite2"}
"""The nets whose ImageNet features are measured beside."""
HISTOGRAM_VERSION = "hsv-12x4x4-centred-1"

_CANVAS = Recipe(64, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


@dataclass(frozen=True, slots=True)
class Column:
    """One way to turn pictures into vectors, and texts where it knows words.

    `fingerprint` changes with anything that could change a vector of a picture; `preprocess` names
    the pixels where the product made them.
    """

    name: str
    fingerprint: str
    embed: Callable[[Sequence[Picture], Sequence[Box | None]], Vector]
    embed_texts: Callable[[Sequence[str]], Vector] | None = None
    folder: Path | None = None
    preprocess: str = ""
    parts: Sequence[Part] = ()
    label: Callable[[Vector], Sequence[Sequence[LabelScore]]] | None = None


def columns(encoder: Path, work: Path, threads: int) -> dict[str, Column]:
    """The columns of the report, shipped first; `work` holds the baselines' model folders.

    The column "previous" is left out where git cannot give those weights.
    """
    shipped = load(encoder, threads)
    found = {SHIPPED: of(shipped, encoder)}
    earlier = previous(work / f"previous-{REVISION}")
    if earlier is not None:
        found[PREVIOUS] = of(load(earlier, threads), earlier)
    for key, net in PLAIN.items():
        plain = work / f"imagenet-{net}-{backbone.SIZE}"
        if not (plain / "card.json").exists():
            baseline.write(plain, backbone.SIZE, net=net)
        found[key] = _without_words(of(load(plain, threads), plain))
    found[HISTOGRAM] = Column("HSV histogram", HISTOGRAM_VERSION, histograms)
    return found


def load(folder: Path, threads: int) -> Analyzer:
    """The encoder in a model folder, without a detector, as the product loads it."""
    home = folder.resolve()
    settings = VisionSettings(
        encoder=home.name, detector=None, models_dir=home.parent, threads=threads
    )
    return analyzer.load(settings, LIMITS)


def of(vision: Analyzer, folder: Path | None = None) -> Column:
    """The column of an Analyzer; a picture without a box is embedded whole."""

    def embed(pictures: Sequence[Picture], boxes: Sequence[Box | None]) -> Vector:
        areas = [
            box or geometry.whole(picture.size)
            for picture, box in zip(pictures, boxes, strict=True)
        ]
        given = [seen.detections[0].embedding for seen in vision.analyze(pictures, areas)]
        return np.stack([vector for vector in given if vector is not None])

    card = vision.encoder.card
    mark = f"{card.model_version} {card.image.sha256} {vision.recipe}"
    return Column(
        card.model_version,
        mark,
        embed,
        vision.embed_texts,
        folder,
        vision.versions.preprocess,
        card.parts,
        vision.label,
    )


def previous(home: Path) -> Path | None:
    """The folder of the weights that shipped at REVISION; None where git cannot give them."""
    folder = home / WEIGHTS
    if not (folder / "card.json").exists():
        command = ["git", "-C", str(REPOSITORY), "archive", REVISION, WEIGHTS]
        try:
            made = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - fixed words
        except (OSError, subprocess.CalledProcessError):
            return None
        with tarfile.open(fileobj=io.BytesIO(made.stdout)) as archive:
            archive.extractall(home, filter="data")
    return folder


def histograms(pictures: Sequence[Picture], boxes: Sequence[Box | None]) -> Vector:
    """Colour histograms (n, 192) of hue, saturation and value, the middle counting most.

    Square roots, so that a dot product is the Bhattacharyya coefficient.
    """
    pairs = zip(pictures, boxes, strict=True)
    return np.stack([_histogram(picture, box) for picture, box in pairs])


def _histogram(picture: Picture, box: Box | None) -> Vector:
    pixels = prepare(picture.pixels, box or geometry.whole(picture.size), _CANVAS)
    square = Image.fromarray((pixels.transpose(1, 2, 0) * 255).round().astype(np.uint8))
    hue, saturation, value = np.moveaxis(np.asarray(square.convert("HSV"), dtype=np.int64), 2, 0)
    bins = (hue * 12 // 256) * 16 + (saturation // 64) * 4 + value // 64
    axis = np.exp(-(np.linspace(-1, 1, _CANVAS.size) ** 2) / (2 * 0.5**2))
    counts = np.bincount(bins.ravel(), np.outer(axis, axis).ravel(), minlength=192)
    return np.sqrt(counts / counts.sum()).astype(np.float32)


def _without_words(column: Column) -> Column:
    return replace(column, embed_texts=None, label=None)
