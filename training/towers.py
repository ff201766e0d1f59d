"""The two trained parts: a linear head on trunk features and a bag-of-tokens text tower."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.backbone import Trunk

DIMENSION = 256


class ImageHead(nn.Module):
    """Trunk features (n, width) to embeddings (n, 256) of length 1; standardises inside."""

    mean: Tensor
    scale: Tensor

    def __init__(self, mean: Tensor, scale: Tensor, dimension: int = DIMENSION) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("scale", scale)
        self.linear = nn.Linear(len(mean), dimension)

    def forward(self, features: Tensor) -> Tensor:
        """Embeddings (n, dimension) of raw trunk features."""
        return functional.normalize(self.linear((features - self.mean) * self.scale), dim=-1)


class TextTower(nn.Module):
    """Token ids and mask (n, t) to embeddings (n, 256) of length 1."""

    def __init__(self, vocabulary: int, width: int = 160, dimension: int = DIMENSION) -> None:
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width, padding_idx=0)
        nn.init.normal_(self.tokens.weight, std=0.05)
        self.inner = nn.Linear(width, dimension)
        self.outer = nn.Linear(dimension, dimension)
        self.skip = nn.Linear(width, dimension, bias=False)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Embeddings (n, dimension) of padded token ids."""
        mask = attention_mask.to(self.tokens.weight.dtype).unsqueeze(-1)
        # sqrt(count) rather than count: a longer line says more, and should not fade.
        total = (self.tokens(input_ids) * mask).sum(dim=1)
        pooled = total / mask.sum(dim=1).clamp(min=1.0).sqrt()
        deep = self.outer(functional.gelu(self.inner(pooled), approximate="tanh"))
        return functional.normalize(self.skip(pooled) + deep, dim=-1)


class ImageTower(nn.Module):
    """Prepared pixels (n, 3, 192, 192) to embeddings (n, 256): what is exported."""

    def __init__(self, trunk: Trunk, head: ImageHead) -> None:
        super().__init__()
        self.trunk = trunk
        self.head = head

    def forward(self, pixel_values: Tensor) -> Tensor:
        """Embeddings (n, dimension) of normalised pixels."""
        return self.head(self.trunk(pixel_values))  # type: ignore[no-any-return]


def standardisation(features: Tensor, early: int, early_share: float) -> tuple[Tensor, Tensor]:
    """Mean and scale per feature that give the early part the share asked for of the variance.

    The deep features share one scale: dividing each by its own spread cost plain features a tenth
    of their P@10 on phone photos (docs/experiments.md).
    """
    mean, std = features.mean(dim=0), features.std(dim=0).clamp(min=1e-3)
    scale = torch.empty_like(std)
    scale[:early] = (early_share / early) ** 0.5 / std[:early]
    scale[early:] = (1 - early_share) ** 0.5 / std[early:].norm()
    return mean, scale


def principal_axes(standardised: Tensor, dimension: int) -> Tensor:
    """The first principal axes (dimension, width): with them a head starts as a compression."""
    sample = standardised[torch.randperm(len(standardised))[:8000]]
    axes: Tensor = torch.linalg.svd(sample - sample.mean(dim=0), full_matrices=False).Vh
    return axes[:dimension]
