"""Measuring the models on labelled pictures."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from vitrine import wiring
from vitrine.cli.console import out, progress, read_settings
from vitrine.services.evaluation import Evaluation, Figure
from vitrine.services.evaluation import evaluate as measure


def evaluate(
    manifest: Annotated[Path, typer.Argument(help="JSON lines, one picture a line.")],
    items: Annotated[
        bool, typer.Option(help="Embed the largest item the detector sees, not the whole picture.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Measure retrieval on a manifest, with bootstrap 95 % intervals.

    Each line: `{"image": path relative to the manifest, "product_id", "title", "category",
    "colour", "split": "gallery" or "query", "boxes": [[x1, y1, x2, y2, "kind"], ...]}`; boxes
    may be left out. Gallery pictures are indexed; query pictures search by photo, each
    gallery title searches as text, and each gallery picture searches the titles.
    """
    settings = read_settings()
    if not items:
        alone = settings.vision.model_copy(update={"detector": None})
        settings = settings.model_copy(update={"vision": alone})
    vision = wiring.load_vision(settings)
    with progress() as bar:
        task = bar.add_task("Embedding", total=None)
        result = measure(
            vision, manifest, lambda done, total: bar.update(task, completed=done, total=total)
        )
    if as_json:
        sys.stdout.write(json.dumps(dataclasses.asdict(result)) + "\n")
    else:
        _print(result)


def _print(result: Evaluation) -> None:
    table = Table()
    table.add_column("figure")
    for column in ("value", "95 % interval", "n"):
        table.add_column(column, justify="right")
    for entry in dataclasses.fields(result):
        value = getattr(result, entry.name)
        name = entry.name.replace("_", " ")
        if isinstance(value, Figure):
            interval = f"{value.low:.3f} to {value.high:.3f}"
            table.add_row(name, f"{value.value:.3f}", interval, str(value.n))
        elif isinstance(value, float):
            table.add_row(name, f"{value:,.1f}", "", "")
        elif isinstance(value, int):
            table.add_row(name, f"{value:,}", "", "")
    out.print(table)


COMMANDS = (evaluate,)
