"""Photos that several products show: the same bytes, or pictures that look the same.

Duplicates are told with the products and images they link. Nothing is merged: whether two products
are one is for a person to say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, compress, islice
from typing import NamedTuple

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.tables.blobs import Blob
from vitrine.tables.catalog import Image, Product
from vitrine.vision import likeness

FURTHEST = 7
"""Most bits in which near hashes may differ: then one of their eight bytes is the same."""

AT_ONCE = 500
"""Pairs whose colours are compared in one go, which bounds memory."""

Pair = tuple[int, int, int]
"""The places of two hashes, and in how many bits they differ."""


class Place(NamedTuple):
    """One image and the product that shows it."""

    product_id: str
    external_id: str
    image_id: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two images of two products; the distance is 0 for the same bytes, else bits that differ."""

    exact: bool
    distance: int
    first: Place
    second: Place


def duplicates(session: Session, distance: int, product_id: str | None = None) -> list[Duplicate]:
    """Pairs across living products, nearest first, then by external ids.

    With a `product_id` only its own. Near pairs need the hash and the colours that the thumbnails
    job writes down.
    """
    places = _places(session)
    found = [*_exact(places), *_near(session, places, min(distance, FURTHEST))]
    if product_id is not None:
        found = [
            pair for pair in found if product_id in (pair.first.product_id, pair.second.product_id)
        ]
    return sorted(
        found,
        key=lambda pair: (
            pair.distance,
            not pair.exact,
            _by_name(pair.first),
            _by_name(pair.second),
        ),
    )


def _places(session: Session) -> Mapping[str, list[Place]]:
    """Every living product's images by their content."""
    rows = session.execute(
        select(Image.sha256, Product.id, Product.external_id, Image.id).join(
            Product, Product.id == Image.product_id
        )
    )
    places = defaultdict(list)
    for sha256, *place in rows:
        places[sha256].append(Place(*place))
    return places


def _exact(places: Mapping[str, Sequence[Place]]) -> Iterator[Duplicate]:
    for shown in places.values():
        for first, second in combinations(sorted(shown, key=_by_name), 2):
            yield Duplicate(True, 0, first, second)


def _near(
    session: Session, places: Mapping[str, Sequence[Place]], distance: int
) -> Iterator[Duplicate]:
    seen = select(Blob.sha256, Blob.perceptual_hash, Blob.colour_grid).where(
        Blob.perceptual_hash.is_not(None), Blob.colour_grid.is_not(None)
    )
    rows = [row for row in session.execute(seen.order_by(Blob.sha256)) if row.sha256 in places]
    hashes = likeness.as_numbers([row.perceptual_hash for row in rows])
    grids = [row.colour_grid for row in rows]
    for one, other, bits in alike(hashes, grids, distance):
        for mine in places[rows[one].sha256]:
            for theirs in places[rows[other].sha256]:
                if mine.product_id != theirs.product_id:
                    first, second = sorted((mine, theirs), key=_by_name)
                    yield Duplicate(False, bits, first, second)


def alike(hashes: np.ndarray, grids: Sequence[bytes], distance: int) -> Iterator[Pair]:
    """Pairs of pictures whose hashes differ in at most `distance` bits and whose colours do not.

    `hashes` are uint64, shape (n,), with a grid of colours each; the distance is at most FURTHEST.
    """
    yield from _alike(_close(hashes, distance), grids)


def _alike(pairs: Iterator[Pair], grids: Sequence[bytes]) -> Iterator[Pair]:
    """Those of the pairs that have the same colours."""
    while some := list(islice(pairs, AT_ONCE)):
        ones, others = ([grids[pair[side]] for pair in some] for side in (0, 1))
        yield from compress(some, likeness.same_colours(ones, others))


def _close(hashes: np.ndarray, distance: int) -> Iterator[Pair]:
    """Pairs of places whose hashes differ in at most `distance` bits, each pair once."""
    told: set[tuple[int, int]] = set()
    # Of eight bytes with at most seven wrong bits one is right: only its sharers are compared.
    for byte in hashes.view(np.uint8).reshape(-1, 8).T:
        order = np.argsort(byte, kind="stable")
        for sharers in np.split(order, np.flatnonzero(np.diff(byte[order])) + 1):
            for position, one in enumerate(sharers[:-1]):
                others = sharers[position + 1 :]
                bits = likeness.distances(hashes[one], hashes[others])
                for near in np.flatnonzero(bits <= distance):
                    pair = (int(one), int(others[near]))
                    if pair not in told:
                        told.add(pair)
                        yield *pair, int(bits[near])


def _by_name(place: Place) -> tuple[str, str]:
    return place.external_id, place.image_id
