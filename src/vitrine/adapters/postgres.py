"""Connections to PostgreSQL on which nobody waits for a server that has fallen silent."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import make_url

from vitrine.adapters.parts import Part
from vitrine.core.clock import new_id
from vitrine.core.errors import Away
from vitrine.core.settings import Settings
from vitrine.db import DATABASE

SILENCE = 3.0
"""Seconds without a byte after which it is asked whether the server still answers anybody."""

IDLE = "75s"
"""How long a transaction may ask nothing: a photo that is put into a slow store takes a minute."""

SETTINGS = {
    "idle_in_transaction_session_timeout": IDLE,
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
"""How soon the server gives up a client that is gone, and the rows that it had locked."""

PROBE = 3
"""Seconds in which it must let us in."""

Answer = TypeVar("Answer")


class Listening(psycopg.Connection[Any]):
    """A connection whose calls end with OperationalError once the server answers nobody.

    A query may take as long as it does while the server lets others in.
    """

    part: Part
    name: str
    abandoned: set[str]

    def wait(self, gen: Generator[Any, Any, Answer], *given: Any, **named: Any) -> Answer:
        """What the call answers."""
        try:
            return super().wait(_heard(gen, self.part), *given, **named)
        except psycopg.OperationalError as error:
            if isinstance(error, _Silent):
                self.pgconn.finish()  # else the pool would ask it to roll back, and wait for that
            if self.closed:
                self.abandoned.add(self.name)
            raise


class _Silent(psycopg.OperationalError):
    """The server was silent, and is to others too."""


def connecting(settings: Settings) -> Callable[..., Listening] | None:
    """What makes connections to the server of the settings, and fails at once while it is away.

    None for a database that is a file.
    """
    url = make_url(settings.database_url)
    if url.get_backend_name() != "postgresql":
        return None
    given: dict[str, Any] = url.translate_connect_args(username="user", database="dbname")
    told = make_conninfo("", **{**given, **url.query, "connect_timeout": PROBE})
    part = Part(DATABASE, lambda: _probe(told))
    abandoned: set[str] = set()

    def connect(*args: Any, **named: Any) -> Listening:
        if part.away:
            raise _Silent("the server does not answer")
        name = f"vitrine {new_id()}"
        try:
            made = Listening.connect(*args, **named, application_name=name)
            made.part, made.name, made.abandoned = part, name, abandoned
            _prepare(made)
        except psycopg.OperationalError:
            part.suspect()
            raise
        return made

    return connect


def _prepare(made: Listening) -> None:
    """Set what every connection has, and end on the server what we had to give up before.

    The server cannot know that nobody reads such a connection any more, and keeps its rows locked.
    """
    given_up = list(made.abandoned)
    made.execute(
        "SELECT set_config(name, value, false) "
        "FROM unnest(%s::text[], %s::text[]) AS settings(name, value)",
        (list(SETTINGS), list(SETTINGS.values())),
    )
    if given_up:
        made.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE usename = current_user AND application_name = ANY(%s)",
            (given_up,),
        )
    made.commit()
    made.abandoned.difference_update(given_up)


def _heard(gen: Generator[Any, Any, Answer], part: Part) -> Generator[Any, Any, Answer]:
    """The generator of a call, which is asked on every few moments whether or not a byte came."""
    heard_at, ready = time.monotonic(), None
    while True:
        try:
            wanted = gen.send(ready)
        except StopIteration as end:
            value: Answer = end.value  # what the generator returns, which StopIteration forgets
            return value
        ready = yield wanted
        if ready:
            heard_at = time.monotonic()
        elif part.away:
            raise _Silent("the server does not answer")
        elif time.monotonic() - heard_at > SILENCE:
            part.suspect()


def _probe(conninfo: str) -> None:
    try:
        psycopg.connect(conninfo).close()
    except psycopg.OperationalError as error:
        raise Away(DATABASE, "The database does not answer.") from error
