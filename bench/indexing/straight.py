"""What people write instead: one picture after the other, with the same weights.

    .venv/bin/python -m bench.indexing.straight LIST [--torch]

takes the paths in a file, detects, crops and embeds the surest garment and the whole, adds one to a
Chroma collection, and prints how long that took. `--torch` has PyTorch run ViT-B/32 with
random weights as it is written, eagerly.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
import onnxruntime
from PIL import Image

from bench.indexing import vit
from vitrine.vision.card import DetectorCard, EncoderCard, read_card
from vitrine.vision.registry import PACKAGED

Edges = tuple[int, int, int, int]
Encode = Callable[[Image.Image], np.ndarray]


def main() -> None:
    """Index and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("list", type=Path, help="file with a path a line")
    parser.add_argument("--torch", action="store_true", help="ViT-B/32 by PyTorch")
    options = parser.parse_args()
    paths = options.list.read_text().splitlines()
    detect, encode = detector(), torch_encoder() if options.torch else onnx_encoder()
    with tempfile.TemporaryDirectory() as folder:
        collection = chromadb.PersistentClient(folder).create_collection("products")
        started, spent = time.perf_counter(), time.process_time()
        for path in paths:
            picture = Image.open(path).convert("RGB")
            garment, _whole = [encode(picture.crop(box)) for box in detect(picture)]
            collection.add(ids=[path], embeddings=[garment.tolist()])
        told = {
            "photos": len(paths),
            "seconds": time.perf_counter() - started,
            "processor": time.process_time() - spent,
        }
    print(json.dumps(told))


def detector() -> Callable[[Image.Image], list[Edges]]:
    """The boxes of a picture: the surest one and the whole, as many as Vitrine embeds."""
    folder = PACKAGED / "vitrine-garments"
    card = read_card(folder / "card.json")
    assert isinstance(card, DetectorCard)
    session = onnxruntime.InferenceSession(folder / card.file.file)
    name = session.get_inputs()[0].name

    def boxes(picture: Image.Image) -> list[Edges]:
        scale = card.size / max(picture.size)
        small = picture.resize([max(1, round(side * scale)) for side in picture.size])
        square = Image.new("RGB", (card.size, card.size), (114, 114, 114))
        square.paste(small)
        pixels = np.asarray(square, np.float32).transpose(2, 0, 1)[None] / 255
        table = session.run(None, {name: pixels})[0][0]
        rows = table.T if table.shape[0] < table.shape[1] else table
        x, y, width, height = rows[rows[:, 4:].max(axis=1).argmax(), :4] / scale
        sides = x - width / 2, y - height / 2, x + width / 2, y + height / 2
        limits = (*picture.size, *picture.size)
        left, top, right, bottom = (
            int(min(max(side, 0), most)) for side, most in zip(sides, limits, strict=True)
        )
        return [(left, top, max(left + 1, right), max(top + 1, bottom)), (0, 0, *picture.size)]

    return boxes


def onnx_encoder() -> Encode:
    """The shipped encoder."""
    folder = PACKAGED / "vitrine-mini"
    card = read_card(folder / "card.json")
    assert isinstance(card, EncoderCard)
    image, session = card.image, onnxruntime.InferenceSession(folder / card.image.file)

    def encode(crop: Image.Image) -> np.ndarray:
        pixels = _pixels(crop, image.size, image.mean, image.std)
        return _unit(session.run([image.output], {image.input: pixels})[0][0])

    return encode


def torch_encoder() -> Encode:
    """CLIP's ViT-B/32 image tower with random weights, run eagerly."""
    import torch
    from torch import nn

    layer = nn.TransformerEncoderLayer(
        vit.WIDTH, vit.HEADS, 4 * vit.WIDTH, activation="gelu", batch_first=True, norm_first=True
    )
    layers: Any = nn.TransformerEncoder(layer, vit.LAYERS, enable_nested_tensor=False).eval()
    patches = nn.Conv2d(3, vit.WIDTH, vit.PATCH, vit.PATCH)
    places = nn.Parameter(torch.randn(1, vit.TOKENS, vit.WIDTH))
    out = nn.Linear(vit.WIDTH, vit.DIMENSION)

    def encode(crop: Image.Image) -> np.ndarray:
        pixels = torch.from_numpy(_pixels(crop, vit.SIDE, (0.5,) * 3, (0.5,) * 3))
        with torch.no_grad():
            tokens = patches(pixels).flatten(2).transpose(1, 2)
            tokens = nn.functional.pad(tokens, (0, 0, 1, 0)) + places
            return _unit(out(layers(tokens)[:, 0])[0].numpy())

    return encode


def _pixels(crop: Image.Image, side: int, mean: Any, std: Any) -> np.ndarray:
    pixels = np.asarray(crop.resize((side, side), Image.Resampling.BICUBIC), np.float32) / 255
    scaled = (pixels - np.float32(mean)) / np.float32(std)
    return np.ascontiguousarray(scaled.transpose(2, 0, 1)[None])


def _unit(vector: np.ndarray) -> np.ndarray:
    return np.asarray(vector / np.linalg.norm(vector))


if __name__ == "__main__":
    main()
