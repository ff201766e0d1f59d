"""Opens ONNX graphs on ONNX Runtime and checks what they take and give."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal
from weakref import WeakSet

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from vitrine.core import memory, metrics, tracing
from vitrine.core.errors import Invalid
from vitrine.core.priority import Turns, runs_at_once
from vitrine.vision import arena

Array = NDArray[Any]

FLOAT = "tensor(float)"
INTEGERS = {"tensor(int64)": "int64", "tensor(int32)": "int32"}

Provider = Literal["cpu", "cuda", "openvino"]

_ERRORS_ONLY = 3
_SPIN = "50"
"""Microseconds."""
_CPU = "CPUExecutionProvider"
_PROVIDERS: Mapping[Provider, tuple[str, str]] = {
    "cpu": (_CPU, "onnxruntime"),
    "cuda": ("CUDAExecutionProvider", "onnxruntime-gpu"),
    "openvino": ("OpenVINOExecutionProvider", "onnxruntime-openvino"),
}
"""What ONNX Runtime calls a provider, and the package that has it."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """How graphs run: threads per graph, largest batch, and what computes them."""

    threads: int = 2
    batch: int = 4
    provider: Provider = "cpu"


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph to run, safe to share between threads; `fixed` where its batch size is built in.

    All graphs of a process run in `turns`, those that people wait for first. Where the threads of
    one run take all cores, they are for one person who alone waits for a model: jobs and a crowd
    have a core for each run, by `single`.
    """

    path: Path
    session: onnxruntime.InferenceSession
    batch: int
    fixed: bool
    turns: Turns
    single: Single | None = None

    @property
    def name(self) -> str:
        """What it is called where models are watched, as `vitrine-mini/image`."""
        return f"{self.path.parent.name}/{self.path.stem}"

    def types(self) -> dict[str, str]:
        """The element type of each input by name."""
        return {node.name: node.type for node in self.session.get_inputs()}

    def run(self, feeds: Mapping[str, Array], output: str) -> Array:
        """The output for any number of rows, at least one, run in batches."""
        return self.run_several(feeds, [output])[0]

    def run_several(self, feeds: Mapping[str, Array], outputs: Sequence[str]) -> list[Array]:
        """Several outputs for any number of rows, at least one, run in batches."""
        rows = len(next(iter(feeds.values())))
        slices = [slice(start, start + self.batch) for start in range(0, rows, self.batch)]
        runs = [
            self._run_one({name: every[part] for name, every in feeds.items()}, outputs)
            for part in slices
        ]
        return [np.concatenate(some) for some in zip(*runs, strict=True)]

    def _run_one(self, feeds: Mapping[str, Array], outputs: Sequence[str]) -> list[Array]:
        rows = len(next(iter(feeds.values())))
        if self.fixed and rows < self.batch:
            feeds = {name: _repeat_last(some, self.batch) for name, some in feeds.items()}
        with (
            self.turns.taken() as alone,
            tracing.span(f"model {self.name}", rows=rows),
            metrics.MODEL_SECONDS.labels(self.name).time(),
        ):
            session = self.session if alone or not self.single else self.single.session
            results: list[Array] = session.run(list(outputs), dict(feeds))
        arena.ran()
        metrics.MODEL_BATCH.labels(self.name).observe(rows)
        return [result[:rows] for result in results]


class Single:
    """A session on the calling thread alone, opened from the graph's file when it is wanted and
    closed when it was not for a while, because it holds weights of its own.

    The threads of another session would work for a job as if people waited for it, and two runs
    beside each other end sooner than one after the other on both cores.
    """

    def __init__(self, path: Path, usual: onnxruntime.InferenceSession) -> None:
        self._path, self._usual = path, usual
        self._opened: onnxruntime.InferenceSession | None = None
        self._opening = threading.Lock()
        self._wanted_at = 0.0
        _singles.add(self)

    @property
    def session(self) -> onnxruntime.InferenceSession:
        """That session, or the usual one where the file is gone: a model that was sent has none."""
        with self._opening:
            self._wanted_at = time.monotonic()
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    @property
    def is_open(self) -> bool:
        """Whether it holds memory."""
        return self._opened is not None

    def rest(self) -> None:
        """Close the session where nobody wanted it for a while."""
        with self._opening:
            if time.monotonic() - self._wanted_at > arena.RESTING:
                self._opened = None

    def _open(self) -> onnxruntime.InferenceSession:
        if not self._path.is_file():
            return self._usual
        return onnxruntime.InferenceSession(str(self._path), _options(1), providers=[_CPU])


