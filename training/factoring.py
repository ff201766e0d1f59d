"""Make the shipped encoder, whose vectors have a part for form and one for colour.

    python -m training.factoring --begin FOLDER --data ../shared/data \\
        --out src/vitrine/vision/weights/vitrine-mini

FOLDER holds vitrine-mini 0.4.0 (commit f0ad145) or what training.encoder has made since. Its
fine-tuned net and the one with plain ImageNet weights look once at every train photo, plain and in
a random view; what they saw is kept under --cache. From there all takes minutes: the parts are
fitted in closed form (training.factored), they and the text tower learn on together
(training.refining), and the heads of labels learn last. Leave stores out to see what photos of a
shop that was never seen gain:

    python -m training.factoring --begin FOLDER --leave-out luma --out build/without-luma
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from training import (
    abroad,
    backbone,
    facet_heads,
    factored,
    head_tuning,
    refining,
    shipped,
    twin,
    wording,
)
from training.batches import SHARES, Draws, Pool
from training.counts import ColourCounts, centres
from training.dataset import TrainingSet, read
from training.export import Model, export
from training.factored import Seen, Weights
from training.labels import Labels, labels, numbered
from training.reduced import Reduced, reduce
from training.refining import Parts
from training.towers import DIMENSION, ImageTower, PartsHead, TextTower
from training.twin import Twin

SOURCES = ("products", "phone", "garments", *abroad.TRAINED_STORES)
"""What the parts are fitted on: thumbnails and drawings have little of what photos have."""
HOLD_BACK = 0.04
STEPS = 900


class Looks(Draws):
    """Pictures to look at once; batches are not drawn from it."""

    shares: Mapping[str, float] = {**SHARES, **dict.fromkeys(abroad.TRAINED_STORES, 0.05)}


def main(argv: Sequence[str] | None = None) -> None:
    """Make the encoder by the options given."""
    options = _options(argv)
    torch.set_num_threads(options.threads)
    tokenizer = shipped.read_tokenizer(options.begin)
    found = read(
        options.data, options.cache, HOLD_BACK, options.leave_out, tokenizer, abroad.TRAINED_STORES
    )
    found = replace(found, fitted=[p for p in found.fitted if found.shots[p].source in SOURCES])
    if not found.fitted:
        raise SystemExit(f"No train photos under {options.data}.")
    trunk = _twin(options.begin, found)
    said = head_tuning.remember(_looks(found), trunk, twin.SIZE, options.cache, views=1)
    export(options.out, made(found, trunk, said[:, found.fitted], options))


def made(found: TrainingSet, trunk: Twin, said: Tensor, options: argparse.Namespace) -> Model:
    """The model fitted to what the trunk said (2, n, width) of the fitted shots."""
    shots = [found.shots[place] for place in found.fitted]
    weights = Weights()
    plain, view = (part.float().numpy() for part in said)
    seen = Seen(shots, plain, view)
    closed = embedded(factored.head(seen, weights), said[0])
    reduced = reduce(seen)
    begun = refining.begun(reduced.rows(0), closed, factored.FORM, weights.colour)
    parts, text = refined(options.begin, found, reduced, begun, options.steps)
    pictures = torch.stack([parts.embedded(reduced.rows(view)) for view in range(len(said))])
    asked = labels(shots, numbered(shots)[1], found.tokenizer)
    heads = facet_heads.heads(asked, numbered(shots)[0], pictures, text)
    tower = ImageTower(trunk, folded(parts, reduced))
    return model(tower, text, found.tokenizer, heads, asked)


def model(
    image: ImageTower,
    text: TextTower,
    tokenizer: Tokenizer,
    heads: Mapping[str, nn.Linear],
    asked: Labels,
) -> Model:
    """What is written, with its names for the card."""
    return Model(
        name="vitrine-mini",
        version="0.5.0",
        source="EfficientNet-Lite0 twice, with ImageNet weights (Apache-2.0) and fine-tuned from "
        "them, with a text tower of its own, by training.encoder and training.factoring",
        description="Small default encoder for fashion photos and English, German and Japanese "
        "words, with a part for form and one for colour.",
        image=image,
        text=text,
        tokenizer=tokenizer,
        size=twin.SIZE,
        heads={facet: (heads[facet], values) for facet, values in asked.values.items()},
        parts=sizes(Weights()),
    )


def sizes(weights: Weights) -> list[dict[str, object]]:
    """The parts as the card says them."""
    colour = factored.STATED + factored.COUNTED_SIZE
    found = {"form": (factored.FORM, 1 - weights.colour), "colour": (colour, weights.colour)}
    return [
        {"name": name, "size": size, "weight": round(weight, 4)}
        for name, (size, weight) in found.items()
    ]


def embedded(head: PartsHead, said: Tensor) -> Tensor:
    """The head's vectors (n, dimension) of what the trunk said (n, width)."""
    with torch.inference_mode():
        return torch.cat([head(some.float()) for some in said.split(1024)]).clone()


def refined(
    begin: Path, found: TrainingSet, reduced: Reduced, begun: Parts, steps: int
) -> tuple[Parts, TextTower]:
    """The parts, and the text tower of a folder, taught together."""
    words = shipped.text_state(begin / "text.onnx")
    vocabulary, width = words["tokens.weight"].shape
    tower = TextTower(vocabulary, width, DIMENSION)
    tower.load_state_dict(words)
    tower.eval()
    taught = wording.lessons(tower, found.tokenizer, reduced.shots)
    turned = wording.turning(tower, taught, begun.embedded(reduced.rows(0)))
    return refining.refine(begun, wording.widened(tower, turned), reduced, taught, steps)


def folded(parts: Parts, reduced: Reduced) -> PartsHead:
    """The parts as one head on raw features."""
    lines = [
        bent.after(torch.from_numpy(line.mean).float(), torch.from_numpy(line.matrix).float())
        for bent, line in zip((parts.form, parts.colour), reduced.lines, strict=True)
    ]
    return PartsHead(lines, [length**2 for length in parts.lengths])


def _twin(begin: Path, found: TrainingSet) -> Twin:
    own = shipped.read_trunk(begin / "image.onnx")
    places = found.fitted[:: max(1, len(found.fitted) // 400)]
    counts = ColourCounts(centres([found.store.picture(place) for place in places]))
    return Twin(backbone.load(), own, counts).eval().requires_grad_(False)


def _looks(found: TrainingSet) -> Looks:
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
    add("--steps", type=int, default=STEPS, help="steps of parts and words (%(default)s)")
    add("--threads", type=int, default=os.cpu_count() or 1, help="CPU threads")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
