"""Folders that prove themselves: sealed by their sums when written, checked when opened."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vitrine.core import scratch
from vitrine.core.errors import Conflict, Full, Invalid

CARD, README, SUMS = "card.json", "README.md", "SHA256SUMS"
ITEMS = "items.jsonl"
LAYOUT = 1
"""Raised when the meaning of a file changes."""

SHOWN = 5
"""So many files of each kind an error names."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A snapshot that was proven; `sha256` is that of its sums, and so of all of it."""

    folder: Path
    card: Mapping[str, Any]
    sha256: str

    def items(self) -> Iterator[dict[str, Any]]:
        """The products of a snapshot of format "clip", one after the other."""
        with (self.folder / ITEMS).open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


@dataclass(slots=True)
class Draft:
    """A folder that is being written."""

    root: Path
    sums: dict[str, str] = field(default_factory=dict)

    def put(self, path: str, data: bytes | str) -> None:
        """Write one file, with the folders it lies in."""
        told = data.encode() if isinstance(data, str) else data
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(told)
        self.sums[path] = hashlib.sha256(told).hexdigest()

    def json(self, path: str, told: object) -> None:
        """Write one file of JSON, the same bytes for the same content."""
        self.put(path, json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True) + "\n")

    @property
    def version(self) -> str:
        """12 hex digits that change with any file that holds data."""
        return version_of(self.sums)

    def seal(self) -> str:
        """Write the sums, after which no file may be written; their own sum."""
        lines = _lines(self.sums)
        (self.root / SUMS).write_text(lines, encoding="utf-8")
        return hashlib.sha256(lines.encode()).hexdigest()


@contextmanager
def drafted(folder: Path) -> Iterator[Draft]:
    """A draft that becomes the folder when the block ends well, and else leaves nothing.

    Raises Conflict if there is something in it already, and Full where the disk is.
    """
    check_free(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with scratch.folder(folder.parent) as within:
            draft = Draft(within / "snapshot")
            draft.root.mkdir()
            yield draft
            os.sync()  # the name says that all of it is on the disk
            draft.root.rename(folder)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        told = f"The disk of {folder} is full, and nothing was left there. Make room and try again."
        raise Full(told, retry_after=60) from error


def check_free(folder: Path) -> None:
    """Raise Conflict unless the folder can be written: it is not there, or empty."""
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        told = f"{folder} is there already: a snapshot never overwrites anything. Name another."
        raise Conflict("snapshot_exists", told, fields={"folder": "is there already"})


def open(folder: Path, sha256: str | None = None) -> Dataset:  # noqa: A001 - the verb
    """The snapshot in a folder, every file of it proven, also against the `sha256` it must have.

    Raises Invalid for what is none, or naming each file that is missing, was added or was changed.
    """
    try:
        lines = (folder / SUMS).read_bytes()
        card = json.loads((folder / CARD).read_bytes())
        sums = {path: proof for proof, path in _pairs(lines.decode())}
    except (OSError, ValueError):
        raise Invalid(
            "no_snapshot",
            f"{folder} is no complete snapshot: its {SUMS} or {CARD} is missing or broken. Write "
            "one with `vitrine export --format yolo|coco|clip FOLDER`.",
        ) from None
    wrong = _wrong(folder, sums)
    own = hashlib.sha256(lines).hexdigest()
    if not wrong and (own != (sha256 or own) or card.get("version") != version_of(sums)):
        wrong = {SUMS: "changed"}
    if wrong:
        raise Invalid("snapshot_tampered", _told(folder, wrong), fields=wrong)
    return Dataset(folder, card, own)


def version_of(sums: Mapping[str, str]) -> str:
    """12 hex digits that change with any file that holds data."""
    data = {path: proof for path, proof in sums.items() if path not in (CARD, README)}
    return hashlib.sha256(_lines(data).encode()).hexdigest()[:12]


def _lines(sums: Mapping[str, str]) -> str:
    return "".join(f"{sums[path]}  {path}\n" for path in sorted(sums))


def _pairs(lines: str) -> Iterator[tuple[str, str]]:
    for line in lines.splitlines():
        proof, path = line.split("  ", 1)
        yield proof, path


def _wrong(folder: Path, sums: Mapping[str, str]) -> dict[str, str]:
    """What became of each file that is not as it was written."""
    found = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()
    } - {SUMS}
    missing = dict.fromkeys(sorted(sums.keys() - found), "missing")
    added = dict.fromkeys(sorted(found - sums.keys()), "added")
    changed = {
        path: "changed"
        for path in sorted(sums.keys() & found)
        if _digest(folder / path) != sums[path]
    }
    return missing | added | changed


def _digest(file: Path) -> str:
    with file.open("rb") as reading:
        return hashlib.file_digest(reading, "sha256").hexdigest()


def _told(folder: Path, wrong: Mapping[str, str]) -> str:
    parts = []
    for what in ("missing", "added", "changed"):
        paths = [path for path, how in wrong.items() if how == what]
        more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
        parts += [f"{what}: {', '.join(paths[:SHOWN])}{more}"] if paths else []
    return f"{folder} is not as it was written ({'; '.join(parts)}). Write it anew with an export."
