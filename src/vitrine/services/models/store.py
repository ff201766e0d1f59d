"""Models among the blobs, so that every process can load what made the vectors it searches.

Each file lies under `models/` and its own SHA-256; what a model has, its ModelVersion says. Whoever
adds or removes files holds the store until the commit, so that none goes that was just named.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from vitrine.core.errors import Conflict, Invalid, Unavailable, VitrineError
from vitrine.core.groups import VisionSettings
from vitrine.ports import Blobs
from vitrine.tables.models import CANDIDATE, INSTALLED, ModelVersion
from vitrine.vision import registry, tuning
from vitrine.vision.card import Card, read_card

FOLDER = "models/"
CARD = "card.json"
LOADED = ".store"
"""The folder in that of the models where those from the store lie, apart from a person's own."""

log = structlog.get_logger()

Files = Mapping[str, Mapping[str, Any]]
"""By name the sha256 and the bytes of each file."""


def add(session: Session, blobs: Blobs, folder: Path, *, run_id: str | None = None) -> ModelVersion:
    """Store a model folder; its card says role and version. A model of a run is a candidate.

    Raises Invalid where a file is missing or not the one its card pins, Conflict where the same
    version has other files already.
    """
    card = read_card(folder / CARD)
    registry.verify(card, folder)
    files = _measured(card, folder)
    _hold(session)
    row = _row(session, card, run_id)
    if row.files and _checksums(row.files) != _checksums(files):
        raise Conflict(
            "model_version_taken",
            f"{row.role} {row.version} is stored with other files. Equal versions must mean equal "
            "vectors: give the model in its card.json a version of its own.",
        )
    for name, pin in files.items():
        if not blobs.exists(key(pin["sha256"])):
            _put(blobs, folder / name, pin["sha256"])
    row.files = row.files or files
    session.flush()
    return row


def keep_installed(session: Session, blobs: Blobs, settings: VisionSettings) -> None:
    """Store the models that the settings name, where their files are here; never raises.

    So what they made can be searched after the settings or the package name others.
    """
    for name in (settings.encoder, settings.detector):
        if name is None or name.endswith(".onnx"):
            continue
        try:
            _, folder = registry.find(name, settings.models_dir)
            with session.begin_nested():
                add(session, blobs, folder)
        except VitrineError as error:  # a model server may be the only one to have them
            log.warning("model not stored", model=name, code=error.code, why=error.message)


def known(session: Session, role: str, version: str) -> ModelVersion:
    """A stored model; raises Conflict where its files are not in the store."""
    found = session.scalar(
        select(ModelVersion).where(ModelVersion.role == role, ModelVersion.version == version)
    )
    if found is None or not found.files:
        raise Conflict(
            "versions_differ",
            f"The catalogue was indexed by the {role} {version}, whose files are neither installed "
            "nor in the store. Set VITRINE_VISION__ENCODER back to it, or add its folder with "
            "`vitrine models add FOLDER`.",
        )
    return found


def fetch(blobs: Blobs, model: ModelVersion, models_dir: Path) -> Path:
    """A folder with the model's files, every checksum proven; written there if it is missing.

    Raises Unavailable where the store does not answer or there is no room for the files, Invalid
    where what it holds is damaged.
    """
    home = models_dir / LOADED / model.role / model.version
    if not _holds(home, model.files):
        try:
            _write(blobs, model.files, home)
        except OSError as error:
            raise Unavailable(
                "model_unwritable", f"{home} cannot be written: {error.strerror}."
            ) from error
    return home


def remove(session: Session, blobs: Blobs, model: ModelVersion) -> None:
    """Delete the files that no other model has; the row stays, and says that it has none."""
    _hold(session)
    files, model.files = model.files, {}
    session.flush()
    for name in sorted(set(_checksums(files).values()) - _named(session)):
        blobs.delete(key(name))


def strays(session: Session, blobs: Blobs) -> list[str]:
    """The keys of files that no model has; the store is held until the session ends."""
    _hold(session)
    named = _named(session)
    return sorted(each for each in blobs.keys(FOLDER) if each.removeprefix(FOLDER) not in named)


def missing(session: Session, blobs: Blobs) -> list[str]:
    """The versions of models that lack a file in the store."""
    held = {each.removeprefix(FOLDER) for each in blobs.keys(FOLDER)}
    rows = session.scalars(select(ModelVersion).order_by(ModelVersion.id))
    return [row.version for row in rows if set(_checksums(row.files).values()) - held]


def key(sha256: str) -> str:
    """Where a file of that checksum lies."""
    return f"{FOLDER}{sha256}"


def _row(session: Session, card: Card, run_id: str | None) -> ModelVersion:
    known = session.scalar(
        select(ModelVersion).where(
            ModelVersion.role == card.role, ModelVersion.version == card.model_version
        )
    )
    row = known or ModelVersion(role=card.role, version=card.model_version, status=INSTALLED)
    row.card = card.model_dump(mode="json")
    if run_id is not None and row.run_id is None:
        row.run_id, row.status = run_id, CANDIDATE
    row.files = row.files or {}
    session.add(row)
    return row


def _measured(card: Card, folder: Path) -> dict[str, dict[str, Any]]:
    tunings = [path.name for path in folder.glob(tuning.FILES)]
    names = sorted({CARD, *tunings, *(file.file for file in card.files)})
    return {
        name: {"sha256": registry.checksum(path), "bytes": path.stat().st_size}
        for name in names
        for path in [folder / name]
    }


def _put(blobs: Blobs, path: Path, sha256: str) -> None:
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Invalid("model_file_changed", f"{path} changed while it was stored; store it again.")
    blobs.put(key(sha256), data, "application/octet-stream")


def _proven(blobs: Blobs, name: str, pin: Mapping[str, Any]) -> bytes:
    data = blobs.get(key(pin["sha256"]))
    if hashlib.sha256(data).hexdigest() != pin["sha256"]:
        raise Invalid(
            "model_file_changed",
            f"What the store holds as {name} is damaged. `vitrine models add` puts it back.",
        )
    return data


def _holds(home: Path, files: Files) -> bool:
    return all(
        (home / name).is_file() and registry.checksum(home / name) == pin["sha256"]
        for name, pin in files.items()
    )


def _write(blobs: Blobs, files: Files, home: Path) -> None:
    """Fill a folder beside and put it in place whole: nobody ever finds half a model."""
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=".writing-") as place:
        draft = Path(place) / home.name
        draft.mkdir()
        for name, pin in files.items():
            (draft / name).write_bytes(_proven(blobs, name, pin))
        if home.exists() and not _holds(home, files):  # damaged on this disk
            shutil.rmtree(home, ignore_errors=True)
        try:
            draft.replace(home)
        except OSError:
            if not _holds(home, files):  # else another process was faster
                raise


def _checksums(files: Files) -> dict[str, str]:
    return {name: pin["sha256"] for name, pin in files.items()}


def _named(session: Session) -> set[str]:
    rows: Iterable[Files] = session.scalars(select(ModelVersion.files))
    return {pin for files in rows for pin in _checksums(files or {}).values()}


def _hold(session: Session) -> None:
    # SQLite has one writer anyway.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('model store', 0))"))
