"""Train and export the default detector.

    python -m training.detector --out src/vitrine/vision/weights/vitrine-garments

trains YOLOv8's neck and head over an EfficientNet-Lite0 backbone with ImageNet weights, on street
photos with marked garments, on cut-outs of packshots pasted on other grounds, and on packshots as
they are. It writes a checkpoint every few minutes and goes on from it when the same command is
given again. With tcmalloc preloaded it is nearly twice as fast. Choose with --hold-back, which
looks at some of the train photos instead of fitting them.

    python -m training.detector --pseudo-from build/training/detector.pt --pseudo build/pseudo.json

instead looks with a trained run at the phone photos, whose garment's kind is known and whose box
is not, and keeps the boxes it is sure of; given to a further training by --pseudo.
`training.detector.pseudo` does the same with an exported detector.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import torch

from training import backbone
from training.detector import fitting, pictures, pseudo
from training.detector.kinds import KINDS
from training.detector.measure import mean_ap
from training.detector.scenes import Scenes
from training.detector.shipping import ship
from vitrine.finetune.detector.fitting import Plan, resume, start
from vitrine.finetune.detector.net import Detector

STEPS = 1200
SURE = 0.4
"""From this score on a box found on a phone photo is taken for its garment's."""


def main(argv: Sequence[str] | None = None) -> None:
    """Train by the options given; print figures as JSON lines."""
    options = _options(argv)
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    if options.pseudo_from:
        look(options)
    else:
        train(options)


def train(options: argparse.Namespace) -> None:
    """Train to the last step, print the figures, write the folder."""
    found = pictures.gather(options.data, options.hold_back, options.pseudo)
    plan = Plan(workers=options.workers, look_every=options.look_every)
    run = start(Detector(len(KINDS), backbone.load().net), plan)
    resume(run, options.checkpoint)
    scenes = Scenes(found, options.side, options.batch, options.steps)
    fitting.fit(run, scenes, found, plan, options.checkpoint)
    if found.held:
        print(json.dumps(mean_ap(run.smooth, found.held, options.size)))
    ship(options.out, run.smooth, options.size)


def look(options: argparse.Namespace) -> None:
    """Write the boxes that the averaged weights of a checkpoint find on phone photos."""
    detector = Detector(len(KINDS))
    state = torch.load(options.pseudo_from, weights_only=True, map_location="cpu")
    detector.load_state_dict(state["smooth"])
    with tempfile.TemporaryDirectory() as folder:
        ship(Path(folder), detector, options.size)
        given = {"data": options.data, "model": folder, "out": options.pseudo}
        given |= {"sure": SURE, "threads": options.threads}
        pseudo.main([f"--{name}={value}" for name, value in given.items()])


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.detector",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--data", type=Path, default=Path("../shared/data"), help="the data folder")
    add("--out", type=Path, help="folder for model.onnx and card.json")
    add("--checkpoint", type=Path, default=Path("build/training/detector.pt"), help="the run")
    add("--steps", type=int, default=STEPS, help="steps of fitting (%(default)s)")
    add("--batch", type=int, default=16, help="pictures a step (%(default)s)")
    add("--side", type=int, default=384, help="picture side in training (%(default)s)")
    add("--size", type=int, default=416, help="picture side of what ships (%(default)s)")
    add("--threads", type=int, default=os.cpu_count() or 1, help="CPU threads")
    add("--workers", type=int, default=1, help="processes that draw batches (%(default)s)")
    add("--look-every", type=int, default=400, help="steps between looks (%(default)s)")
    add("--seed", type=int, default=0, help="equal seeds begin with equal weights")
    add("--hold-back", action="store_true", help="do not fit the photos that are looked at")
    add("--pseudo", type=Path, metavar="JSON", help="boxes of phone photos by an earlier run")
    add("--pseudo-from", type=Path, metavar="RUN", help="write --pseudo by this checkpoint")
    options = parser.parse_args(argv)
    if options.pseudo_from and not options.pseudo:
        parser.error("--pseudo-from needs --pseudo, the file to write.")
    if not options.pseudo_from and not options.out:
        parser.error("--out is needed to train.")
    return options


if __name__ == "__main__":
    main()
