"""Train and export the encoder that training.factoring makes the shipped one of.

    python -m training.encoder --data ../shared/data --out build/encoder

What happens, in order:

1. every train photo is decoded once into a store under --cache, and a frozen teacher looks at it;
2. a tokenizer is trained on the train texts and the lexicon;
3. both towers are trained end to end in rounds, each from the averaged weights of the one before,
   written to --cache every few minutes: a run that was stopped goes on where it stood when the
   same command is given again;
4. then the trunk rests, and what it saw teaches the head and the text tower in larger batches;
5. figures are measured: on the part of train held back with --hold-back (for choosing), else on
   dev;
6. image.onnx, text.onnx, heads.npz, tokenizer.json and card.json are written to --out.

Folders missing from --data are left out; only products are needed. With tcmalloc preloaded it is
nearly twice as fast. Go on from a model that was exported, straight to 4, or with --steps to 3, by

    python -m training.encoder --begin build/encoder --out build/next

Try a change, with whole sources left out of training to see what it does to
photos from elsewhere, by

    python -m training.encoder --hold-back 0.04 --leave-out phone garments --steps 600 \
        --out build/try
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import cv2
import torch

from training import backbone, head_tuning, measuring, shipped
from training.batches import Draws, Names, Pool
from training.dataset import TrainingSet, read
from training.export import Model, export, folded
from training.fitting import Saving, fit, start
from training.labels import Labels, labels, scaled
from training.net import PREFIXES, Known, Net, Plan
from training.teacher import look, recipe
from training.towers import ImageHead, ImageTower, TextTower, principal_axes, standardisation
from vitrine.finetune.depthwise import freeze_depthwise

STEPS = (1200, 1760)
"""How many steps each round end to end takes."""
ROUNDS: tuple[Mapping[str, float], ...] = (
    {},
    {"trunk_rate": 2e-4, "view": 1.0, "alike": 0.35, "name": 0.5, "heads": 0.4, "keep": 0.3},
)
"""What of the plan is other in each round; the last holds for all that follow it."""
BATCH = 128
HEAD_STEPS = 1600
HEAD_STEPSED = {
    **ROUNDS[-1],
    **{"memory": 4, "distil": 0.0, "keep": 0.1, "text": 2.0, "view": 2.0, "bag_rate": 2e-3},
}
"""What of the plan is other once the trunk rests."""
SIDES = ({0.0: 128, 0.45: 160, 0.85: 224}, {0.0: 128, 0.45: 160, 0.94: 224})
"""The side of the pictures from this share of a round's steps on; the last holds for all that
follow. Most is learnt while they are small."""
EARLY_SHARE = 0.25


def main(argv: Sequence[str] | None = None) -> None:
    """Train by the options given and print the figures as JSON lines."""
    options = _options(argv)
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(0)  # its threads would not survive in the processes that draw batches
    reads = shipped.read_tokenizer(options.begin) if options.begin else None
    found = read(options.data, options.cache, options.hold_back, options.leave_out, reads)
    if not found.fitted:
        raise SystemExit(f"No train products under {options.data}/products.")
    plan = replace(Plan(), **_given(options))
    torch.manual_seed(plan.seed)
    known, names = found.known(options.cache if _rounds(options) else None)
    asked = labels([found.shots[place] for place in found.fitted], names, found.tokenizer)
    net = _end_to_end(options, found, (known, names, asked), plan)
    net = _polished(options, found, (known, names, asked), (net, plan))
    # Only a trunk that was trained here is averaged with its start.
    shares = measuring.SHARES if _rounds(options) else (1.0,)
    report = measuring.candidates(found, net, recipe(options.size), shares)
    print(json.dumps(report, indent=1))
    export(options.out, packed(found, net, asked, options.size))


Facts = tuple[Known, list[list[str]], Labels]
"""What is known of the shots, the values of each facet by number, and what is asked of them."""


def _end_to_end(options: argparse.Namespace, found: TrainingSet, facts: Facts, plan: Plan) -> Net:
    known, names, asked = facts
    net = shipped.read_net(options.begin, asked) if options.begin else _net(found, asked)
    for number, steps in enumerate(_rounds(options), start=len(ROUNDS) if options.begin else 0):
        here = replace(plan, **{**ROUNDS[min(number, len(ROUNDS) - 1)], **_given(options)})
        run = start(net, here)
        saving = Saving(options.cache / f"{options.out.name}-{number + 1}.pt", options.workers)
        saving.resume(run)
        sides = _sides(options.side, steps, number)
        draws = _draws(options, found, names, sides)
        draws.seed = plan.seed + number
        fit(run, draws, known, asked, here, saving)
        net = run.smooth
    return net


def _rounds(options: argparse.Namespace) -> Sequence[int]:
    """The steps of each round; a model to begin with has had its rounds."""
    given: Sequence[int] | None = options.steps
    if given is None:
        return () if options.begin else STEPS
    return given


def _polished(
    options: argparse.Namespace, found: TrainingSet, facts: Facts, begun: tuple[Net, Plan]
) -> Net:
    (known, names, asked), (net, plan) = facts, begun
    if not options.head_steps:
        return net
    plan = replace(plan, **HEAD_STEPSED | _given(options))
    draws = _draws(options, found, names, [options.size] * options.head_steps)
    said = head_tuning.remember(draws, net.trunk, options.size, options.cache)
    sample = said[0, found.fitted].float()
    net.head = net.head.seen_as(*standardisation(sample, backbone.EARLY_WIDTH, EARLY_SHARE))
    known = replace(known, teacher=head_tuning.embedded(net.head, said[0]))
    run = start(net, plan, end_to_end=False)
    saving = Saving(options.cache / f"{options.out.name}-tuned.pt", options.workers)
    saving.resume(run)
    rest = head_tuning.Remembered(draws.pool, names, found, said, options.head_steps)
    rest.seed = plan.seed + len(_rounds(options))
    fit(run, rest, known, asked, plan, saving)
    return run.smooth


def _draws(
    options: argparse.Namespace, found: TrainingSet, names: Names, sides: Sequence[int]
) -> Draws:
    pool = Pool(found.shots, found.store, found.fitted, found.grounds)
    return Draws(pool, found.tokenizer, names, sides, options.batch)


def packed(found: TrainingSet, net: Net, asked: Labels, size: int) -> Model:
    """The trained net as the model that ships."""
    return Model(
        name="vitrine-mini",
        version="0.4.0",
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


def _net(found: TrainingSet, asked: Labels) -> Net:
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


def _sides(side: int | None, steps: int, number: int) -> list[int]:
    """The picture side of every step of a round."""
    if side:
        return [side] * steps
    from_here = SIDES[min(number, len(SIDES) - 1)]
    return [from_here[max(p for p in from_here if p * steps <= step)] for step in range(steps)]


def _given(options: argparse.Namespace) -> dict[str, Any]:
    """The numbers of the plan that the command sets."""
    kinds = {field.name: type(getattr(Plan(), field.name)) for field in fields(Plan)}
    pairs = dict(pair.split("=", 1) for pair in options.set)
    return {name: kinds[name](value) for name, value in pairs.items()}


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
    add(
        "--steps",
        type=int,
        nargs="+",
        metavar="N",
        help=f"steps of each round end to end ({' '.join(map(str, STEPS))}; none after --begin)",
    )
    add("--begin", type=Path, metavar="FOLDER", help="go on from the model exported there")
    add("--batch", type=int, default=BATCH, help="shots a step, two views each (%(default)s)")
    add(
        "--head-steps",
        type=int,
        default=HEAD_STEPS,
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
