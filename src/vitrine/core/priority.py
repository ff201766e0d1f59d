"""Who goes first where people and jobs want the same: people, and jobs now and then.

Also how soon a thread that works in Python makes room for another, and whom the system runs first.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

IN_A_ROW = 4
"""So many turns people take while a job waits; the next one is the job's."""

SWITCH_AFTER = 0.0005
"""Seconds. A search asks the database a dozen times, and each time its thread must have the
interpreter back from whoever works in Python meanwhile; Python's own 5 ms would add up."""

CROWD = 5
"""So many who are being answered at once are one: a page with a photo asks for two things, and has
begun a third with its upload."""

SWITCH_IN_CROWD = 0.002
"""Seconds, in place of the former, while there is a crowd: its threads wait for each other only,
and each hand-over costs them all."""

PATIENCE = 0.25
"""Seconds for which a job lets people go on who are being answered, even where a turn is free."""

NICENESS = 10
"""How much the system prefers others to threads that nobody waits for: a tenth of a core is left to
them beside one that works. With much less, one that is due the interpreter's lock or the database
would keep people waiting for it."""

_LOOKS_AGAIN = 0.01
"""Seconds between two looks of a job that waits for that."""

_LONG = 60.0
"""Seconds after which a person who waits without end looks again."""

_behind: ContextVar[bool] = ContextVar("behind", default=False)


def settle() -> None:
    """Have threads of this process make room for each other sooner, but for crowds; call it before
    they start."""
    sys.setswitchinterval(SWITCH_AFTER)
    _asking.settled = True


def step_back() -> None:
    """Have the system run others before this thread and those that it starts, from now on."""
    if sys.platform == "linux":  # elsewhere it is said of whole processes only
        thread = threading.get_native_id()
        # Nobody may take it back, and who stands further back stays there.
        niceness = max(NICENESS, os.getpriority(os.PRIO_PROCESS, thread))
        os.setpriority(os.PRIO_PROCESS, thread, niceness)


@contextmanager
def behind() -> Iterator[None]:
    """Let what runs in the block stand behind people: nobody waits for it."""
    token = _behind.set(True)
    try:
        yield
    finally:
        _behind.reset(token)


def is_behind() -> bool:
    """Whether nobody waits for what this thread does."""
    return _behind.get()


class _Asking:
    """How many people are being answered."""

    def __init__(self) -> None:
        self.now = 0
        self.settled = False
        self._changed = threading.Condition()

    def count(self, one: int) -> None:
        """One more, or one less."""
        with self._changed:
            before, self.now = self.now, self.now + one
            if not self.now:
                self._changed.notify_all()
            if self.settled and (before < CROWD) != (self.now < CROWD):
                sys.setswitchinterval(SWITCH_AFTER if self.now < CROWD else SWITCH_IN_CROWD)

    def wait(self, seconds: float) -> None:
        """Return once nobody is, or after so long."""
        with self._changed:
            self._changed.wait_for(lambda: not self.now, seconds)


_asking = _Asking()


@contextmanager
def answering() -> Iterator[None]:
    """Have jobs begin no turn while the block runs, for a while: somebody waits for its answer, and
    a run of a graph holds every core for as long as a search takes."""
    if _behind.get():
        yield
        return
    _asking.count(1)
    try:
        yield
    finally:
        _asking.count(-1)


def give_way() -> None:
    """Have a job wait while people are being answered, for at most PATIENCE: while it works in
    Python, their threads wait for the interpreter."""
    if _behind.get():
        _asking.wait(PATIENCE)


def runs_at_once(threads: int) -> int:
    """How many graphs of so many threads run at once: as many as have cores of their own, and one
    more: while a thread hands its results over, the cores have work."""
    cores = os.cpu_count() or 1
    return max(cores // threads + 1, min(cores, threads))


class Turns:
    """At most `at_once` threads hold a turn; others wait in two lines, first come, first served.

    Who is `behind` waits while people do, but for every fifth turn, so that no job starves; and
    while people are being answered (`answering`), for at most PATIENCE. Where jobs that hold a turn
    are in nobody's way, people take theirs `beside` them, at most `at_once` of them.
    """

    def __init__(self, at_once: int, *, beside: bool = False) -> None:
        self._at_once, self._beside = at_once, beside
        self._held = {False: 0, True: 0}  # by people, by jobs
        self._changing = threading.Lock()
        self._lines = {False: deque[threading.Lock](), True: deque[threading.Lock]()}
        self._in_a_row = 0
        self._here = 0

    def __len__(self) -> int:
        """How many wait."""
        return sum(map(len, self._lines.values()))

    @contextmanager
    def taken(self) -> Iterator[bool]:
        """A turn until the block ends; True where it is of the only person there is."""
        person = not _behind.get()
        with self._changing:
            self._here += person
        try:
            self.take()
            try:
                yield person and self._here == 1
            finally:
                self.give()
        finally:
            with self._changing:
                self._here -= person

    def take(self, seconds: float = inf) -> bool:
        """Wait at most so long for a turn; whether it is ours, until `give`."""
        job = _behind.get()
        with self._changing:
            if self._has_room(job) and not (job and _asking.now):
                self._held[job] += 1
                return True
            mine = threading.Lock()
            mine.acquire()
            line = self._lines[job]
            line.append(mine)
        begun = time.monotonic()
        while not mine.acquire(timeout=_LOOKS_AGAIN if job else min(seconds, _LONG)):
            waited = time.monotonic() - begun
            if job and (not _asking.now or waited > PATIENCE):
                self._take_free(mine)
            if waited >= seconds:
                with self._changing:
                    if mine in line:
                        line.remove(mine)
                        return False
        return True

    def give(self) -> None:
        """Hand the turn to whom it is due."""
        with self._changing:
            self._held[_behind.get()] -= 1
            while (job := self._due()) is not None:
                self._in_a_row = 0 if job or not self._lines[True] else self._in_a_row + 1
                self._held[job] += 1
                self._lines[job].popleft().release()

    def _has_room(self, job: bool) -> bool:
        """Whether one more of these may hold a turn."""
        others = 0 if self._beside and not job else self._held[not job]
        return self._held[job] + others < self._at_once

    def _due(self) -> bool | None:
        """Whether the next turn is of a job that waits, or of a person; None while of neither."""
        people, jobs = (bool(self._lines[job]) and self._has_room(job) for job in (False, True))
        if jobs and (self._in_a_row >= IN_A_ROW if self._lines[False] else not _asking.now):
            return True
        return False if people else None

    def _take_free(self, mine: threading.Lock) -> None:
        """Give a job that waits a turn which is free."""
        with self._changing:
            jobs = self._lines[True]
            if self._has_room(True) and mine in jobs:
                self._held[True] += 1
                jobs.remove(mine)
                mine.release()
