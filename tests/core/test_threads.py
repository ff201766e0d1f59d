"""What a process does on other threads than it says."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

MULTIPLIED = """
import os
import vitrine
import numpy as np
np.ones((1_000, 1_000)) @ np.ones((1_000, 1_000))
print(len(os.listdir("/proc/self/task")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="threads are told by Linux alone")
def test_a_product_of_vectors_stays_on_the_thread_that_asks_for_it() -> None:
    clean = {name: value for name, value in os.environ.items() if "NUM_THREADS" not in name}
    told = subprocess.run(
        [sys.executable, "-c", MULTIPLIED], env=clean, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "1"
