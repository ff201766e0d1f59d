"""Train and export the default encoder.

    python -m training.encoder --data ../shared/data --out src/vitrine/vision/weights/vitrine-mini

What happens, in order:

1. every train photo is decoded once into a store under --cache, and a frozen teacher looks at it;
2. a tokenizer is trained on the train texts and the lexicon;
3. both towers are trained end to end, written to --cache every few minutes: a run that was
   stopped goes on where it stood when the same command is given again;
4. then the pictures rest, and what is seen on them teaches the text tower in larger batches;
5. figures are measured: on the part of train held back with --hold-back (for choosing), else on
   dev;
6. image.onnx, text.onnx, heads.npz, tokenizer.json and card.json are written to --out.

Folders missing from --data are left out; only products are needed. With tcmalloc preloaded it is
nearly twice as fast. Try a change, with whole sources left out of training to see what it does to
photos from elsewhere, by

    python -m training.encoder --hold-back 0.04 --leave-out phone garments --steps 600 \
        --out build/try
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import cv2
import torch

from training import backbone, measuring, polishing
from training.batches import Draws, Names, Pool
from training.depthwise import freeze_depthwise
from training.export import Model, export, folded
from training.fitting import PREFIXES, Known, Net, Plan, Saving, fit, start
from training.gathering import Gathered, gather
from training.labels import Labels, labels, scaled
from training.teacher import look, recipe
from training.towers import ImageHead, ImageTower, TextTower, principal_axes, standardisation

STEPS = 1200
BATCH = 128
POLISH = 350
POLISHED = {"memory": 4, "view": 0.0, "alike": 0.0}
"""What of the plan is other once the pictures rest: only words are asked for."""
SIDES = {0.0: 128, 0.45: 160, 0.85: 224}
"""The side of the pictures from this share of the steps on: most is learnt while they are small."""
EARLY_SHARE = 0.25


def main(argv: Sequence[str] | None = None) -> None:
    """Train by the options given and print the figures as JSON lines."""
    options = _options(argv)
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(0)  # its threads would not survive in the processes that draw batches
    found = gather(options.data, options.cache, options.hold_back, options.leave_out)
    if not found.fitted:
        raise SystemExit(f"No train products under {options.data}/products.")
    plan = _plan(options)
    torch.manual_seed(plan.seed)
    known, names = found.known(options.cache)
    asked = labels([found.shots[place] for place in found.fitted], names, found.tokenizer)
    net = _end_to_end(options, found, (known, names, asked), plan)
    net = _polished(options, found, (known, names, asked), (net, plan))
    report = measuring.candidates(found, net, recipe(options.size))
    print(json.dumps(report, indent=1))
    export(options.out, packed(found, net, asked, options.size))


Facts = tuple[Known, list[list[str]], Labels]
"""What is known of the shots, the values of each facet by number, and what is asked of them."""


def _end_to_end(options: argparse.Namespace, found: Gathered, facts: Facts, plan: Plan) -> Net:
    known, names, asked = facts
    run = start(_net(found, asked), plan)
    saving = Saving(options.cache / f"{options.out.name}.pt", options.workers)
    saving.resume(run)
    fit(run, _draws(options, found, names), known, asked, plan, saving)
    return run.smooth


def _polished(
    options: argparse.Namespace, found: Gathered, facts: Facts, begun: tuple[Net, Plan]
) -> Net:
    (known, names, asked), (net, plan) = facts, begun
    if not options.polish:
        return net
    plan = replace(plan, **POLISHED)
    draws = _draws(options, found, names)
    said = polishing.remember(draws, net.trunk, options.size)
    run = start(net, plan, end_to_end=False)
    saving = Saving(options.cache / f"{options.out.name}-polished.pt", workers=0)
    saving.resume(run)
    rest = polishing.Remembered(draws.pool, names, found, said, options.polish)
    fit(run, rest, known, asked, plan, saving)
    return run.smooth


def _draws(options: argparse.Namespace, found: Gathered, names: Names) -> Draws:
    pool = Pool(found.shots, found.store, found.fitted, found.grounds)
    return Draws(pool, found.tokenizer, names, _sides(options), options.batch)


def packed(found: Gathered, net: Net, asked: Labels, size: int) -> Model:
    """The trained net as the model that ships."""
    return Model(
        name="vitrine-mini",
        version="0.2.0",
        source="EfficientNet-Lite0 with ImageNet weights (Apache-2.0), fine-tuned end to end with "
        "a text tower of its own by training.encoder",
        description="Small default encoder for fashion photos and English, German and Japanese "
        "words.",
        image=ImageTower(net.trunk, folded(net.head)),
        text=net.text,
        tokenizer=found.tokenizer,
        size=size,
        heads={facet: (scaled(net.heads[facet]), values) for facet, values in asked.values.items()},
        prefixes=sorted(PREFIXES),
    )


def _net(found: Gathered, asked: Labels) -> Net:
    trunk = backbone.load()
    sample = found.fitted[:: max(1, len(found.fitted) // 2000)]
    features = torch.from_numpy(look(trunk, found.store, sample, recipe(160), "standardise"))
    mean, scale = standardisation(features, backbone.EARLY_WIDTH, EARLY_SHARE)
    head = ImageHead(mean, scale)
    axes = principal_axes((features - mean) * scale, len(head.linear.bias))
    with torch.no_grad():
        head.linear.weight[: len(axes)].copy_(axes)
        head.linear.bias.zero_()
    freeze_depthwise(trunk.net)
    return Net(trunk, head, TextTower(found.tokenizer.get_vocab_size()), asked)


def _sides(options: argparse.Namespace) -> list[int]:
    """The picture side of every step."""
    if options.side:
        return [options.side] * options.steps
    parts = sorted(SIDES)
    return [
        SIDES[max(part for part in parts if part * options.steps <= step)]
        for step in range(options.steps)
    ]


def _plan(options: argparse.Namespace) -> Plan:
    kinds = {field.name: type(getattr(Plan(), field.name)) for field in fields(Plan)}
    given = dict(pair.split("=", 1) for pair in options.set)
    return replace(Plan(), **{name: kinds[name](value) for name, value in given.items()})


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.encoder",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--data", type=Path, default=Path("../shared/data"), help="the data folder")
    add("--out", type=Path, required=True, help="folder for the ONNX files, tokenizer and card")
    add("--cache", type=Path, default=Path("build/training"), help="pictures and checkpoints")
    add("--steps", type=int, default=STEPS, help="steps of fitting (%(default)s)")
    add("--batch", type=int, default=BATCH, help="shots a step, two views each (%(default)s)")
    add(
        "--polish",
        type=int,
        default=POLISH,
        help="steps after that with the trunk at rest (%(default)s)",
    )
    add("--side", type=int, help="one picture side for all steps instead of growing ones")
    add("--size", type=int, default=backbone.SIZE, help="picture side of what ships (%(default)s)")
    add("--threads", type=int, default=os.cpu_count() or 1, help="CPU threads for fitting")
    add("--workers", type=int, default=1, help="processes that draw batches (%(default)s)")
    add(
        "--hold-back",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="do not fit, but measure, so much of train; dev is measured otherwise",
    )
    add("--leave-out", nargs="*", default=[], help="sources to measure on, but not to train on")
    add("--set", nargs="*", default=[], metavar="NAME=VALUE", help="change a number of the plan")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
