"""Who is told that a job waits: threads of this process, Celery workers, or nobody."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable
from itertools import count

import structlog
from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from vitrine.adapters.recurring import Recurring
from vitrine.core import priority
from vitrine.core.errors import Away, Unavailable
from vitrine.core.settings import Settings

RUN_JOB = "vitrine.run_job"
"""The name of the task a worker knows."""

NAME = "vitrine"
"""The name of the broker's queue."""

PART = "queue"
"""What this part is called where parts have names."""

log = structlog.get_logger()


class ThreadQueue:
    """Runs jobs on threads of this process that stand back for others, and each of what recurs on
    one more."""

    sends = True

    def __init__(
        self,
        run: Callable[[str], None],
        *recurring: Callable[[], None],
        workers: int,
        sweep_every: float,
    ) -> None:
        self._run = run
        self._recurring = Recurring(*recurring, every=sweep_every)
        self._workers = workers
        self._threads: list[threading.Thread] = []
        self._changed = threading.Condition()
        self._stopped = threading.Event()
        self._heap: list[tuple[float, int, str]] = []
        self._due: dict[str, float] = {}
        self._order = count()

    def send(self, job_id: str, delay: float = 0.0) -> None:
        """Have the job run after `delay` seconds; one that waits already keeps its earlier time."""
        due = time.monotonic() + delay
        with self._changed:
            if self._due.get(job_id, due + 1) <= due:
                return
            self._due[job_id] = due
            heapq.heappush(self._heap, (due, next(self._order), job_id))
            self._changed.notify()

    def ping(self) -> None:
        """Raise Unavailable unless every thread lives."""
        threads = [*self._threads, *self._recurring.threads]
        alive = sum(thread.is_alive() for thread in threads)
        total = self._workers + len(self._recurring.threads)
        if alive < total or self._stopped.is_set():
            told = f"Of {total} threads that run jobs, {alive} live; restart."
            raise Unavailable("queue_unavailable", told)

    def start(self) -> None:
        """Start the threads."""
        self._threads = [
            threading.Thread(target=self._work, daemon=True) for _ in range(self._workers)
        ]
        for thread in self._threads:
            thread.start()
        self._recurring.start()

    def stop(self, timeout: float) -> None:
        """Take no more jobs, and wait up to `timeout` seconds for those that run.

        What still waits here waits in the database too, and is swept up after the next start.
        """
        self._stopped.set()
        with self._changed:
            self._changed.notify_all()
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._recurring.stop(max(0.0, deadline - time.monotonic()))

    def _work(self) -> None:
        priority.step_back()
        while (job_id := self._next()) is not None:
            try:
                self._run(job_id)
            except Exception:
                log.exception("job run failed", job_id=job_id)

    def _next(self) -> str | None:
        with self._changed:
            while not self._stopped.is_set():
                wait = self._heap[0][0] - time.monotonic() if self._heap else None
                if wait is None or wait > 0:
                    self._changed.wait(wait)
                    continue
                due, _, job_id = heapq.heappop(self._heap)
                if self._due.get(job_id) == due:  # else it was sent again for an earlier time
                    del self._due[job_id]
                    return job_id
        return None


class CeleryQueue:
    """Sends job ids to the Celery workers of one broker."""

    sends = True

    def __init__(self, app: Celery) -> None:
        self._app = app

    def send(self, job_id: str, delay: float = 0.0) -> None:
        """Have a worker run the job after `delay` seconds; raises Unavailable within seconds."""
        try:
            self._app.send_task(RUN_JOB, args=[job_id], countdown=delay or None)
        except (OperationalError, RedisError, OSError) as error:
            raise Away(PART, "The message broker does not answer.") from error

    def ping(self) -> None:
        """Raise Unavailable, within seconds, unless the broker answers."""
        try:
            with self._app.connection_for_write() as connection:
                connection.channel().close()
        except (OperationalError, RedisError, OSError) as error:
            raise Away(PART, "The message broker does not answer.") from error


class SweptQueue:
    """Sends nothing: the process that owns the index finds the job when it sweeps."""

    sends = False

    def send(self, job_id: str, delay: float = 0.0) -> None:
        """Leave the job to the sweep."""

    def ping(self) -> None:
        """Nobody has to hear it: the sweep looks by itself."""


def make_celery(settings: Settings) -> Celery:
    """A Celery app on the configured broker, without a result store: the Job row is the result."""
    queue = settings.queue
    app = Celery("vitrine", broker=queue.broker_url.get_secret_value(), set_as_current=False)
    app.conf.update(
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_default_queue=NAME,
        # Acknowledged before it runs: a lost run is known by its lease, and the sweep sends it.
        task_acks_late=False,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        worker_proc_alive_timeout=120,  # seconds; a child loads models before it is ready
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=3,
        broker_transport_options={
            "socket_connect_timeout": 3,
            "socket_timeout": 5,
            "socket_keepalive": True,
        },
        task_publish_retry_policy={"max_retries": 1, "interval_start": 0, "interval_max": 0.2},
    )
    return app
