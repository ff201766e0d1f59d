"""What commands without models open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vitrine import wiring
from vitrine.cli.console import read_settings
from vitrine.core.settings import Settings
from vitrine.db import Sessions


@contextmanager
def opened() -> Iterator[tuple[Settings, Sessions]]:
    """The settings of this process, and its database; raises as `read_settings` does."""
    settings = read_settings()
    with wiring.stored(settings) as sessions:
        yield settings, sessions
