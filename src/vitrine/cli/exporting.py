"""Catalogues out."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Literal, TextIO

import typer

from vitrine import wiring
from vitrine.cli.console import err, progress, read_settings
from vitrine.core.errors import invalid
from vitrine.services import exports, snapshots

ExportName = Literal[
    "csv",
    "jsonl",
    "shopify",
    "google",
    "google-xml",
    "medusa",
    "woocommerce",
    "yolo",
    "coco",
    "clip",
]


def export(
    path: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE|FOLDER]", help="Where to.", show_default="standard output"),
    ] = None,
    format: Annotated[  # noqa: A002 - the option's name
        ExportName,
        typer.Option(
            help="csv and jsonl hold all there is; shops' formats what their readers know; "
            "yolo, coco and clip write what people verified into FOLDER, for training."
        ),
    ] = "csv",
    images: Annotated[
        Path | None,
        typer.Option(help="Folder to write the pictures into.", show_default="addresses only"),
    ] = None,
    licence: Annotated[
        str, typer.Option(help="What yolo, coco and clip say of the photos' licence.")
    ] = snapshots.UNSTATED,
) -> None:
    """Export the catalogue as a file that `vitrine import` and shops read.

    Without `--images` a picture is named by the address it was imported from, and one that came as
    a file is left out; with it every picture is written, and named by its path from FILE.

    `--format yolo|coco|clip FOLDER` writes a snapshot of the products that people verified: photos,
    boxes and labels, split by product, with sums that prove it. The same data makes the same bytes.
    """
    if format in snapshots.FORMATS:
        _snapshot(path, images, snapshots.Order(format, licence))
    else:
        _catalogue(path, images, format)


def _snapshot(folder: Path | None, images: Path | None, order: snapshots.Order) -> None:
    if folder is None:
        raise invalid("FOLDER", f"is needed: --format {order.format} writes a folder")
    if images:
        raise invalid("images", f"says nothing here: --format {order.format} holds the pictures")
    settings = read_settings()
    with wiring.stored(settings) as sessions, progress() as bar:
        task = bar.add_task("Writing photos", total=None)
        written = snapshots.write(
            *(sessions, wiring.blobs_of(settings), folder, order),
            lambda done, total: bar.update(task, completed=done, total=total),
        )
        with sessions.write() as session:
            snapshots.register(session, written)
    counts = written.card["counts"]
    err.print(f"{counts['products']:,} verified products with {counts['photos']:,} photos.")
    for split, each in counts["splits"].items():
        err.print(f"  {split}: {each['products']:,} products, {each['photos']:,} photos")
    err.print(f"Leak check: {snapshots.told_leaks(written.card)}")
    err.print(f"{written.card['name']} is in {folder}.")


def _catalogue(path: Path | None, images: Path | None, kind: str) -> None:
    if images and path is None:
        raise invalid("images", "needs FILE, which the pictures are named from")
    settings = read_settings()
    naming: exports.Naming = exports.addresses_only
    left_out = written = 0
    with ExitStack() as stack:
        sessions = stack.enter_context(wiring.stored(settings))
        if images and path:
            blobs = wiring.blobs_of(settings)
            naming = exports.into_folder(blobs, images, path.resolve().parent)
        total = exports.count(sessions, kind)
        to = _opened(stack, path)
        bar = stack.enter_context(progress())
        task = bar.add_task("Exporting", total=total)
        for product in exports.export(sessions, kind, to, naming):
            written += 1
            left_out += 0 if images else sum(not image.source_url for image in product.images)
            bar.advance(task)
    err.print(f"{written:,} products exported.")
    if left_out:
        err.print(f"{left_out:,} pictures have no address and were left out; --images writes them.")


def _opened(stack: ExitStack, path: Path | None) -> TextIO:
    if path is None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(newline="")  # line ends are the format's own
        return sys.stdout
    return stack.enter_context(path.open("w", newline="", encoding="utf-8"))


COMMANDS = (export,)
