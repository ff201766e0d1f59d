from __future__ import annotations

import threading
import time

import pytest

from vitrine.core.budget import Budget, patient
from vitrine.core.errors import Unavailable


def test_what_is_taken_is_given_back_whatever_happens() -> None:
    budget = Budget(100, wait=1)
    with pytest.raises(RuntimeError), budget.taken(60):  # noqa: PT012 - what is held counts
        assert budget.free == 40
        raise RuntimeError
    assert budget.free == 100


def test_a_share_shrinks_but_never_grows() -> None:
    budget = Budget(100, wait=1)
    with budget.taken(80) as share:
        share.shrink(30)
        assert budget.free == 70
        share.shrink(50)
        assert budget.free == 70
    assert budget.free == 100


def test_who_asks_for_more_than_there_is_gets_all_of_it() -> None:
    budget = Budget(100, wait=0.01)
    with budget.taken(1_000):
        assert budget.free == 0
        with pytest.raises(Unavailable) as busy, budget.taken(1):
            pass
    assert (busy.value.code, busy.value.retry_after) == ("busy", 5)
    assert budget.free == 100


def test_nobody_overtakes_who_waits_for_much() -> None:
    budget, order = Budget(100, wait=10), list[str]()

    def take(name: str, size: int) -> None:
        with budget.taken(size):
            order.append(name)

    with budget.taken(50):
        threads = [threading.Thread(target=take, args=args) for args in (("all", 100), ("a", 1))]
        for thread in threads:
            thread.start()
            time.sleep(0.05)
        assert order == []
    for thread in threads:
        thread.join()
    assert order == ["all", "a"]


def test_never_more_is_held_than_there_is() -> None:
    budget, lowest = Budget(100, wait=10), list[int]()

    def take(size: int) -> None:
        for _ in range(50):
            with budget.taken(size) as share:
                lowest.append(budget.free)
                share.shrink(size // 2)

    threads = [threading.Thread(target=take, args=(size,)) for size in (10, 40, 60, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert min(lowest) >= 0
    assert budget.free == 100


def test_what_nobody_waits_for_may_wait_longer() -> None:
    budget = Budget(100, wait=0.01)
    with budget.taken(100) as share, patient(10):
        threading.Timer(0.1, share.shrink, [0]).start()
        with budget.taken(100):
            pass
    assert budget.free == 100
