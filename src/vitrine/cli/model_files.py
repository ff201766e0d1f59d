"""Commands about models: their files, and the collections they make."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.progress import DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from vitrine.adapters import hub
from vitrine.cli import converting, promoting
from vitrine.cli.console import err, out, read_settings
from vitrine.core.errors import invalid
from vitrine.vision import registry

app = typer.Typer(
    no_args_is_help=True,
    help="List, download, convert models; build what they make, search it, go back.",
)
app.command()(converting.convert)
for command in promoting.COMMANDS:
    app.command()(command)


@app.command("list")
def list_() -> None:
    """List every model: packaged, pulled, and offered for download; then what the catalogue was
    made by, where there is one."""
    settings = read_settings()
    table = Table()
    for column in ("name", "role", "version", "licence", "installed", "size"):
        table.add_column(column)
    for model in registry.listing(settings.vision.models_dir):
        size = "" if model.bytes is None else f"{model.bytes / 1e6:.1f} MB"
        there = "yes" if model.installed else "no"
        table.add_row(model.name, model.role, model.version, model.licence, there, size)
    out.print(table)
    promoting.show(settings)


@app.command()
def pull(
    name: Annotated[str, typer.Argument(help="As `vitrine models list` names it.")],
) -> None:
    """Download a model with its checksum verified; an interrupted download is resumed."""
    card = registry.downloadable(name)
    if card is None:
        raise invalid("NAME", f"there is no model {name!r} to download; see `vitrine models list`")
    columns = (TextColumn("{task.description}"), DownloadColumn(), TransferSpeedColumn())
    with hub.client() as client, Progress(*columns, console=err) as bar:
        tasks = {file.file: bar.add_task(file.file, total=file.bytes) for file in card.files}
        folder = hub.pull(
            card,
            read_settings().vision.models_dir,
            client=client,
            progress=lambda file, done, total: bar.update(tasks[file], completed=done, total=total),
        )
    out.print(
        f"Installed in {folder}. Use it with VITRINE_VISION__ENCODER={card.name}", markup=False
    )
