"""Notices that a worker takes no messages though some wait, and has it connect anew, or end.

Celery acknowledges a message before its task runs. When the broker does not answer just then, the
failure is logged and the message counts as unacknowledged for as long as the connection lasts; once
there are as many of these as a worker may hold, it never asks for another, and nothing says so.
"""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import dataclass, field
from typing import Any

import structlog
from celery import Celery, signals
from celery.worker import state
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from vitrine.adapters.queue import NAME

LOOK_EVERY = 2.0
"""Seconds between two looks at the broker."""

RECONNECT_AFTER, END_AFTER = 3, 15
"""Looks in a row at messages that nobody takes: after the first the worker connects anew, after
the second it ends, so that whoever started it starts it again."""

KILL_AFTER = 20.0
"""Seconds that a worker has to end before it is killed."""

log = structlog.get_logger()


@dataclass
class Stall:
    """How many looks in a row found messages waiting, nothing running, and nothing taken."""

    looks: int = 0
    taken: int = 0

    def look(self, waiting: int, taken: int, busy: bool) -> int:
        """Note what one look found; how many in a row were bad."""
        stalled = waiting > 0 and not busy and taken == self.taken
        self.looks = self.looks + 1 if stalled else 0
        self.taken = taken
        return self.looks


class Lost(ConnectionError):
    """What makes Celery's loop connect anew."""


@dataclass
class Watch:
    """A thread of the worker's first process that looks whether messages are taken."""

    app: Celery
    worker: Any
    gave_up: bool = False
    _taken: int = 0
    _stall: Stall = field(default_factory=Stall)

    def start(self) -> None:
        """Start looking, for as long as the process lives."""
        signals.task_received.connect(self._count, weak=False)
        threading.Thread(target=self._run, name="watch", daemon=True).start()

    def _count(self, **_: object) -> None:
        self._taken += 1

    def _run(self) -> None:
        pause = threading.Event()
        while not pause.wait(LOOK_EVERY):
            waiting = waiting_messages(self.app)
            busy = bool(state.reserved_requests)
            looks = self._stall.look(waiting, self._taken, busy)
            if looks and looks % RECONNECT_AFTER == 0:
                log.error("no message is taken, connecting anew", waiting=waiting)
                self.worker.consumer.hub.call_soon(_lose)
            if looks >= END_AFTER:
                self._end()

    def _end(self) -> None:
        log.critical("no message is taken: this worker ends, so that it is started again")
        self.gave_up = True
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(KILL_AFTER)
        os.kill(os.getpid(), signal.SIGKILL)


def waiting_messages(app: Celery) -> int:
    """How many messages wait at the broker for some worker; 0 if it does not answer."""
    try:
        with app.connection_for_read() as connection:
            found: int = connection.default_channel.queue_declare(NAME, passive=True).message_count
            return found
    except (OperationalError, RedisError, OSError, *app.connection().channel_errors):
        return 0


def _lose() -> None:
    raise Lost("no message is taken")
