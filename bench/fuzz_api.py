"""Every operation of the API asked by every caller, for minutes, with what it allows and what not.

    .venv/bin/python -m bench.fuzz_api [--minutes 5] [--seed 0]

starts the API within this process on a fresh database and asks it what Schemathesis makes of the
OpenAPI document, round after round with another seed. Prints how often each status was answered and
whatever was answered that the document does not allow; then the exit code is 1.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import structlog

from tests.worlds.fakes import ExactIndex, FakeVision, ListQueue, MemoryBlobs
from tests.worlds.hostile import Siege
from vitrine import schema
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.ports import Ports
from vitrine.services import models
from vitrine.wiring import Runtime

EXAMPLES = 6
"""How often a round asks each operation in each mode."""


def main(arguments: Sequence[str]) -> int:
    """Ask until the time is over, and print."""
    asked = argparse.ArgumentParser(description="Ask the API what it should refuse.")
    asked.add_argument("--minutes", type=float, default=5.0)
    asked.add_argument("--seed", type=int, default=0)
    given = asked.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    until, seed = time.monotonic() + given.minutes * 60, given.seed
    answers, found = Counter[int](), dict[str, str]()
    while time.monotonic() < until:
        with _runtime() as runtime:
            tally = Siege(runtime, seed).run(EXAMPLES, until)
        answers += tally.answers
        found = tally.found | found
        seed += 1
    print(f"seeds {given.seed} to {seed - 1}, {answers.total():,} requests: {dict(answers)}")
    for what, told in found.items():
        print(f"\n{what}\n{told}")
    return 1 if found else 0


@contextmanager
def _runtime() -> Iterator[Runtime]:
    """A Vitrine of nothing yet, whose parts are the tests' own."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        engine = make_engine(settings)
        schema.upgrade(engine)
        sessions = Sessions(engine)
        ports = Ports(MemoryBlobs(), ExactIndex(), FakeVision(), ListQueue())
        with sessions.write() as session:
            models.register(session, ports.vision.versions)
        yield Runtime(settings, sessions, ports)
        engine.dispose()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
