"""The embedded vector index in a process of its own, so that it cannot hold up the one that serves.

Chroma may hold the interpreter's lock for as long as a disk does not take its bytes. Here only a
child waits for it: whoever asks is told after a while that the index is away, and a child that
answers nothing any more is killed and started anew. One that nobody asks ends by and by, and starts
again for the next question: it holds over a hundred megabytes.
"""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

import structlog
from filelock import FileLock

from vitrine.adapters.vectors import BATCH, PART, PING, ChromaIndex, chroma_in, owned
from vitrine.core.clock import now
from vitrine.core.errors import Away, Conflict, Invalid, NotFound, VitrineError
from vitrine.ports import Neighbour, Point
from vitrine.vision.types import Vector

DEADLINE = 60.0
"""Seconds that one question may take."""

WRITING, EACH = 8.0, 0.05
"""Seconds that putting points may take, and how many more for each of them."""

STARTING, STUCK = 120.0, 20.0
"""Seconds after which a child that never answered, or fell silent, is killed."""

RESTING = 60.0
"""Seconds without a question after which a child ends. One that was searched is kept: its graph
takes long to read."""

THREADS = 8
"""Questions that the child works on at once."""

_ERRORS: dict[str, type[VitrineError]] = {
    kind.__name__: kind for kind in (NotFound, Conflict, Invalid)
}
log = structlog.get_logger()


class IndexProcess:
    """A VectorIndex in a child process, started at first use and again when it ended."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._owned = owned(folder)
        self._child: _Child | None = None
        self._starting = threading.Lock()
        self._searched = False
        self._closed = threading.Event()
        threading.Thread(target=self._rest, name="index-rest", daemon=True).start()

    def ensure(self, collection: str, dimension: int) -> None:
        """Make the collection if it is missing; raises Conflict if it has another dimension."""
        self._ask("ensure", collection, dimension)

    def upsert(self, collection: str, points: Sequence[Point]) -> None:
        """Put or replace points by id; raises as ChromaIndex does."""
        # A transaction waits for this, and on SQLite everybody who writes waits for that.
        for start in range(0, len(points), BATCH):
            some = points[start : start + BATCH]
            seconds = WRITING + len(some) * EACH
            self._running().ask("upsert", (collection, some), seconds)

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        """Remove points; ids that are not there, and unknown collections, are no error."""
        self._ask("delete", collection, ids)

    def query(self, collection: str, vector: Vector, limit: int) -> list[Neighbour]:
        """The nearest points, best first, equals by id; raises as ChromaIndex does."""
        self._searched = True
        return cast(list[Neighbour], self._ask("query", collection, vector, limit))

    def get(self, collection: str, ids: Sequence[str]) -> dict[str, Vector]:
        """The stored vectors of those ids that exist; raises NotFound for an unknown collection."""
        return cast(dict[str, Vector], self._ask("get", collection, ids))

    def ids(self, collection: str) -> set[str]:
        """Every id in the collection; raises NotFound for an unknown collection."""
        return cast(set[str], self._ask("ids", collection))

    def count(self, collection: str) -> int:
        """How many points the collection holds; raises NotFound for an unknown collection."""
        return cast(int, self._ask("count", collection))

    def drop(self, collection: str) -> None:
        """Remove the collection and all in it; no error if there is none."""
        self._ask("drop", collection)

    def mend(self) -> None:
        """Set the files aside where Chroma cannot read them, so that empty ones take their place.

        Nothing is lost: all vectors are in the database. A child that is only silent is let be.
        """
        child = self._running()
        try:
            child.ask("check", (), DEADLINE)
        except Away as error:
            if isinstance(error.__cause__, TimeoutError) and not child.ended:
                log.warning("the vector index could not be checked", why=error.message)
                return
            self._set_aside()

    def _set_aside(self) -> None:
        with self._starting:
            if self._child is not None:
                self._child.kill()
                self._child = None
            aside = self._folder.with_name(f"{self._folder.name}-broken-{now():%Y%m%dT%H%M%S}")
            aside.mkdir()
            for path in self._folder.iterdir():
                if path.suffix != ".lock":  # those are ours
                    path.rename(aside / path.name)
        log.error(
            "the vector index was broken and is set aside; it is filled anew", aside=str(aside)
        )

    def ping(self) -> None:
        """Raise Away within seconds unless the child answers; kill one that is stuck."""
        child = self._running()
        try:
            child.ask("ping", (), PING)
        except Away:
            if child.stuck:
                log.error("the process of the vector index is stuck and is killed")
                child.kill()
            raise

    def close(self) -> None:
        """End the child, by force if it must be, and let go of the folder."""
        self._closed.set()
        with self._starting:
            if self._child is not None:
                self._child.close()
            self._owned.release()

    def _ask(self, verb: str, *given: Any) -> Any:
        return self._running().ask(verb, given, DEADLINE)

    def _running(self) -> _Child:
        with self._starting:
            if self._child is None or self._child.ended:
                self._child = _Child(self._folder)
            self._child.wanted_at = time.monotonic()
            return self._child

    def _rest(self) -> None:
        while not self._closed.wait(RESTING / 4):
            with self._starting:  # who is given the child in here will find one that is wanted
                child = self._child
                if child is None or self._searched or not child.idle(RESTING):
                    continue
                child.close()
                self._child = None


class _Child:
    """One child process and what it was asked."""

    def __init__(self, folder: Path) -> None:
        ours, its = socket.socketpair()
        self._process = begun(folder, its)
        its.close()
        self._pipe = Connection(ours.detach())
        self._sending = threading.Lock()
        self._asked: dict[int, Future[Any]] = {}
        self._numbers = itertools.count()
        self._heard_at, self._patience = time.monotonic(), STARTING
        self.wanted_at = time.monotonic()
        self.ended = False
        threading.Thread(target=self._listen, name="index-answers", daemon=True).start()

    @property
    def stuck(self) -> bool:
        """Whether it has been silent for longer than one that works ever is."""
        return time.monotonic() - self._heard_at > self._patience

    def idle(self, seconds: float) -> bool:
        """Whether nobody wanted or waits for anything of it for so long."""
        return not self._asked and time.monotonic() - self.wanted_at > seconds

    def ask(self, verb: str, given: tuple[Any, ...], seconds: float) -> Any:
        """What the index answered; raises what it raised, and Away after so many seconds."""
        number, answer = next(self._numbers), Future[Any]()
        self._asked[number] = answer
        try:
            self._send((number, verb, given), seconds)
            return _told(answer.result(seconds))
        except (OSError, TimeoutError) as error:
            raise Away(PART, "The vector index does not answer.") from error
        finally:
            self._asked.pop(number, None)

    def kill(self) -> None:
        """End it now."""
        self.ended = True
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Have it put its files away, if it still can, and end it."""
        with suppress(Away):
            self.ask("close", (), PING)
        self.kill()

    def _send(self, question: tuple[Any, ...], seconds: float) -> None:
        # A child that reads nothing lets the pipe run full: who then waits in `send` is freed when
        # the child is killed, and nobody else waits for that.
        if not self._sending.acquire(timeout=seconds):
            raise TimeoutError
        try:
            self._pipe.send(question)
        finally:
            self._sending.release()

    def _listen(self) -> None:
        try:
            while True:
                number, answer = self._pipe.recv()
                self._heard_at, self._patience = time.monotonic(), STUCK
                if asked := self._asked.get(number):
                    asked.set_result(answer)
        except (EOFError, OSError):
            self.kill()
            for asked in list(self._asked.values()):
                asked.set_exception(TimeoutError("the process of the index ended"))


