"""Restoring: a backup into a data folder that holds none yet, each byte proved on the way."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path, PurePosixPath

from vitrine import schema
from vitrine.backup import layout
from vitrine.backup.layout import BLOBS, DATABASE, MODELS, SECRET, Manifest
from vitrine.backup.saving import Tell
from vitrine.core.errors import Conflict, Invalid
from vitrine.core.settings import Settings
from vitrine.db import make_engine

PARTIAL = ".restoring"
INDEX = "index"


def restore(settings: Settings, folder: Path, tell: Tell = lambda _done, _total: None) -> Manifest:
    """Put a backup into the settings' data folder and bring its tables up to this version.

    The vector index is left to a reindex. Raises Conflict where there is data already or the backup
    is of a later version, Invalid where a file is missing or not as it was saved; the data folder
    is then as it was before.
    """
    layout.check_embedded(settings)
    manifest = Manifest.read(folder)
    _check_revision(manifest)
    target = settings.data_dir
    _check_free(target)
    partial = target / PARTIAL
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        _fetch(folder, partial, layout.read_sums(folder, manifest), tell)
        _check_database(partial / DATABASE)
        _move(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    engine = make_engine(settings)
    try:
        schema.upgrade(engine)
    finally:
        engine.dispose()
    return manifest


def _check_revision(manifest: Manifest) -> None:
    if not schema.knows(manifest.revision):
        raise Conflict(
            "backup_too_new",
            f"The backup was made by Vitrine {manifest.version}, whose tables this version does "
            "not know. Install that version or a later one.",
        )


def _check_free(target: Path) -> None:
    taken = [name for name in (DATABASE, BLOBS, INDEX) if _holds(target / name)]
    if taken:
        raise Conflict(
            "data_dir_taken",
            f"{target} holds {', '.join(taken)} already, and nothing is overwritten. Set it aside, "
            "or name another folder in VITRINE_DATA_DIR.",
        )


def _holds(path: Path) -> bool:
    if not path.is_dir():
        return path.exists()
    return next(layout.files_in(path), None) not in (None, "owner.lock")


def _fetch(folder: Path, partial: Path, sums: Mapping[str, str], tell: Tell) -> None:
    for done, (path, proof) in enumerate(sums.items()):
        # The list is proved, but whoever made the backup may not be who we think.
        if not _is_ours(PurePosixPath(path)):
            raise Invalid("backup_damaged", f"{path!r} is no file of a backup.")
        try:
            same = layout.copy(folder / path, partial / path) == proof
        except OSError:
            same = False
        if not same:
            raise Invalid(
                "backup_damaged",
                f"{path} in {folder} is missing or not as it was saved; nothing was restored.",
            )
        tell(done + 1, len(sums))


def _is_ours(path: PurePosixPath) -> bool:
    if path.is_absolute() or ".." in path.parts:
        return False
    return path.parts[0] in (BLOBS, MODELS) or str(path) in (DATABASE, SECRET)


def _check_database(database: Path) -> None:
    try:
        with closing(sqlite3.connect(database)) as opened:
            (verdict,) = opened.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        raise Invalid("backup_damaged", f"The saved database is damaged: {verdict}.")


def _move(partial: Path, target: Path) -> None:
    if (partial / MODELS).is_dir():
        shutil.copytree(partial / MODELS, target / MODELS, dirs_exist_ok=True)
    if (partial / BLOBS).is_dir():
        shutil.rmtree(target / BLOBS, ignore_errors=True)  # folders without a file
        (partial / BLOBS).rename(target / BLOBS)
    for name in (SECRET, DATABASE):  # the database last: with it the folder holds a catalogue
        if (partial / name).exists():
            (partial / name).chmod(layout.PRIVATE)
            (partial / name).replace(target / name)
