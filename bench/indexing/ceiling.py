"""The graphs of an import and nothing else, back to back on prepared tensors."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vitrine.core.settings import Settings
from vitrine.vision import images, nets, registry
from vitrine.vision.sessions import Graph, open_graph

BATCHES = (1, 2, 4, 8, 16)
CROPS = 2
"""So often the encoder is counted for each photo, once for a garment and once for the whole."""

PICTURES, TURNS = 16, 2
"""So many are run for each figure, so often; the fastest counts."""


@dataclass(frozen=True)
class Cost:
    """Seconds and processor seconds of one photo at the best size of a batch."""

    seconds: float
    processor: float

    def plus(self, times: float, other: Cost) -> Cost:
        """This and so many times the other."""
        return Cost(self.seconds + times * other.seconds, self.processor + times * other.processor)


@dataclass(frozen=True)
class Graphs:
    """What the graphs of one photo cost: the detector and the encoder on its crops.

    `looked` with the looks that the detector really takes, a cheap one at each photo and one at
    full size at the share `second_looks` of them; `full` with one at full size at each.
    """

    looked: Cost
    full: Cost
    second_looks: float


def graphs(settings: Settings, photos: Sequence[Path]) -> Graphs:
    """What the graphs of one of these photos cost."""
    vision = settings.vision
    encoder, folder = registry.find_encoder(vision.encoder, vision.models_dir)
    image = encoder.image
    embed = _best(open_graph(folder / image.file, nets.runtime_of(vision)), image.size)
    detector, folder = registry.find_detector(str(vision.detector), vision.models_dir)
    graph = open_graph(folder / detector.file.file, nets.runtime_of(vision))
    full = _best(graph, detector.size)
    whole = full.plus(CROPS, embed)
    if detector.first_look is None:
        return Graphs(whole, whole, 0.0)
    share = _second_looks(nets.detector_in(folder, detector, vision), photos)
    looked = _best(graph, detector.first_look.size).plus(share, full)
    return Graphs(looked.plus(CROPS, embed), whole, share)


def _second_looks(detector: nets.Detector, photos: Sequence[Path]) -> float:
    """The share of the photos at which the detector looks again."""
    unsure = 0
    for photo in photos:
        with images.opened([photo.read_bytes()]) as [picture]:
            seen = detector.look([picture.pixels], detector.card.sides[0])
        unsure += len(detector.unsure(seen))
    return unsure / len(photos)


def _best(graph: Graph, side: int) -> Cost:
    dice = np.random.default_rng(0)
    pixels = dice.random((PICTURES, 3, side, side), dtype=np.float32)
    costs = [_cost(graph, pixels, size) for size in BATCHES for _ in range(TURNS)]
    return Cost(min(each.seconds for each in costs), min(each.processor for each in costs))


def _cost(graph: Graph, pixels: NDArray[np.float32], size: int) -> Cost:
    given, wanted = graph.session.get_inputs()[0].name, graph.session.get_outputs()[0].name
    started, spent = time.perf_counter(), time.process_time()
    for start in range(0, PICTURES, size):
        graph.run({given: pixels[start : start + size]}, wanted)
    return Cost(
        (time.perf_counter() - started) / PICTURES, (time.process_time() - spent) / PICTURES
    )
