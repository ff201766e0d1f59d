"""Which commits wait for the disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import IntegrityError

from tests.worlds import databases
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine, on_commit

NORMAL, FULL = 1, 2


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[Sessions]:
    """Of a database with one connection, which flushes as it does outside of tests."""
    database = {"pool_size": 1}
    engine = make_engine(Settings.model_validate({"data_dir": tmp_path, "database": database}))
    event.remove(Engine, "engine_connect", databases._warmed)
    yield Sessions(engine)
    engine.dispose()
    databases.keep_engines_warm()


def test_a_note_does_not_wait_for_the_disk_and_the_next_write_does(sessions: Sessions) -> None:
    asked = text("PRAGMA synchronous")
    with sessions.write() as session:
        session.execute(text("CREATE TABLE said (word TEXT)"))
        assert session.scalar(asked) == FULL
    with sessions.note() as session:
        session.execute(text("INSERT INTO said VALUES ('a')"))
        assert session.scalar(asked) == NORMAL
    with sessions.write() as session:
        assert session.scalar(asked) == FULL
    with sessions.read() as session:
        assert session.scalar(text("SELECT word FROM said")) == "a"


def test_a_note_that_fails_is_none(sessions: Sessions) -> None:
    with sessions.write() as session:
        session.execute(text("CREATE TABLE said (word TEXT UNIQUE)"))
    with pytest.raises(IntegrityError), sessions.note() as session:
        session.execute(text("INSERT INTO said VALUES ('a'), ('a')"))
    with sessions.read() as session:
        assert session.scalar(text("SELECT count(*) FROM said")) == 0


def test_what_waits_for_a_commit_follows_a_note_too(sessions: Sessions) -> None:
    sent: list[str] = []
    with sessions.note() as session:
        on_commit(session, lambda: sent.append("job"))
        assert not sent
    assert sent == ["job"]
