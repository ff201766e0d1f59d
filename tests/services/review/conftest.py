from __future__ import annotations

import pytest

from tests.worlds.desk import Desk
from vitrine.wiring import Runtime


@pytest.fixture
def desk(runtime: Runtime) -> Desk:
    return Desk(runtime)
