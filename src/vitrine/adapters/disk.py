"""Whether there is room on the disk that holds the data folder: a floor that is left free."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from vitrine.core.errors import Away, Full

PART = "disk"
"""What this part is called where parts have names."""

FULL = (errno.ENOSPC, errno.EDQUOT)
"""How the system says that there is no room."""


class Disk:
    """The disk of a folder; it counts as away while less than `floor` bytes of it are free."""

    def __init__(self, folder: Path, floor: int) -> None:
        self._folder = folder
        self._floor = floor

    @property
    def away(self) -> bool:
        """Whether less is free than has to be."""
        return self.free() < self._floor

    def answers(self) -> bool:
        """Whether there is room."""
        return not self.away

    def free(self) -> int:
        """How many bytes are free."""
        return shutil.disk_usage(self._folder).free

    def require(self) -> None:
        """Raise Full unless there is room to take something in."""
        free = self.free()
        if free < self._floor:
            raise Full(_told(free, self._floor), retry_after=60)

    def ping(self) -> None:
        """Raise Away unless there is room."""
        free = self.free()
        if free < self._floor:
            raise Away(PART, _told(free, self._floor), code="disk_full")


def _told(free: int, floor: int) -> str:
    return (
        f"Only {free:,} bytes of the disk are free, and {floor:,} must stay free "
        "(VITRINE_LIMITS__FREE_BYTES). Make room; what waits goes on by itself then."
    )
