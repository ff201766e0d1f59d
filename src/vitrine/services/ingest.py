"""A whole catalogue from a file: CSV or JSON lines, row by row; a bad row stops no other."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from vitrine.core.errors import Invalid, VitrineError, invalid
from vitrine.core.settings import LimitSettings
from vitrine.db import Sessions
from vitrine.ports import Ports
from vitrine.services import catalog
from vitrine.services.catalog import Photo
from vitrine.services.fields import ProductFields, check
from vitrine.tables.catalog import Product

CREATED, UPDATED, UNCHANGED, RESTORED, REFUSED = (
    "created",
    "updated",
    "unchanged",
    "restored",
    "refused",
)
LONGEST_CELL = 1_000_000
"""Characters of one CSV cell; a longer one refuses its row."""

ROWS_AT_ONCE = 32
"""Rows whose pictures are read and decoded ahead of the one being written; bounds memory."""


@dataclass(frozen=True, slots=True)
class Source:
    """A catalogue file, the folder its picture names start from, and the one they may not leave."""

    path: Path
    root: Path

    @property
    def folder(self) -> Path:
        """Where relative picture names start."""
        return self.path.parent


@dataclass(frozen=True, slots=True)
class Row:
    """One row as read: its line in the file, and its cells by column or why it is unreadable."""

    line: int
    cells: Mapping[str, Any] = field(default_factory=dict)
    error: VitrineError | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row; `fields` says why a refused one was refused."""

    line: int
    external_id: str
    what: str
    fields: Mapping[str, str] = field(default_factory=dict)
    job_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Ready:
    row: Row
    fields: ProductFields | None = None
    photos: tuple[Photo, ...] = ()
    error: VitrineError | None = None


def source(path: Path, root: Path | None = None) -> Source:
    """The catalogue at a file, or in a folder as products.csv or products.jsonl.

    Pictures may lie anywhere under `root`, by default the parent of the file's folder, so that a
    catalogue may name pictures beside its own folder. Raises Invalid if there is no such file.
    """
    if path.is_dir():
        found = [path / name for name in ("products.csv", "products.jsonl")]
        path = next((each for each in found if each.is_file()), path / "products.csv")
    if not path.is_file():
        raise invalid(
            "path", f"{path} is no catalogue: needs products.csv or products.jsonl with images"
        )
    path = path.resolve()
    return Source(path, (root or path.parent.parent).resolve())


def count_rows(catalogue: Source) -> int:
    """How many rows the file has, for a progress bar."""
    return sum(1 for _ in read_rows(catalogue))


def read_rows(catalogue: Source) -> Iterator[Row]:
    """The rows of the file, one at a time; an unreadable one carries its error."""
    if catalogue.path.suffix.lower() in (".jsonl", ".ndjson"):
        yield from _read_jsonl(catalogue.path)
    else:
        yield from _read_csv(catalogue.path)


def import_catalogue(
    sessions: Sessions, ports: Ports, limits: LimitSettings, catalogue: Source
) -> Iterator[Outcome]:
    """Add, update or restore each row's product by its external id and submit its index job.

    Each row is a transaction of its own: what was imported stays if a later row or the process
    fails, and a second run finds nothing left to do.
    """
    with ThreadPoolExecutor(max_workers=2) as pool:
        for rows in _sliced(read_rows(catalogue), ROWS_AT_ONCE):
            known = _known_hashes(sessions, rows)
            ready = pool.map(lambda row, have=known: _prepare(row, catalogue, limits, have), rows)
            for each in ready:
                yield _write(sessions, ports, limits, each)


def _read_csv(path: Path) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    # Bytes that are not UTF-8 become letters that no field accepts: they refuse their own row only.
    with path.open(newline="", encoding="utf-8-sig", errors="surrogateescape") as file:
        reader = csv.DictReader(file)
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as broken:
                wrong = Invalid("row_unreadable", f"The row cannot be read: {broken}.")
                yield Row(reader.line_num, error=wrong)
                continue
            if None in cells:
                wrong = Invalid("row_too_long", "The row has more cells than the header.")
                yield Row(reader.line_num, error=wrong)
            else:
                yield Row(reader.line_num, cells)


