from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import pytest

from tests.worlds.waiting import eventually
from vitrine.adapters.queue import RUN_JOB, make_celery
from vitrine.core.errors import Invalid, Unavailable
from vitrine.core.settings import Settings
from vitrine.worker import app as worker
from vitrine.worker.app import OpenedHere
from vitrine.worker.tasks import Runs, register
from vitrine.worker.watch import Stall


class Notes:
    def __init__(self) -> None:
        self.said: list[str] = []

    def wake(self, job_id: str) -> None:
        self.said.append(f"run {job_id}")
        if job_id == "away":
            raise Unavailable("database_unavailable", "The database does not answer.")

    def sweep(self) -> None:
        self.said.append("sweep")

    def deliver(self) -> None:
        self.said.append("deliver")

    def beat(self) -> None:
        self.said.append("beat")

    def leave(self) -> None:
        self.said.append("leave")

    @contextmanager
    def opened(self) -> Iterator[Runs]:
        self.said.append("open")
        yield self
        self.said.append("close")


@dataclass
class Failing(AbstractContextManager[Runs]):
    """What cannot be opened."""

    error: Exception

    def __enter__(self) -> Runs:
        raise self.error

    def __exit__(self, *_: object) -> None:
        """Never entered, never left."""


def test_tasks_run_in_a_vitrine_opened_once_and_closed() -> None:
    notes = Notes()
    here = OpenedHere(notes.opened)
    app = make_celery(Settings())
    register(app, here)
    app.tasks[RUN_JOB].apply(args=["a"], throw=True)
    app.tasks[RUN_JOB].apply(args=["b"], throw=True)
    here.close()
    assert notes.said == ["open", "run a", "run b", "close"]


def test_a_task_that_cannot_reach_something_leaves_it_to_a_later_sweep() -> None:
    notes = Notes()
    app = make_celery(Settings())
    register(app, OpenedHere(notes.opened))
    app.tasks[RUN_JOB].apply(args=["away"], throw=True)
    assert notes.said == ["open", "run away"]


def test_what_was_never_opened_has_nothing_to_give_back() -> None:
    notes = Notes()
    here = OpenedHere(notes.opened)
    here.leave()
    assert notes.said == []
    here()
    here.leave()
    assert notes.said == ["open", "leave"]


def test_each_process_sweeps_delivers_and_tells_that_it_lives() -> None:
    notes = Notes()
    worker._begin(OpenedHere(notes.opened), multiprocessing.Event(), multiprocessing.Event(), 0.01)
    eventually(lambda: {"sweep", "deliver", "beat"} <= set(notes.said))


def test_messages_that_nobody_takes_are_noticed_while_nothing_runs() -> None:
    stall = Stall()
    assert [stall.look(waiting=5, taken=0, busy=False) for _ in range(3)] == [1, 2, 3]
    assert stall.look(waiting=5, taken=1, busy=False) == 0, "one was taken"
    assert stall.look(waiting=5, taken=1, busy=True) == 0, "one runs, and the rest waits its turn"
    assert stall.look(waiting=0, taken=1, busy=False) == 0, "there is nothing to take"


def test_a_database_that_is_away_is_asked_again_by_the_next_task(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    killed: list[int] = []
    monkeypatch.setattr("os.kill", lambda _pid, number: killed.append(number))
    notes = Notes()
    openings: Iterator[AbstractContextManager[Runs]] = iter(
        [Failing(Unavailable("database_unavailable", "away")), notes.opened()],
    )
    here = OpenedHere(lambda: next(openings))
    broken = multiprocessing.Event()
    worker._open(here, broken)
    assert not broken.is_set()
    assert killed == []
    here().wake("a")
    assert notes.said == ["open", "run a"]


def test_a_worker_gives_memory_back_as_a_server_does(monkeypatch: pytest.MonkeyPatch) -> None:
    done = list[str]()
    monkeypatch.setattr("vitrine.core.memory.settle", lambda: done.append("settled"))
    monkeypatch.setattr(worker, "serve", lambda *_: done.append("serves"))
    worker.main(Settings(), 1)
    assert done == ["settled", "serves"], "before any process is forked"


def test_what_stays_wrong_ends_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[int] = []
    monkeypatch.setattr("os.kill", lambda _pid, number: killed.append(number))
    broken = multiprocessing.Event()
    worker._open(OpenedHere(lambda: Failing(Invalid("model_missing", "no model"))), broken)
    assert broken.is_set()
    assert killed == [signal.SIGTERM]
