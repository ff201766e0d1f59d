"""How the way of preparing pictures changes the figures of a trained run.

    python -m training.ablations --run build/training/mini.pt --hold-back 0.04

measures, on the shots that the run held back, picture sides, paddings and margins around boxes,
each beside plain ImageNet features prepared alike, and prints one JSON line for each. Margins show
on street photos alone: the other pictures are taken whole. --run may also be the folder of a model
that was exported.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from training import backbone, measuring, shipped
from training.dataset import TrainingSet, read
from training.labels import labels, numbered
from training.net import Net
from training.teacher import recipe
from training.towers import ImageHead, ImageTower, TextTower
from vitrine.vision.card import Padding
from vitrine.vision.preprocess import Recipe

PADDINGS: tuple[Padding, ...] = ("reflect", "mean", "white", "squash")
MARGINS = (0.0, 0.1, 0.15, 0.2, 0.3)
SIDES = (160, 192, 224)
BOXED = "garments"
"""The source whose shots have boxes."""


def main(argv: Sequence[str] | None = None) -> None:
    """Print the figures of every recipe as a JSON line."""
    options = _options(argv)
    torch.set_num_threads(options.threads)
    reads = shipped.read_tokenizer(options.run) if options.run.is_dir() else None
    found = read(options.data, options.cache, options.hold_back, (), reads)
    found = replace(found, fitted=found.fitted[:: options.every])
    net = opened(options.run, found)
    tower, plain = ImageTower(net.trunk, net.head).eval(), measuring.plain()
    for name, how in recipes(recipe(backbone.SIZE)):
        if options.only and name.split()[0] not in options.only:
            continue
        some = _boxed(found) if name.startswith("margin") else found
        figures = {"run": measuring.figures_of(some, tower, net, how)}
        if options.imagenet:
            figures["imagenet"] = measuring.figures_of(some, plain, None, how)
        print(json.dumps({"recipe": name} | figures), flush=True)


def recipes(base: Recipe) -> Iterator[tuple[str, Recipe]]:
    """Every way to try, by name; each differs from the base in one thing."""
    for side in SIDES:
        yield f"side {side}", replace(base, size=side)
    for padding in PADDINGS:
        yield f"padding {padding}", replace(base, padding=padding)
    for margin in MARGINS:
        yield f"margin {margin:g}", replace(base, margin=margin)


def opened(run: Path, found: TrainingSet) -> Net:
    """The net of a model folder, or the averaged one of a checkpoint, given what its run was."""
    _, names = numbered(found.shots)
    asked = labels([found.shots[place] for place in found.fitted], names, found.tokenizer)
    if run.is_dir():
        return shipped.read_net(run, asked).eval()
    head = ImageHead(torch.zeros(backbone.WIDTH), torch.ones(backbone.WIDTH))
    words = TextTower(found.tokenizer.get_vocab_size())
    net = Net(backbone.load(pretrained=False), head, words, asked)
    net.load_state_dict(torch.load(run, weights_only=True)["smooth"])
    return net.eval()


def _boxed(found: TrainingSet) -> TrainingSet:
    return replace(found, measured={BOXED: found.measured[BOXED]})


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.ablations",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--run", type=Path, required=True, help="the run's checkpoint, or a model folder")
    add("--data", type=Path, default=Path("../shared/data"), help="the data folder")
    add("--cache", type=Path, default=Path("build/training"), help="pictures")
    add("--hold-back", type=float, default=0.0, metavar="SHARE", help="as the run was given")
    add("--only", nargs="*", choices=("side", "padding", "margin"), help="try these alone")
    add("--every", type=int, default=1, metavar="N", help="offer one in N of the fitted products")
    add("--no-imagenet", dest="imagenet", action="store_false", help="without ImageNet features")
    add("--threads", type=int, default=os.cpu_count() or 1, help="CPU threads")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
