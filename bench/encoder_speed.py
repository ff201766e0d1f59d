"""How much faster the shipped encoder is than the image tower of CLIP ViT-B/32.

    .venv/bin/python -m bench.encoder_speed

builds that tower (12 layers, width 768, patches of 32, pictures of 224, 512 numbers) as an ONNX
graph with random weights, runs both in turn on one picture in the same process with the same
session options, and prints one JSON line: medians in milliseconds and their ratio.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx

from bench.indexing.vit import SIDE, vit
from vitrine.vision.card import EncoderCard, read_card
from vitrine.vision.registry import PACKAGED
from vitrine.vision.sessions import Graph, Runtime, open_graph


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    add = parser.add_argument
    add("--encoder", type=Path, default=PACKAGED / "vitrine-mini", help="model folder")
    add("--threads", type=int, default=2, help="threads of each session (%(default)s)")
    add("--runs", type=int, default=30, help="runs of each, in turn (%(default)s)")
    options = parser.parse_args()
    print(json.dumps(measure(options.encoder, options.threads, options.runs)))


def measure(encoder: Path, threads: int = 2, runs: int = 30) -> dict[str, float | int | str]:
    """Median milliseconds of both towers on one picture, and ViT-B/32's over the encoder's."""
    card = read_card(encoder / "card.json")
    if not isinstance(card, EncoderCard):
        raise SystemExit(f"{encoder} is no encoder.")
    runtime = Runtime(threads=threads, batch=1)
    ours = open_graph(encoder / card.image.file, runtime)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vit-b-32.onnx"
        onnx.save(vit(), path)
        theirs = open_graph(path, runtime)
    places = (card.image.input, card.image.output, card.image.size), ("pixels", "embeds", SIDE)
    seconds = _interleaved(((ours, *places[0]), (theirs, *places[1])), runs)
    small, large = (float(np.median(some)) * 1000 for some in seconds)
    return {
        "model": card.model_version,
        "threads": threads,
        "runs": runs,
        "encoder_ms": round(small, 2),
        "vit_b_32_ms": round(large, 2),
        "ratio": round(large / small, 2),
    }


def _interleaved(graphs: tuple[tuple[Graph, str, str, int], ...], runs: int) -> list[list[float]]:
    dice = np.random.default_rng(0)
    pixels = [dice.normal(size=(1, 3, side, side)).astype(np.float32) for _, _, _, side in graphs]
    seconds: list[list[float]] = [[] for _ in graphs]
    for turn in range(runs + 3):
        for place, (graph, given, wanted, _) in enumerate(graphs):
            started = time.perf_counter()
            graph.run({given: pixels[place]}, wanted)
            if turn >= 3:  # the first runs set up memory
                seconds[place].append(time.perf_counter() - started)
    return seconds


if __name__ == "__main__":
    main()
