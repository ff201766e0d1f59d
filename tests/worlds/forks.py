"""Children of the vector index, forked from one process that has imported what they need.

Importing Chroma takes a second of a processor, and a suite starts hundreds of them. Each is a
process of its own all the same, and runs what `python -m vitrine.adapters.index_process` runs.
"""

from __future__ import annotations

import importlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitrine.adapters import index_process

ROOT = Path(__file__).parents[2]
"""Where this module is found, wherever the test that asks first has gone."""

LATER = ("chromadb", "chromadb.api.rust", "chromadb.telemetry.product.posthog")
"""What a child would import only once it opens an index."""


class Forked:
    """A process that is no child of ours, by the verbs of Popen that its parent uses."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        try:
            self._handle = os.pidfd_open(pid)
        except ProcessLookupError:  # it has ended
            self._handle = -1

    def kill(self) -> None:
        """End it now, if it lives."""
        if self._handle >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def wait(self) -> None:
        """Return once it has ended."""
        if self._handle >= 0:
            select.select([self._handle], [], [])

    def __del__(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)


@dataclass
class _Forks:
    """The process that forks; one question at a time."""

    pipe: socket.socket
    asking: threading.Lock

    def begun(self, folder: Path, pipe: socket.socket) -> Forked:
        with self.asking:
            # Whole: the process that forks does not stand where the test does.
            socket.send_fds(self.pipe, [bytes(folder.absolute())], [pipe.fileno()])
            return Forked(int(self.pipe.recv(32)))


@contextmanager
def forking() -> Iterator[_Forks]:
    """Children can be forked for as long as the block; the first has to wait for imports."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-m", __name__, str(its.fileno())]
    given: dict[str, Any] = {"pass_fds": [its.fileno()], "stdin": subprocess.DEVNULL, "cwd": ROOT}
    with subprocess.Popen(command, **given) as process:
        its.close()
        with ours:
            yield _Forks(ours, threading.Lock())
        process.wait()


def main(descriptor: int) -> None:
    """Fork a child for each folder and pipe that come, until nobody is there any more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who has ended is gone
    for name in LATER:
        importlib.import_module(name)
    with socket.socket(fileno=descriptor) as asked:
        while True:
            folder, descriptors, _, _ = socket.recv_fds(asked, 4096, 1)
            if not descriptors:
                return
            pid = os.fork()
            if pid == 0:
                asked.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                index_process.main(Path(os.fsdecode(folder)), descriptors[0])
            os.close(descriptors[0])
            asked.send(str(pid).encode())


if __name__ == "__main__":
    main(int(sys.argv[1]))
