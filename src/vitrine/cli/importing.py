"""Catalogues in: the import command, its bars and its report."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.markup import escape
from rich.table import Table

from vitrine import wiring
from vitrine.cli.console import err, out, progress, read_settings
from vitrine.cli.waiting import wait_for
from vitrine.core import memory, priority
from vitrine.core.errors import invalid
from vitrine.core.groups import ShopSettings
from vitrine.db import Sessions
from vitrine.services import audit, imports, jobs
from vitrine.services.catalog import preferences
from vitrine.services.imports import Catalogue, ImportSummary, Layout, formats
from vitrine.services.jobs import JobKind, Share, monitor, taking
from vitrine.services.jobs.monitor import Span
from vitrine.wiring import Runtime

FAILED_SHOWN = 20

FormatName = Literal[
    "auto", "csv", "jsonl", "shopify", "google", "google-xml", "medusa", "woocommerce"
]
Format = Annotated[FormatName, typer.Option(help="What the file is; auto looks at its columns.")]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=FIELD",
        help="What a column is, where its name does not tell; may be given many times. "
        "`NAME=` ignores it, `NAME=attributes.fit` makes it an attribute.",
    ),
]
Currency = Annotated[str, typer.Option(help="Currency of prices that name none, such as EUR.")]
Country = Annotated[
    str, typer.Option(help="Country whose way of writing prices the file has, such as DE.")
]
Encoding = Annotated[
    str,
    typer.Option(
        help="How the file's text is written, such as windows-1250.", show_default="detected"
    ),
]


def import_(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH",
            help="A catalogue file, or a folder with products.csv or products.jsonl.",
        ),
    ],
    format: Format = "auto",  # noqa: A002 - the option's name
    images: Annotated[
        Path | None,
        typer.Option(
            help="Folder or zip with the pictures.", show_default="the folder of the file"
        ),
    ] = None,
    column: Columns = None,
    currency: Currency = "",
    country: Country = "",
    encoding: Encoding = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would happen; fetches no addresses.")
    ] = False,
    errors: Annotated[
        Path | None, typer.Option(help="CSV file for every error: line, id, field, reason.")
    ] = None,
    root: Annotated[
        Path | None,
        typer.Option(
            help="Folder that picture names may not leave.",
            show_default="the parent of the file's folder",
        ),
    ] = None,
    wait: Annotated[bool, typer.Option(help="Wait until all is indexed.")] = True,
) -> None:
    """Import a catalogue: adds and updates products by external_id, then indexes their photos.

    Reads CSV (any delimiter and encoding), JSON lines, product CSV of Shopify, WooCommerce and
    Medusa, Google Merchant TSV and XML. What each column becomes is shown first; try
    `--dry-run`. Pictures are file names or addresses (http, https).

    A row with an error is reported and stops no other; the exit code is then 1. What a file does
    not speak of stays as it is. Run it again at any time: what is there is left alone, what was
    deleted comes back. A server may be running; it then does the indexing.
    """
    settings, source = read_settings(), imports.source(path, root, images)
    source = replace(source, format=format, columns=pairs(column or []), currency=currency)
    source = replace(source, country=country, encoding=encoding)
    with wiring.stored(settings) as sessions:
        source = of_shop(sessions, settings.shop, source)
    layout = imports.look(source)
    _print_layout(layout, source.currency or source.usual_currency)
    with ExitStack() as stack:
        file = (
            stack.enter_context(errors.open("w", newline="", encoding="utf-8")) if errors else None
        )
        runtime, owner = stack.enter_context(wiring.running_or_attached(settings))
        if not owner:
            priority.step_back()
        memory.hold()
        tally = import_into(
            runtime, source, ImportSummary(file), layout=layout, dry_run=dry_run, wait=wait
        )
    if tally.shown and errors:
        err.print(f"All errors are in {errors}.", markup=False)
    raise typer.Exit(1 if tally.refused else 0)


def of_shop(sessions: Sessions, shop: ShopSettings, source: imports.Source) -> imports.Source:
    """The source with what people chose for the shop, else the settings, where it says nothing."""
    with sessions.read() as session:
        return imports.of_shop(source, preferences.of_shop(session, shop))


def import_into(
    runtime: Runtime,
    source: imports.Source,
    tally: ImportSummary | None = None,
    *,
    layout: Layout | None = None,
    dry_run: bool = False,
    wait: bool = True,
) -> ImportSummary:
    """Import with progress bars and a summary; what was done, counted."""
    tally, layout = tally or ImportSummary(), layout or imports.look(source)
    with progress() as bar, taking(Share(bulk=True)):
        task = bar.add_task("Reading  ", total=None)
        with imports.opened(source, layout) as catalogue, jobs.together():
            bar.update(task, description="Importing", total=catalogue.products)
            for outcome in imports.import_opened(
                runtime.sessions, runtime.ports, runtime.settings.limits, catalogue, dry_run=dry_run
            ):
                tally.add(outcome)
                bar.advance(task)
        _print_summary(catalogue, tally, dry_run=dry_run)
        if not dry_run:
            act = audit.by_command("import.start", "", name=source.path.name, **tally.counts)
            with runtime.sessions.write() as session:
                audit.record(session, act)
        if wait and tally.jobs:
            span = _span(tally)
            task = bar.add_task("Indexing ", total=tally.jobs)
            wait_for(
                runtime.sessions,
                span,
                lambda left: bar.update(task, completed=max(0, tally.jobs - left)),
            )
    _print_errors(tally)
    if wait and tally.jobs:
        _print_failed(runtime, _span(tally))
    return tally


def pairs(given: list[str]) -> dict[str, str]:
    """What columns are, by name, of options; raises Invalid."""
    found = [each.rpartition("=") for each in given]
    for name, equals, field in found:
        if not (name and equals):
            raise invalid("column", f"{field!r} is not NAME=FIELD")
    return {name: field.strip() for name, _, field in found}


def _span(tally: ImportSummary) -> Span:
    return Span(JobKind.INDEX, tally.first_job, tally.last_job)


def _print_layout(layout: Layout, currency: str) -> None:
    written = {"\t": "tab"}.get(layout.delimiter, layout.delimiter)
    between = f", {written} between cells" if written else ""
    table = Table(title=f"{layout.kind.title} ({layout.encoding}{between})", title_justify="left")
    table.add_column("column")
    table.add_column("becomes")
    for use in layout.uses:
        table.add_row(escape(use.column), escape(formats.told(layout.kind, use.column, use.field)))
    err.print(table)
    if currency:
        err.print(f"Prices that name no currency are in {currency}.", markup=False)


def _print_summary(catalogue: Catalogue, tally: ImportSummary, *, dry_run: bool) -> None:
    told = ", ".join(f"{count:,} {what}" for what, count in sorted(tally.counts.items()))
    would = "Nothing was written; would be: " if dry_run else ""
    out.print(f"{catalogue.staging.rows:,} rows: {would}{told or 'nothing to import'}.")


def _print_errors(tally: ImportSummary) -> None:
    if tally.without_photos:
        more = ", ..." if tally.without_photos > len(tally.bare) else ""
        told = f"{tally.without_photos:,} without photos: {', '.join(tally.bare)}{more}."
        err.print(f"{told} They are found by words and number.", markup=False)
    if not tally.shown:
        return
    stored = f"{tally.incomplete:,} stored with something missing or read otherwise"
    title = f"{tally.refused:,} refused, {stored}"
    table = Table(title=title, title_justify="left")
    for name in ("line", "external_id", "became", "field", "reason"):
        table.add_column(name)
    for outcome in tally.shown:
        for field, reason in outcome.fields.items():
            cells = (outcome.external_id, outcome.what, field, reason)
            table.add_row(str(outcome.line), *map(escape, cells))
    err.print(table)
    more_errors = tally.refused + tally.incomplete - len(tally.shown)
    if more_errors:
        err.print(f"... and {more_errors:,} more; --errors FILE has them all.")


def _print_failed(runtime: Runtime, span: Span) -> None:
    failed = monitor.count_failed(runtime.sessions, span)
    for job in monitor.failures(runtime.sessions, span, FAILED_SHOWN):
        err.print(f"Job {job.id} {job.status}: {job.error_message}", markup=False)
    if failed:
        err.print(f"{failed:,} products were not indexed.")


import_.__name__ = "import"
COMMANDS = (import_,)
