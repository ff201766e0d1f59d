"""What a garment is made of: panels of cloth, and seams drawn over them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from vitrine.sample.geometry import Point, Points, curve, ellipse, mirrored


@dataclass(frozen=True, eq=False)
class Fold:
    """A soft crease in a panel."""

    line: Points
    width: float = 1.6
    depth: float = 0.16


@dataclass(frozen=True, eq=False)
class Panel:
    """A piece of cloth with an outline in centimetres."""

    outline: Points
    cloth: str = "main"
    grain: float = 0.0
    folds: tuple[Fold, ...] = ()
    lift: float = 0.0
    roundness: float = 2.6
    edge: float = 0.22
    behind: bool = False


@dataclass(frozen=True, eq=False)
class Seam:
    """Lines over the panels: darker (tone < 0), lighter (tone > 0) or of a cloth's colour."""

    lines: tuple[Points, ...]
    width: float = 0.22
    tone: float = -0.28
    dash: float = 0.0
    cloth: str = ""


Mark = Panel | Seam


def fold(*knots: Point, width: float = 1.6, depth: float = 0.16) -> Fold:
    """A crease through the knots."""
    return Fold(curve(*knots), width, depth)


def folds_both(*folds: Fold) -> tuple[Fold, ...]:
    """The folds and their mirror images."""
    return folds + tuple(replace(one, line=mirrored(one.line)) for one in folds)


def stitched(*lines: Points, both: bool = False, cloth: str = "") -> Seam:
    """A dashed line of stitches."""
    every = lines + tuple(mirrored(line) for line in lines) if both else lines
    return Seam(every, width=0.2, dash=0.55, cloth=cloth, tone=-0.24)


def seam(*lines: Points, both: bool = False, width: float = 0.22, tone: float = -0.28) -> Seam:
    """A plain seam."""
    every = lines + tuple(mirrored(line) for line in lines) if both else lines
    return Seam(every, width=width, tone=tone)


def button(x: float, y: float, size: float = 0.65, cloth: str = "button") -> list[Mark]:
    """A round button with a darker middle."""
    return [
        Panel(ellipse(x, y, size), cloth, lift=0.25, roundness=0.4, edge=0.45),
        Seam((ellipse(x, y, size * 0.35),), width=0.18, tone=-0.4),
    ]


def flipped(mark: Panel) -> Panel:
    """The panel on the other side of the body."""
    return replace(
        mark,
        outline=mirrored(mark.outline),
        grain=-mark.grain,
        folds=tuple(replace(one, line=mirrored(one.line)) for one in mark.folds),
    )


def pair(mark: Panel) -> list[Mark]:
    """A panel and its mirror image."""
    return [mark, flipped(mark)]


def reflected(marks: Iterable[Mark]) -> list[Mark]:
    """All marks mirrored left to right."""
    return [
        replace(mark, lines=tuple(mirrored(line) for line in mark.lines))
        if isinstance(mark, Seam)
        else flipped(mark)
        for mark in marks
    ]


def outlines(marks: Sequence[Mark]) -> list[Points]:
    """The outlines of all panels."""
    return [mark.outline for mark in marks if isinstance(mark, Panel)]
