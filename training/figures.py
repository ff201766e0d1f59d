"""Quick figures on cached features, by the same arithmetic as `vitrine evaluate`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.data import Shot
from training.features import Features
from training.words import encode
from vitrine.services.evaluation import Rows, first_ranks, precisions

Embed = Callable[[Features], Features]
EmbedTexts = Callable[[Sequence[str]], Features]


def text_to_image(
    embed_texts: EmbedTexts, shots: Sequence[Shot], vectors: Features
) -> dict[str, float]:
    """R@1 and R@10 of every distinct title over these shots."""
    titles, labels = np.unique([shot.title for shot in shots], return_inverse=True)
    wanted = np.arange(len(titles))
    words = embed_texts([str(title) for title in titles])
    owners = np.arange(len(shots))
    ranks = first_ranks(Rows(words, wanted, wanted), Rows(vectors, owners, labels))
    return {"text_r1": float((ranks <= 1).mean()), "text_r10": float((ranks <= 10).mean())}


def same_label(
    facet: str,
    queries: tuple[Sequence[Shot], Features],
    gallery: tuple[Sequence[Shot], Features],
) -> float:
    """P@10 of a facet, shots without it left out; a shot never finds itself."""
    asking, offered = _rows(facet, *queries), _rows(facet, *gallery)
    return float(precisions(asking, offered).mean())


def same_product(views: Features, originals: Features) -> dict[str, float]:
    """R@1 and R@10 of synthetic second photos over their originals."""
    numbers = np.arange(len(originals))
    ranks = first_ranks(Rows(views, numbers, numbers), Rows(originals, numbers, numbers))
    return {"view_r1": float((ranks <= 1).mean()), "view_r10": float((ranks <= 10).mean())}


def torch_embed(head: torch.nn.Module) -> Embed:
    """The head as a function on numpy features."""

    def embed(features: Features) -> Features:
        with torch.inference_mode():
            return np.asarray(head(torch.from_numpy(features)), dtype=np.float32)

    return embed


def torch_texts(tower: torch.nn.Module, tokenizer: Tokenizer) -> EmbedTexts:
    """The text tower as a function on texts."""

    def embed(texts: Sequence[str]) -> Features:
        parts = [texts[start : start + 256] for start in range(0, len(texts), 256)]
        with torch.inference_mode():
            rows = [tower(*map(torch.from_numpy, encode(tokenizer, part))) for part in parts]
        return np.asarray(torch.cat(rows), dtype=np.float32)

    return embed


def _rows(facet: str, shots: Sequence[Shot], vectors: Features) -> Rows:
    keys = np.array([_number(f"{shot.source}/{shot.key}") for shot in shots])
    values = [shot.facets.get(facet, "") for shot in shots]
    labels = np.array([_number(value) for value in values])
    known: NDArray[np.bool_] = np.array([bool(value) for value in values])
    return Rows(vectors, keys, labels).where(known)


def _number(word: str) -> int:
    """A number for a word, equal in every call of this process."""
    return hash(word)
