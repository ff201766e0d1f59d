"""From fitted towers to the folder that ships: ONNX files, heads, the tokenizer and the card."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn

from training.backbone import SIZE
from training.towers import ImageHead, TextTower
from training.words import MAX_TOKENS
from vitrine.convert.storing import halved
from vitrine.finetune.exporting import TOKENS, to_onnx
from vitrine.finetune.lite import MEAN, STD


@dataclass(frozen=True, slots=True)
class Model:
    """What is written: two towers with one dimension, their tokenizer, and words for the card."""

    name: str
    version: str
    source: str
    description: str
    image: nn.Module
    text: TextTower
    tokenizer: Tokenizer
    size: int = SIZE
    heads: Mapping[str, tuple[nn.Linear, Sequence[str]]] = field(default_factory=dict)
    prefixes: Sequence[int] = ()
    parts: Sequence[Mapping[str, Any]] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)


def export(out: Path, model: Model) -> None:
    """Write image.onnx, text.onnx, heads.npz, tokenizer.json and card.json into the folder."""
    out.mkdir(parents=True, exist_ok=True)
    pixels = torch.zeros(2, 3, model.size, model.size)
    ids = torch.ones(2, 3, dtype=torch.int64)
    image = to_onnx(model.image.eval(), (pixels,), (["pixel_values"], "image_embeds"))
    words = to_onnx(
        model.text.eval(), (ids, ids), (["input_ids", "attention_mask"], "text_embeds"), TOKENS
    )
    (out / "image.onnx").write_bytes(halved(image))
    (out / "text.onnx").write_bytes(halved(words))
    if model.heads:
        np.savez(out / "heads.npz", **_heads(model.heads))
    plain = Tokenizer.from_str(model.tokenizer.to_str())
    plain.no_padding()
    plain.no_truncation()
    (out / "tokenizer.json").write_text(plain.to_str() + "\n", encoding="utf-8")
    written = json.dumps(card(out, model), indent=2)
    (out / "card.json").write_text(written + "\n", encoding="utf-8")


def folded(head: ImageHead) -> ImageHead:
    """The same head with its standardisation folded into its layers."""
    return head.seen_as(torch.zeros_like(head.mean), torch.ones_like(head.scale)).eval()


def card(folder: Path, model: Model) -> dict[str, Any]:
    """The model card of the files in the folder."""
    return {
        "role": "encoder",
        "name": model.name,
        "version": model.version,
        "licence": "Apache-2.0",
        "source": model.source,
        "description": model.description,
        "dimension": model.text.outer.out_features,
        "image": _file(folder / "image.onnx")
        | {"input": "pixel_values", "output": "image_embeds", "size": model.size}
        | {"mean": list(MEAN), "std": list(STD)},
        "text": _file(folder / "text.onnx")
        | {"input": "input_ids", "mask": "attention_mask", "output": "text_embeds"}
        | {"max_tokens": MAX_TOKENS, "pad_id": 0, "padded_to_max": False, "lowercase": False}
        | {"tokenizer": _file(folder / "tokenizer.json")},
        "prefixes": list(model.prefixes),
        "parts": [dict(part) for part in model.parts],
        "figures": dict(model.figures),
    } | ({"heads": _file(folder / "heads.npz")} if model.heads else {})


def _heads(heads: Mapping[str, tuple[nn.Linear, Sequence[str]]]) -> dict[str, Any]:
    """Per facet the weight (values, dimension), bias and names of its values."""
    arrays: dict[str, Any] = {}
    for facet, (head, values) in heads.items():
        arrays[f"{facet}_weight"] = head.weight.detach().numpy().astype(np.float16)
        arrays[f"{facet}_bias"] = head.bias.detach().numpy().astype(np.float16)
        arrays[f"{facet}_values"] = np.array(list(values))
    return arrays


def _file(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    return {"file": path.name, "sha256": digest, "url": None, "bytes": len(data)}
