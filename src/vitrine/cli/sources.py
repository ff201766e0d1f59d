"""Commands about sources that are pulled on a schedule."""

from __future__ import annotations

import base64
import sys
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from vitrine.adapters.feeds import check_host
from vitrine.adapters.queue import SweptQueue
from vitrine.cli.console import out
from vitrine.cli.importing import Columns, Country, Currency, Encoding, Format, pairs
from vitrine.cli.opened import opened
from vitrine.core.errors import invalid
from vitrine.services import audit, sources
from vitrine.services.sources import Rules, Wanted

app = typer.Typer(
    no_args_is_help=True,
    help="Pull feeds and folders again and again (see docs/sources.md).",
)
Id = Annotated[str, typer.Argument(metavar="ID", help="As `vitrine sources list` shows it.")]


@app.command("list")
def list_() -> None:
    """List every source: where from, how often, and how the newest pull went."""
    with opened() as (_, sessions), sessions.read() as session:
        found = sources.list_sources(session)
        table = Table()
        for column in ("id", "name", "from", "every", "newest pull"):
            table.add_column(column, overflow="fold", no_wrap=column == "id")
        for each, last in found:
            place = f"{each.url}?…" if each.url and each.secret else each.url or each.folder
            every = f"{each.every_minutes} min" if each.every_minutes else "by hand"
            every = "paused" if each.paused else every
            told = f"{last.state} {last.told}".strip() if last else "none"
            table.add_row(each.id, escape(each.name), escape(place), every, escape(told))
    out.print(table)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    url: Annotated[str, typer.Option(help="The feed's address; its query is kept secret.")] = "",
    folder: Annotated[str, typer.Option(help="Or a place under VITRINE_SOURCES__ROOT.")] = "",
    every: Annotated[int, typer.Option(min=0, help="Minutes between two pulls; 0: never.")] = 60,
    user: Annotated[str, typer.Option(help="User name; the password is read from stdin.")] = "",
    token_stdin: Annotated[bool, typer.Option(help="Read a token (Bearer) from stdin.")] = False,
    format: Format = "auto",  # noqa: A002 - the option's name
    column: Columns = None,
    currency: Currency = "",
    country: Country = "",
    encoding: Encoding = "",
) -> None:
    """Add a source; the server or a worker pulls it at its time."""
    if user and token_stdin:
        raise invalid("user", "goes without a token")
    with opened() as (settings, sessions):
        if url:
            check_host(url, settings.fetch)
        said = _reading(format, column, currency, country, encoding)
        asked = Wanted(name, url, _header(user, token_stdin), folder, every, reading=said)
        with sessions.write() as session:
            source = sources.add(session, Rules.of(settings), asked, None)
            audit.record(session, audit.by_command("source.create", f"source:{source.id}"))
            out.print(f"Source: {source.id}", highlight=False)


@app.command()
def pull(
    source_id: Id,
    confirmed: Annotated[int, typer.Option(min=0, help="So many products may be hidden.")] = 0,
) -> None:
    """Pull a source now: the server or a worker does it."""
    with opened() as (_, sessions), sessions.write() as session:
        source = sources.get(session, source_id, locked=True)
        made = sources.start(session, SweptQueue(), source, None, confirmed)
        audit.record(session, audit.by_command("source.pull", f"source:{source_id}"))
        out.print(f"Job {made.job_id} waits for the server or a worker.", highlight=False)


@app.command()
def pause(source_id: Id) -> None:
    """Pull a source only when a person says so."""
    _set(source_id, Wanted(paused=True))
    out.print("Paused.")


@app.command()
def resume(source_id: Id) -> None:
    """Pull a source by its schedule again."""
    _set(source_id, Wanted(paused=False))
    out.print("Resumed.")


@app.command()
def reading(
    source_id: Id,
    format: Format = "auto",  # noqa: A002 - the option's name
    column: Columns = None,
    currency: Currency = "",
    country: Country = "",
    encoding: Encoding = "",
) -> None:
    """Say how a source's file is read from now on, in place of what was said before."""
    _set(source_id, Wanted(reading=_reading(format, column, currency, country, encoding)))
    out.print("Changed; the next pull reads it so.")


@app.command()
def remove(source_id: Id) -> None:
    """Remove a source; its products stay as they are."""
    with opened() as (_, sessions), sessions.write() as session:
        sources.remove(session, source_id)
        audit.record(session, audit.by_command("source.delete", f"source:{source_id}"))
    out.print("Removed.")


def _set(source_id: str, asked: Wanted) -> None:
    with opened() as (settings, sessions), sessions.write() as session:
        sources.change(session, Rules.of(settings), source_id, asked)
        audit.record(session, audit.by_command("source.change", f"source:{source_id}"))


def _reading(
    kind: str, columns: list[str] | None, currency: str, country: str, encoding: str
) -> dict[str, Any]:
    said = {"format": "" if kind == "auto" else kind, "columns": pairs(columns or [])}
    return said | {"currency": currency, "country": country, "encoding": encoding}


def _header(user: str, token: bool) -> str | None:
    if not user and not token:
        return None
    secret = sys.stdin.readline().rstrip("\r\n")
    if token:
        return f"Bearer {secret}"
    return f"Basic {base64.b64encode(f'{user}:{secret}'.encode()).decode()}"
