"""A thread to spare works beside whoever waits alone, and beside nobody else."""

from __future__ import annotations

import threading

import pytest

from vitrine.core import priority, spare


def test_it_is_begun_on_another_thread() -> None:
    assert spare.begun(threading.get_ident)() != threading.get_ident()


def test_a_job_makes_it_itself() -> None:
    with priority.behind():
        made = spare.begun(threading.get_ident)
    assert made() == threading.get_ident()


def test_who_comes_while_it_is_busy_makes_it_himself() -> None:
    held, begun = threading.Event(), threading.Event()

    def hold() -> str:
        begun.set()
        held.wait()
        return "held"

    first = spare.begun(hold)
    begun.wait()
    assert spare.begun(threading.get_ident)() == threading.get_ident()
    held.set()
    assert first() == "held"


def test_what_it_raises_is_raised_where_it_is_asked_for_and_the_thread_is_free_again() -> None:
    made = spare.begun(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        made()
    assert spare.begun(threading.get_ident)() != threading.get_ident()
