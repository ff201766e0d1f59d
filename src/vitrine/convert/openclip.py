"""Reads checkpoints that OpenCLIP wrote, as the same nets of transformers.

OpenCLIP itself needs torchvision, whose builds seldom fit another PyTorch than their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from transformers import CLIPConfig, CLIPModel, SiglipConfig, SiglipModel

from vitrine.convert import renaming, tokenizing
from vitrine.convert.checkpoint import Checkpoint, Preparation, Wording, unsupported
from vitrine.convert.renaming import State
from vitrine.convert.sources import Source
from vitrine.core.errors import Invalid
from vitrine.vision.card import Padding

CONFIG = "open_clip_config.json"
WEIGHTS = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin", "model.safetensors")
CLIP_TOKENIZER = "openai/clip-vit-base-patch32"
"""Whose tokenizer OpenCLIP has built in."""

_MEAN = (0.48145466, 0.4578275, 0.40821073)
_STD = (0.26862954, 0.26130258, 0.27577711)
_PADDINGS: Mapping[str, Padding] = {"shortest": "crop", "squash": "squash"}
_SIZES = {
    *("width", "layers", "heads", "head_width", "mlp_ratio", "patch_size", "image_size"),
    *("context_length", "vocab_size", "act_kwargs", "norm_kwargs", "patch_dropout"),
    *("hf_tokenizer_name", "tokenizer_kwargs", "timm_model_name", "timm_model_pretrained"),
    *("timm_drop", "timm_drop_path", "output_tokens", "pad_id", "eos_id"),
}
"""Keys of a tower whose values are read, or change nothing once a net is trained."""
_FIXED: Mapping[str, tuple[object, ...]] = {
    "timm_pool": ("map",),
    "timm_proj": ("none",),
    "proj_type": ("linear",),
}
"""Keys whose values must be one of these; any other key must be off."""


def wrote(source: Source) -> bool:
    """Whether OpenCLIP wrote this."""
    return source.settings(CONFIG) is not None


def read(source: Source, tokenizer: str | None = None) -> Checkpoint:
    """The checkpoint in evaluation mode; refuses what transformers has no same net for."""
    settings = source.settings(CONFIG) or {}
    model = settings.get("model_cfg") or {}
    if "vision_cfg" not in model or "text_cfg" not in model:
        raise Invalid(
            "convert_source", f"{CONFIG} of {source.given} lacks model_cfg of two towers."
        )
    siglip = "timm_model_name" in model["vision_cfg"]
    _check(model, siglip)
    weights = source.weights(WEIGHTS)
    state = _load(weights)
    net = _siglip(model, state) if siglip else _clip(model, state)
    return Checkpoint(
        net=net,
        weights=weights,
        preparation=_preparation(settings.get("preprocess_cfg") or {}, model["vision_cfg"]),
        wording=_wording(source, model["text_cfg"], siglip, tokenizer),
    )


def _check(model: Mapping[str, Any], siglip: bool) -> None:
    pools = ("last",) if siglip else ("argmax", "tok")
    fixed = {**_FIXED, "pool_type": pools}
    if siglip:
        fixed = {**fixed, "no_causal_mask": (True,), "proj_bias": (True,)}
    for tower in ("vision_cfg", "text_cfg"):
        for key, value in model[tower].items():
            fine = value in fixed[key] if key in fixed else key in _SIZES or not value
            if not fine:
                raise unsupported(f"{tower}.{key} = {value!r} is not supported")


def _load(path: Path) -> State:
    """Tensors as float32 by name, without what wrappers put before the names."""
    if path.suffix == ".safetensors":
        state = load_file(path)
    else:
        state = torch.load(path, map_location="cpu", weights_only=True)
        state = state.get("state_dict", state)
    for wrapper in ("module.", "model."):
        if all(name.startswith(wrapper) for name in state):
            state = {name.removeprefix(wrapper): tensor for name, tensor in state.items()}
    return {name: tensor.float() for name, tensor in state.items()}


def _clip(model: Mapping[str, Any], state: State) -> Any:
    vision, text = model["vision_cfg"], model["text_cfg"]
    activation = "quick_gelu" if model.get("quick_gelu") else "gelu"
    heads = vision["width"] // vision.get("head_width", 64)
    config = CLIPConfig(
        projection_dim=model["embed_dim"],
        vision_config=_tower(vision, activation, heads)
        | {"image_size": vision["image_size"], "patch_size": vision["patch_size"]}
        | {"projection_dim": model["embed_dim"]},
        # 2 makes transformers, too, take the place of the largest id as the end of a text.
        text_config=_tower(text, activation, text["heads"])
        | _lengths(text)
        | {"eos_token_id": 2, "bos_token_id": 0, "projection_dim": model["embed_dim"]},
    )
    return _filled(CLIPModel, config, renaming.clip(state))


def _siglip(model: Mapping[str, Any], state: State) -> Any:
    vision, text = model["vision_cfg"], model["text_cfg"]
    trunk = renaming.TimmTrunk.named(vision["timm_model_name"], state)
    config = SiglipConfig(
        vision_config={
            "hidden_size": trunk.width,
            "intermediate_size": trunk.inner,
            "num_hidden_layers": trunk.layers,
            "num_attention_heads": trunk.heads,
            "patch_size": trunk.patch,
            "image_size": vision["image_size"],
            "hidden_act": trunk.activation,
        },
        text_config=_tower(text, "gelu", text["heads"])
        | _lengths(text)
        | {"projection_size": model["embed_dim"]},
    )
    return _filled(SiglipModel, config, renaming.siglip(state))


def _tower(tower: Mapping[str, Any], activation: str, heads: int) -> dict[str, Any]:
    tanh = (tower.get("act_kwargs") or {}).get("approximate") == "tanh"
    return {
        "hidden_size": tower["width"],
        "intermediate_size": int(tower["width"] * tower.get("mlp_ratio", 4.0)),
        "num_hidden_layers": tower["layers"],
        "num_attention_heads": heads,
        "hidden_act": "gelu_pytorch_tanh" if tanh else activation,
        "layer_norm_eps": (tower.get("norm_kwargs") or {}).get("eps", 1e-5),
    }


def _lengths(text: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "vocab_size": text.get("vocab_size", 49408),
        "max_position_embeddings": text.get("context_length", 77),
    }


def _filled(kind: Any, config: Any, state: State) -> Any:
    net = kind(config)
    kept = {name: value for name, value in net.state_dict().items() if name.startswith("logit_")}
    try:
        net.load_state_dict(state | kept)
    except RuntimeError as different:
        raise unsupported(f"These weights are of another net: {different}") from None
    return net.eval()


def _preparation(preprocess: Mapping[str, Any], vision: Mapping[str, Any]) -> Preparation:
    return Preparation(
        size=vision["image_size"],
        mean=tuple(preprocess.get("mean") or _MEAN),
        std=tuple(preprocess.get("std") or _STD),
        padding=_PADDINGS.get(preprocess.get("resize_mode") or "shortest"),
        interpolation="bilinear" if preprocess.get("interpolation") == "bilinear" else "bicubic",
    )


def _wording(
    source: Source, text: Mapping[str, Any], siglip: bool, fallback: str | None
) -> Wording:
    named = text.get("hf_tokenizer_name")
    found, place = tokenizing.read(source, fallback or named or CLIP_TOKENIZER)
    cleaning = (text.get("tokenizer_kwargs") or {}).get("clean") or (
        "whitespace" if named else "lower"
    )
    return Wording(
        tokenizer=tokenizing.cleaned(found, cleaning),
        max_tokens=text.get("context_length", 77),
        # What comes after the end of a text CLIP does not see.
        pad_id=tokenizing.pad_id(found, place) if siglip else 0,
        padded_to_max=siglip,
    )
