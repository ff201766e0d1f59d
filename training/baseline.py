"""Plain ImageNet features as a model folder, to measure what training has added.

    python -m training.baseline --out build/models/imagenet-lite0

Its text tower is untrained noise, there because a model has one: its text figures mean nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from torch import Tensor, nn
from torch.nn import functional

from training import backbone, words
from training.backbone import DEEP_WIDTH, EARLY_WIDTH, Trunk
from training.export import Model, export
from training.towers import TextTower


class Bare(nn.Module):
    """Normalised pixels to the trunk's own last 1280 features, of length 1."""

    def __init__(self, trunk: Trunk) -> None:
        super().__init__()
        self.trunk = trunk

    def forward(self, pixel_values: Tensor) -> Tensor:
        """Embeddings (n, 1280) of normalised pixels."""
        return functional.normalize(self.trunk(pixel_values)[:, EARLY_WIDTH:], dim=-1)


def main(argv: Sequence[str] | None = None) -> None:
    """Write the folder named by --out."""
    parser = argparse.ArgumentParser(
        prog="python -m training.baseline",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, required=True, help="the model folder to write")
    write(parser.parse_args(argv).out, backbone.load())


def write(out: Path, trunk: Trunk) -> None:
    """Write the trunk as an encoder without a trained head."""
    tokenizer = words.train_tokenizer(words.texts_of([]), 200)
    model = Model(
        name="imagenet-lite0",
        version="0.1.0",
        source="EfficientNet-Lite0 with ImageNet weights (Apache-2.0)",
        description="Plain ImageNet features: a baseline for pictures, noise for words.",
        image=Bare(trunk),
        text=TextTower(tokenizer.get_vocab_size(), dimension=DEEP_WIDTH),
        tokenizer=tokenizer,
    )
    export(out, model)


if __name__ == "__main__":
    main()
