from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.worlds.waiting import eventually
from vitrine.adapters.disk import Disk
from vitrine.adapters.parts import Part, WatchedParts, watched
from vitrine.core.errors import Away, Full, Invalid, Unavailable


class Server:
    """Something that answers, is away, or hangs until it is told otherwise."""

    name = "server"

    def __init__(self) -> None:
        self.there = True
        self.asked = 0
        self.hangs = threading.Event()
        self.hangs.set()

    def ask(self, what: str = "") -> str:
        self.asked += 1
        self.hangs.wait(30)
        if what == "nonsense":
            raise Invalid("nonsense", "It makes no sense.")
        if not self.there:
            raise Away("vision", "It is away.")
        return what


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.there = True
    made.hangs.set()


def test_a_port_answers_through_its_part_and_errors_of_the_caller_pass(server: Server) -> None:
    port = watched(server, Part("vision", server.ask))
    assert port.ask("this") == "this"
    assert port.name == "server"
    with pytest.raises(Invalid):
        port.ask("nonsense")


def test_a_part_that_is_away_is_asked_by_nobody_until_it_is_back(server: Server) -> None:
    part = Part("vision", server.ask)
    parts = WatchedParts()
    port = watched(server, parts.add("vision", part))
    server.there = False
    with pytest.raises(Away):
        port.ask()
    eventually(lambda: parts.away() == {"vision"})
    assert parts.is_away("vision")
    asked = server.asked
    for _ in range(50):
        with pytest.raises(Away, match="does not answer") as caught:
            port.ask()
        assert caught.value.retry_after
    assert server.asked - asked < 10, "callers do not ask it, the watch does"
    server.there = True
    eventually(lambda: not parts.away())
    assert port.ask("again") == "again"


def test_one_call_that_failed_does_not_close_a_part_that_answers(server: Server) -> None:
    answers = iter([True, False])
    part = Part("vision", lambda: None)

    def once() -> str:
        if next(answers):
            raise Away("vision", "just this once")
        return "well"

    with pytest.raises(Away):
        part.call(once)
    eventually(lambda: not part.away)
    assert part.call(once) == "well"


def test_a_part_that_hangs_holds_so_many_threads_and_no_more(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vitrine.adapters.parts.PATIENCE", 0.05)
    part = Part("vision", lambda: None, room=2)
    server.hangs.clear()
    with ThreadPoolExecutor(2) as pool:
        hanging = [pool.submit(part.call, server.ask) for _ in range(2)]
        eventually(lambda: server.asked == 2)
        with pytest.raises(Unavailable) as caught:
            part.call(server.ask)
        assert caught.value.code == "vision_busy"
        assert caught.value.retry_after
        server.hangs.set()
        assert [each.result(30) for each in hanging] == ["", ""]
    assert part.call(server.ask) == ""


def test_what_nobody_knows_is_not_away() -> None:
    assert not WatchedParts().is_away("vision")
    assert WatchedParts().names() == frozenset()


def test_a_disk_below_its_floor_takes_nothing_in(tmp_path: Path) -> None:
    roomy, full = Disk(tmp_path, 1), Disk(tmp_path, 10**18)
    roomy.require()
    roomy.ping()
    assert roomy.answers()
    assert full.away
    with pytest.raises(Full, match="FREE_BYTES") as caught:
        full.require()
    assert (caught.value.status, caught.value.code) == (507, "disk_full")
    with pytest.raises(Away) as away:
        full.ping()
    assert (away.value.part, away.value.code) == ("disk", "disk_full")


def test_nobody_asks_after_a_part_once_its_process_is_ending(server: Server) -> None:
    parts = WatchedParts()
    port = watched(server, parts.add("vision", Part("vision", server.ask)))
    server.there = False
    with pytest.raises(Away):
        port.ask()
    eventually(lambda: parts.away() == {"vision"})
    parts.close()
    eventually(lambda: "watch-vision" not in {each.name for each in threading.enumerate()})
    asked = server.asked
    with pytest.raises(Away):
        port.ask()
    eventually(lambda: "watch-vision" not in {each.name for each in threading.enumerate()})
    assert server.asked == asked + 1
