"""The two towers of a checkpoint as ONNX files."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn

from vitrine.convert.checkpoint import Checkpoint, Pixels, Tokens

PIXELS, IDS = "pixel_values", "input_ids"
IMAGE, TEXT = "image_embeds", "text_embeds"

Way = Literal["get_image_features", "get_text_features"]

_OPSET = 17


class Tower(nn.Module):
    """One half of a net alone."""

    def __init__(self, net: nn.Module, way: Way) -> None:
        super().__init__()
        self.net, self._way = net, way

    def forward(self, given: Tensor) -> Tensor:
        """Embeddings (n, dimension), not normalised."""
        made: Tensor = getattr(self.net, self._way)(given).pooler_output
        return made


def image_tower(checkpoint: Checkpoint) -> bytes:
    """From pixels (n, 3, size, size) to embeddings (n, dimension)."""
    size = checkpoint.preparation.size
    example = torch.zeros(2, 3, size, size)
    return _exported(Tower(checkpoint.net, "get_image_features"), example, PIXELS, IMAGE)


def text_tower(checkpoint: Checkpoint) -> bytes:
    """From ids (n, tokens) to embeddings (n, dimension)."""
    example = torch.from_numpy(checkpoint.wording.tokens(["a red dress", "shoes"]))
    free = not checkpoint.wording.padded_to_max
    return _exported(Tower(checkpoint.net, "get_text_features"), example, IDS, TEXT, free)


def dimension(checkpoint: Checkpoint) -> int:
    """How many numbers a vector has."""
    return int(embed_tokens(checkpoint, checkpoint.wording.tokens(["a"])).shape[1])


def embed_pixels(checkpoint: Checkpoint, pixels: Pixels) -> Pixels:
    """What PyTorch gives for pixels: (n, dimension), normalised."""
    return _embedded(Tower(checkpoint.net, "get_image_features"), pixels)


def embed_tokens(checkpoint: Checkpoint, tokens: Tokens) -> Pixels:
    """What PyTorch gives for ids: (n, dimension), normalised."""
    return _embedded(Tower(checkpoint.net, "get_text_features"), tokens)


def _embedded(tower: Tower, rows: Pixels | Tokens) -> Pixels:
    with torch.no_grad():
        parts = [tower(part) for part in torch.from_numpy(rows).split(16)]
        vectors: Pixels = nn.functional.normalize(torch.cat(parts), dim=1).numpy()
    return vectors


def _exported(
    tower: Tower, example: Tensor, name: str, output: str, free_length: bool = False
) -> bytes:
    axes = {name: {0: "n"} | ({1: "t"} if free_length else {}), output: {0: "n"}}
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # The newer exporter needs one more package, and these graphs gain nothing from it.
        warnings.simplefilter("ignore")
        path = Path(folder) / "tower.onnx"
        torch.onnx.export(
            tower.eval(),
            (example,),
            path,
            dynamo=False,
            opset_version=_OPSET,
            input_names=[name],
            output_names=[output],
            dynamic_axes=axes,
        )
        return path.read_bytes()