_singles: WeakSet[Single] = WeakSet()


@cache
def _let_rest() -> None:
    memory.before_trim(_rest)


def _rest() -> None:
    for each in list(_singles):
        each.rest()


def open_graph(path: Path, runtime: Runtime) -> Graph:
    """The ONNX graph in a file; Invalid names a damaged one, or a provider that is not there."""
    wanted = _present(runtime.provider)
    _let_rest()  # before the arena gives back, also what these held
    arena.share()
    try:
        session = onnxruntime.InferenceSession(
            str(path),
            sess_options=_options(runtime.threads),
            # What a provider cannot compute the CPU does.
            providers=list(dict.fromkeys((wanted, _CPU))),
        )
    except Exception as broken:  # ONNX Runtime's errors have no common class below Exception
        raise Invalid("model_broken", f"{path} is not a graph that can run: {broken}") from broken
    # ONNX Runtime itself only warns and falls back to the CPU, which nobody would notice.
    if wanted not in session.get_providers():
        raise _refused(
            runtime.provider,
            "did not start: its driver or libraries are missing, as ONNX Runtime says above",
        )
    built_in = session.get_inputs()[0].shape[0]
    fixed = isinstance(built_in, int)
    batch = built_in if fixed else runtime.batch
    single = Single(path, session) if _takes_all_cores(runtime) else None
    return Graph(path, session, batch, fixed, _turns(runtime.threads), single)


def check_names(graph: Graph, inputs: Iterable[str], output: str) -> None:
    """Raise Invalid unless the graph takes exactly these inputs and gives this output."""
    takes = set(graph.types())
    gives = {node.name for node in graph.session.get_outputs()}
    if takes != set(inputs) or output not in gives:
        raise Invalid(
            "model_graph",
            f"{graph.path} takes {', '.join(sorted(takes))} and gives {', '.join(sorted(gives))}; "
            f"its card says it takes {', '.join(sorted(inputs))} and gives {output}.",
        )


def check_type(graph: Graph, name: str, allowed: Iterable[str]) -> None:
    """Raise Invalid unless this input of the graph has one of these element types."""
    found = graph.types()[name]
    if found not in allowed:
        raise Invalid(
            "model_graph",
            f"{graph.path}: input {name} is {found}; {' or '.join(allowed)} is needed.",
        )


def _takes_all_cores(runtime: Runtime) -> bool:
    return runtime.provider == "cpu" and 1 < runtime.threads >= _cores()


@cache
def _turns(threads: int) -> Turns:
    """Turns of all graphs of so many threads.

    More at once would not end sooner, and each holds tens of megabytes meanwhile. But people do not
    wait for runs of jobs that have begun: those stand back on cores, and words need one for a
    hundredth of the time that a photo does.
    """
    return Turns(runs_at_once(threads), beside=True)


def _cores() -> int:
    return os.cpu_count() or 1


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that wait spin between two steps of a run and no longer, or they would do so on cores
    # that jobs, decoding and requests need.
    options.add_session_config_entry("session.intra_op.spin_duration_us", _SPIN)
    options.add_session_config_entry(*arena.SHARED)
    options.log_severity_level = _ERRORS_ONLY
    return options


def _present(provider: Provider) -> str:
    """What ONNX Runtime calls the provider; Invalid where it was built without it."""
    name, package = _PROVIDERS[provider]
    known = onnxruntime.get_available_providers()
    if name in known:
        return name
    present = ", ".join(one for one, (called, _) in _PROVIDERS.items() if called in known)
    raise _refused(
        provider,
        f"is not in this ONNX Runtime, which has {present}: install {package} in place of "
        "onnxruntime",
    )


def _refused(provider: Provider, why: str) -> Invalid:
    name, _ = _PROVIDERS[provider]
    return Invalid("model_provider", f"VITRINE_VISION__PROVIDER={provider}: {name} {why}.")


def _repeat_last(rows: Array, count: int) -> Array:
    return np.concatenate([rows, np.repeat(rows[-1:], count - len(rows), axis=0)])
