"""What was read of the database is kept until anybody commits to it, and no moment longer."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Collection
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from vitrine.core.settings import Settings
from vitrine.db import Sessions
from vitrine.kept import MOST, MOST_OF_A_KIND, kept, kept_each

Asked = Callable[[], str]


@pytest.fixture
def asked(sessions: Sessions) -> Asked:
    """Reads a word that is kept under one name; `reads` counts how often it was read."""
    with sessions.write() as session:
        session.execute(text("CREATE TABLE said (word TEXT)"))
        session.execute(text("INSERT INTO said VALUES ('a')"))

    def ask() -> str:
        with sessions.read() as session:

            def read() -> str:
                reads.append(1)
                return str(session.scalar(text("SELECT word FROM said")))

            return kept(session, "word", read)

    reads.clear()
    return ask


reads: list[int] = []


def say(sessions: Sessions, word: str) -> None:
    with sessions.write() as session:
        session.execute(text("UPDATE said SET word = :word"), {"word": word})


def test_it_is_read_once_while_nothing_is_committed(sessions: Sessions, asked: Asked) -> None:
    assert [asked(), asked(), asked()] == ["a", "a", "a"]
    assert len(reads) == 1
    assert sessions.keeper.known("word") == "a"


def test_a_commit_is_seen_by_whoever_asks_next(sessions: Sessions, asked: Asked) -> None:
    for word in ("b", "c", "d"):
        asked()
        say(sessions, word)
        assert sessions.keeper.known("word") is None
        assert asked() == word


def test_a_commit_on_another_thread_is_seen(sessions: Sessions, asked: Asked) -> None:
    asked()
    writer = threading.Thread(target=say, args=(sessions, "b"))
    writer.start()
    writer.join()
    assert asked() == "b"


def test_a_commit_of_another_process_is_seen(settings: Settings, asked: Asked) -> None:
    asked()
    program = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])"
    said = "UPDATE said SET word = 'b'"
    path = str(Path(settings.data_dir) / "vitrine.db")
    subprocess.run([sys.executable, "-c", program, path, said], check=True)
    assert asked() == "b"


def test_a_session_that_looked_before_a_commit_keeps_nothing_for_later(
    sessions: Sessions, asked: Asked
) -> None:
    with sessions.read() as early:
        early.execute(text("SELECT word FROM said"))  # it sees the database as it is now
        say(sessions, "b")
        assert kept(early, "word", lambda: early.scalar(text("SELECT word FROM said"))) == "a"
    assert asked() == "b"


def test_what_an_open_session_reads_is_not_taken_for_later(
    sessions: Sessions, asked: Asked
) -> None:
    with sessions.read() as early:
        kept(early, "other", lambda: early.scalar(text("SELECT word FROM said")))
        say(sessions, "b")
        assert kept(early, "word", lambda: early.scalar(text("SELECT word FROM said"))) == "a"
    assert asked() == "b"


def test_a_session_that_writes_reads_itself(sessions: Sessions, asked: Asked) -> None:
    asked()
    with sessions.write() as session:
        session.execute(text("UPDATE said SET word = 'b'"))
        assert kept(session, "word", lambda: session.scalar(text("SELECT word FROM said"))) == "b"
    assert asked() == "b"


def test_it_never_grows_beyond_its_bound(sessions: Sessions, asked: Asked) -> None:
    with sessions.read() as session:
        for number in range(MOST + 10):
            kept(session, number, lambda: "told")
    assert sessions.keeper.known(0) is None
    assert sessions.keeper.known(MOST + 9) == "told"


def test_after_the_engine_was_disposed_all_is_read_anew(sessions: Sessions, asked: Asked) -> None:
    asked()
    sessions.engine.dispose()
    assert sessions.keeper.known("word") is None
    say(sessions, "b")
    assert asked() == "b"
    assert asked() == "b"
    assert len(reads) == 2


def test_of_a_database_in_memory_nothing_is_kept() -> None:
    sessions = Sessions(create_engine("sqlite://"))
    with sessions.read() as session:
        assert kept(session, "one", lambda: 1) == 1
        assert kept(session, "one", lambda: 2) == 2
    assert sessions.keeper.known("one") is None
    sessions.engine.dispose()


@pytest.mark.servers
def test_on_postgresql_all_is_read_every_time(both_databases: tuple[Settings, Sessions]) -> None:
    settings, sessions = both_databases
    if settings.database_url.startswith("sqlite"):
        pytest.skip("of PostgreSQL")
    with sessions.read() as session:
        assert kept(session, "one", lambda: 1) == 1
        assert kept(session, "one", lambda: 2) == 2
    assert sessions.keeper.known("one") is None


@pytest.fixture
def many(sessions: Sessions) -> Callable[..., dict[int, str]]:
    """Reads words by number; `reads` has the numbers that were read."""
    with sessions.write() as session:
        session.execute(text("CREATE TABLE words (number INTEGER, word TEXT)"))
        session.execute(text("INSERT INTO words VALUES (1, 'a'), (2, 'b'), (3, 'c')"))

    def ask(*numbers: int) -> dict[int, str]:
        with sessions.read() as session:

            def read(asked: Collection[int]) -> dict[int, str]:
                reads.extend(asked)
                rows = session.execute(text("SELECT number, word FROM words")).all()
                return {number: word for number, word in rows if number in asked}

            return dict(kept_each(session, "words", numbers, read))

    reads.clear()
    return ask


def test_of_many_only_those_not_kept_are_read(many: Callable[..., dict[int, str]]) -> None:
    assert many(1, 2) == {1: "a", 2: "b"}
    assert many(3, 2) == {3: "c", 2: "b"}
    assert reads == [1, 2, 3]


def test_of_many_a_commit_has_all_read_anew(
    sessions: Sessions, many: Callable[..., dict[int, str]]
) -> None:
    many(1, 2)
    with sessions.write() as session:
        session.execute(text("DELETE FROM words WHERE number = 1"))
        session.execute(text("UPDATE words SET word = 'z' WHERE number = 2"))
    assert many(1, 2) == {2: "z"}


def test_of_many_no_more_than_the_bound_are_kept(many: Callable[..., dict[int, str]]) -> None:
    many(1)
    many(*range(2, 2 + MOST_OF_A_KIND))
    reads.clear()
    many(1)
    assert reads == [1]
