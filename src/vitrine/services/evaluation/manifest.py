"""Manifests: JSON lines, each a picture and what is known of it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitrine.core.errors import Invalid
from vitrine.fields.facets import LOOKS, RECOGNISED
from vitrine.vision import vocabulary
from vitrine.vision.types import Box

GALLERY, QUERY = "gallery", "query"
OPTIONAL = ("title", "category", "colour", "group")
TEXT_FIELDS = ("image", "product_id", "split", *OPTIONAL)


@dataclass(frozen=True, slots=True)
class Marked:
    """A garment marked on a picture: its box and the word for it, empty where none is known."""

    box: Box
    word: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a manifest: a picture, what is known of it, and which side it is on.

    `key` is its product's; lines of one `group` are never right answers to one another in another
    colour. The first of `boxes` is the product, the others are other garments on the picture.
    """

    line: int
    image: Path
    key: str
    group: str
    title: str
    facets: Mapping[str, str]
    split: str
    boxes: tuple[Marked, ...] = ()

    @property
    def box(self) -> Box | None:
        """Where the product is; None for the whole picture."""
        return self.boxes[0].box if self.boxes else None

    @property
    def category(self) -> str:
        """The product's category, empty where it is not known."""
        return self.facets.get("category", "")

    @property
    def colour(self) -> str:
        """The product's colour, empty where it is not known."""
        return self.facets.get("colour", "")


def read_manifest(path: Path) -> list[Entry]:
    """The manifest's lines; raises Invalid naming the line and the field that is wrong."""
    if not path.is_file():
        raise Invalid("manifest_missing", f"There is no manifest at {path}.")
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
        entries = [_entry(line, number, path.parent) for number, line in _lines(file)]
    if not any(entry.split == GALLERY for entry in entries):
        raise Invalid("manifest_empty", f"{path} has no line with split gallery.")
    return entries


def wrong(number: int, field: str, reason: str) -> Invalid:
    """What is raised for a field of a line."""
    message = f"Line {number}, {field}: {reason}."
    return Invalid("manifest_line", message, fields={field: f"line {number}: {reason}"})


def _lines(file: Iterator[str]) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(file, 1) if line.strip())


def _entry(line: str, number: int, folder: Path) -> Entry:
    row = _object(line, number)
    for field in TEXT_FIELDS:
        if not _is_text(row.get(field)):
            raise wrong(number, field, "is missing or not text")
    if row["split"] not in (GALLERY, QUERY):
        raise wrong(number, "split", f"is {row['split']!r}, not {GALLERY} or {QUERY}")
    if not row["product_id"].strip():
        raise wrong(number, "product_id", "is empty")
    image = folder / row["image"]
    if not _is_file(image):
        raise wrong(number, "image", f"no file at {image}")
    key, facets = row["product_id"].strip(), _attributes(row.get("attributes"), number)
    facets |= {name: row[name].strip() for name in ("category", "colour")}
    return Entry(
        line=number,
        image=image,
        key=key,
        group=row["group"].strip() or key,
        title=row["title"].strip(),
        facets={name: value for name, value in facets.items() if value},
        split=row["split"],
        boxes=tuple(_boxes(row.get("boxes"), number)),
    )


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        line.encode()
        row = json.loads(line)
    except UnicodeEncodeError:
        raise wrong(number, "line", "is not UTF-8") from None
    except (ValueError, RecursionError) as broken:
        raise wrong(number, "line", f"is not JSON: {broken}") from None
    if not isinstance(row, dict):
        raise wrong(number, "line", "is not a JSON object")
    known = {name: value for name, value in row.items() if value is not None}
    return dict.fromkeys(OPTIONAL, "") | known


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value.isprintable()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name longer than file systems allow
        return False


def _attributes(given: object, number: int) -> dict[str, str]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise wrong(number, "attributes", "is not an object of names and texts")
    known = dict.fromkeys((*RECOGNISED, *vocabulary.names(), *LOOKS))
    allowed = [name for name in known if name not in ("category", "colour")]
    told = {name: value for name, value in given.items() if value is not None}
    for name, value in told.items():
        if name not in allowed:
            reason = f"{name[:100]!r} is none of {', '.join(allowed)}"
            raise wrong(number, "attributes", reason)
        if not _is_text(value):
            raise wrong(number, "attributes", f"{name} is not text")
    return {name: value.strip() for name, value in told.items()}


def _boxes(given: object, number: int) -> Iterator[Marked]:
    if given and not isinstance(given, list):
        raise wrong(number, "boxes", _NO_BOXES)
    for place, one in enumerate(given if isinstance(given, list) else (), 1):
        yield _marked(one, place, number)


def _marked(given: object, place: int, number: int) -> Marked:
    try:
        x1, y1, x2, y2, *rest = given if isinstance(given, list) else []
        box = Box(*map(float, (x1, y1, x2, y2)))
    except (TypeError, ValueError, OverflowError):
        raise wrong(number, "boxes", _NO_BOXES) from None
    word = rest[0] if rest else ""
    if not _is_text(word):
        raise wrong(number, "boxes", f"the kind of box {place} is not text")
    if not all(map(math.isfinite, box.as_tuple())) or not box.area:
        raise wrong(number, "boxes", f"box {place} is turned inside out")
    return Marked(box, word.strip().casefold())


_NO_BOXES = "is not [[x1, y1, x2, y2, kind], ...]"
