"""How the processes that draw batches share a machine with the fitting."""

from __future__ import annotations

import cv2
import torch


def one_thread_each() -> None:
    """Let OpenCV work in its caller's thread alone, here and in processes forked from now on.

    Its threads do not survive a fork: a process that then touches their number waits for ever.
    """
    cv2.setNumThreads(0)


def alone(_worker: int) -> None:
    """What a process that draws batches does first: it leaves the other cores to the fitting."""
    torch.set_num_threads(1)
