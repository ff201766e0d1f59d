"""Which products belong together, and on which side of the split each such group stands."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.fields.designs import LARGEST, design
from vitrine.services.catalog import duplicates
from vitrine.tables.blobs import Blob
from vitrine.tables.catalog import Image, Product
from vitrine.vision import likeness

TRAIN, VAL, TEST = SPLITS = ("train", "val", "test")
BOUNDS = ((0.7, TRAIN), (0.8, VAL), (1.0, TEST))
"""Up to which share of all groups each split reaches."""

Pair = tuple[str, str]


def grouped(session: Session) -> dict[str, str]:
    """By the id of each living product, the external id of the oldest product of its group.

    One group are products that show one photo, or photos that look the same, or are variants of
    one design. A group keeps its name as others join it: only where two become one, one is renamed.
    """
    names = dict(iter(session.execute(select(Product.id, Product.external_id))))
    oldest = {each: each for each in names}
    for one, other in _linked(session):
        first, second = sorted((_root(oldest, one), _root(oldest, other)))
        oldest[second] = first
    return {each: names[_root(oldest, each)] for each in names}


def split_of(group: str) -> str:
    """The split of a group: by its name alone, so that it is the same in every snapshot."""
    place = int.from_bytes(hashlib.sha256(f"split:{group}".encode()).digest()[:4]) / 2**32
    return next(split for bound, split in BOUNDS if place < bound)


def near(photos: Iterable[tuple[str, str | None, bytes | None]]) -> Iterator[Pair]:
    """Pairs of photos that look the same, of those with a hash and colours; by their sha256."""
    seen = sorted((sha256, hash_, grid) for sha256, hash_, grid in photos if hash_ and grid)
    hashes = likeness.as_numbers([hash_ for _, hash_, _ in seen])
    grids = [grid for *_, grid in seen]
    for one, other, _ in duplicates.alike(hashes, grids, duplicates.FURTHEST):
        yield seen[one][0], seen[other][0]


def _linked(session: Session) -> Iterator[Pair]:
    """Pairs of living products that belong together."""
    shown = _shown(session)
    for products in (*shown.values(), *_designs(session)):
        yield from pairwise(products)
    hashes = select(Blob.sha256, Blob.perceptual_hash, Blob.colour_grid)
    alive = (row for row in session.execute(hashes) if row[0] in shown)
    for one, other in near(alive):
        yield shown[one][0], shown[other][0]


def _shown(session: Session) -> Mapping[str, Sequence[str]]:
    """The living products that show a photo, by its sha256."""
    rows = session.execute(
        select(Image.sha256, Product.id).join(Product, Product.id == Image.product_id)
    )
    return _gathered(rows)


def _designs(session: Session) -> Iterator[Sequence[str]]:
    """The products of each design."""
    rows = session.execute(select(Product.attributes, Product.id))
    named = ((design(attributes), product_id) for attributes, product_id in rows)
    products = _gathered(pair for pair in named if pair[0])
    return (each for each in products.values() if len(each) <= LARGEST)


def _gathered(pairs: Iterable[Pair]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _root(oldest: dict[str, str], product_id: str) -> str:
    while oldest[product_id] != product_id:
        oldest[product_id] = oldest[oldest[product_id]]  # a shorter way for who asks next
        product_id = oldest[product_id]
    return product_id
