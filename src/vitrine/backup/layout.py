"""What a backup's folder holds, and how its files are copied and proved."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from vitrine.core.errors import Invalid
from vitrine.core.settings import Settings

FORMAT = 1
DATABASE = "vitrine.db"
SECRET = "secret.key"  # noqa: S105 - the name of a file
BLOBS = "blobs"
MODELS = "models"
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
CHUNK = 1 << 20
PRIVATE = 0o600
"""Mode of files that hold secrets: hashes of passwords, the signing key."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself; `sums` is the SHA-256 of its list of sums."""

    format: int
    version: str
    created_at: str
    revision: str
    products: int
    images: int
    files: int
    bytes: int
    sums: str

    def write(self, folder: Path) -> None:
        """Write it into the backup."""
        text = json.dumps(asdict(self), indent=2) + "\n"
        (folder / MANIFEST).write_text(text, encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest of a backup; raises Invalid for what is none, or of a later format."""
        try:
            told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            manifest = cls(**told)
        except (OSError, ValueError, TypeError):
            raise Invalid(
                "no_backup", f"{folder} is no complete backup: its {MANIFEST} is missing or broken."
            ) from None
        if manifest.format != FORMAT:
            raise Invalid("backup_format", f"{folder} has format {manifest.format}, not {FORMAT}.")
        return manifest


def check_embedded(settings: Settings) -> None:
    """Raise Invalid unless database and photos lie in the data folder, which is all we copy."""
    if settings.database.url or settings.blobs.kind != "local":
        raise Invalid(
            "not_embedded",
            "This command is for the embedded shape: SQLite and photos in VITRINE_DATA_DIR. For "
            "PostgreSQL and S3 see docs/operations.md: pg_dump, and the bucket's versions.",
        )


def files_in(folder: Path) -> Iterator[str]:
    """The paths of all finished files in a folder, relative to it, in order."""
    for place, folders, names in os.walk(folder):
        # What is hidden was fetched from the store, which is in the backup itself.
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            # The store writes a photo under a name with # first, and no key has one.
            if "#" not in name and not name.startswith("."):
                yield (Path(place) / name).relative_to(folder).as_posix()


def copy(source: Path, target: Path) -> str:
    """Copy a file, making its folder; the SHA-256 of what was written, in hex."""
    target.parent.mkdir(parents=True, exist_ok=True)
    running = hashlib.sha256()
    with source.open("rb") as reading, target.open("xb") as writing:
        while chunk := reading.read(CHUNK):
            running.update(chunk)
            writing.write(chunk)
    return running.hexdigest()


def digest(file: Path) -> str:
    """The SHA-256 of a file's content, in hex."""
    with file.open("rb") as reading:
        return hashlib.file_digest(reading, "sha256").hexdigest()


def write_sums(folder: Path, sums: Mapping[str, str]) -> str:
    """Write the list of sums, by path; its own sum."""
    lines = "".join(f"{sums[path]}  {path}\n" for path in sorted(sums))
    (folder / SUMS).write_text(lines, encoding="utf-8")
    return hashlib.sha256(lines.encode()).hexdigest()


def read_sums(folder: Path, manifest: Manifest) -> Mapping[str, str]:
    """The sums by path; raises Invalid where the list is not the one that was written."""
    try:
        lines = (folder / SUMS).read_bytes()
    except OSError:
        lines = b""
    if hashlib.sha256(lines).hexdigest() != manifest.sums:
        raise Invalid("backup_damaged", f"{SUMS} in {folder} is not as it was written.")
    pairs = (line.split("  ", 1) for line in lines.decode().splitlines())
    return {path: proof for proof, path in pairs}
