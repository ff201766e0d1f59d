"""A Celery worker whose jobs only write down that they ran: `celery_jobs.py folder broker_url`."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vitrine.core.errors import Invalid, Unavailable
from vitrine.core.settings import Settings
from vitrine.worker.app import serve


class Notes:
    """Writes a line for each run into folder/ran, and for each sweep into folder/swept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def wake(self, job_id: str) -> None:
        if job_id.startswith("slow"):
            self._note("began", job_id)
            time.sleep(1.5)
        if job_id == "endless":
            self._note("began", job_id)
            time.sleep(600)
        self._note("ran", job_id)
        if job_id.startswith("bad"):
            raise ValueError("a job that fails")

    def sweep(self) -> None:
        self._note("swept", "swept")
        raise Unavailable("database_unavailable", "The database does not answer.")

    def deliver(self) -> None:
        """Nothing to send."""

    def beat(self) -> None:
        """Nobody listens."""

    def leave(self) -> None:
        """As a Vitrine does, wait a while for what runs, and give it back."""
        time.sleep(2.0)
        self._note("left", "left")

    def _note(self, name: str, line: str) -> None:
        with (self._folder / name).open("a") as file:
            file.write(line + "\n")


@contextmanager
def opened(folder: Path) -> Iterator[Notes]:
    if (folder / "broken").exists():
        raise Invalid("model_missing", "There is no such model.")
    yield Notes(folder)
    (folder / "closed").touch()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    queue = {"kind": "celery", "broker_url": sys.argv[2], "sweep_every": 0.5}
    vectors = {"kind": "server"}  # not used here, but workers never own an index
    serve(Settings.model_validate({"queue": queue, "vectors": vectors}), 1, lambda: opened(folder))
