"""Checkpoints that OpenCLIP itself writes, with random weights, and what it makes of the sample.

Needs `open_clip_torch` and `timm` beside a torchvision that fits PyTorch, which `make test-train`
does not install. In the folder of the repository:

    python -m tests.worlds.openclip.make                 the tiny ones beside this file
    python -m tests.worlds.openclip.make --full FOLDER   two of full size, elsewhere
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import open_clip
import torch
from open_clip.push_to_hf_hub import save_for_hf
from open_clip.tokenizer import HFTokenizer, SimpleTokenizer
from timm.models import register_model
from timm.models.vision_transformer import VisionTransformer
from torch import nn
from transformers import CLIPTokenizer

from tests.worlds import checkpoints

TINY_CLIP: dict[str, Any] = {
    "embed_dim": 32,
    "quick_gelu": True,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 48, "head_width": 24, "patch_size": 8},
    "text_cfg": {"context_length": 16, "width": 32, "heads": 2, "layers": 2, "mlp_ratio": 2.0},
}
TINY_SIGLIP: dict[str, Any] = {
    "embed_dim": 64,
    "custom_text": True,
    "vision_cfg": {"image_size": 32, "timm_model_name": "vit_tiny_patch8_siglip_32"}
    | {"timm_model_pretrained": False, "timm_pool": "map", "timm_proj": "none"},
    "text_cfg": {"context_length": 16, "width": 64, "heads": 2, "layers": 2, "mlp_ratio": 1.0}
    | {"tokenizer_kwargs": {"clean": "canonicalize"}, "hf_tokenizer_name": "beside/it"}
    | {"no_causal_mask": True, "proj_bias": True, "pool_type": "last"}
    | {"norm_kwargs": {"eps": 1e-6}},
}


@register_model
def vit_tiny_patch8_siglip_32(pretrained: bool = False, **asked: Any) -> VisionTransformer:
    """A trunk as timm's SigLIP trunks are, with two layers of 64 channels."""
    assert not pretrained
    sizes: dict[str, Any] = {"img_size": 32, "patch_size": 8, "embed_dim": 64}
    sizes |= {"depth": 2, "num_heads": 1, "mlp_ratio": 1.0, "class_token": False}
    known = {name: asked[name] for name in ("num_classes", "global_pool")}
    return VisionTransformer(norm_layer=partial(nn.LayerNorm, eps=1e-6), **sizes, **known)


def write(folder: Path, model: dict[str, Any], saved: Any, words: Any) -> None:
    """A checkpoint with the tokenizer `saved`, and expected.npz with what OpenCLIP gives.

    `words` is what makes tokens there.
    """
    torch.manual_seed(0)
    siglip = "timm_model_name" in model["vision_cfg"]
    built = {name: value for name, value in model.items() if name != "custom_text"}
    net = (open_clip.CustomTextCLIP if siglip else open_clip.CLIP)(**built).eval()
    checkpoints.shake(net)
    mean, std = checkpoints.COLOURS["siglip" if siglip else "clip"]
    resize = "squash" if siglip else "shortest"
    net.visual.image_mean, net.visual.image_std = mean, std
    net.visual.preprocess_cfg = {"interpolation": "bicubic", "resize_mode": resize}
    save_for_hf(net, saved, model, str(folder), safe_serialization=siglip)
    size = model["vision_cfg"]["image_size"]
    see = open_clip.image_transform(size, False, mean, std, resize, "bicubic")
    pixels = torch.stack([see(picture) for picture in checkpoints.pictures()])
    tokens = words(list(checkpoints.TEXTS), model["text_cfg"]["context_length"])
    with torch.inference_mode():
        pictures, texts = net.encode_image(pixels, True), net.encode_text(tokens, True)
    found = {"pixels": pixels, "tokens": tokens, "pictures": pictures, "texts": texts}
    arrays = {name: value.numpy() for name, value in found.items()}
    np.savez_compressed(folder / "expected.npz", **arrays)


def write_tiny(folder: Path) -> None:
    """Both architectures, small enough to keep."""
    for kind, model, words in (
        ("clip", TINY_CLIP, checkpoints.clip_tokenizer()),
        ("siglip", TINY_SIGLIP, checkpoints.siglip_tokenizer()),
    ):
        model["text_cfg"]["vocab_size"] = len(words)
        made = _read_back(words, folder / kind, "lower" if kind == "clip" else "canonicalize")
        write(folder / kind, model, words, made)


def write_full(folder: Path) -> None:
    """ViT-B-32 with OpenCLIP's own tokenizer, and ViT-B-16-SigLIP."""
    own = SimpleTokenizer()
    words = checkpoints.siglip_tokenizer()
    write(folder / "clip", _config("ViT-B-32"), _same(own), own)
    made = _read_back(words, folder / "siglip", "canonicalize")
    write(folder / "siglip", _config("ViT-B-16-SigLIP"), words, made)


def _config(name: str) -> dict[str, Any]:
    config: dict[str, Any] = open_clip.get_model_config(name)
    return config


def _read_back(words: Any, folder: Path, cleaning: str) -> HFTokenizer:
    words.save_pretrained(folder)
    return HFTokenizer(str(folder), clean=cleaning)


def _same(own: SimpleTokenizer) -> CLIPTokenizer:
    """OpenCLIP's tokenizer as transformers has it."""
    ends = {"<start_of_text>": "<|startoftext|>", "<end_of_text>": "<|endoftext|>"}
    pieces = {ends.get(piece, piece): number for piece, number in own.encoder.items()}
    return CLIPTokenizer(pieces, list(own.bpe_ranks))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", type=Path)
    full = parser.parse_args().full
    write_full(full) if full else write_tiny(Path(__file__).parent)
