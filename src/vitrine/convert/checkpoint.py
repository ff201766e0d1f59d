"""What every checkpoint is read into, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tokenizers import Tokenizer

from vitrine.core.errors import Invalid
from vitrine.vision.card import Interpolation, Padding

Pixels = NDArray[np.float32]
Tokens = NDArray[np.int64]

CLIP, SIGLIP = "clip", "siglip"
"""The two architectures, by their names in transformers."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """How pictures become pixels; `padding` is None where Vitrine knows no way that is the same."""

    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    padding: Padding | None
    interpolation: Interpolation


@dataclass(frozen=True, slots=True)
class Wording:
    """How texts become tokens; `pad_id` fills up to `max_tokens` where `padded_to_max`."""

    tokenizer: Tokenizer
    max_tokens: int
    pad_id: int
    padded_to_max: bool

    def tokens(self, texts: Sequence[str]) -> Tokens:
        """The ids (n, max_tokens) of texts, cut where they are too long."""
        made = Tokenizer.from_str(self.tokenizer.to_str())
        made.enable_truncation(self.max_tokens)
        made.enable_padding(length=self.max_tokens, pad_id=self.pad_id)
        return np.array([made.encode(text).ids for text in texts], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A CLIPModel or SiglipModel of transformers in evaluation mode, and how to feed it.

    `own_pixels` and `own_tokens` are how the library that wrote it does it, where that can be run.
    """

    net: Any
    weights: Path
    preparation: Preparation
    wording: Wording
    own_pixels: Callable[[Sequence[Image.Image]], Pixels] | None = None
    own_tokens: Callable[[Sequence[str]], Tokens] | None = field(default=None)


def unsupported(what: str) -> Invalid:
    """The refusal of a checkpoint that would not come out as it is."""
    return Invalid("convert_unsupported", f"{what}. CLIP and SigLIP with vision transformers are.")
