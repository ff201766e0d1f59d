"""Make the shipped encoder, whose vectors have a part for form and one for colour.

    python -m training.factoring --begin FOLDER --data ../shared/data \\
        --out src/vitrine/vision/weights/vitrine-mini

FOLDER holds vitrine-mini 0.4.0 (commit f0ad145) or what training.encoder has made since. Its
fine-tuned net and the one with plain ImageNet weights look once at every train photo, plain and in
a random view; what they saw is kept under --cache. From there all takes minutes: the parts are
fitted in closed form (training.factored), the text tower learns to speak of them
(training.wording), and so do the heads of labels. Leave stores out to see what photos of a shop
that was never seen gain:

    python -m training.factoring --begin FOLDER --leave-out luma --out build/without-luma
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from training import abroad, backbone, factored, polishing, shipped, twin, wording
from training.batches import SHARES, Draws, Pool
from training.counts import ColourCounts, centres
from training.export import Model, export
from training.factored import Seen, Weights
from training.gathering import Gathered, gather
from training.labels import Labels, labels, numbered, scaled
from training.towers import DIMENSION, ImageTower, PartsHead, TextTower
from training.twin import Twin

SOURCES = ("products", "phone", "garments", *abroad.TRAINED_STORES)
"""What the parts are fitted on: thumbnails and drawings have little of what photos have."""
HOLD_BACK = 0.04
WORD_STEPS = 900
HEAD_STEPS, HEAD_BATCH, HEAD_RATE = 300, 2048, 1e-2


class Looks(Draws):
    """Pictures to look at once; batches are not drawn from it."""

    shares: Mapping[str, float] = {**SHARES, **dict.fromkeys(abroad.TRAINED_STORES, 0.05)}


def main(argv: Sequence[str] | None = None) -> None:
    """Make the encoder by the options given."""
    options = _options(argv)
    torch.set_num_threads(options.threads)
    tokenizer = shipped.read_tokenizer(options.begin)
    found = gather(
        options.data, options.cache, HOLD_BACK, options.leave_out, tokenizer, abroad.TRAINED_STORES
    )
    found = replace(found, fitted=[p for p in found.fitted if found.shots[p].source in SOURCES])
    if not found.fitted:
        raise SystemExit(f"No train photos under {options.data}.")
    trunk = _twin(options.begin, found)
    said = polishing.remember(_looks(found), trunk, twin.SIZE, options.cache, views=1)
    export(options.out, made(found, trunk, said[:, found.fitted], options))


def made(found: Gathered, trunk: Twin, said: Tensor, options: argparse.Namespace) -> Model:
    """The model fitted to what the trunk said (2, n, width) of the fitted shots."""
    shots = [found.shots[place] for place in found.fitted]
    weights = Weights()
    plain, view = (part.float().numpy() for part in said)
    head = factored.head(Seen(shots, plain, view), weights)
    pictures = torch.stack([embedded(head, part) for part in said])
    text = worded(options.begin, found, pictures, options.word_steps)
    asked = labels(shots, numbered(shots)[1], found.tokenizer)
    heads = headed(asked, numbered(shots)[0], pictures)
    return Model(
        name="vitrine-mini",
        version="0.5.0",
        source="EfficientNet-Lite0 twice, with ImageNet weights (Apache-2.0) and fine-tuned from "
        "them, with a text tower of its own, by training.encoder and training.factoring",
        description="Small default encoder for fashion photos and English, German and Japanese "
        "words, with a part for form and one for colour.",
        image=ImageTower(trunk, head),
        text=text,
        tokenizer=found.tokenizer,
        size=twin.SIZE,
        heads={facet: (scaled(heads[facet]), values) for facet, values in asked.values.items()},
        parts=parts(weights),
    )


def parts(weights: Weights) -> list[dict[str, object]]:
    """The parts as the card says them."""
    colour = factored.STATED + factored.COUNTED_SIZE
    sizes = {"form": (factored.FORM, 1 - weights.colour), "colour": (colour, weights.colour)}
    return [
        {"name": name, "size": size, "weight": round(weight, 4)}
        for name, (size, weight) in sizes.items()
    ]


def embedded(head: PartsHead, said: Tensor) -> Tensor:
    """The head's vectors (n, dimension) of what the trunk said (n, width)."""
    with torch.inference_mode():
        return torch.cat([head(some.float()) for some in said.split(1024)]).clone()


def worded(begin: Path, found: Gathered, pictures: Tensor, steps: int) -> TextTower:
    """The text tower of a folder, taught to speak of the pictures (2, n, dimension)."""
    words = shipped.text_state(begin / "text.onnx")
    vocabulary, width = words["tokens.weight"].shape
    tower = TextTower(vocabulary, width, DIMENSION)
    tower.load_state_dict(words)
    tower.eval()
    shots = [found.shots[place] for place in found.fitted]
    taught = wording.lessons(tower, found.tokenizer, shots, pictures)
    wider = wording.widened(tower, wording.turning(tower, taught))
    wording.learn(wider, taught, steps)
    return wider


def headed(asked: Labels, facets: Tensor, pictures: Tensor) -> nn.ModuleDict:
    """A linear head per facet on pictures (2, n, dimension), whose values are `facets` (n, f)."""
    torch.manual_seed(0)
    width = pictures.shape[2]
    heads = nn.ModuleDict({f: nn.Linear(width, len(some)) for f, some in asked.values.items()})
    optimiser = torch.optim.AdamW(heads.parameters(), lr=HEAD_RATE, weight_decay=0.01)
    dice = np.random.default_rng(0)
    for step in range(HEAD_STEPS):
        optimiser.param_groups[0]["lr"] = HEAD_RATE * (1 - step / HEAD_STEPS)
        rows = torch.from_numpy(dice.integers(0, len(facets), HEAD_BATCH))
        views = torch.from_numpy((dice.random(HEAD_BATCH) < 0.3).astype(np.int64))
        loss = asked.head_loss(pictures[views, rows], facets[rows], heads)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
    return heads.requires_grad_(False)


def _twin(begin: Path, found: Gathered) -> Twin:
    own = shipped.read_trunk(begin / "image.onnx")
    places = found.fitted[:: max(1, len(found.fitted) // 400)]
    counts = ColourCounts(centres([found.store.picture(place) for place in places]))
    return Twin(backbone.load(), own, counts).eval().requires_grad_(False)


def _looks(found: Gathered) -> Looks:
    pool = Pool(found.shots, found.store, found.fitted, found.grounds)
    return Looks(pool, found.tokenizer, numbered(found.shots)[1], [twin.SIZE], 1)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.factoring",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--begin", type=Path, required=True, metavar="FOLDER", help="the model to begin with")
    add("--data", type=Path, default=Path("../shared/data"), help="the data folder")
    add("--out", type=Path, required=True, help="folder for the ONNX files, tokenizer and card")
    add("--cache", type=Path, default=Path("build/training"), help="pictures and what was seen")
    add("--leave-out", nargs="*", default=[], help="sources not to train on")
    add("--word-steps", type=int, default=WORD_STEPS, help="steps of the text tower (%(default)s)")
    add("--threads", type=int, default=os.cpu_count() or 1, help="CPU threads")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
