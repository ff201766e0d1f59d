"""The `vitrine` command."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from vitrine.cli import (
    accounts,
    backing_up,
    calibrating,
    catalogue,
    crops,
    demo,
    evaluating,
    exporting,
    importing,
    model_files,
    retention,
    searching,
    serving,
    sources,
    training,
    webhooks,
)
from vitrine.core import memory
from vitrine.core.errors import VitrineError

app = typer.Typer(
    name="vitrine",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="""Visual product search for fashion catalogues, self-hosted.

First steps: `vitrine migrate`, `vitrine create-admin`, `vitrine import FOLDER`, `vitrine serve`.

Every setting is an environment variable beginning with VITRINE_ (VITRINE_DATA_DIR,
VITRINE_DATABASE__URL, ...); `vitrine settings` prints all with their present values.""",
)
PARTS = (
    serving,
    accounts,
    importing,
    exporting,
    catalogue,
    crops,
    calibrating,
    retention,
    backing_up,
    searching,
    evaluating,
    training,
    demo,
)
for part in PARTS:
    for command in part.COMMANDS:
        app.command()(command)
app.add_typer(model_files.app, name="models")
app.add_typer(training.app, name="train")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(sources.app, name="sources")


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"vitrine {version('vitrine')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[  # noqa: ARG001 - its callback has used it
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    memory.settle()  # whatever the command is, before it starts threads


def main() -> None:
    """Run the command; an expected failure is a sentence on stderr and exit code 1."""
    try:
        app()
    except VitrineError as error:
        typer.secho(f"vitrine: {error.message}", fg=typer.colors.RED, err=True)
        sys.exit(1)
    except OSError as error:
        typer.secho(f"vitrine: {error}", fg=typer.colors.RED, err=True)
        sys.exit(1)
