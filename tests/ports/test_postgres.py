"""A PostgreSQL that falls silent, and one that is only slow."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from bench.links import Network
from bench.resident import descendants
from tests.worlds import engines
from tests.worlds.waiting import eventually
from vitrine.adapters.postgres import SILENCE, connecting
from vitrine.core.errors import Away
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine

pytestmark = pytest.mark.servers
CALLERS = 5


@pytest.fixture
def server() -> Iterator[tuple[Sessions, int]]:
    """Sessions on a cluster of this test's own, and the id of its first process."""
    folder = Path(tempfile.mkdtemp(prefix="vitrine-postgres-"))
    engine = engines.postgres_in(folder)
    with engine.running() as program:
        given = {"database": {"url": engines.postgres_at(engine.port)}, "data_dir": folder}
        settings = Settings.model_validate(given)
        pool = make_engine(settings, connecting(settings))
        yield Sessions(pool), program.process.pid
        pool.dispose()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    stopped = [pid]
    os.kill(pid, signal.SIGSTOP)
    for child in descendants(pid):
        os.kill(child, signal.SIGSTOP)
        stopped.append(child)
    try:
        yield
    finally:
        for each in stopped:
            os.kill(each, signal.SIGCONT)


def ask(sessions: Sessions, what: str = "SELECT 1") -> object:
    with sessions.read() as session:
        return session.execute(text(what)).scalar()


def away(sessions: Sessions) -> float:
    """Seconds until a caller is told that the database is away."""
    begun = time.monotonic()
    with pytest.raises(Away):
        ask(sessions)
    return time.monotonic() - begun


@pytest.mark.timeout(300)
def test_nobody_waits_for_a_server_that_is_silent(server: tuple[Sessions, int]) -> None:
    sessions, pid = server
    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(ask, [sessions] * CALLERS))
        with frozen(pid):
            assert max(pool.map(away, [sessions] * CALLERS)) < 60
            assert max(pool.map(away, [sessions] * CALLERS)) < 2
    deadline = time.monotonic() + 60
    while True:
        try:
            assert ask(sessions) == 1
            break
        except Away:
            assert time.monotonic() < deadline
            time.sleep(0.1)


@pytest.mark.timeout(300)
def test_a_query_may_take_as_long_as_it_does(server: tuple[Sessions, int]) -> None:
    sessions, _ = server
    assert ask(sessions, f"SELECT 1 FROM pg_sleep({SILENCE + 2})") == 1


def test_a_process_that_slept_in_a_transaction_is_told_to_try_again(postgres_database: str) -> None:
    settings = Settings.model_validate({"database": {"url": postgres_database}})
    pool = make_engine(settings, connecting(settings))

    def asleep() -> None:
        with Sessions(pool).write() as session:
            session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '50ms'"))
            session.execute(text("SELECT 1"))
            time.sleep(0.3)  # as a process that is frozen
            session.execute(text("SELECT 1"))

    with pytest.raises(Away):
        asleep()
    assert ask(Sessions(pool)) == 1
    pool.dispose()


@pytest.mark.timeout(300)
def test_a_row_that_was_locked_when_the_network_went_is_free_when_it_is_back(
    postgres_database: str,
) -> None:
    url = make_url(postgres_database)
    assert url.port is not None
    link = Network().link(url.port)
    through = url.set(port=link.port).render_as_string(hide_password=False)
    settings = Settings.model_validate({"database": {"url": through}})
    pool = make_engine(settings, connecting(settings))
    sessions = Sessions(pool)
    with sessions.write() as session:
        session.execute(text("CREATE TABLE rows (id INT)"))
        session.execute(text("INSERT INTO rows VALUES (1)"))

    def cut_while_locked() -> None:
        with sessions.write() as session:
            session.execute(text("UPDATE rows SET id = 2"))
            link.cut()
            session.execute(text("SELECT 1"))

    with pytest.raises(Away):
        cut_while_locked()
    link.mend()

    def written() -> bool:
        try:
            with sessions.write() as session:
                session.execute(text("SET LOCAL lock_timeout = '10s'"))
                session.execute(text("UPDATE rows SET id = 3"))
        except Away:
            return False  # it has not been noticed yet that the server is back
        return True

    eventually(written)
    assert ask(sessions, "SELECT id FROM rows") == 3
    pool.dispose()
