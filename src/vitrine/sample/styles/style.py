"""What a style is: its name in the shop and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vitrine.sample.marks import Mark

Drawing = Callable[[bool], list[Mark]]


@dataclass(frozen=True)
class Style:
    """One cut of garment; `variant` is handed to its drawing."""

    noun: str
    category: str
    kind: str
    draw: Drawing
    variant: bool
    story: str
    weave: str = "smooth"
    gloss: float = 0.14
    other: Drawing | None = None
    gender: str = "unisex"

    def marks(self) -> list[Mark]:
        """The garment as the packshot shows it."""
        return self.draw(self.variant)

    def other_marks(self) -> list[Mark]:
        """The garment in its second pose, if it has one."""
        return (self.other or self.draw)(self.variant)