def begun(folder: Path, pipe: socket.socket) -> subprocess.Popen[bytes]:
    """A process that answers for the index in a folder what comes by that pipe."""
    command = [sys.executable, "-m", "vitrine.adapters.index_process", str(folder)]
    return subprocess.Popen(  # noqa: S603 - all of it is ours
        [*command, str(pipe.fileno())], pass_fds=[pipe.fileno()], stdin=subprocess.DEVNULL
    )


def _told(answer: tuple[str, Any]) -> Any:
    kind, told = answer
    if kind == "answer":
        return told
    code, message = told
    raise _ERRORS[kind](code, message) if kind in _ERRORS else Away(PART, message, code=code)


def main(folder: Path, descriptor: int) -> None:
    """Be the child: answer what comes by the socket, until nobody is there any more."""
    for each in (signal.SIGINT, signal.SIGTERM):  # the parent says when it is over
        signal.signal(each, signal.SIG_IGN)
    pipe, sending = Connection(descriptor), threading.Lock()
    # A child that was killed may still be on its way out, and two must never write the same files.
    FileLock(folder / "process.lock").acquire()
    index = chroma_in(folder)

    def answer(number: int, verb: str, given: tuple[Any, ...]) -> None:
        told = _answer(index, verb, given)
        with sending, suppress(OSError):
            pipe.send((number, told))

    with ThreadPoolExecutor(THREADS) as pool, suppress(EOFError, OSError):
        while True:
            pool.submit(answer, *pipe.recv())
    os._exit(0)


def _answer(index: ChromaIndex, verb: str, given: tuple[Any, ...]) -> tuple[str, Any]:
    try:
        return "answer", None if verb == "ping" else getattr(index, verb)(*given)
    except VitrineError as error:
        return type(error).__name__, (error.code, error.message)
    except Exception:
        log.exception("the vector index failed", verb=verb)
        return "Away", (f"{PART}_unavailable", "The vector index failed; the log says more.")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
