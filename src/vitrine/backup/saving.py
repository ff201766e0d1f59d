"""Saving: a backup of a data folder while Vitrine serves from it.

Photos go first, then the database at one moment, then the photos that came meanwhile. A photo never
changes under its name, so whatever the saved database shows is in the backup.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from vitrine.backup import layout
from vitrine.backup.layout import BLOBS, DATABASE, FORMAT, MODELS, SECRET, Manifest
from vitrine.core.clock import now
from vitrine.core.errors import Conflict, Unavailable
from vitrine.core.settings import Settings

Tell = Callable[[int, int], object]
"""Told how many files of how many are copied."""

_SHOWN = "SELECT DISTINCT sha256 FROM images"


@dataclass(frozen=True, slots=True)
class Saved:
    """A finished backup, and the photos that it could not get right.

    `missing` are in the database and not in the store, `damaged` are not what their name says.
    """

    manifest: Manifest
    missing: tuple[str, ...]
    damaged: tuple[str, ...]


@dataclass(slots=True)
class _Copying:
    source: Path
    target: Path
    tell: Tell
    sums: dict[str, str] = field(default_factory=dict)
    bytes: int = 0

    def folder(self, name: str) -> None:
        """Copy what the folder has and the backup lacks; what is gone meanwhile is left out."""
        found = [f"{name}/{each}" for each in layout.files_in(self.source / name)]
        fresh = [path for path in found if path not in self.sums]
        for place, path in enumerate(fresh):
            self.file(path)
            self.tell(place + 1, len(fresh))

    def file(self, path: str) -> None:
        """Copy one file, if it is there."""
        target = self.target / path
        try:
            self.sums[path] = layout.copy(self.source / path, target)
        except FileNotFoundError:
            return
        self.bytes += target.stat().st_size


def save(settings: Settings, folder: Path, tell: Tell = lambda _done, _total: None) -> Saved:
    """Save the settings' data folder as a new folder; nothing of that name is left if it fails.

    Raises Conflict if there is something of that name, Invalid for another shape.
    """
    layout.check_embedded(settings)
    if folder.exists():
        raise Conflict("backup_exists", f"{folder} exists; a backup never overwrites anything.")
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, mode=0o700)
    try:
        saved = _fill(_Copying(settings.data_dir, partial, tell))
        os.sync()  # the name says that all of it is on the disk
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return saved


def _fill(copying: _Copying) -> Saved:
    copying.folder(BLOBS)
    _snapshot(copying)
    copying.folder(BLOBS)
    copying.folder(MODELS)
    copying.file(SECRET)
    for name in (DATABASE, SECRET):
        if (copying.target / name).exists():
            (copying.target / name).chmod(layout.PRIVATE)
    with closing(sqlite3.connect(copying.target / DATABASE)) as database:
        shown = {sha256 for (sha256,) in database.execute(_SHOWN)}
        manifest = _manifest(copying, database)
    manifest.write(copying.target)
    photos = {path.rpartition("/")[2]: path for path in copying.sums if "/images/" in path}
    return Saved(
        manifest,
        missing=tuple(sorted(shown - photos.keys())),
        damaged=tuple(name for name, path in photos.items() if copying.sums[path] != name),
    )


def _snapshot(copying: _Copying) -> None:
    """Copy the database as it is at one moment, with SQLite's own backup; writers go on."""
    source, target = copying.source / DATABASE, copying.target / DATABASE
    if not source.is_file():
        raise Unavailable("database_missing", f"There is no {DATABASE} in {copying.source}.")
    try:
        with (
            closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True, timeout=30)) as reading,
            closing(sqlite3.connect(target)) as writing,
        ):
            reading.backup(writing)
            writing.execute("PRAGMA journal_mode=DELETE")
            (verdict,) = writing.execute("PRAGMA quick_check").fetchone()
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        raise Unavailable(
            "database_damaged",
            f"The database is damaged ({verdict}); keep your older backups and restore one.",
        )
    copying.sums[DATABASE] = layout.digest(target)
    copying.bytes += target.stat().st_size


def _manifest(copying: _Copying, database: sqlite3.Connection) -> Manifest:
    def one(query: str) -> str:
        (value,) = database.execute(query).fetchone() or ("",)
        return str(value)

    return Manifest(
        format=FORMAT,
        version=version("vitrine"),
        created_at=now().isoformat(),
        revision=one("SELECT version_num FROM alembic_version"),
        products=int(one("SELECT count(*) FROM products WHERE deleted_at IS NULL")),
        images=int(one("SELECT count(*) FROM images WHERE deleted_at IS NULL")),
        files=len(copying.sums),
        bytes=copying.bytes,
        sums=layout.write_sums(copying.target, copying.sums),
    )
