"""Seconds a photo, stage by stage, and the encoder against CLIP's image tower."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bench import encoder_speed
from training.report import columns, finder
from training.report.columns import LIMITS
from training.report.rows import Row, Section
from training.report.study import Study
from vitrine.services.evaluation.figures import Figure, resampled
from vitrine.vision import geometry, images
from vitrine.vision.images import Picture
from vitrine.vision.preprocess import prepare
from vitrine.vision.types import Vector

PHOTOS = 50
THREADS = (1, 2)
TEXT = f"""Milliseconds for one photo alone, the median of {PHOTOS} dev phone photos (products where
there are none), with the interval of that median. Decoding and preparing use one thread whatever
the setting. They depend on the machine and on what else it does; compare them with each other."""


def measure(study: Study) -> Section:
    """Medians of each stage on one and two threads, and the ratio to ViT-B/32."""
    folder = next(iter(study.columns.values())).folder
    shots = study.shots.phone or study.shots.dev
    if folder is None or not shots:
        return Section("Speed", TEXT)
    chosen = random.Random(0).sample(list(shots), min(PHOTOS, len(shots)))  # noqa: S311 - no secret
    photos = [shot.path.read_bytes() for shot in chosen]
    by_threads = {str(threads): _stages(study, folder, threads, photos) for threads in THREADS}
    rows = [
        Row(stage, stage, {threads: some.get(stage) for threads, some in by_threads.items()})
        for stage in by_threads[str(THREADS[0])]
    ]
    ratio = encoder_speed.measure(folder)
    text = (
        f"{TEXT}\n\nOn one picture with two threads the image tower takes {ratio['encoder_ms']} "
        f"ms, that of CLIP ViT-B/32 {ratio['vit_b_32_ms']} ms in the same run: "
        f"{ratio['ratio']} times as long (`python -m bench.encoder_speed`)."
    )
    heads = {"1": "1 thread, ms", "2": "2 threads, ms"}
    return Section("Speed", text, rows, heads, digits=1, extras={"vit_b_32": ratio})


def _stages(
    study: Study, folder: Path, threads: int, photos: Sequence[bytes]
) -> dict[str, Figure | None]:
    vision = columns.load(folder, threads)
    opened = [images.open(photo, LIMITS) for photo in photos]

    def prepared(picture: Picture) -> Vector:
        return prepare(picture.pixels, geometry.whole(picture.size), vision.recipe)

    ready = [prepared(picture)[None] for picture in opened]
    stages = {
        "decode": _median(lambda photo: images.open(photo, LIMITS), photos),
        "prepare": _median(prepared, opened),
    }
    if study.finder is not None:
        detector = finder.load(study.finder.folder, threads).detector
        stages["detect"] = _median(lambda picture: detector.detect([picture.pixels]), opened)
    stages["embed"] = _median(vision.encoder.embed_images, ready)
    return stages


def _median(work: Callable[..., object], things: Sequence[object]) -> Figure | None:
    work(things[0])
    spent = []
    for thing in things:
        started = time.perf_counter()
        work(thing)
        spent.append((time.perf_counter() - started) * 1000)
    values = np.array(spent)
    return resampled(lambda rows: float(np.median(values[rows])), len(values))
