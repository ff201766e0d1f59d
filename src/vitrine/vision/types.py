"""The words of vision as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
"""One embedding, shape (dimension,), or several, shape (n, dimension); always L2-normalised."""


class Size(NamedTuple):
    """Width and height of an upright picture in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Box:
    """Left, top, right, bottom edge in pixels of the upright picture; right and bottom excluded."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.x2 - self.x1

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.y2 - self.y1

    @property
    def area(self) -> float:
        """Area in square pixels; 0 for a box turned inside out."""
        return max(0.0, self.width) * max(0.0, self.height)

    def as_tuple(self) -> tuple[float, float, float, float]:
        """The four edges, for arithmetic and JSON."""
        return (self.x1, self.y1, self.x2, self.y2)


KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Kept, or rejected with a reason."""

    outcome: str = KEPT
    reason: str | None = None

    @property
    def kept(self) -> bool:
        """Whether the crop may be labelled and indexed."""
        return self.outcome == KEPT


Palette = tuple[tuple[float, float, float, float], ...]
"""The main colours of a crop, the largest first: share, and L, a, b of CIELAB."""


@dataclass(frozen=True, slots=True)
class Measures:
    """What a verdict needs beside box and score; None for what was never measured.

    `sharpness` is the variance of the Laplacian at a fixed size, `colour_spread` the mean standard
    deviation of the channels (0 to 128), `garment` by how much the encoder finds the crop nearer
    to words for garments than to words for other things (a difference of cosines). `colours` no
    verdict needs: search does.
    """

    sharpness: float | None = None
    colour_spread: float | None = None
    garment: float | None = None
    colours: Palette = ()


@dataclass(frozen=True, slots=True)
class LabelScore:
    """How well one word of one facet fits, 0 to 1.

    `source` is `head` or `words`, by which it was named; `trusted` whether its facet was measured
    to be good enough for shoppers.
    """

    facet: str
    value: str
    score: float
    source: str = "words"
    trusted: bool = False


WHOLE = "whole"
"""The kind of a Detection that stands for the whole picture."""
GIVEN = "given"
"""The kind of a Detection whose box a caller gave."""


@dataclass(frozen=True, slots=True)
class Detection:
    """What vision saw in one box, rejected ones too: a person may want them back."""

    box: Box
    kind: str
    score: float
    verdict: Verdict = field(default_factory=Verdict)
    embedding: Vector | None = None
    measures: Measures = field(default_factory=Measures)
    labels: tuple[LabelScore, ...] = ()


NO_DETECTOR = "none"
"""What stands for a detector's version where none runs."""


def share_mark(text_share: float) -> str:
    """How a share of words is written in names: in thousandths."""
    return f"t{round(text_share * 1000):03d}"


@dataclass(frozen=True, slots=True)
class Space:
    """Whose vectors may be compared: an encoder and the pixels it was given."""

    encoder: str
    preprocess: str


@dataclass(frozen=True, slots=True)
class Versions:
    """What made a vector: vectors of different versions are never compared.

    `text_share` is how much of a product's vector its own words are, 0 to 1.
    """

    encoder: str
    preprocess: str
    detector: str
    dimension: int
    text_share: float = 0.0

    @property
    def space(self) -> Space:
        """Where photos' vectors by these versions lie."""
        return Space(self.encoder, self.preprocess)

    @property
    def collection(self) -> str:
        """The name of the vector space these versions make."""
        words = f"__{share_mark(self.text_share)}" if self.text_share else ""
        return f"{self.encoder}__{self.preprocess}{words}"


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that vision says of one picture."""

    size: Size
    detections: tuple[Detection, ...]
    versions: Versions
    milliseconds: tuple[tuple[str, float], ...] = ()
