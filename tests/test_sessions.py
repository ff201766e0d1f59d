"""Which commits wait for the disk, and who writes first."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import IntegrityError

from tests.worlds import databases
from tests.worlds.waiting import eventually
from vitrine import db
from vitrine.core.errors import Away
from vitrine.core.priority import Turns, behind
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


def test_who_writes_to_sqlite_waits_in_line_and_people_go_before_jobs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Turns(1)
    monkeypatch.setattr(db, "Turns", lambda _: line)
    engine = make_engine(Settings.model_validate({"data_dir": tmp_path}))
    sessions, served = Sessions(engine), list[str]()

    def write(name: str, *, job: bool = False) -> None:
        with behind() if job else nullcontext(), sessions.write() as session:
            session.execute(text("INSERT INTO said VALUES (:name)"), {"name": name})
            served.append(name)

    with ThreadPoolExecutor(3) as pool:
        with sessions.write() as session:
            session.execute(text("CREATE TABLE said (word TEXT)"))
            waiting = [pool.submit(write, "job", job=True)]
            for name in ("first", "second"):
                eventually(lambda: len(line) == len(waiting), "nobody waits")
                waiting.append(pool.submit(write, name))
            eventually(lambda: len(line) == len(waiting), "nobody waits")
        for each in waiting:
            each.result(10)
    assert served == ["first", "second", "job"]
    engine.dispose()


def test_a_write_that_fails_lets_the_next_one_write(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, take = list[bool](), Turns.take

    def taken(turns: Turns, _seconds: float) -> bool:
        found.append(take(turns, 0.0))
        return found[-1]

    monkeypatch.setattr(Turns, "take", taken)
    for _ in range(2):
        with pytest.raises(Away), sessions.write() as session:
            session.execute(text("SELECT nothing"))
    assert found == [True, True]
