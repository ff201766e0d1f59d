"""Parts that are processes of their own: how many calls may wait for one, and whether it is away.

A part that does not answer is asked again by one thread, in the background, until it does;
meanwhile everybody else hears at once that it is away, and waits for nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

import structlog

from vitrine.core.errors import Away, Unavailable, VitrineError

ROOM = 12
"""Most calls that one process has a part work on at once: others need threads too."""

PATIENCE = 2.0
"""Seconds that a call waits for room."""

FIRST_WAIT, LONGEST_WAIT = 0.5, 4.0
"""Seconds until a part that is away is asked again: doubling, to a cap."""

Answer = TypeVar("Answer")
Port = TypeVar("Port")

log = structlog.get_logger()


class Part:
    """One part: `probe` asks it something small, and raises VitrineError within seconds."""

    def __init__(self, name: str, probe: Callable[[], object], room: int = ROOM) -> None:
        self.name = name
        self.away = False
        self._probe = probe
        self._room = threading.BoundedSemaphore(room)
        self._watching = threading.Lock()
        self._closed = threading.Event()

    def close(self) -> None:
        """Ask no more whether it is back: nobody calls it any more."""
        self._closed.set()

    def call(self, ask: Callable[[], Answer]) -> Answer:
        """What `ask` answers; raises Away at once while the part is away, Unavailable if it has no
        room, and what `ask` raises."""
        if self.away:
            raise Away(self.name, f"The part {self.name!r} does not answer.", retry_after=5)
        if not self._room.acquire(timeout=PATIENCE):
            self.suspect()
            told = f"The part {self.name!r} is busy; try again soon."
            raise Unavailable(f"{self.name}_busy", told, retry_after=2)
        try:
            return ask()
        except Away as error:
            if error.part == self.name:
                self.suspect()
            raise
        finally:
            self._room.release()

    def answers(self) -> bool:
        """Whether the part answers now."""
        try:
            self._probe()
        except VitrineError as error:
            log.info("part does not answer", part=self.name, error=error.message)
            return False
        return True

    def suspect(self) -> None:
        """Find out, in the background, whether the part is away, and when it is back."""
        if self._watching.acquire(blocking=False):
            name = f"watch-{self.name}"
            threading.Thread(target=self._watch, name=name, daemon=True).start()

    def _watch(self) -> None:
        wait = FIRST_WAIT
        try:
            while not self._closed.is_set() and not self.answers():
                if not self.away:
                    log.warning("part is away", part=self.name)
                self.away = True
                self._closed.wait(wait)
                wait = min(2 * wait, LONGEST_WAIT)
            if self.away and not self._closed.is_set():
                log.info("part is back", part=self.name)
        finally:
            self.away = False
            self._watching.release()


class Watched(Protocol):
    """What can be away, and can be asked whether it is there."""

    @property
    def away(self) -> bool:
        """Whether it is away, as far as is known."""

    def answers(self) -> bool:
        """Whether it is there now."""


Kind = TypeVar("Kind", bound=Watched)


class WatchedParts:
    """The parts of this process by name: a `ports.Parts`."""

    def __init__(self) -> None:
        self._parts: dict[str, Watched] = {}

    def add(self, name: str, part: Kind) -> Kind:
        """Know this part from now on."""
        self._parts[name] = part
        return part

    def close(self) -> None:
        """Watch no part any more; whoever runs this process is ending."""
        for part in self._parts.values():
            if isinstance(part, Part):
                part.close()

    def names(self) -> frozenset[str]:
        """The names of all parts that may be away."""
        return frozenset(self._parts)

    def away(self) -> frozenset[str]:
        """The names of the parts that do not answer at present."""
        return frozenset(name for name, part in self._parts.items() if part.away)

    def is_away(self, part: str) -> bool:
        """Whether the part does not answer: asked now, by a question that no job is part of."""
        known = self._parts.get(part)
        return known is not None and (known.away or not known.answers())


def watched(port: Port, part: Part) -> Port:
    """The port, each of whose verbs is a call of the part."""
    return cast(Port, _Port(port, part))


class _Port:
    def __init__(self, port: object, part: Part) -> None:
        self._port = port
        self._part = part

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found
        return lambda *given, **named: self._part.call(lambda: found(*given, **named))
