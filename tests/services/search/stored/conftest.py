from __future__ import annotations

from collections.abc import Iterator

import pytest

from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.services.search.stored import keeping


@pytest.fixture
def sessions(pgvector_url: str) -> Iterator[Sessions]:
    """On a database that has the tables of search rows."""
    engine = make_engine(Settings.model_validate({"database": {"url": pgvector_url}}))
    sessions = Sessions(engine)
    keeping.prepare(sessions)
    yield sessions
    engine.dispose()
