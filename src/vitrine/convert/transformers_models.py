"""Reads checkpoints that transformers wrote."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer
from transformers import (
    AutoTokenizer,
    CLIPImageProcessorPil,
    CLIPModel,
    SiglipImageProcessorPil,
    SiglipModel,
)

from vitrine.convert import tokenizing
from vitrine.convert.checkpoint import (
    SIGLIP,
    Checkpoint,
    Pixels,
    Preparation,
    Tokens,
    Wording,
    unsupported,
)
from vitrine.convert.sources import Source
from vitrine.core.errors import Invalid, NotFound
from vitrine.vision.card import Interpolation, Padding

WEIGHTS = ("model.safetensors", "pytorch_model.bin")
MODELS = {"CLIPModel": CLIPModel, "SiglipModel": SiglipModel}
_INTERPOLATIONS: dict[int, Interpolation] = {
    int(Image.Resampling.BICUBIC): "bicubic",
    int(Image.Resampling.BILINEAR): "bilinear",
}


def wrote(source: Source) -> bool:
    """Whether transformers wrote this, without code of its own."""
    architectures = (source.settings("config.json") or {}).get("architectures") or [""]
    return architectures[0] in MODELS


def read(source: Source, tokenizer: str | None = None) -> Checkpoint:
    """The checkpoint in evaluation mode; refuses what is not all there."""
    config = source.settings("config.json") or {}
    weights = source.weights(WEIGHTS)
    net = _load(MODELS[config["architectures"][0]], weights)
    pictures = _image_processor(source, net.config.model_type)
    words, place = tokenizing.read(source, tokenizer)
    return Checkpoint(
        net=net,
        weights=weights,
        preparation=_preparation(pictures, net.config.vision_config.image_size),
        wording=_wording(words, place, net.config),
        own_pixels=lambda some: _pixels(pictures, some),
        own_tokens=_own_tokens(place, net.config),
    )


def _load(model: Any, weights: Path) -> Any:
    net, told = model.from_pretrained(
        weights.parent,
        dtype=torch.float32,
        use_safetensors=weights.suffix == ".safetensors",
        output_loading_info=True,
        local_files_only=True,
    )
    if told["missing_keys"]:
        first = sorted(told["missing_keys"])[0]
        raise Invalid("convert_weights", f"{weights} lacks {first}, and perhaps more.")
    return net.eval()


def _image_processor(source: Source, kind: str) -> Any:
    if source.settings("preprocessor_config.json") is None:
        raise NotFound(
            "convert_preparation",
            f"{source.given} has no preprocessor_config.json, which says how to prepare pictures.",
        )
    processor = SiglipImageProcessorPil if kind == SIGLIP else CLIPImageProcessorPil
    return processor.from_pretrained(source.folder)


def _preparation(processor: Any, side: int) -> Preparation:
    interpolation = _INTERPOLATIONS.get(int(processor.resample))
    if interpolation is None:
        raise unsupported(f"Resampling number {processor.resample} is not supported")
    return Preparation(
        size=side,
        mean=tuple(processor.image_mean),
        std=tuple(processor.image_std),
        padding=_padding(processor, side),
        interpolation=interpolation,
    )


def _padding(processor: Any, side: int) -> Padding | None:
    size = processor.size
    if getattr(processor, "do_center_crop", None):
        cut = processor.crop_size
        whole = size.shortest_edge == side and (cut.height, cut.width) == (side, side)
        return "crop" if whole else None
    return "squash" if (size.height, size.width) == (side, side) else None


def _wording(found: Tokenizer, place: Source, config: Any) -> Wording:
    fixed = config.model_type == SIGLIP
    # The tokenizer of SigLIP cleans in Python before its file is asked.
    named = (place.settings("tokenizer_config.json") or {}).get("tokenizer_class", "")
    cleaning = "bare" if named.startswith("SiglipTokenizer") else ""
    return Wording(
        tokenizer=tokenizing.cleaned(found, cleaning),
        max_tokens=config.text_config.max_position_embeddings,
        # What comes after the end of a text CLIP does not see.
        pad_id=tokenizing.pad_id(found, place) if fixed else 0,
        padded_to_max=fixed,
    )


def _own_tokens(place: Source, config: Any) -> Callable[[Sequence[str]], Tokens] | None:
    """The library's tokenizer; None where it needs packages or files that are not there."""
    try:
        tokenizer = AutoTokenizer.from_pretrained(place.folder, local_files_only=True)
    except (ImportError, OSError, ValueError):
        return None

    def tokens(texts: Sequence[str]) -> Tokens:
        longest = config.text_config.max_position_embeddings
        made = tokenizer(list(texts), padding="max_length", max_length=longest, truncation=True)
        return np.array(made["input_ids"], dtype=np.int64)

    return tokens


def _pixels(processor: Any, pictures: Sequence[Image.Image]) -> Pixels:
    return np.stack(processor(list(pictures))["pixel_values"]).astype(np.float32)
