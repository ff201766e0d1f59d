"""The memory that graphs run in: one arena of a process, given back when none ran lately."""

from __future__ import annotations

import math
import time
from functools import cache

import numpy as np
import onnxruntime

from vitrine.core import memory

RESTING = 30.0
"""Seconds without a run after which the arena gives back what runs take: a hundred megabytes or
two, and tens of milliseconds of the next run to have them again."""

SHARED = ("session.use_env_allocators", "1")
"""What has a session use the arena of all."""

_POWERS_OF_TWO = 0
"""How an arena grows; by what is asked for alone it ends up half as large again, in pieces."""

_SHRINK = ("memory.enable_memory_arena_shrinkage", "cpu:0")


class _Use:
    """When a graph last ran, for as long as what it took was not given back."""

    def __init__(self) -> None:
        self.ran_at = math.inf


_use = _Use()


@cache
def share() -> None:
    """Have one arena for all graphs: they run in turns, so what one frees the next one takes.

    An arena of its own for each would keep the most that each ever took. Without an arena every
    run would have its pages mapped anew, which costs half of its time again.
    """
    arena = onnxruntime.OrtArenaCfg({"arena_extend_strategy": _POWERS_OF_TWO})
    kind = onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR
    place = onnxruntime.OrtMemoryInfo("Cpu", kind, 0, onnxruntime.OrtMemType.DEFAULT)
    onnxruntime.create_and_register_allocator(place, arena)
    memory.before_trim(rest)


def ran() -> None:
    """A graph has run just now."""
    _use.ran_at = time.monotonic()


def rest() -> None:
    """Give back what runs took, where none was for a while."""
    if time.monotonic() - _use.ran_at > RESTING:
        _use.ran_at = math.inf
        shrink()


def shrink() -> None:
    """Give back what no run has now."""
    options = onnxruntime.RunOptions()
    options.add_run_config_entry(*_SHRINK)
    _smallest().run(None, {"x": np.zeros(1, np.float32)}, options)


@cache
def _smallest() -> onnxruntime.InferenceSession:
    """A graph that gives back what it takes: an arena shrinks only at the end of a run."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry(*SHARED)
    return onnxruntime.InferenceSession(_IDENTITY, options, ["CPUExecutionProvider"])


_IDENTITY = (
    b'\x08\x08:7\n\x10\n\x01x\x12\x01y"\x08Identity\x12\x01gZ\x0f\n\x01x\x12\n\n\x08\x08\x01\x12\x04'
    b"\n\x02\x08\x01b\x0f\n\x01y\x12\n\n\x08\x08\x01\x12\x04\n\x02\x08\x01B\x04\n\x00\x10\r"
)
"""y = Identity(x) of one float, as ONNX writes it."""
