"""Plain ImageNet features as a model folder, to measure what training has added.

    python -m training.baseline --size 224 --out build/models/imagenet-lite0-224

Its text tower is noise, there because a model has one: its text figures mean nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer, models
from torch import Tensor, nn
from torch.nn import functional

from training import backbone
from training.backbone import DEEP_WIDTH, TEACHER_WIDTH, Trunk
from vitrine.finetune.exporting import TOKENS, to_onnx
from vitrine.finetune.lite import MEAN, STD
from vitrine.vision import registry
from vitrine.vision.card import CardFile, EncoderCard, ImageTower, TextTower, card_json

WIDTHS = {"lite0": DEEP_WIDTH, "lite2": TEACHER_WIDTH}
"""How many last features each net has."""


class Bare(nn.Module):
    """Normalised pixels to the trunk's own last features, so many, of length 1."""

    def __init__(self, trunk: Trunk, width: int) -> None:
        super().__init__()
        self.trunk = trunk
        self.width = width

    def forward(self, pixel_values: Tensor) -> Tensor:
        """Embeddings (n, width) of normalised pixels."""
        return functional.normalize(self.trunk(pixel_values)[:, -self.width :], dim=-1)


class Noise(nn.Module):
    """Token ids (n, t) to random vectors (n, width): a text tower that knows nothing."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.tokens = nn.Embedding(2, width)

    def forward(self, input_ids: Tensor) -> Tensor:
        """Embeddings (n, width) of token ids."""
        return self.tokens(input_ids).mean(dim=1)


def main(argv: Sequence[str] | None = None) -> None:
    """Write the folder named by --out."""
    parser = argparse.ArgumentParser(
        prog="python -m training.baseline",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, required=True, help="the model folder to write")
    parser.add_argument(
        "--size", type=int, default=backbone.SIZE, help="side of its pictures (%(default)s)"
    )
    options = parser.parse_args(argv)
    write(options.out, options.size)


def write(out: Path, size: int, pretrained: bool = True, net: str = "lite0") -> None:
    """Write an EfficientNet-Lite without a trained head as an encoder for pictures of this size."""
    trunk = backbone.load(pretrained=pretrained, size=size, name=net)
    out.mkdir(parents=True, exist_ok=True)
    pixels, ids = torch.zeros(2, 3, size, size), torch.ones(2, 3, dtype=torch.int64)
    image = to_onnx(Bare(trunk, WIDTHS[net]).eval(), (pixels,), (["pixel_values"], "image_embeds"))
    (out / "image.onnx").write_bytes(image)
    words = to_onnx(Noise(WIDTHS[net]).eval(), (ids,), (["input_ids"], "text_embeds"), TOKENS)
    (out / "text.onnx").write_bytes(words)
    tokenizer = Tokenizer(models.WordLevel({"[PAD]": 0, "[UNK]": 1}, unk_token="[UNK]"))  # noqa: S106 - no secret
    tokenizer.save(str(out / "tokenizer.json"))
    (out / "card.json").write_text(card_json(_card(out, size, net)), encoding="utf-8")


def _card(folder: Path, size: int, net: str) -> EncoderCard:
    image, text, tokenizer = (
        {"file": name, "sha256": registry.checksum(folder / name)}
        for name in ("image.onnx", "text.onnx", "tokenizer.json")
    )
    side = {"input": "pixel_values", "output": "image_embeds", "size": size}
    words = {"input": "input_ids", "output": "text_embeds", "max_tokens": 64, "pad_id": 0}
    return EncoderCard(
        role="encoder",
        name=f"imagenet-{net}-{size}",
        version="0.1.0",
        licence="Apache-2.0",
        source=f"EfficientNet-{net.title()} with ImageNet weights (Apache-2.0)",
        description="Plain ImageNet features: a baseline for pictures, noise for words.",
        dimension=WIDTHS[net],
        image=ImageTower.model_validate(image | side | {"mean": MEAN, "std": STD}),
        text=TextTower.model_validate(text | words | {"tokenizer": CardFile(**tokenizer)}),
    )


if __name__ == "__main__":
    main()
