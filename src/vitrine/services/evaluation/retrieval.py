"""How well words find pictures, pictures words, photos their products, and like finds like."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vitrine.ports import Vision
from vitrine.services.evaluation import designs
from vitrine.services.evaluation.figures import (
    Figure,
    Ints,
    Mask,
    Rows,
    Values,
    figure,
    first_ranks,
    precisions,
)
from vitrine.services.evaluation.manifest import Entry
from vitrine.services.evaluation.pictures import Pictures

AT_ONCE = 256
WITHIN = {"text": (1, 5, 10), "title": (1, 5, 10), "product": (1, 10)}


def measure(vision: Vision, pictures: Pictures) -> dict[str, Figure | None]:
    """R@k of titles, titled pictures, products and designs, and P@10 of categories and colours."""
    entries, products = pictures.entries, _numbers([entry.key for entry in pictures.entries])
    rows = Rows(pictures.vectors, products, products)
    text, title = _text_ranks(vision, pictures, rows)
    asked = {"text": text, "title": title, "product": _product_ranks(pictures, rows)}
    found = {
        f"{name}_r{k}": figure(ranks <= k) for name, ranks in asked.items() for k in WITHIN[name]
    }
    told = {
        "category": [entry.category for entry in entries],
        "colour": [entry.colour for entry in entries],
        "both": [_both(entry) for entry in entries],
    }
    for facet, names in told.items():
        found[f"{facet}_p10"] = figure(_precisions(pictures, rows, names))
    return found | designs.measure(pictures)


def _both(entry: Entry) -> str:
    """Category and colour in one, empty where either is not known."""
    return f"{entry.category}/{entry.colour}" if entry.category and entry.colour else ""


def _text_ranks(vision: Vision, pictures: Pictures, rows: Rows) -> tuple[Values, Values]:
    """Where each title finds its first product, and where each titled picture finds its title."""
    gallery, seen = pictures.gallery, pictures.seen
    told = [entry.title for entry in pictures.entries]
    titles = sorted({title for title, held in zip(told, gallery, strict=True) if title and held})
    place = {title: number for number, title in enumerate(titles)}
    texts = [titles[start : start + AT_ONCE] for start in range(0, len(titles), AT_ONCE)]
    if not texts:
        return np.empty(0), np.empty(0)
    words = np.concatenate([vision.embed_texts(part) for part in texts])
    labels = np.array([place.get(title, -1) for title in told], dtype=np.int64)
    wanted = np.arange(len(titles), dtype=np.int64)
    offered, shown = Rows(words, wanted, wanted), Rows(rows.vectors, rows.owners, labels)
    titled = gallery & (labels >= 0)
    ranks = np.full(len(told), np.inf)
    ranks[titled & seen] = first_ranks(shown.where(titled & seen), offered)
    return first_ranks(offered, shown.where(gallery & seen)), ranks[titled]


def _product_ranks(pictures: Pictures, rows: Rows) -> Values:
    # A photo of a product that is not in the gallery cannot be found, and says nothing.
    gallery, seen = pictures.gallery, pictures.seen
    asking: Mask = ~gallery & np.isin(rows.owners, rows.owners[gallery])
    ranks = np.full(len(asking), np.inf)
    ranks[asking & seen] = first_ranks(rows.where(asking & seen), rows.where(gallery & seen))
    return ranks[asking]


def _precisions(pictures: Pictures, rows: Rows, names: Sequence[str]) -> Values:
    seen, known = pictures.seen, np.array([bool(name) for name in names])
    labelled = Rows(rows.vectors, rows.owners, _numbers(names))
    asking = known & pictures.asking
    values = np.zeros(len(names))
    shown = labelled.where(known & pictures.gallery & seen)
    values[asking & seen] = precisions(labelled.where(asking & seen), shown)
    return values[asking]


def _numbers(names: Sequence[str]) -> Ints:
    return np.unique(np.array(names, dtype=object), return_inverse=True)[1].astype(np.int64)
