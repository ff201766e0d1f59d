"""The two towers: EfficientNet-Lite0 with a linear head, and a small transformer over subwords."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

DIMENSION = 256
HIDDEN = 512
"""The width of the image head's hidden layer."""


class ImageHead(nn.Module):
    """Trunk features (n, width) to embeddings (n, 256) of length 1; standardises inside.

    Beside a straight line stands one hidden layer, which says nothing at first.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, mean: Tensor, scale: Tensor, dimension: int = DIMENSION) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("scale", scale)
        self.linear = nn.Linear(len(mean), dimension)
        self.up = nn.Linear(len(mean), HIDDEN)
        self.down = nn.Linear(HIDDEN, dimension, bias=False)
        nn.init.zeros_(self.down.weight)

    def forward(self, features: Tensor) -> Tensor:
        """Embeddings (n, dimension) of raw trunk features."""
        x = (features - self.mean) * self.scale
        bent = self.down(functional.relu(self.up(x)))
        return functional.normalize(self.linear(x) + bent, dim=-1)

    def seen_as(self, mean: Tensor, scale: Tensor) -> ImageHead:
        """A head that gives the same, but standardises by another mean and scale."""
        other = ImageHead(mean, scale, len(self.linear.bias))
        with torch.no_grad():
            for mine, its in ((self.linear, other.linear), (self.up, other.up)):
                plain = mine.weight * self.scale
                its.weight.copy_(plain / scale)
                its.bias.copy_(mine.bias + plain @ (mean - self.mean))
            other.down.weight.copy_(self.down.weight)
        return other


class Bent(nn.Module):
    """Features (n, width) to numbers (n, k): a straight line and, added to it, one hidden layer.

    The layer says nothing at first.
    """

    def __init__(self, line: nn.Linear, hidden: int) -> None:
        super().__init__()
        self.line = line
        self.up = nn.Linear(line.in_features, hidden)
        self.down = nn.Linear(hidden, line.out_features, bias=False)
        nn.init.zeros_(self.down.weight)

    def forward(self, features: Tensor) -> Tensor:
        """Numbers (n, k) of features."""
        bent: Tensor = self.down(functional.relu(self.up(features)))
        return self.line(features) + bent

    def after(self, mean: Tensor, matrix: Tensor) -> Bent:
        """What gives the same of features (n, d) as this of `(features - mean) @ matrix`."""
        other = Bent(nn.Linear(len(mean), self.line.out_features), self.up.out_features)
        with torch.no_grad():
            for mine, its in ((self.line, other.line), (self.up, other.up)):
                its.weight.copy_(mine.weight @ matrix.T)
                its.bias.copy_(mine.bias - its.weight @ mean)
            other.down.weight.copy_(self.down.weight)
        return other.requires_grad_(False)


class PartsHead(nn.Module):
    """Features (n, width) to embeddings of length 1: lines, straight or bent, side by side.

    What each line gives is brought to the length that its share of 1 says, so the cosine of two
    pictures is the mean of their lines' cosines by these shares.
    """

    def __init__(self, lines: Sequence[nn.Module], shares: Sequence[float]) -> None:
        super().__init__()
        self.lines = nn.ModuleList(lines)
        self.lengths = [share**0.5 for share in shares]

    def forward(self, features: Tensor) -> Tensor:
        """Embeddings (n, dimension) of raw features."""
        said = [functional.normalize(line(features), dim=-1) for line in self.lines]
        return torch.cat([x * one for x, one in zip(said, self.lengths, strict=True)], dim=-1)


class TextTower(nn.Module):
    """Token ids and mask (n, t) to embeddings (n, 256) of length 1.

    What the tokens say together comes from the layers; beside them each token has a vector of its
    own in the sum, which keeps rare words, which the layers hardly ever met, at work.
    """

    def __init__(
        self,
        vocabulary: int,
        width: int = 192,
        dimension: int = DIMENSION,
        layers: int = 2,
        longest: int = 64,
    ) -> None:
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width, padding_idx=0)
        nn.init.normal_(self.tokens.weight, std=0.05)
        self.places = nn.Parameter(torch.randn(longest, width) * 0.01)
        self.layers = nn.ModuleList(Layer(width) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.outer = nn.Linear(width, dimension)
        self.bag = nn.Embedding(vocabulary, dimension, padding_idx=0)
        nn.init.normal_(self.bag.weight, std=0.05)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Embeddings (n, dimension) of padded token ids."""
        together = self.together(input_ids, attention_mask)
        return functional.normalize(self.said(together, input_ids, attention_mask), dim=-1)

    def together(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """What the layers make (n, width) of the tokens of each line."""
        words = self.tokens(input_ids)
        mask = attention_mask.to(words.dtype).unsqueeze(-1)
        x = words + self.places[: input_ids.shape[1]]
        for layer in self.layers:
            x = layer(x, mask)
        said: Tensor = (self.norm(x) * mask).sum(dim=1)
        return said / mask.sum(dim=1).clamp(min=1.0)

    def said(self, together: Tensor, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Embeddings (n, dimension) of any length, of what `together` gave and of each token."""
        mask = attention_mask.to(together.dtype).unsqueeze(-1)
        count = mask.sum(dim=1).clamp(min=1.0)
        # sqrt(count) rather than count: a longer line says more, and should not fade.
        bag = (self.bag(input_ids) * mask).sum(dim=1) / count.sqrt()
        return bag + self.outer(together)


class Layer(nn.Module):
    """Pre-norm self-attention and a feed-forward part, over padded lines."""

    def __init__(self, width: int, heads: int = 4, dropout: float = 0.1) -> None:
        super().__init__()
        self.heads = heads
        self.before = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.between = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """The lines (n, t, width) with what their tokens say to each other; mask (n, t, 1)."""
        n, t, width = x.shape
        split = self.query_key_value(self.before(x)).view(n, t, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4).unbind(0)
        scores = query @ key.transpose(2, 3) * (width // self.heads) ** -0.5
        scores = scores + (1 - mask.view(n, 1, 1, t)) * -1e4
        seen = (scores.softmax(dim=-1) @ value).transpose(1, 2).reshape(n, t, width)
        x = x + self.dropout(self.out(seen))
        inner = functional.gelu(self.up(self.between(x)), approximate="tanh")
        return x + self.dropout(self.down(inner))


class ImageTower(nn.Module):
    """Prepared pixels (n, 3, size, size) to embeddings (n, 256): what is exported."""

    def __init__(self, trunk: nn.Module, head: nn.Module) -> None:
        super().__init__()
        self.trunk = trunk
        self.head = head

    def forward(self, pixel_values: Tensor) -> Tensor:
        """Embeddings (n, dimension) of normalised pixels."""
        return self.head(self.trunk(pixel_values))


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
