"""A whole catalogue from the files shops have; a bad row stops no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from vitrine.core import scratch
from vitrine.core.errors import invalid
from vitrine.core.groups import LimitSettings, ShopSettings
from vitrine.db import Sessions
from vitrine.ports import Ports
from vitrine.services.imports import pictures, reading
from vitrine.services.imports.aside import Aside
from vitrine.services.imports.gathering import Pictures
from vitrine.services.imports.reading import Catalogue, look, read_rows
from vitrine.services.imports.records import Source
from vitrine.services.imports.upserting import (
    CREATED,
    REFUSED,
    RESTORED,
    UNCHANGED,
    UPDATED,
    Outcome,
    Upsert,
    upsert_all,
)

WHATS = (CREATED, UPDATED, RESTORED, UNCHANGED, REFUSED)
"""All that can become of a record."""


def source(path: Path, root: Path | None = None, images: Path | None = None) -> Source:
    """The catalogue at a file, or in a folder as products.csv or products.jsonl.

    Pictures come from `images`, a folder or a zip; else they may lie anywhere under `root`, by
    default the parent of the file's folder, so that a catalogue may name pictures beside its own
    folder. Raises Invalid if there is no such file.
    """
    if path.is_dir():
        found = [path / name for name in ("products.csv", "products.jsonl")]
        path = next((each for each in found if each.is_file()), path / "products.csv")
    if not path.is_file():
        raise invalid(
            "path", f"{path} is no catalogue: needs products.csv or products.jsonl with images"
        )
    if images is not None and not images.exists():
        raise invalid("images", f"there is no folder or zip {images}")
    path = path.resolve()
    if images is not None:
        return Source(path, images.resolve(), images.resolve())
    return Source(path, (root or path.parent.parent).resolve())


def of_shop(source: Source, shop: ShopSettings) -> Source:
    """The source with the shop's own currency and country where it says none."""
    country = source.country or shop.country
    return replace(source, usual_currency=shop.currency, country=country)


def count_rows(catalogue: Source) -> int:
    """How many rows the file has."""
    return sum(1 for _ in read_rows(catalogue, look(catalogue)))


def import_catalogue(
    sessions: Sessions, ports: Ports, limits: LimitSettings, catalogue: Source
) -> Iterator[Outcome]:
    """Find out the file's format and import every product of it."""
    with reading.opened(catalogue, look(catalogue)) as kept:
        yield from import_opened(sessions, ports, limits, kept)


def import_opened(
    sessions: Sessions,
    ports: Ports,
    limits: LimitSettings,
    catalogue: Catalogue,
    *,
    dry_run: bool = False,
) -> Iterator[Outcome]:
    """Import what was read; with `dry_run` nothing is written and no address asked."""
    with (
        pictures.opened(catalogue.source, ports.fetcher, limits.image_bytes) as read,
        scratch.folder() as folder,
    ):
        aside = None if dry_run else Aside(folder)
        where = Pictures(read, limits, aside, fetches=not dry_run)
        yield from upsert_all(Upsert(sessions, ports, where, dry_run), catalogue.records())
