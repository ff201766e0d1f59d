"""Train and export the default weights.

    python -m training.encoder --data ../shared/data --out src/vitrine/vision/weights/vitrine-mini

What happens, in order:

1. every train photo (and a mirrored and a synthetic second view of it) goes once through the frozen
   EfficientNet-Lite0; what it says is kept under --cache, so a second run starts at step 2;
2. a tokenizer is trained on the train texts;
3. the image head and the text tower are fitted on products, street boxes and phone photos;
4. figures are measured: on the part of train held back with --hold-back (for choosing), else on dev
   (for reporting);
5. image.onnx, text.onnx, tokenizer.json and card.json are written to --out.

Folders missing from --data are left out; only products are needed. Try a change with

    python -m training.encoder --hold-back --steps 600 --out build/try
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from training import backbone, data, figures, words
from training.data import Shot
from training.export import Model, export, folded
from training.features import Reader, reader
from training.fitting import Plan, Towers, fit, source
from training.towers import ImageTower
from vitrine.vision.preprocess import Recipe

VIEWS = ("plain", "flip", "synthetic-a")
GROUNDS = 300
VOCABULARY = 6000


@dataclass(frozen=True, slots=True)
class Shots:
    """What to fit on, by source, and what to measure on."""

    products: list[Shot]
    phone: list[Shot]
    garments: list[Shot]
    measured: list[Shot]
    measured_phone: list[Shot]


def main(argv: Sequence[str] | None = None) -> None:
    """Train by the options given and print the figures as one JSON line."""
    options = _options(argv)
    torch.set_num_threads(options.threads)
    shots = gather(options.data, options.hold_back)
    if not shots.products:
        raise SystemExit(f"No train products under {options.data}/products.")
    trunk = backbone.load()
    view = open_reader(trunk, shots, options.cache)
    plan = Plan(steps=options.steps, seed=options.seed)
    tokenizer, towers, _ = train(shots, view, plan)
    found = measure(shots, view, tokenizer, towers)
    export(options.out, packed(trunk, towers, tokenizer, found))
    print(json.dumps(found))


def gather(root: Path, hold_back: bool) -> Shots:
    """The shots of the data folder; with `hold_back` a tenth of train is measured, not dev."""
    products, held, dev = data.cut(data.products(root))
    phone, held_phone, dev_phone = data.cut(data.phone(root), share=0.2)
    garments = [shot for shot in data.garments(root) if shot.split == "train"]
    if not hold_back:
        return Shots(products + held, phone + held_phone, garments, dev, dev_phone)
    return Shots(products, phone, garments, held, held_phone)


def open_reader(trunk: backbone.Trunk, shots: Shots, cache: Path) -> Reader:
    """A feature reader whose synthetic views lie on train phone photos."""
    pixels = torch.zeros(1, 3, backbone.SIZE, backbone.SIZE)
    graph = backbone.to_onnx(trunk, (pixels,), (["pixel_values"], "features"))
    grounds = [shot.path for shot in sorted(shots.phone, key=lambda shot: shot.key)[:GROUNDS]]
    recipe = Recipe(backbone.SIZE, backbone.MEAN, backbone.STD)
    return reader(graph, recipe, cache / "features", grounds)


def train(shots: Shots, view: Reader, plan: Plan) -> tuple[Tokenizer, Towers, list[float]]:
    """A trained tokenizer, fitted towers and the loss of every step."""
    texts = words.texts_of(shots.products)
    tokenizer = words.train_tokenizer(texts, VOCABULARY)
    catalogue, *street = (
        source(some, [view.read(some, name, some[0].source) for name in VIEWS])
        for some in (shots.products, shots.phone, shots.garments)
        if some
    )
    towers, history = fit(catalogue, street, tokenizer, plan)
    return tokenizer, towers, history


def measure(shots: Shots, view: Reader, tokenizer: Tokenizer, towers: Towers) -> dict[str, Any]:
    """Figures of the fitted towers on the shots to measure, rounded to 4 digits."""
    embed = figures.torch_embed(towers.head)
    here = embed(view.read(shots.measured, "plain", "measured"))
    train_set = (shots.products, embed(view.read(shots.products, "plain", "products")))
    found = figures.text_to_image(figures.torch_texts(towers.text, tokenizer), shots.measured, here)
    asked = (shots.measured, here)
    found["category_p10"] = figures.same_label("category", asked, train_set)
    found["colour_p10"] = figures.same_label("colour", asked, train_set)
    found |= figures.same_product(embed(view.read(shots.measured, "synthetic-b", "measured")), here)
    if shots.measured_phone:
        phone = embed(view.read(shots.measured_phone, "plain", "measured phone"))
        side = (shots.measured_phone, phone)
        found["phone_p10"] = figures.same_label("category", side, side)
    named = {name: round(float(value), 4) for name, value in found.items()}
    return named | {"n": len(shots.measured), "split": shots.measured[0].split}


def packed(
    trunk: backbone.Trunk, towers: Towers, tokenizer: Tokenizer, found: Mapping[str, Any]
) -> Model:
    """The fitted towers as the model that ships."""
    return Model(
        name="vitrine-mini",
        version="0.1.0",
        source="EfficientNet-Lite0 with ImageNet weights (Apache-2.0), frozen; image head and text "
        "tower trained by training.encoder",
        description="Small default encoder for fashion photos and English words.",
        image=ImageTower(trunk, folded(towers.head)),
        text=towers.text,
        tokenizer=tokenizer,
        figures=found,
    )


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.encoder",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--data", type=Path, default=Path("../shared/data"), help="the data folder")
    add("--out", type=Path, required=True, help="folder for the ONNX files, tokenizer and card")
    add("--cache", type=Path, default=Path("build/training"), help="features of photos, kept")
    add("--steps", type=int, default=Plan().steps, help="steps of fitting (%(default)s)")
    add("--seed", type=int, default=0, help="equal seeds give equal weights on one machine")
    add("--threads", type=int, default=os.cpu_count() or 1, help="CPU threads for fitting")
    add("--hold-back", action="store_true", help="measure on a tenth of train, never on dev")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
