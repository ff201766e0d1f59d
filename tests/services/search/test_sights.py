"""A photo that is asked with again is not looked at again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from tests.worlds.factories import photo
from tests.worlds.fakes import FakeVision
from vitrine.core.errors import VitrineError
from vitrine.services.search.sights import Sights
from vitrine.vision.types import Analysis, Box

BOX, OTHER = Box(0, 0, 10, 10), Box(5, 5, 20, 20)


@dataclass
class Watched(FakeVision):
    looked: list[bytes] = field(default_factory=list)

    def _analysis(self, data: bytes, box: Box | None) -> Analysis:
        self.looked.append(data)
        return super()._analysis(data, box)


def test_each_photo_and_each_box_on_it_is_looked_at_once() -> None:
    sights, vision = Sights(), Watched()
    red, blue = photo("red"), photo("blue")
    first = sights.seen(vision, red)
    assert sights.seen(vision, red) is first
    assert sights.seen(vision, blue) is not first
    boxed = [sights.seen(vision, red, box) for box in (BOX, OTHER, BOX)]
    assert boxed[0] is boxed[2] is not boxed[1]
    assert vision.looked == [red, blue, red, red]


def test_another_model_looks_for_itself() -> None:
    sights, vision, red = Sights(), Watched(), photo("red")
    other = Watched(versions=replace(vision.versions, encoder="other"))
    assert sights.seen(vision, red).versions != sights.seen(other, red).versions


def test_the_photo_asked_for_longest_ago_is_forgotten_first() -> None:
    sights, vision = Sights(most=2), Watched()
    red, blue, green = photo("red"), photo("blue"), photo("green")
    for each in (red, blue, red, green, red, blue):
        sights.seen(vision, each)
    assert vision.looked == [red, blue, green, blue]


def test_what_was_refused_is_looked_at_again() -> None:
    sights, vision = Sights(), Watched()
    for _ in range(2):
        with pytest.raises(VitrineError):
            sights.seen(vision, b"no photo")
    assert len(vision.looked) == 2
