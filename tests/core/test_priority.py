"""Turns: how many at once, and who goes first."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext

import pytest

from tests.worlds.waiting import eventually
from vitrine.core import priority
from vitrine.core.priority import (
    CROWD,
    IN_A_ROW,
    NICENESS,
    SWITCH_AFTER,
    SWITCH_IN_CROWD,
    Turns,
    _Asking,
    answering,
    behind,
    give_way,
    settle,
)


class Crowd:
    """Threads that each take a turn, begun one after the other, while all turns are held."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._threads: list[threading.Thread] = []
        self.served: list[str] = []

    def add(
        self, name: str, *, job: bool = False, then: Callable[[], object] | None = None
    ) -> None:
        """One more that waits behind those already there; what it does before it ends its turn."""

        def take() -> None:
            with behind() if job else nullcontext(), self._turns.taken():
                self.served.append(name)
                if then is not None:
                    then()

        waiting = len(self._turns)
        self._threads.append(threading.Thread(target=take))
        self._threads[-1].start()
        eventually(lambda: len(self._turns) > waiting, "nobody waits")

    def end(self) -> list[str]:
        """Who was served in which order."""
        for thread in self._threads:
            thread.join(10)
        return self.served


@pytest.fixture
def turns() -> Turns:
    """One turn at a time."""
    return Turns(1)


def test_people_go_before_jobs_that_came_first(turns: Turns) -> None:
    crowd = Crowd(turns)
    with turns.taken():
        crowd.add("index", job=True)
        crowd.add("first")
        crowd.add("second")
    assert crowd.end() == ["first", "second", "index"]


def test_a_job_gets_its_turn_however_many_people_wait(turns: Turns) -> None:
    crowd = Crowd(turns)
    with turns.taken():
        crowd.add("index", job=True)
        for number in range(IN_A_ROW + 3):
            crowd.add(str(number))
    assert crowd.end().index("index") == IN_A_ROW


def test_no_more_hold_a_turn_than_there_are() -> None:
    turns, held, most = Turns(2), threading.Semaphore(2), threading.Barrier(6)
    crossed: list[bool] = []

    def take() -> None:
        most.wait(10)
        for _ in range(200):
            with turns.taken():
                crossed.append(held.acquire(blocking=False))
                held.release()

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert crossed == [True] * 1_200


def test_a_turn_is_free_again_when_its_block_fails(turns: Turns) -> None:
    with pytest.raises(ZeroDivisionError), turns.taken():
        raise ZeroDivisionError
    with turns.taken():
        assert not len(turns)


def test_no_job_begins_a_turn_while_somebody_is_answered(
    turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(priority, "PATIENCE", 1e6)
    crowd = Crowd(turns)
    with answering():
        crowd.add("index", job=True)  # though the turn is free
        with turns.taken():
            crowd.add("person")
        eventually(lambda: crowd.served == ["person"], "the person waits for the job")
        assert len(turns) == 1
    assert crowd.end() == ["person", "index"]


def test_a_job_is_patient_for_a_while_only(turns: Turns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(priority, "PATIENCE", 0.0)
    crowd = Crowd(turns)
    with answering(), turns.taken():
        crowd.add("index", job=True)
    with answering():
        eventually(lambda: crowd.served == ["index"], "the job starves")
    crowd.end()


def test_what_a_job_asks_of_a_search_lets_nobody_wait(turns: Turns) -> None:
    with behind(), answering(), turns.taken():  # it would wait for itself
        assert not len(turns)


def test_all_cores_are_for_one_person_alone(turns: Turns) -> None:
    with turns.taken() as alone:
        assert alone
    with behind(), turns.taken() as alone:
        assert not alone


def test_who_shares_the_turns_has_not_all_cores() -> None:
    turns = Turns(2)
    with turns.taken() as first, turns.taken() as second:
        assert (first, second) == (True, False)
    with turns.taken() as alone:
        assert alone


def test_people_take_a_turn_beside_jobs_that_hold_all() -> None:
    turns = Turns(1, beside=True)
    crowd = Crowd(turns)
    with behind():
        assert turns.take(0.0)
    with turns.taken() as alone:
        assert alone, "a job is no company"
        crowd.add("person")  # one of them at once, as ever
        crowd.add("index", job=True)
    eventually(lambda: crowd.served == ["person"], "the person waits for the job")
    assert len(turns) == 1, "two jobs at once"
    with behind():
        turns.give()
    assert crowd.end() == ["person", "index"]


def test_a_job_gets_its_turn_however_many_people_would_go_beside_it() -> None:
    turns, served = Turns(1, beside=True), threading.Event()
    crowd = Crowd(turns)
    with turns.taken():
        crowd.add("index", job=True, then=served.set)
        for number in range(IN_A_ROW + 3):
            crowd.add(str(number), then=None if number < IN_A_ROW else lambda: served.wait(10))
    assert crowd.end().index("index") in (IN_A_ROW, IN_A_ROW + 1), "beside it goes one person"


def test_who_waits_for_a_turn_waits_so_long_only(turns: Turns) -> None:
    with turns.taken():
        assert not turns.take(0.001)
        assert not len(turns)
    assert turns.take(0.001)
    turns.give()


def test_a_job_gives_way_while_somebody_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(priority, "PATIENCE", 1e6)
    passed = threading.Event()

    def work() -> None:
        with behind():
            give_way()
        passed.set()

    with answering():
        give_way()  # nobody waits for themselves
        thread = threading.Thread(target=work)
        thread.start()
        assert not passed.wait(0.05)
    assert passed.wait(10)
    thread.join(10)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only processes have a niceness")
def test_a_thread_that_steps_back_is_behind_others_with_those_that_it_starts() -> None:
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def step_back() -> None:
        for _ in range(2):
            priority.step_back()
            found.append(niceness())
        with ThreadPoolExecutor(1) as pool:
            found.append(pool.submit(niceness).result())

    found: list[int] = []
    usual, thread = niceness(), threading.Thread(target=step_back)
    thread.start()
    thread.join(10)
    assert found == [max(NICENESS, usual)] * 3
    assert niceness() == usual


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = sys.getswitchinterval()
    monkeypatch.setattr(priority, "_asking", _Asking())
    settle()
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("settled")
def test_threads_make_room_sooner_than_python_has_it() -> None:
    assert sys.getswitchinterval() == pytest.approx(SWITCH_AFTER)
    assert SWITCH_AFTER < SWITCH_IN_CROWD < 0.005


@pytest.mark.usefixtures("settled")
def test_a_crowd_hands_the_interpreter_over_less_often() -> None:
    with ExitStack() as crowd:
        for _ in range(CROWD - 1):
            crowd.enter_context(answering())
        assert sys.getswitchinterval() == pytest.approx(SWITCH_AFTER)
        with answering(), answering():
            assert sys.getswitchinterval() == pytest.approx(SWITCH_IN_CROWD)
        assert sys.getswitchinterval() == pytest.approx(SWITCH_AFTER)


def test_who_has_not_settled_keeps_what_python_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(priority, "_asking", _Asking())
    before = sys.getswitchinterval()
    with ExitStack() as crowd:
        for _ in range(CROWD):
            crowd.enter_context(answering())
        assert sys.getswitchinterval() == before
