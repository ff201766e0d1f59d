"""What a catalogue file holds: rows as read, and products as meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vitrine.core.errors import VitrineError

Cells = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """A catalogue file, where its pictures are, and how to read it where it does not say itself.

    Picture names start from the file's folder, or from `images` (a folder or a zip), and may not
    leave `root`. `columns` says what a column is where its name does not tell, `encoding` how the
    file is written where its bytes do not, `currency` and `country` whose prices it holds;
    `usual_currency` is the shop's, for prices where neither file nor product says one.
    """

    path: Path
    root: Path
    images: Path | None = None
    format: str = "auto"
    columns: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""
    usual_currency: str = ""
    country: str = ""
    encoding: str = ""

    @property
    def folder(self) -> Path:
        """Where relative picture names start."""
        return self.images or self.path.parent


@dataclass(frozen=True, slots=True)
class Row:
    """One row as read: its line in the file, and its cells by column or why it is unreadable.

    `notes` tell by column what was read otherwise than it stands there.
    """

    line: int
    cells: Cells = field(default_factory=dict)
    error: VitrineError | None = None
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """One product as the file means it: only what the file speaks of; blank takes away.

    `notes` tell by field what was read otherwise than it stands in the file. `usual_currency` is
    that of its price if neither the file nor the product says one. `refused` says why a field
    cannot be read; the others are there to be judged as well.
    """

    line: int
    external_id: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    images: tuple[str, ...] = ()
    error: VitrineError | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    usual_currency: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
