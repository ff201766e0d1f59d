"""How well a picture finds its own design: products of its group, in its colour and in others."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from vitrine.services.evaluation.figures import Figure, Ints, Mask, Rows, figure, first_ranks
from vitrine.services.evaluation.pictures import Pictures

WITHIN = 10


def measure(pictures: Pictures) -> dict[str, Figure | None]:
    """R@10 of another product of the group, of one in another colour (its own colour's are left
    out of the gallery) and of one in the same colour; pictures that have none do not ask."""
    found: dict[str, list[float]] = {"design": [], "other_colour": [], "article": []}
    columns = _columns(pictures)
    for row in np.flatnonzero(pictures.asking).tolist():
        for name, (offered, right) in _asked(pictures, columns, row).items():
            if (offered & right).any():
                every = Rows(pictures.vectors, columns["product"], right.astype(np.int64))
                found[name].append(_rank(pictures, row, every.where(offered)))
    return {f"{name}_r{WITHIN}": figure(np.array(some) <= WITHIN) for name, some in found.items()}


def _columns(pictures: Pictures) -> dict[str, Ints]:
    """Each line's product, group and colour by number; colours that are not known are -1."""
    told = {
        "product": [entry.key for entry in pictures.entries],
        "group": [entry.group for entry in pictures.entries],
        "colour": [entry.colour for entry in pictures.entries],
    }
    numbers = {name: np.unique(some, return_inverse=True)[1] for name, some in told.items()}
    unknown = np.array([not colour for colour in told["colour"]])
    return numbers | {"colour": np.where(unknown, -1, numbers["colour"])}


def _asked(
    pictures: Pictures, columns: Mapping[str, Ints], row: int
) -> dict[str, tuple[Mask, Mask]]:
    """What is offered to a line, and what of it is right, by figure."""
    offered = pictures.gallery & pictures.seen & (columns["product"] != columns["product"][row])
    design = columns["group"] == columns["group"][row]
    if columns["colour"][row] < 0:
        return {"design": (offered, design)}
    same = design & (columns["colour"] == columns["colour"][row])
    other = design & (columns["colour"] >= 0) & ~same
    return {
        "design": (offered, design),
        "other_colour": (offered & ~same, other),
        "article": (offered, same),
    }


def _rank(pictures: Pictures, row: int, offered: Rows) -> float:
    """Where the line finds the first product that is labelled 1."""
    if not pictures.seen[row]:
        return float("inf")
    one = np.ones(1, dtype=np.int64)
    return float(first_ranks(Rows(pictures.vectors[[row]], -one, one), offered)[0])
