"""Random checkpoints that transformers itself writes, and a sample that no preparation can fake.

`python -m tests.worlds.checkpoints FOLDER` writes both architectures in full size.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import nn
from transformers import (
    CLIPConfig,
    CLIPImageProcessorPil,
    CLIPModel,
    CLIPTokenizer,
    PreTrainedTokenizerFast,
    SiglipConfig,
    SiglipImageProcessorPil,
    SiglipModel,
)

SIZES = ((120, 90), (90, 121), (64, 64), (33, 200), (700, 501))
"""Lying, standing, square, very long, and many times as large as a tower's pictures."""
TEXTS = (
    "A red dress",
    "blue  SHOES, with_laces!",
    "(vintage) women's bag: 50% off",
    "grey trousers " * 12,
    "Ärmel über Größe",
    "",
)
COLOURS = {
    "clip": ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)),
    "siglip": ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
}
TINY = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
}
_WORDS = ["red", "dress", "blue", "shoes", "grey", "trousers", "women", "bag", "vintage", "laces"]


def pictures() -> list[Image.Image]:
    """Seeded pictures with edges and colours, one of each size."""
    rng = np.random.default_rng(7)
    coarse = [rng.integers(0, 255, (9, 7, 3), dtype=np.uint8) for _ in SIZES]
    return [
        Image.fromarray(some).resize(size, Image.Resampling.NEAREST)
        for some, size in zip(coarse, SIZES, strict=True)
    ]


def shake(net: nn.Module, strength: float = 0.05) -> None:
    """Add seeded noise to every weight, so that none of them may be left out unnoticed."""
    noise = torch.Generator().manual_seed(11)
    with torch.no_grad():
        for weight in net.parameters():
            weight.add_(strength * torch.randn(weight.shape, generator=noise))


def write_clip(folder: Path, *, full: bool = False, safe: bool = True) -> Path:
    """A CLIPModel with processor and tokenizer: ViT-B/32 as FashionCLIP is, or a tiny one."""
    torch.manual_seed(3)
    tokenizer = clip_tokenizer()
    size = 224 if full else 32
    text = {"max_position_embeddings": 16, "vocab_size": len(tokenizer)} | TINY
    ends = {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id}
    config = CLIPConfig(
        text_config=ends if full else text | ends,
        vision_config=None if full else {"image_size": size, "patch_size": 8} | TINY,
    )
    processor = CLIPImageProcessorPil(
        size={"shortest_edge": size}, crop_size={"height": size, "width": size}
    )
    return _saved(folder, CLIPModel(config), (tokenizer, processor), safe)


def write_siglip(folder: Path, *, full: bool = False, safe: bool = True) -> Path:
    """A SiglipModel with processor and tokenizer: ViT-B/16, or a tiny one."""
    torch.manual_seed(4)
    tokenizer = siglip_tokenizer()
    size = 224 if full else 32
    text = {"max_position_embeddings": 16, "vocab_size": len(tokenizer)} | TINY
    config = SiglipConfig(
        text_config=None if full else text | {"projection_size": 64},
        vision_config=None if full else {"image_size": size, "patch_size": 8} | TINY,
    )
    processor = SiglipImageProcessorPil(size={"height": size, "width": size})
    return _saved(folder, SiglipModel(config), (tokenizer, processor), safe)


def clip_tokenizer() -> CLIPTokenizer:
    """CLIP's way of making tokens, with bytes and a few words."""
    signs = sorted(pre_tokenizers.ByteLevel.alphabet())
    pieces, merges = [*signs, *(f"{sign}</w>" for sign in signs)], []
    for word in _WORDS:
        done = word[0]
        for place, sign in enumerate(word[1:], start=1):
            last = f"{sign}</w>" if place == len(word) - 1 else sign
            if (done, last) not in merges:
                merges.append((done, last))
                pieces.append(done + last)
            done += last
    pieces += ["<|startoftext|>", "<|endoftext|>"]
    numbered = {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}
    return CLIPTokenizer(numbered, merges)


def siglip_tokenizer() -> PreTrainedTokenizerFast:
    """SigLIP's way of making tokens, with single signs and a few words."""
    signs = [chr(number) for number in range(33, 127)] + list("äöüßÄÖÜé")
    pieces = ["<pad>", "</s>", "<unk>", "▁", *(f"▁{word}" for word in _WORDS), *signs]
    made = Tokenizer(models.Unigram([(one, -float(len(one) < 3)) for one in pieces], unk_id=2))
    made.normalizer = normalizers.Sequence([normalizers.NFKC()])
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="</s>", eos_token="</s>", unk_token="<unk>"
    )


def _saved(folder: Path, net: Any, beside: tuple[Any, ...], safe: bool) -> Path:
    shake(net)
    net.save_pretrained(folder)
    if not safe:  # as older checkpoints are
        (folder / "model.safetensors").unlink()
        torch.save(net.state_dict(), folder / "pytorch_model.bin")
    for part in beside:
        part.save_pretrained(folder)
    (folder / "README.md").write_text("---\nlanguage: en\nlicense: mit\n---\n# Random\n")
    return folder


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args().folder
    write_clip(given / "clip", full=True)
    write_siglip(given / "siglip", full=True)