def _read_jsonl(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        for line, text in enumerate(file, 1):
            if not text.strip():
                continue
            try:
                cells = json.loads(text)
            except (ValueError, RecursionError) as broken:
                yield Row(line, error=Invalid("row_unreadable", f"The row is not JSON: {broken}"))
                continue
            if isinstance(cells, dict):
                yield Row(line, cells)
            else:
                yield Row(line, error=Invalid("row_unreadable", "The row is not a JSON object."))


def _prepare(
    row: Row, catalogue: Source, limits: LimitSettings, known: Mapping[str, set[str]]
) -> _Ready:
    if row.error:
        return _Ready(row, error=row.error)
    try:
        fields = check(ProductFields, _fields(row.cells))
        have = known.get(fields.external_id, set())
        names = _image_names(row.cells)
        photos = [_photo(catalogue, name, limits, have) for name in names]
    except VitrineError as error:
        return _Ready(row, error=error)
    return _Ready(row, fields, tuple(photos))


def _fields(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Known columns are fields; any other column with a value is an attribute."""
    given = {name: value for name, value in cells.items() if value not in (None, "")}
    given.pop("images", None)
    attributes = given.pop("attributes", {})
    known = {name: given.pop(name) for name in list(given) if name in ProductFields.model_fields}
    if isinstance(attributes, dict):
        attributes = {**attributes, **given}
    return {**known, "attributes": attributes}


def _image_names(cells: Mapping[str, Any]) -> list[str]:
    images = cells.get("images") or []
    names = images.split(";") if isinstance(images, str) else images
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise invalid("images", "must be file names")
    return [name.strip() for name in names if name.strip()]


def _photo(catalogue: Source, name: str, limits: LimitSettings, have: set[str]) -> Photo:
    data = _read_picture(catalogue, name, limits)
    digest = hashlib.sha256(data).hexdigest()
    if digest in have:  # no need to decode again what is stored already
        return Photo(data, name, digest, "", 0, 0)
    return catalog.admit_one("images", name, data, limits)


def _read_picture(catalogue: Source, name: str, limits: LimitSettings) -> bytes:
    try:
        path = (catalogue.folder / name).resolve()
        if not path.is_relative_to(catalogue.root):
            raise invalid("images", f"{name!r} lies outside {catalogue.root}")
        if path.is_file() and path.stat().st_size <= limits.image_bytes:
            return path.read_bytes()
    except (OSError, ValueError) as broken:
        raise invalid("images", f"{name!r} cannot be read: {broken}") from None
    if path.is_file():
        raise invalid("images", f"{name!r} is over {limits.image_bytes:,} bytes")
    raise invalid("images", f"there is no file {name!r}")


def _known_hashes(sessions: Sessions, rows: Iterable[Row]) -> dict[str, set[str]]:
    known = {}
    with sessions.read() as session:
        for row in rows:
            external_id = str(row.cells.get("external_id") or "").strip()
            # What is not printable is refused later, and databases choke on some of it.
            known_as = external_id if external_id.isprintable() else ""
            product = catalog.find(session, known_as) if known_as else None
            if product:
                known[external_id] = {image.sha256 for image in product.images}
    return known


def _write(sessions: Sessions, ports: Ports, limits: LimitSettings, ready: _Ready) -> Outcome:
    external_id = str(ready.row.cells.get("external_id") or "").encode("utf-8", "replace").decode()
    if ready.error is None and ready.fields is not None:
        try:
            with sessions.write() as session:
                what, job_id = _upsert(session, ports, ready.fields, ready.photos, limits)
                return Outcome(ready.row.line, external_id, what, job_id=job_id)
        except VitrineError as error:
            if error.retried:
                raise
            ready = _Ready(ready.row, error=error)
    why = ready.error or Invalid("row_unreadable", "The row is empty.")
    return Outcome(ready.row.line, external_id, REFUSED, why.fields or {"row": why.message})


def _upsert(
    session: Session,
    ports: Ports,
    fields: ProductFields,
    photos: tuple[Photo, ...],
    limits: LimitSettings,
) -> tuple[str, str | None]:
    product, what = _find_or_make(session, fields)
    values = fields.model_dump()
    if any(getattr(product, name) != value for name, value in values.items()):
        what = UPDATED if what == UNCHANGED else what
        catalog.update(session, ports, product, values)
    have = {image.sha256 for image in product.images}
    fresh = [photo for photo in photos if photo.sha256 not in have]
    if fresh:
        what = UPDATED if what == UNCHANGED else what
        catalog.add_images(session, ports, product, fresh, limits.images_per_product)
    if not fresh and what != RESTORED:
        return what, None
    return what, catalog.submit_index(session, ports, product, None).id


def _find_or_make(session: Session, fields: ProductFields) -> tuple[Product, str]:
    product = catalog.find(session, fields.external_id)
    if product is not None:
        return product, UNCHANGED
    product = catalog.find(session, fields.external_id, deleted=True)
    if product is not None:
        catalog.undelete(session, product)
        return product, RESTORED
    return catalog.create(session, fields, None), CREATED


def _sliced(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
