"""A photo that is asked with again, or twice at once, is looked at once."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from unittest import mock

import pytest

from tests.worlds.factories import photo
from tests.worlds.fakes import FakeVision
from tests.worlds.waiting import eventually
from vitrine.core.errors import Invalid, VitrineError
from vitrine.services.search import sights
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
    seen, vision = Sights(), Watched()
    red, blue = photo("red"), photo("blue")
    first = seen.seen(vision, red)
    assert seen.seen(vision, red) is first
    assert seen.seen(vision, blue) is not first
    boxed = [seen.seen(vision, red, box) for box in (BOX, OTHER, BOX)]
    assert boxed[0] is boxed[2] is not boxed[1]
    assert vision.looked == [red, blue, red, red]


def test_another_model_looks_for_itself() -> None:
    seen, vision, red = Sights(), Watched(), photo("red")
    other = Watched(versions=replace(vision.versions, encoder="other"))
    assert seen.seen(vision, red).versions != seen.seen(other, red).versions


def test_the_photo_asked_for_longest_ago_is_forgotten_first() -> None:
    seen, vision = Sights(most=2), Watched()
    red, blue, green = photo("red"), photo("blue"), photo("green")
    for each in (red, blue, red, green, red, blue):
        seen.seen(vision, each)
    assert vision.looked == [red, blue, green, blue]


def test_what_was_refused_is_looked_at_again() -> None:
    seen, vision = Sights(), Watched()
    for _ in range(2):
        with pytest.raises(VitrineError):
            seen.seen(vision, b"no photo")
    assert len(vision.looked) == 2


@dataclass
class Slow(Watched):
    """Looks until it is let go."""

    go: threading.Event = field(default_factory=threading.Event)

    def _analysis(self, data: bytes, box: Box | None) -> Analysis:
        analysis = super()._analysis(data, box)
        assert self.go.wait(10)
        return analysis


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set once somebody waits for what another one's Vision says."""
    found = threading.Event()

    class Awaited(Future[Analysis]):
        def result(self, timeout: float | None = None) -> Analysis:
            found.set()
            return super().result(timeout)

    monkeypatch.setattr(sights, "Future", Awaited)
    return found


def test_two_who_ask_at_once_have_one_look(waiting: threading.Event) -> None:
    seen, vision, red = Sights(), Slow(), photo("red")
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(seen.seen, vision, red) for _ in range(2)]
        assert waiting.wait(10)
        vision.go.set()
        assert both[0].result(10) is both[1].result(10)
    assert vision.looked == [red]


def test_what_is_refused_is_refused_to_all_who_wait(waiting: threading.Event) -> None:
    seen, vision = Sights(), Slow()

    def refused(*_: object) -> None:
        assert waiting.wait(10)
        raise Invalid("image_broken", "no photo")

    with ThreadPoolExecutor(2) as pool, mock.patch.object(vision, "_analysis", refused):
        both = [pool.submit(seen.seen, vision, photo("red")) for _ in range(2)]
        assert [type(each.exception(10)) for each in both] == [Invalid, Invalid]
    vision.go.set()
    assert seen.seen(vision, photo("red"))


def test_one_photo_at_a_time_is_looked_at_ahead_and_what_goes_wrong_is_nobodys() -> None:
    seen, begun, go, looked = Sights(), threading.Event(), threading.Event(), list[str]()

    def first() -> None:
        begun.set()
        assert go.wait(10)
        looked.append("first")
        raise Invalid("image_broken", "no photo")

    seen.foresee(first)
    assert begun.wait(10)
    seen.foresee(lambda: looked.append("while one is looked at"))
    go.set()

    def again() -> bool:
        seen.foresee(lambda: looked.append("then"))
        return "then" in looked

    eventually(again, "none is looked at any more")
    assert set(looked) == {"first", "then"}


def test_whoever_closes_what_is_asked_waits_for_a_look_ahead() -> None:
    seen, begun, go, looked = Sights(), threading.Event(), threading.Event(), list[str]()

    def look() -> None:
        begun.set()
        assert go.wait(10)
        looked.append("looked")

    seen.rest()
    seen.foresee(look)
    assert begun.wait(10)
    with ThreadPoolExecutor(1) as pool:
        closing = pool.submit(seen.rest)
        assert not closing.done()
        go.set()
        closing.result(10)
    assert looked == ["looked"]
