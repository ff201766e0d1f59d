"""Reads a folder of the "clip" format: products with their photos, words and labels by split."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vitrine.core.errors import Invalid
from vitrine.vision import registry
from vitrine.vision.types import Box

Split = Literal["train", "val", "test"]
ITEMS, SUMS = "items.jsonl", "SHA256SUMS"
STATED = ("category", "colour", "gender")
"""What a product says of itself beside its attributes."""


class Crop(BaseModel):
    """A garment on a photo of a product: `box` in pixels of the upright photo."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    image_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    box: tuple[float, float, float, float]
    kind: str = ""
    kept: bool = True
    primary: bool = False

    @property
    def area(self) -> Box:
        """The box as vision has it."""
        return Box(*self.box)


class Item(BaseModel):
    """One product of a folder; `labels` are people's, empty where nobody looked."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    product_id: str
    title: str | None = None
    description: str | None = None
    category: str | None = None
    colour: str | None = None
    gender: str | None = None
    attributes: dict[str, Any] = {}
    group: str = ""
    split: Split
    crops: tuple[Crop, ...] = ()
    labels: dict[str, tuple[str, ...]] = {}
    verified: bool = False

    @property
    def shown(self) -> list[Crop]:
        """The crops that show the product: the primary one, then the largest of other photos."""
        kept = [crop for crop in self.crops if crop.kept and crop.area.area >= 1]
        kept.sort(key=lambda crop: (not crop.primary, -crop.area.area))
        first = {crop.image_sha256: crop for crop in reversed(kept)}
        return sorted(first.values(), key=lambda crop: not crop.primary)

    @property
    def stated(self) -> dict[str, str]:
        """What the shop says of the product, by facet, in its own words."""
        own = {name: getattr(self, name) for name in STATED}
        told: dict[str, Any] = {**self.attributes, **own}
        return {name: value for name, value in told.items() if isinstance(value, str) and value}

    @property
    def confirmed(self) -> dict[str, str]:
        """What people say of it, by facet; the first value where there are several."""
        return {facet: values[0] for facet, values in self.labels.items() if values}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A folder's products that can be seen, and what it is known by: the hash of its checksums."""

    folder: Path
    items: Sequence[Item]
    digest: str
    card: Mapping[str, Any] = field(default_factory=dict)

    def photo(self, sha256: str) -> Path:
        """Where a photo lies."""
        for path in (self.folder / "photos").glob(f"{sha256}.*"):
            return path
        raise Invalid("snapshot_photo", f"{self.folder} has no photo {sha256}.")

    def of(self, split: Split) -> list[int]:
        """The places of a split's products."""
        return [place for place, item in enumerate(self.items) if item.split == split]


def read(folder: Path) -> Snapshot:
    """The folder's products with something to see; Invalid for one that is damaged or changed."""
    sums = folder / SUMS
    if not sums.is_file() or not (folder / ITEMS).is_file():
        raise Invalid(
            "snapshot_missing",
            f"{folder} is no snapshot: it lacks {SUMS} or {ITEMS}. Write one with "
            "`vitrine export --format clip FOLDER`.",
        )
    _verify(folder, sums)
    items = [item for item in _items(folder / ITEMS) if item.shown]
    card = folder / "card.json"
    told = json.loads(card.read_text("utf-8")) if card.is_file() else {}
    return Snapshot(folder, items, hashlib.sha256(sums.read_bytes()).hexdigest(), told)


def _verify(folder: Path, sums: Path) -> None:
    for line in sums.read_text("utf-8").splitlines():
        wanted, _, name = line.partition(" ")
        path = folder / name.strip().lstrip("*")
        if not path.is_file() or registry.checksum(path) != wanted:
            raise Invalid(
                "snapshot_changed",
                f"{path} is missing or is not what {SUMS} says. Write the snapshot anew.",
            )


def _items(path: Path) -> Iterator[Item]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield Item.model_validate_json(line)
            except ValidationError as wrong:
                first = wrong.errors()[0]
                where = ".".join(str(part) for part in first["loc"]) or "line"
                message = f"{path}, line {number}, {where}: {first['msg']}."
                raise Invalid("snapshot_line", message) from None
