"""Photos' bytes on disk while they wait to be stored: each content once, and not without end."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

MOST_BYTES = 1_000_000_000


class Aside:
    """A folder of contents by hash, each there until everybody who put it dropped it."""

    def __init__(self, folder: Path, most: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most = most
        self._used = 0
        self._wanted = Counter[str]()
        self._changing = threading.Lock()

    def put(self, sha256: str, data: bytes) -> Path | None:
        """Where the bytes are now; None where there is no room, and nothing to drop."""
        path = self._folder / sha256
        with self._changing:
            if not self._wanted[sha256]:
                if self._used + len(data) > self._most:
                    return None
                path.write_bytes(data)
                self._used += len(data)
            self._wanted[sha256] += 1
        return path

    def hold(self, sha256: str) -> Path | None:
        """Where bytes are that somebody put, to be dropped once more; None where they are not."""
        with self._changing:
            if not self._wanted[sha256]:
                return None
            self._wanted[sha256] += 1
        return self._folder / sha256

    def drop(self, path: Path) -> None:
        """Somebody who put these bytes needs them no more."""
        with self._changing:
            self._wanted[path.name] -= 1
            if self._wanted[path.name] <= 0:
                del self._wanted[path.name]
                self._used -= path.stat().st_size
                path.unlink()
