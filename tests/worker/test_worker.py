from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import pytest

from vitrine.adapters.queue import DELIVER, RUN_JOB, SWEEP, make_celery
from vitrine.core.errors import Invalid, Unavailable
from vitrine.core.settings import Settings
from vitrine.worker import app as worker
from vitrine.worker.app import OpenedHere
from vitrine.worker.tasks import register


class Notes:
    def __init__(self) -> None:
        self.said: list[str] = []

    def run_job(self, job_id: str) -> None:
        self.said.append(f"run {job_id}")

    def sweep(self) -> None:
        self.said.append("sweep")
        raise Unavailable("database_unavailable", "The database does not answer.")

    def deliver(self) -> None:
        self.said.append("deliver")

    @contextmanager
    def opened(self) -> Iterator[Notes]:
        self.said.append("open")
        yield self
        self.said.append("close")


@dataclass
class Failing(AbstractContextManager[Notes]):
    """What cannot be opened."""

    error: Exception

    def __enter__(self) -> Notes:
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
    app.tasks[SWEEP].apply(throw=True)
    assert notes.said == ["open", "sweep"]


def test_webhooks_are_sent_by_a_task_of_their_own() -> None:
    notes = Notes()
    app = make_celery(Settings())
    register(app, OpenedHere(notes.opened))
    app.tasks[DELIVER].apply(throw=True)
    assert notes.said == ["open", "deliver"]


@pytest.mark.parametrize("task", [SWEEP, DELIVER])
def test_the_beat_sends_tasks_that_do_not_pile_up(task: str) -> None:
    app = make_celery(Settings.model_validate({"queue": {"sweep_every": 2.5}}))
    entry = app.conf.beat_schedule[task]
    assert entry["task"] == task
    assert entry["schedule"].total_seconds() == entry["options"]["expires"] == 2.5


def test_a_database_that_is_away_is_asked_again_by_the_next_task(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    killed: list[int] = []
    monkeypatch.setattr("os.kill", lambda _pid, number: killed.append(number))
    notes = Notes()
    openings = iter(
        [Failing(Unavailable("database_unavailable", "away")), notes.opened()],
    )
    here = OpenedHere(lambda: next(openings))
    broken = multiprocessing.Event()
    worker._open(here, broken)
    assert not broken.is_set()
    assert killed == []
    here().run_job("a")
    assert notes.said == ["open", "run a"]


def test_what_stays_wrong_ends_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[int] = []
    monkeypatch.setattr("os.kill", lambda _pid, number: killed.append(number))
    broken = multiprocessing.Event()
    worker._open(OpenedHere(lambda: Failing(Invalid("model_missing", "no model"))), broken)
    assert broken.is_set()
    assert killed == [signal.SIGTERM]
