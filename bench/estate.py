"""The programs of a shape, each of which can be frozen, killed, cut off or left without disk."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bench.links import Link
from bench.resident import descendants
from tests.worlds.engines import Engine
from tests.worlds.programs import Program
from vitrine.core.settings import Settings
from vitrine.db import Sessions

KEEP_EVERY = 1.0
"""Seconds between two looks whether a program has ended."""


class Disk:
    """A small disk in memory that can be filled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self, leave: int = 0) -> None:
        """Leave so many bytes free."""
        found = os.statvfs(self.folder)
        rest = max(0, found.f_bavail * found.f_frsize - leave)
        with self._filler.open("wb") as file, suppress(OSError):
            os.posix_fallocate(file.fileno(), 0, max(1, rest))

    def clear(self) -> None:
        """Take the filling out."""
        self._filler.unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Disk | None]:
    """A disk of that size on the folder; None where none can be mounted."""
    options = ["-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs"]
    mounted = subprocess.run(["mount", *options, str(folder)], capture_output=True, check=False)
    if mounted.returncode:
        yield None
        return
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)


class Part:
    """One program; whoever keeps it starts it again when it has ended, unless it is held down."""

    def __init__(
        self, name: str, engine: Engine, link: Link | None = None, disk: Disk | None = None
    ) -> None:
        self.name, self.engine, self.link, self.disk = name, engine, link, disk
        self.restarts = -1
        self._stack = ExitStack()
        self._program: Program | None = None
        self._held = False
        self._changing = threading.Lock()

    def start(self) -> None:
        """Have it run, from now on."""
        with self._changing:
            self._held = False
            self._start()

    def keep(self) -> None:
        """Start it again if it ended by itself."""
        with self._changing:
            ended = self._program is not None and self._program.process.poll() is not None
            if ended and not self._held:
                self._start()

    def freeze(self) -> None:
        """Stop it and all it started, as a machine that hangs."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let them go on."""
        self._signal(signal.SIGCONT)

    def end(self) -> None:
        """Ask it to end, as a deployment does; whoever keeps it starts it again."""
        os.kill(self.tree()[0], signal.SIGTERM)

    def kill(self) -> None:
        """End it and all it started at once, and hold it down."""
        with self._changing:
            self._held = True
            self._signal(signal.SIGKILL)

    def renew(self, disk: Disk) -> Callable[[], None]:
        """What empties its disk and starts it anew."""

        def relieve() -> None:
            disk.clear()
            self.kill()
            self.start()

        return relieve

    def close(self) -> None:
        """End it for good."""
        self._held = True
        with suppress(ProcessLookupError):
            self.thaw()
        self._stack.close()

    def tree(self) -> list[int]:
        """Its process and all that this started."""
        assert self._program is not None
        pid = self._program.process.pid
        return [pid, *descendants(pid)]

    def _start(self) -> None:
        self._stack.close()
        log = self.engine.folder / "output.log"
        if log.exists():
            log.rename(log.with_name(f"output-{self.restarts + 1}.log"))
        self._stack = ExitStack()
        self._program = self._stack.enter_context(self.engine.begun())
        self.restarts += 1  # last: whoever reads it may freeze what runs now

    def _signal(self, number: int) -> None:
        for pid in self.tree():
            with suppress(ProcessLookupError):
                os.kill(pid, number)


class Child:
    """The process that another part started, and starts again."""

    link = None

    def __init__(self, name: str, parent: Part) -> None:
        self.name = name
        self._parent = parent

    def freeze(self) -> None:
        """Stop it."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it."""
        self._signal(signal.SIGKILL)

    def start(self) -> None:
        """Its parent does that."""

    def _signal(self, number: int) -> None:
        for pid in self._parent.tree()[1:]:
            with suppress(ProcessLookupError):
                os.kill(pid, number)


@dataclass(frozen=True)
class Fault:
    """What is done to a part, for how long, and how it is taken back."""

    part: str
    what: str
    seconds: float
    inflict: Callable[[], None]
    relieve: Callable[[], None]

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.part}: {self.what}"


@dataclass(frozen=True)
class Estate:
    """A running shape: where it listens, its truth, its parts, and which of them run jobs.

    Of the `stubborn` a full disk stays full in their minds until they are started anew.
    """

    name: str
    url: str
    settings: Settings
    sessions: Sessions
    parts: Sequence[Part]
    others: Sequence[Child] = ()
    disks: Sequence[tuple[str, Disk, int]] = field(default=())
    workers: Sequence[Part] = ()
    stubborn: Sequence[tuple[Part, Disk]] = ()

    def faults(self) -> list[Fault]:
        """Everything that is done to it, the short ones first."""
        return sorted(self._faults(), key=lambda fault: fault.seconds)

    def _faults(self) -> Iterator[Fault]:
        both: tuple[Part | Child, ...] = (*self.parts, *self.others)
        for part in both:
            yield Fault(part.name, "frozen for 14 s", 14, part.freeze, part.thaw)
            yield Fault(part.name, "frozen for 75 s", 75, part.freeze, part.thaw)
            yield Fault(part.name, "killed, back after 5 s", 5, part.kill, part.start)
            if part.link:
                yield Fault(part.name, "cut off for 20 s", 20, part.link.cut, part.link.mend)
        for name, disk, leave in self.disks:
            told = f"{leave // 1_000_000} MB free" if leave else "full"
            yield Fault(name, f"disk {told} for 20 s", 20, partial(disk.fill, leave), disk.clear)
        for part, disk in self.stubborn:
            fill = partial(disk.fill, 0)
            yield Fault(
                part.name, "disk full for 20 s, then started anew", 20, fill, part.renew(disk)
            )


@contextmanager
def kept(parts: Sequence[Part]) -> Iterator[None]:
    """The parts run, and are started again by a supervisor when they end."""
    ended = threading.Event()

    def keep() -> None:
        while not ended.wait(KEEP_EVERY):
            for part in parts:
                part.keep()

    keeper = threading.Thread(target=keep, name="supervisor")
    try:
        for part in parts:
            part.start()
        keeper.start()
        yield
    finally:
        ended.set()
        if keeper.ident:
            keeper.join()
        for part in reversed(parts):
            part.close()
