"""One run in a process of its own: asked by a line of JSON, telling lines of JSON.

    python -m vitrine.finetune '{"kind": "detector", "snapshot": ..., "base": ..., ...}'

It ends when whoever started it does. `vitrine train` and `vitrine adapt` are for people.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from vitrine.core.errors import Full, Invalid, VitrineError
from vitrine.finetune.spec import Progress, Spec

EVERY = 0.5
"""Seconds between two lines that tell how far it is."""

ROOM = 100_000_000
"""With fewer bytes left on the disk, whatever failed failed for that."""

WAYS: Mapping[str, tuple[str, str]] = {
    "encoder": ("vitrine.finetune.encoder", "tune"),
    "adapt": ("vitrine.finetune.encoder", "adapt"),
    "detector": ("vitrine.finetune.detector", "tune"),
}
FOLDERS = ("snapshot", "base", "out", "work")


def main(asked: str) -> int:
    """Do what is asked; the exit code."""
    order: dict[str, Any] = json.loads(asked)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    given: dict[str, Any] = {
        name: Path(value) if name in FOLDERS else value for name, value in order.items()
    }
    kind = given.pop("kind")
    spec = Spec(**given)
    try:
        spec.work.mkdir(parents=True, exist_ok=True)
        made = _way(kind)(_with_elsewhere(kind, spec), _telling())
    except VitrineError as error:
        return _failed(error)
    except Exception as error:
        if shutil.disk_usage(spec.work if spec.work.exists() else spec.work.parent).free < ROOM:
            return _failed(Full(f"The disk of {spec.work} is full.", retry_after=60))
        raise error from None
    _say({"made": str(made)})
    return 0


def _way(kind: str) -> Callable[[Spec, Progress], Path]:
    """What does a run of that kind; Invalid says how to install what it needs."""
    module, name = WAYS[kind]
    try:
        way: Callable[[Spec, Progress], Path] = getattr(import_module(module), name)
    except ModuleNotFoundError as missing:
        raise Invalid(
            "train_extra",
            f'Training needs {missing.name}: pip install "vitrine[train]" where the workers run '
            "(large, for PyTorch), or name an interpreter that has it in VITRINE_TRAINING__PYTHON.",
        ) from None
    return way


def _with_elsewhere(kind: str, spec: Spec) -> Spec:
    """Encoders also look at drawn products of elsewhere, so that they keep what they knew."""
    if kind == "detector":
        return spec
    elsewhere = import_module("vitrine.finetune.elsewhere")
    return replace(spec, left_out=elsewhere.drawn(spec.work / "elsewhere"))


def _telling() -> Progress:
    told = 0.0

    def tell(done: int, total: int, figures: Mapping[str, float]) -> None:
        nonlocal told
        if done == total or time.monotonic() - told >= EVERY:
            told = time.monotonic()
            _say({"done": done, "total": total, "figures": dict(figures)})

    return tell


def _failed(error: VitrineError) -> int:
    _say({"error": {"kind": type(error).__name__, "code": error.code, "message": error.message}})
    return 1


def _say(line: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _end_with_parent() -> None:
    """Nobody would stop a run whose starter was killed, and its next attempt would meet it."""
    # Not through sys.stdin, whose lock a thread that waits would hold when the interpreter ends.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
