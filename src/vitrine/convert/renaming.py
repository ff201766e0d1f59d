"""OpenCLIP's names of weights as transformers has them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

State = dict[str, Tensor]
Rules = tuple[tuple[str, str], ...]

_BLOCKS: Rules = (
    (r"(?:resblocks|blocks)\.(\d+)\.", r"encoder.layers.\1."),
    (r"\.ln_([12])\.", r".layer_norm\1."),
    (r"\.norm([12])\.", r".layer_norm\1."),
    (r"\.mlp\.c_fc\.", ".mlp.fc1."),
    (r"\.mlp\.c_proj\.", ".mlp.fc2."),
    (r"\.attn\.(?:out_proj|proj)\.", ".self_attn.out_proj."),
    (r"\.attn\.(?:in_proj_|qkv\.)", ".self_attn.qkv."),
)
_TEXT: Rules = (
    (r"^(?:text\.)?transformer\.", "text_model."),
    (r"^(?:text\.)?token_embedding\.", "text_model.embeddings.token_embedding."),
    (r"^(?:text\.)?positional_embedding$", "text_model.embeddings.position_embedding.weight"),
    (r"^(?:text\.)?ln_final\.", "text_model.final_layer_norm."),
)
_CLIP: Rules = (
    (r"^visual\.transformer\.", "vision_model."),
    (r"^visual\.class_embedding$", "vision_model.embeddings.class_embedding"),
    (r"^visual\.conv1\.", "vision_model.embeddings.patch_embedding."),
    (r"^visual\.positional_embedding$", "vision_model.embeddings.position_embedding.weight"),
    (r"^visual\.ln_pre\.", "vision_model.pre_layrnorm."),
    (r"^visual\.ln_post\.", "vision_model.post_layernorm."),
    (r"^visual\.proj$", "visual_projection.weight"),
    (r"^(?:text\.)?text_projection$", "text_projection.weight"),
)
_SIGLIP: Rules = (
    (r"^visual\.trunk\.patch_embed\.proj\.", "vision_model.embeddings.patch_embedding."),
    (r"^visual\.trunk\.pos_embed$", "vision_model.embeddings.position_embedding.weight"),
    (r"^visual\.trunk\.norm\.", "vision_model.post_layernorm."),
    (r"^visual\.trunk\.attn_pool\.latent$", "vision_model.head.probe"),
    (r"^visual\.trunk\.attn_pool\.(q|kv)\.", r"vision_model.head.\1."),
    (r"^visual\.trunk\.attn_pool\.proj\.", "vision_model.head.attention.out_proj."),
    (r"^visual\.trunk\.attn_pool\.norm\.", "vision_model.head.layernorm."),
    (r"^visual\.trunk\.attn_pool\.", "vision_model.head."),
    (r"^visual\.trunk\.", "vision_model."),
    (r"^(?:text\.)?text_projection\.", "text_model.head."),
)
_PROJECTIONS = ("visual_projection.weight", "text_projection.weight")
"""Stored there the other way round."""
_HEADS = {1152: 16, 1536: 16}
"""Attention heads of timm's SigLIP trunks by their width; all others have one for 64 channels."""
_TANH = re.compile(r"vit_(?:base_patch32_|large_patch16_siglip_512|so400m_patch16_|giantopt_)\w*")
"""Trunks of timm that compute GELU by its approximation with tanh."""


@dataclass(frozen=True, slots=True)
class TimmTrunk:
    """The sizes of a SigLIP trunk of timm: channels, inner channels, layers, heads, patch side."""

    width: int
    inner: int
    layers: int
    heads: int
    patch: int
    activation: str

    @classmethod
    def named(cls, name: str, state: Mapping[str, Tensor]) -> TimmTrunk:
        """As its weights show, and by its name what they do not show."""
        patches = state["visual.trunk.patch_embed.proj.weight"]
        width = patches.shape[0]
        blocks = [
            found for key in state if (found := re.match(r"visual\.trunk\.blocks\.(\d+)", key))
        ]
        return cls(
            width=width,
            inner=state["visual.trunk.blocks.0.mlp.fc1.weight"].shape[0],
            layers=1 + max(int(found[1]) for found in blocks),
            heads=_HEADS.get(width, max(1, width // 64)),
            patch=patches.shape[-1],
            activation="gelu_pytorch_tanh" if _TANH.fullmatch(name) else "gelu",
        )


def clip(state: Mapping[str, Tensor]) -> State:
    """A state of OpenCLIP's CLIP as one of CLIPModel."""
    made = _renamed(state, (*_CLIP, *_TEXT, *_BLOCKS))
    turned = {name: made[name].T for name in _PROJECTIONS if name in made}
    return made | turned


def siglip(state: Mapping[str, Tensor]) -> State:
    """A state of OpenCLIP's CLIP with a trunk of timm as one of SiglipModel."""
    made = _renamed(state, (*_SIGLIP, *_TEXT, *_BLOCKS))
    head, place = "vision_model.head", "vision_model.embeddings.position_embedding.weight"
    made[place] = made[place].squeeze(0)
    for part in ("weight", "bias"):
        both = (made.pop(f"{head}.q.{part}"), made.pop(f"{head}.kv.{part}"))
        made[f"{head}.attention.in_proj_{part}"] = torch.cat(both)
    return made


def _renamed(state: Mapping[str, Tensor], rules: Rules) -> State:
    made: State = {}
    for name, tensor in state.items():
        # The temperature is not part of a vector, and a mask is no weight.
        if name.startswith("logit_") or name.endswith("attn_mask"):
            continue
        for pattern, replacement in rules:
            name = re.sub(pattern, replacement, name)  # noqa: PLW2901 - each rule goes on
        made |= dict(_split(name, tensor))
    return made


def _split(name: str, tensor: Tensor) -> Iterator[tuple[str, Tensor]]:
    """What is one matrix for queries, keys and values there is three here."""
    if ".qkv." not in name:
        yield name, tensor
        return
    for letter, part in zip("qkv", tensor.chunk(3), strict=True):
        yield name.replace(".qkv.", f".{letter}_proj."), part
