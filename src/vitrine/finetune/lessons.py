"""What a snapshot's products teach, as numbers: who is alike in what, and lines of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vitrine.core.errors import Invalid
from vitrine.finetune.looking import Ints
from vitrine.finetune.snapshots import Item, Snapshot

Says = Callable[[Item], Mapping[str, str]]
"""What is held to be true of a product, by facet: people's word, or the shop's."""

RAREST = 4
"""A value that fewer products have teaches nothing of it."""
MOST_OTHERS = 6
FEWEST_TRAIN, FEWEST_VAL = 40, 8
ASIDE = ("category", "colour")


@dataclass(frozen=True, slots=True)
class Known:
    """Numbers by product (n,), -1 where unknown: kind, colour, design (its group), title, and the
    values of other facets. `facets` are the same in words."""

    kinds: Ints
    colours: Ints
    designs: Ints
    titles: Ints
    others: Mapping[str, Ints]
    facets: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Lines:
    """Distinct lines of words; for each product the place of its title, of its kind's name, and of
    colour and kind together (n, 3), -1 where it has none; `general` are the places of other words,
    which shall go on to mean what they mean."""

    texts: Sequence[str]
    of: Ints
    general: Ints


def known(items: Sequence[Item], says: Says) -> Known:
    """What is known of the products, by what somebody says of them."""
    facets = [says(item) for item in items]
    names = Counter(name for told in facets for name in told if name not in ASIDE)
    others = {name: _often([told.get(name, "") for told in facets]) for name, _ in _most(names)}
    return Known(
        kinds=_often([told.get("category", "") for told in facets]),
        colours=_often([told.get("colour", "") for told in facets]),
        designs=numbers([item.group or item.product_id for item in items]),
        titles=numbers([item.title or "" for item in items]),
        others={name: column for name, column in others.items() if len(set(column.tolist())) > 2},
        facets=facets,
    )


def lines(items: Sequence[Item], found: Known, general: Sequence[str]) -> Lines:
    """The lines that products are asked for by, and others that shall not change."""
    rows = [_lines(item, told) for item, told in zip(items, found.facets, strict=True)]
    texts = sorted({line for row in rows for line in row if line} | set(general))
    place = {line: number for number, line in enumerate(texts)}
    of = [[place.get(line, -1) for line in row] for row in rows]
    held = [place[line] for line in dict.fromkeys(general)]
    return Lines(texts, np.array(of, dtype=np.int64), np.array(held, dtype=np.int64))


def check_enough(snapshot: Snapshot, found: Known, what: str, advice: str) -> None:
    """Raise Invalid, with counts, where there is too little to learn from or to choose by."""
    told = [bool(facets) for facets in found.facets]
    train, val = (sum(told[place] for place in snapshot.of(side)) for side in ("train", "val"))
    if train >= FEWEST_TRAIN and val >= FEWEST_VAL:
        return
    raise Invalid(
        "finetune_too_little",
        f"{snapshot.folder} has {train} {what} in its train part and {val} in its val part; "
        f"{FEWEST_TRAIN} and {FEWEST_VAL} are needed. {advice}",
    )


def numbers(values: Sequence[str]) -> Ints:
    """Each value's number, -1 for the empty one."""
    places = {value: number for number, value in enumerate(sorted(set(values) - {""}))}
    return np.array([places.get(value, -1) for value in values], dtype=np.int64)


def _often(values: Sequence[str]) -> Ints:
    often = Counter(values)
    return numbers([value if often[value] >= RAREST else "" for value in values])


def _most(names: Counter[str]) -> list[tuple[str, int]]:
    return names.most_common(MOST_OTHERS)


def _lines(item: Item, told: Mapping[str, str]) -> tuple[str, str, str]:
    kind, colour = told.get("category", ""), told.get("colour", "")
    both = f"{colour} {kind}".lower() if kind and colour else ""
    return item.title or "", kind, both
