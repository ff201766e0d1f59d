"""Measuring the models on labelled pictures."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from vitrine import wiring
from vitrine.cli.console import out, progress, read_settings
from vitrine.ports import Vision
from vitrine.services.evaluation.evaluation import Evaluation
from vitrine.services.evaluation.evaluation import evaluate as measure
from vitrine.services.evaluation.figures import Figure

Rows = Iterator[tuple[str, Figure | None]]
TITLES = {
    "retrieval": "Retrieval",
    "recolouring": "Another colour",
    "labels": "Labels (macro-F1)",
    "reranking": "Re-ranking (nDCG at 10)",
    "levels": "Levels",
    "primary": "Primary crop",
}


def evaluate(
    manifest: Annotated[Path, typer.Argument(help="JSON lines, one picture a line.")],
    items: Annotated[
        bool, typer.Option(help="Embed the largest item the detector sees, not the whole picture.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Measure search on a manifest, with bootstrap 95 % intervals.

    Each line: `{"image": path relative to the manifest, "product_id", "title", "category",
    "colour", "split": "gallery" or "query", "group", "attributes": {"pattern": "striped", ...},
    "boxes": [[x1, y1, x2, y2, "kind"], ...]}`. Gallery pictures are indexed; query pictures search
    by photo, each gallery title searches as text, and each gallery picture searches the titles.

    Group, attributes and boxes may be left out. Pictures of one group (else: of one product) are
    never right answers to one another in another colour. Attributes are what labels are compared
    with. The first box is the product, others are other garments on the picture.
    """
    settings = read_settings()
    whole = settings.vision.model_copy(update={"detector": None})
    plain = settings if items else settings.model_copy(update={"vision": whole})
    vision = wiring.load_vision(plain)

    def looking() -> Vision:
        return vision if items else wiring.load_vision(settings)

    with progress() as bar:
        tasks = {"Embedding": bar.add_task("Embedding", total=None)}

        def tell(what: str, done: int, total: int) -> None:
            task = tasks.get(what)
            if task is None:
                task = tasks[what] = bar.add_task(what)
            bar.update(task, completed=done, total=total)

        result = measure(
            vision,
            manifest,
            wiring.tunings_of(settings),
            None if settings.vision.detector is None else looking,
            tell,
        )
    if as_json:
        sys.stdout.write(json.dumps(result.as_json()) + "\n")
    else:
        _print(result)


def _print(result: Evaluation) -> None:
    table = Table("figure")
    for column in ("value", "95 % interval", "n"):
        table.add_column(column, justify="right")
    for section, rows in _sections(result).items():
        shown = list(rows)
        if shown:
            table.add_row(f"[bold]{TITLES[section]}[/bold]")
            for name, figure in shown:
                table.add_row(f"  {name}", *_cells(figure))
            table.add_section()
    table.add_row("milliseconds per image", f"{result.milliseconds_per_image:,.1f}")
    for name in ("gallery", "queries", "unseen"):
        table.add_row(name, f"{getattr(result, name):,}")
    out.print(table)
    for section, reason in result.skipped.items():
        out.print(f"{TITLES[section]} skipped: {reason}.")


def _sections(result: Evaluation) -> Mapping[str, Rows]:
    return {
        "retrieval": _named(result.retrieval),
        "recolouring": _named(result.recolouring),
        "labels": _labels(result),
        "reranking": _reranking(result),
        "levels": _levels(result),
        "primary": _named(result.primary),
    }


def _named(figures: Mapping[str, Figure | None]) -> Rows:
    for name, figure in figures.items():
        if figure is not None:
            yield name.replace("_", " "), figure


def _labels(result: Evaluation) -> Rows:
    for name, one in result.labels.items():
        many = "1 value" if one.values == 1 else f"{one.values} values"
        yield f"{name}, {many}, {'shown' if one.shown else 'not shown'}", one.f1


def _reranking(result: Evaluation) -> Rows:
    for kind, gain in result.reranking.items():
        yield f"{kind}, plain cosine", gain.plain
        if gain.difference is not None:
            yield f"{kind}, re-ranked", gain.ranked
            yield f"{kind}, difference", gain.difference


def _levels(result: Evaluation) -> Rows:
    for kind, levels in result.levels.items():
        for level, told in levels.items():
            yield f"{kind}, {level}: truly so or better", told.right
            yield f"{kind}, {level}: share of hits", told.share
            yield f"{kind}, {level}: of such, told so", told.found


def _cells(figure: Figure | None) -> tuple[str, ...]:
    if figure is None:
        return ("-",)
    interval = f"{figure.low:.3f} to {figure.high:.3f}"
    return f"{figure.value:.3f}", interval, f"{figure.n:,}"


COMMANDS = (evaluate,)
