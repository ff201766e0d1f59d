from __future__ import annotations

import pytest

from tests.worlds.desk import Desk
from vitrine.services.review import seconds
from vitrine.wiring import Runtime


@pytest.fixture
def desk(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk at which nobody is asked twice, unless a test says so."""
    monkeypatch.setattr(seconds, "SHARE", 0.0)
    return Desk(runtime)
