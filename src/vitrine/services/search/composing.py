"""A picture and words made one vector: pure arithmetic.

The numbers were chosen on held-back train products (docs/search.md); `training.report` measures
them on dev.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vitrine.core.errors import Invalid
from vitrine.vision import parts as parting
from vitrine.vision.card import Part
from vitrine.vision.types import Vector

PICTURE = 1 / 3
"""What a picture counts beside words of equal weight: pictures lie nearer to each other than to
words, so with equal shares the words would hardly be heard."""

REPLACED = 0.25
"""How much of the words for what the picture is, is taken away where the words ask for another."""

AVOIDED = 0.3
"""How far one moves away from unwanted words."""

LEAST = 1e-6
"""What is shorter has cancelled out, and points nowhere."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a query is made of; `replaced` are the words of what the picture is and should not be,
    as red is where the words ask for blue, and `colour` the words of the colour they name."""

    image: Vector | None = None
    text: Vector | None = None
    unwanted: Vector | None = None
    replaced: tuple[Vector, ...] = ()
    colour: Vector | None = None


def compose(made: Made, weight: float, parts: Sequence[Part] = ()) -> Vector:
    """A unit vector, `weight` parts picture and the rest words, away from what is not wanted.

    A picture or words alone, with nothing to avoid, are themselves. Where vectors have a part for
    colour, and words beside a picture name one, that part is theirs.
    """
    alone = _alone(made)
    if alone is not None and made.unwanted is None:
        return alone
    wanted = _wanted(made, weight)
    if alone is None and made.colour is not None and parts:
        wanted = _recoloured(wanted, made.colour, weight, parts)
    if made.unwanted is not None:
        wanted = wanted - AVOIDED * made.unwanted
    length = float(np.linalg.norm(wanted))
    if length > LEAST:
        return (wanted / length).astype(np.float32)
    # What cancels out leaves the picture alone, or the words.
    return _either(made)


def emphasised(vector: Vector, parts: Sequence[Part], emphasis: float) -> Vector | None:
    """What products are ordered by at an emphasis; None at 0, where it is the vector itself.

    Raises Invalid for another where vectors have no parts.
    """
    if not emphasis:
        return None
    need_parts(parts, "emphasis", f"{emphasis:g}")
    return parting.emphasised(vector, parts, emphasis)


def need_parts(parts: Sequence[Part], option: str, value: str) -> None:
    """Raise Invalid naming the option and its value where vectors have no parts."""
    if not parts:
        reason = (
            f"is {value}, but the vectors of this encoder have no parts for form and colour; "
            "leave it out, or search with an encoder whose card names `parts`"
        )
        raise Invalid("no_parts", f"{option} {reason}.", fields={option: reason})


def _alone(made: Made) -> Vector | None:
    return None if made.image is not None and made.text is not None else _either(made)


def _either(made: Made) -> Vector:
    either = made.text if made.image is None else made.image
    if either is None:
        raise ValueError("a picture or words are needed")
    return either


def _wanted(made: Made, weight: float) -> Vector:
    """Picture and words, of which the one that counts more has its full length."""
    if made.text is None or made.image is None:
        return _either(made) * (1.0 if made.image is None else PICTURE)
    change = made.text
    if made.replaced:
        change = change - REPLACED * np.mean(made.replaced, axis=0)
    mixed = weight * PICTURE * made.image + (1 - weight) * change
    return np.asarray(mixed / max(weight, 1 - weight), dtype=np.float32)


def _recoloured(wanted: Vector, colour: Vector, weight: float, parts: Sequence[Part]) -> Vector:
    """The same, as long, with the colour of the words; the less of it the less words count."""
    length = float(np.linalg.norm(wanted))
    if length < LEAST:
        return wanted
    heard = (1 - weight) / max(weight, 1 - weight)
    mixed = heard * colour + (1 - heard) * wanted / length
    return length * parting.exchanged(wanted / length, mixed, parts, parting.COLOUR)
