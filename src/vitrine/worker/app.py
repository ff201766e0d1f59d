"""The worker program: one Celery worker with its beat, and a Vitrine in each child process."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from multiprocessing.synchronize import Event

import structlog
from celery import signals

from vitrine import wiring
from vitrine.adapters.queue import make_celery
from vitrine.core import telemetry
from vitrine.core.errors import Unavailable, VitrineError
from vitrine.core.settings import Settings
from vitrine.worker.tasks import Runs, register

log = structlog.get_logger()

Opening = Callable[[], AbstractContextManager[Runs]]


class OpenedHere:
    """The Vitrine of this process: opened once, after the fork, and closed before the end."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._stack = ExitStack()
        self._opened: Runs | None = None

    def __call__(self) -> Runs:
        """The opened Vitrine; raises what opening it raises, and may be asked again."""
        if self._opened is None:
            self._opened = self._stack.enter_context(self._opening())
        return self._opened

    def close(self) -> None:
        """Close engine, models and clients."""
        self._stack.close()


def main(settings: Settings, concurrency: int) -> None:
    """Run jobs from the broker until SIGTERM, which lets the running ones end; does not return."""
    serve(settings, concurrency, lambda: wiring.running_here(settings))


def serve(settings: Settings, concurrency: int, opening: Opening) -> None:
    """Run the worker with what `opening` opens in each child process; does not return."""
    app = make_celery(settings)
    here = OpenedHere(opening)
    broken = multiprocessing.Event()
    register(app, here)
    # Connected strongly: Celery would forget functions that nobody else holds.
    signals.setup_logging.connect(lambda **_: telemetry.set_up_logging(settings), weak=False)
    signals.worker_process_init.connect(lambda **_: _open(here, broken), weak=False)
    signals.worker_process_shutdown.connect(lambda **_: here.close(), weak=False)
    worker = app.Worker(
        concurrency=concurrency,
        beat=True,
        quiet=True,
        # Workers need not know each other: the database says who does what.
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()
    sys.exit(1 if broken.is_set() else worker.exitcode)


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
