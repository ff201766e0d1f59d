"""Commands about webhooks."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from vitrine.adapters.webhooks import check_host
from vitrine.cli.console import out
from vitrine.cli.opened import opened
from vitrine.services import webhooks
from vitrine.services.webhooks import Changes
from vitrine.services.webhooks.events import TYPES

app = typer.Typer(
    no_args_is_help=True,
    help="Tell other programs of changes, by signed HTTP requests (see docs/webhooks.md).",
)
Id = Annotated[str, typer.Argument(metavar="ID", help="As `vitrine webhooks list` shows it.")]


@app.command("list")
def list_() -> None:
    """List every webhook: where it sends, what, and whether it works."""
    with opened() as (_, sessions), sessions.read() as session:
        found = webhooks.list_webhooks(session)
    table = Table()
    for column in ("id", "url", "events", "state"):
        table.add_column(column, overflow="fold", no_wrap=column in ("id", "status"))
    for each in found:
        state = "enabled" if each.enabled else f"disabled: {each.disabled_reason}"
        if each.enabled and each.failing_since:
            state = f"failing since {each.failing_since:%Y-%m-%d %H:%M}"
        table.add_row(each.id, escape(each.url), ", ".join(each.events), escape(state))
    out.print(table)


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="Where to send; https, and no private address.")],
    event: Annotated[
        list[str] | None,
        typer.Option(help=f"One of {', '.join(TYPES)}; repeat for several.", show_default="all"),
    ] = None,
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
) -> None:
    """Add a webhook; the secret to verify its messages with is printed once."""
    with opened() as (settings, sessions):
        check_host(url, settings.webhooks)
        with sessions.write() as session:
            asked = Changes(url, event or TYPES, description)
            webhook, secret = webhooks.add(session, settings, asked, None)
    out.print(f"Webhook: {webhook.id}", highlight=False)
    out.print(f"Secret (shown only now): {secret}", highlight=False, markup=False, soft_wrap=True)


@app.command()
def remove(webhook_id: Id) -> None:
    """Remove a webhook: nothing more is sent to it."""
    with opened() as (_, sessions), sessions.write() as session:
        webhooks.remove(session, webhook_id)
    out.print("Removed.")


@app.command()
def enable(webhook_id: Id) -> None:
    """Enable a webhook that was disabled; what waited for it is sent."""
    with opened() as (settings, sessions), sessions.write() as session:
        webhooks.change(session, settings, webhook_id, Changes(enabled=True))
    out.print("Enabled.")


@app.command()
def rotate(
    webhook_id: Id,
    overlap: Annotated[
        float | None,
        typer.Option(min=0, help="Seconds that the old secret signs too.", show_default="one day"),
    ] = None,
) -> None:
    """Give a webhook a new secret, printed once; for a while both sign."""
    with opened() as (settings, sessions), sessions.write() as session:
        _, secret = webhooks.rotate(session, settings, webhook_id, overlap)
    out.print(f"Secret (shown only now): {secret}", highlight=False, markup=False, soft_wrap=True)


@app.command()
def test(webhook_id: Id) -> None:
    """Send a webhook.test message to it; `deliveries` shows what came of it."""
    with opened() as (_, sessions), sessions.write() as session:
        delivery = webhooks.send_test(session, webhook_id)
    out.print(f"Delivery {delivery.id} waits for the server or a worker to send it.")


@app.command()
def deliveries(
    webhook_id: Id,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many, newest first.")] = 20,
) -> None:
    """Show what was sent to a webhook, what waits, and how the last attempt ended."""
    with opened() as (_, sessions), sessions.read() as session:
        found, _more = webhooks.list_deliveries(session, webhook_id, None, None, limit)
    table = Table()
    for column in ("id", "event", "status", "attempts", "last attempt"):
        table.add_column(column, overflow="fold", no_wrap=column in ("id", "status"))
    for each in found:
        last = each.log[-1] if each.log else {}
        told = last.get("error") or last.get("status") or ""
        table.add_row(each.id, each.event.type, each.status, str(each.attempts), escape(str(told)))
    out.print(table)


@app.command()
def replay(
    webhook_id: Id,
    delivery_id: Annotated[
        str, typer.Argument(metavar="DELIVERY", help="As `vitrine webhooks deliveries` shows it.")
    ],
) -> None:
    """Send a delivery that ended once more, with the same webhook-id."""
    with opened() as (_, sessions), sessions.write() as session:
        webhooks.replay(session, webhook_id, delivery_id)
    out.print("It waits for the server or a worker to send it.")
