"""The worker program: one Celery worker, and a Vitrine in each of its child processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from functools import partial
from multiprocessing.synchronize import Event

import structlog
from celery import signals

from vitrine import wiring
from vitrine.adapters.queue import make_celery
from vitrine.adapters.recurring import Recurring
from vitrine.core import memory, telemetry, tracing
from vitrine.core.errors import Unavailable, VitrineError
from vitrine.core.settings import Settings
from vitrine.worker import exposing
from vitrine.worker.tasks import Runs, register
from vitrine.worker.watch import Watch

LAST_WORDS = 3.0
"""Seconds that a process has to end by itself once it gave its job back."""

log = structlog.get_logger()

Opening = Callable[[], AbstractContextManager[Runs]]


class OpenedHere:
    """The Vitrine of this process: opened once, after the fork, and closed before the end."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._stack = ExitStack()
        self._opened: Runs | None = None
        self._lock = threading.Lock()

    def __call__(self) -> Runs:
        """The opened Vitrine; raises what opening it raises, and may be asked again."""
        with self._lock:
            if self._opened is None:
                self._opened = self._stack.enter_context(self._opening())
            return self._opened

    def leave(self) -> None:
        """Give back what runs here, if anything was ever opened."""
        if self._opened is not None:
            self._opened.leave()

    def close(self) -> None:
        """Close engine, models and clients."""
        self._stack.close()


def main(settings: Settings, concurrency: int) -> None:
    """Run jobs from the broker until SIGTERM; jobs that do not end soon after it are given back.

    Does not return.
    """
    memory.settle()  # the child processes are forks, and keep to it
    if settings.metrics.port:
        exposing.begin(settings.metrics)
    serve(settings, concurrency, lambda: wiring.running_here(settings))


def serve(settings: Settings, concurrency: int, opening: Opening) -> None:
    """Run the worker with what `opening` opens in each child process; does not return."""
    app = make_celery(settings)
    here = OpenedHere(opening)
    broken, ending = multiprocessing.Event(), multiprocessing.Event()
    register(app, here)
    every = settings.queue.sweep_every
    # Connected strongly: Celery would forget functions that nobody else holds.
    signals.setup_logging.connect(lambda **_: telemetry.set_up_logging(settings), weak=False)
    signals.worker_process_init.connect(lambda **_: tracing.set_up(settings, "worker"), weak=False)
    signals.worker_process_init.connect(lambda **_: _begin(here, broken, ending, every), weak=False)
    signals.worker_process_shutdown.connect(lambda **_: _end(here), weak=False)
    signals.worker_shutting_down.connect(lambda **_: ending.set(), weak=False)
    worker = app.Worker(
        concurrency=concurrency,
        quiet=True,
        # Workers need not know each other: the database says who does what.
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    watch = Watch(app, worker)
    signals.worker_ready.connect(lambda **_: watch.start(), weak=False)
    worker.start()
    sys.exit(1 if broken.is_set() or watch.gave_up else worker.exitcode)


def _begin(here: OpenedHere, broken: Event, ending: Event, every: float) -> None:
    """Open the Vitrine of a child process and start what it does beside its jobs."""
    _open(here, broken)
    memory.hold()
    Recurring(
        lambda: here().sweep(), lambda: here().deliver(), lambda: here().beat(), every=every
    ).start()
    threading.Thread(target=partial(_leave_when, ending, here), daemon=True).start()


def _open(here: OpenedHere, broken: Event) -> None:
    try:
        here()
    except Unavailable as error:
        log.warning("not ready yet", code=error.code, message=error.message)
    except VitrineError as error:
        # A missing model or a wrong setting stays wrong, so the whole worker ends, with failure.
        log.error("the worker cannot start", code=error.code, message=error.message)
        broken.set()
        os.kill(os.getppid(), signal.SIGTERM)


def _leave_when(ending: Event, here: OpenedHere) -> None:
    """When the worker is told to end, give back the job that runs here and end this process.

    The job's thread may wait for a server of somebody else, so nobody waits for it.
    """
    ending.wait()
    here.leave()
    time.sleep(LAST_WORDS)  # for the job that ends in time, and for the log
    os._exit(0)


def _end(here: OpenedHere) -> None:
    with suppress(VitrineError):
        here.leave()
    here.close()
