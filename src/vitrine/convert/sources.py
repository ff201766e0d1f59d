"""Finds the files of a checkpoint: in a folder on this machine, or on the hub."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huggingface_hub import hf_hub_download, snapshot_download
from huggingface_hub.errors import (
    EntryNotFoundError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from vitrine.core.errors import Invalid, NotFound, Unavailable, VitrineError

HUB = "https://huggingface.co"

_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_SMALL = ("*.json", "*.txt", "README.md")
_LICENCE = re.compile(r"^---\n.*?^license:\s*([\w.-]+)\s*$.*?^---$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Source:
    """A folder with all small files of a checkpoint; `hub` where its weights come from there."""

    given: str
    folder: Path
    hub: bool = False
    revision: str | None = None

    @property
    def address(self) -> str:
        """Where it comes from, for the card."""
        return f"{HUB}/{self.given}" if self.hub else self.folder.name

    def settings(self, name: str) -> Mapping[str, Any] | None:
        """What a JSON file says; None where there is no such file."""
        path = self.folder / name
        if not path.is_file():
            return None
        try:
            found: Mapping[str, Any] = json.loads(path.read_bytes())
        except ValueError as broken:
            raise Invalid("convert_source", f"{path} is not JSON: {broken}.") from None
        return found

    def weights(self, names: Sequence[str]) -> Path:
        """The first of these files that there is; from the hub it is downloaded now."""
        for name in names:
            if (self.folder / name).is_file():
                return self.folder / name
            if self.hub and (path := _download(self.given, name, self.revision)) is not None:
                return path
        raise NotFound(
            "convert_weights", f"{self.given} has no weights: none of {', '.join(names)}."
        )

    def licence(self) -> str:
        """The licence as the README of the checkpoint names it, else `unknown`."""
        path = self.folder / "README.md"
        found = _LICENCE.search(path.read_text("utf-8")) if path.is_file() else None
        return found[1] if found else "unknown"


def open_source(given: str, revision: str | None = None) -> Source:
    """The checkpoint in a folder, or of a hub name such as `owner/name`, without its weights."""
    folder = Path(given).expanduser()
    if folder.is_dir():
        return Source(given, folder.resolve())
    if not _HUB_NAME.fullmatch(given):
        raise Invalid("convert_source", f"{given} is neither a folder here nor an owner/name.")
    try:
        # Folders below hold exports for other programs.
        found = snapshot_download(
            given, revision=revision, allow_patterns=list(_SMALL), ignore_patterns=["*/*"]
        )
    except Exception as failed:
        raise _explained(given, failed) from failed
    return Source(given, Path(found), hub=True, revision=Path(found).name)


def _download(name: str, file: str, revision: str | None) -> Path | None:
    try:
        return Path(hf_hub_download(name, file, revision=revision))
    except LocalEntryNotFoundError as away:  # a kind of EntryNotFoundError, but the network failed
        raise _explained(name, away) from away
    except EntryNotFoundError:
        return None
    except Exception as failed:
        raise _explained(name, failed) from failed


def _explained(name: str, failed: Exception) -> VitrineError:
    if isinstance(failed, RepositoryNotFoundError | RevisionNotFoundError):
        return NotFound("convert_source", f"The hub has no {name}, or not in that revision.")
    # What else it raises, of its own and of its HTTP client, has no common class.
    return Unavailable(
        "convert_download",
        f"{name} was not downloaded: {failed} Check the network and run the command again, or "
        "give the folder of a copy; what is there already is kept.",
    )
