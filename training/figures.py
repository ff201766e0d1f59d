"""Quick figures while choosing, by the same arithmetic as `vitrine evaluate`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import nn

from training.captions import prompts
from training.data import Shot
from training.words import encode
from vitrine.services.evaluation.figures import Rows, first_ranks, precisions

Vectors = NDArray[np.float32]
EmbedTexts = Callable[[Sequence[str]], Vectors]


def text_to_image(
    embed_texts: EmbedTexts, shots: Sequence[Shot], vectors: Vectors
) -> dict[str, float]:
    """R@1 and R@10 of every distinct title over these shots."""
    titles, labels = np.unique([shot.title for shot in shots], return_inverse=True)
    wanted = np.arange(len(titles))
    words = embed_texts([str(title) for title in titles])
    ranks = first_ranks(Rows(words, wanted, wanted), Rows(vectors, np.arange(len(shots)), labels))
    return {"text_r1": float((ranks <= 1).mean()), "text_r10": float((ranks <= 10).mean())}


def same_label(
    facet: str, queries: tuple[Sequence[Shot], Vectors], gallery: tuple[Sequence[Shot], Vectors]
) -> float:
    """P@10 of a facet, shots without it left out; a shot never finds itself."""
    return float(precisions(_rows(facet, *queries), _rows(facet, *gallery)).mean())


def same_product(views: Vectors, originals: Vectors, others: Vectors) -> dict[str, float]:
    """R@1 and R@10 of synthetic second photos over their originals and other products."""
    numbers = np.arange(len(originals) + len(others))
    asked = numbers[: len(views)]
    gallery = Rows(np.concatenate([originals, others]), numbers, numbers)
    ranks = first_ranks(Rows(views, asked, asked), gallery)
    return {"view_r1": float((ranks <= 1).mean()), "view_r10": float((ranks <= 10).mean())}


def named_right(
    embed_texts: EmbedTexts,
    facet: str,
    values: Sequence[str],
    shots: Sequence[Shot],
    vectors: Vectors,
) -> float:
    """The share of shots whose value's words, among those of the values, are the nearest."""
    names = np.stack([_ensemble(embed_texts, facet, value) for value in values])
    place = {value: number for number, value in enumerate(values)}
    wanted = np.array([place.get(shot.facets.get(facet, ""), -1) for shot in shots])
    said = (vectors @ names.T).argmax(axis=1)
    return float((said == wanted)[wanted >= 0].mean())


def torch_texts(tower: nn.Module, tokenizer: Tokenizer) -> EmbedTexts:
    """The text tower as a function on texts."""

    def embed(texts: Sequence[str]) -> Vectors:
        parts = [texts[start : start + 256] for start in range(0, len(texts), 256)]
        with torch.inference_mode():
            rows = [tower(*map(torch.from_numpy, encode(tokenizer, part))) for part in parts]
        return np.asarray(torch.cat(rows), dtype=np.float32)

    return embed


def _ensemble(embed_texts: EmbedTexts, facet: str, value: str) -> Vectors:
    mean: Vectors = embed_texts(prompts(facet, value, "en")).mean(axis=0)
    return mean / np.linalg.norm(mean)


def _rows(facet: str, shots: Sequence[Shot], vectors: Vectors) -> Rows:
    keys = np.array([hash(f"{shot.source}/{shot.key}") for shot in shots])
    values = [shot.facets.get(facet, "") for shot in shots]
    labels = np.array([hash(value) for value in values])
    known: NDArray[np.bool_] = np.array([bool(value) for value in values])
    return Rows(vectors, keys, labels).where(known)
