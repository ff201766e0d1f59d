"""What of an item its reviewer looked at: an answer verifies that, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vitrine.core.errors import Invalid, invalid
from vitrine.services.review.changes import Changes
from vitrine.vision.vocabulary import vocabulary


@dataclass(frozen=True, slots=True)
class Looked:
    """`facets` are None for all that were shown; `boxes` are all of them, on every photo."""

    facets: Sequence[str] | None = None
    primary: bool = True
    boxes: bool = True

    @property
    def everything(self) -> bool:
        """Whether nothing that was shown is left out."""
        return self.facets is None and self.primary and self.boxes

    @property
    def nothing(self) -> bool:
        """Whether all of it is left out."""
        return not (self.facets or self.primary or self.boxes) and self.facets is not None

    def at(self, facet: str) -> bool:
        """Whether the labels of a facet were looked at."""
        return self.facets is None or facet in self.facets

    def told(self, wanted: Changes) -> Looked:
        """The same with what was changed, which was looked at as well."""
        stated = () if self.facets is None else (*self.facets, *(wanted.labels or ()))
        facets = None if self.facets is None else sorted(set(stated))
        return Looked(facets, self.primary or wanted.primary is not None, self.boxes)

    def as_json(self) -> dict[str, Any]:
        """The same for a column of JSON; `looked_at` reads it."""
        facets = None if self.facets is None else list(self.facets)
        return {"facets": facets, "primary": self.primary, "boxes": self.boxes}


EVERYTHING = Looked()


def looked_at(verified: Mapping[str, Any]) -> Looked:
    """What an answer looked at, by what it verified; answers that do not say looked at all."""
    told = verified.get("looked")
    return EVERYTHING if told is None else Looked(**told)


def check(looked: Looked, wanted: Changes, decides: bool) -> None:
    """Raise Invalid where an answer cannot have looked at this; `decides` is accept or correct."""
    if not decides and not looked.everything:
        raise invalid("looked", "goes with accept and correct only: no other answer verifies parts")
    if looked.nothing and wanted.none:
        raise invalid("looked", "names nothing; skip what you did not look at")
    for place, facet in enumerate(looked.facets or ()):
        try:
            vocabulary().facet(facet)
        except Invalid as wrong:
            [reason] = wrong.fields.values()
            raise invalid(f"looked.facets.{place}", reason, code=wrong.code) from None
