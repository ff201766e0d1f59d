"""Trains in a process of its own, so that no process that serves or works ever loads PyTorch."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from vitrine.adapters.vision import EmbeddedVision
from vitrine.core.errors import Conflict, Full, Invalid, NotFound, Unavailable, VitrineError
from vitrine.core.groups import TrainingSettings
from vitrine.core.settings import Settings
from vitrine.ports import Heard, Lesson, Vision
from vitrine.vision import analyzer, images, registry

TICK = 1.0
"""Seconds between two moments at which whoever waits is told, and may end it."""

LINES = 200
"""So many of the last lines are kept."""

PROGRAM = ("-m", "vitrine.finetune")

_KINDS: dict[str, type[VitrineError]] = {kind.__name__: kind for kind in (Conflict, NotFound)}


class TrainingProcess:
    """A Trainer whose runs have a folder each below that of the data."""

    def __init__(self, settings: Settings, command: Sequence[str] = ()) -> None:
        """With `command` in place of the interpreter and the program that it runs."""
        self._settings = settings
        self._home = settings.data_dir / "training"

        self._command = tuple(command) or (self.policy.python or sys.executable, *PROGRAM)

    @property
    def policy(self) -> TrainingSettings:
        """What a better model may lose, and how recall is counted."""
        return self._settings.training

    def room(self, run_id: str) -> Path:
        """The folder of a run, made at first use."""
        folder = self._home / run_id
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def forget(self, run_id: str) -> None:
        """Remove the folder of a run."""
        shutil.rmtree(self._home / run_id, ignore_errors=True)

    def installed(self, role: str, version: str) -> Path | None:
        """The folder of the model that the settings name, if it is of this version."""
        vision = self._settings.vision
        name = vision.detector if role == "detector" else vision.encoder
        if name is None or name.endswith(".onnx"):
            return None
        card, folder = registry.find(name, vision.models_dir)
        return folder if (card.role, card.model_version) == (role, version) else None

    def vision(self, encoder: Path) -> Vision:
        """The models of the settings, loaded here, with the encoder of a folder."""
        place = {"encoder": encoder.name, "models_dir": encoder.parent, "detector": None}
        vision = self._settings.vision.model_copy(update=place)
        limits = images.Limits.of(self._settings.limits)
        return EmbeddedVision(analyzer.load(vision, limits))

    def train(self, lesson: Lesson, hear: Callable[[Heard], None]) -> None:
        """Train until `out` is there; a process that is no more wanted is killed with its own."""
        vision = self._settings.vision
        order = asdict(lesson) | {"device": self.policy.device, "threads": self.policy.threads}
        order |= {"margin": vision.margin, "padding": vision.padding}
        state = _State()
        with self._begun(json.dumps(order, default=str)) as child:
            lines = _lines(child)
            while (line := _next(lines)) is not _END:
                state.take(line)
                if time.monotonic() - state.told >= TICK:
                    state.told = time.monotonic()
                    hear(state.heard())
            hear(state.heard())
            code = child.wait()
        if code:
            raise _failure(code, state)

    @contextmanager
    def _begun(self, order: str) -> Iterator[subprocess.Popen[bytes]]:
        try:
            child = subprocess.Popen(  # noqa: S603 - our own program, or the one that settings name
                [*self._command, order],
                stdin=subprocess.PIPE,  # closes with this process, and with it the child ends
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise Invalid(
                "train_python",
                f"{self._command[0]} cannot be started: {error.strerror}. Correct "
                "VITRINE_TRAINING__PYTHON.",
            ) from error
        try:
            yield child
        finally:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            for pipe in (child.stdin, child.stdout, child.stderr):
                if pipe is not None:
                    pipe.close()


@dataclass
class _State:
    """What was heard of a process so far."""

    last: Heard = field(default_factory=Heard)
    error: dict[str, str] = field(default_factory=dict)
    log: deque[str] = field(default_factory=lambda: deque(maxlen=LINES))
    told: float = 0.0

    def take(self, line: bytes | None) -> None:
        """Understand one line; what is not ours goes to the log."""
        if line is None:
            return
        text = line.decode("utf-8", "replace").rstrip()
        told = _json(text)
        if "done" in told:
            # Steps that measure nothing come last: what was measured is still true.
            figures = told["figures"] or self.last.figures
            self.last = Heard(told["done"], told["total"], figures)
        elif "error" in told:
            self.error = told["error"]
        elif text and "made" not in told:
            self.log.append(text)

    def heard(self) -> Heard:
        """The same for whoever waits."""
        return Heard(self.last.done, self.last.total, self.last.figures, tuple(self.log))


_END = b"\0"


def _lines(child: subprocess.Popen[bytes]) -> queue.Queue[bytes]:
    """What the process says, line by line, then _END."""
    lines: queue.Queue[bytes] = queue.Queue()
    pipes = [pipe for pipe in (child.stdout, child.stderr) if pipe is not None]
    readers = [threading.Thread(target=_read, args=(pipe, lines), daemon=True) for pipe in pipes]
    for reader in readers:
        reader.start()

    def end() -> None:
        for reader in readers:
            reader.join()
        lines.put(_END)

    threading.Thread(target=end, daemon=True).start()
    return lines


def _read(pipe: Any, lines: queue.Queue[bytes]) -> None:
    with suppress(ValueError):  # closed while we read: nobody wants the rest
        for line in pipe:
            lines.put(line)


def _next(lines: queue.Queue[bytes]) -> bytes | None:
    """The next line; None where there was none for a while."""
    try:
        return lines.get(timeout=TICK)
    except queue.Empty:
        return None


def _failure(code: int, state: _State) -> VitrineError:
    """What became of a process that ended badly, as one of our errors."""
    told = state.error
    if told.get("code") == "disk_full":
        return Full(told["message"], retry_after=60)
    if told:
        return _KINDS.get(told["kind"], Invalid)(told["code"], told["message"])
    if code < 0:
        return Unavailable(
            "train_killed",
            f"The training process was killed by signal {-code}, often for lack of memory. It goes "
            "on from where it last saved.",
        )
    last = state.log[-1] if state.log else "it said nothing"
    return Invalid("train_failed", f"The training failed: {last}")


def _json(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
