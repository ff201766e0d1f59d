"""How well search finds things, measured on a manifest of pictures."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitrine.core.errors import Invalid
from vitrine.ports import Vision
from vitrine.services import recolouring
from vitrine.vision.types import Analysis, Box, Vector, Versions

GALLERY, QUERY = "gallery", "query"
MAY_BE_UNKNOWN = ("title", "category", "colour")
TEXT_FIELDS = ("image", "product_id", "title", "category", "colour", "split")
BATCH = 16
CELLS = 4_000_000
RESAMPLES = 1000

Progress = Callable[[int, int], None]
Ints = NDArray[np.int64]
Values = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a manifest: a picture, what is known of it, and which side it is on."""

    image: Path
    product_id: str
    title: str
    category: str
    colour: str
    split: str
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over `n` searches, 0 to 1, and its bootstrap 95 % interval."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Every figure of one manifest; None where the manifest has nothing to measure it on."""

    text_r1: Figure | None
    text_r5: Figure | None
    text_r10: Figure | None
    title_r1: Figure | None
    title_r5: Figure | None
    title_r10: Figure | None
    product_r1: Figure | None
    product_r10: Figure | None
    category_p10: Figure | None
    colour_p10: Figure | None
    recolour_r10: Figure | None
    recolour_image_r10: Figure | None
    recolour_text_r10: Figure | None
    milliseconds_per_image: float
    gallery: int
    queries: int
    unseen: int
    versions: Versions


@dataclass(frozen=True, slots=True)
class Rows:
    """Vectors (n, d), and for each row the number of its product and of its label."""

    vectors: Vector
    owners: Ints
    labels: Ints

    def where(self, mask: Mask) -> Rows:
        """The rows the mask picks."""
        return Rows(self.vectors[mask], self.owners[mask], self.labels[mask])


@dataclass(frozen=True, slots=True)
class _Sides:
    """For each line whether it is in the gallery and whether vision gave it a vector."""

    gallery: Mask
    seen: Mask


def evaluate(vision: Vision, manifest: Path, progress: Progress | None = None) -> Evaluation:
    """Index the manifest's gallery, search it by photo and by title, and count what was found.

    `progress` hears how many pictures of how many are done. Raises Invalid, with the line and the
    field, for a manifest that cannot be read.
    """
    entries = read_manifest(manifest)
    started = time.perf_counter()
    vectors, seen = _embed_pictures(vision, entries, progress)
    per_image = (time.perf_counter() - started) / len(entries) * 1000
    gallery = np.array([entry.split == GALLERY for entry in entries])
    products = _numbers([entry.product_id for entry in entries])
    rows = Rows(vectors, products, products)
    sides = _Sides(gallery, seen)
    text, titles = _text_ranks(vision, entries, rows, sides)
    views = _product_ranks(rows, sides)
    categories = _label_precisions(rows, [entry.category for entry in entries], sides)
    colours = _label_precisions(rows, [entry.colour for entry in entries], sides)
    asking = seen & (gallery if gallery.all() else ~gallery)
    recoloured = recolouring.ranks(vision, entries, vectors, asking, gallery & seen)
    return Evaluation(
        text_r1=figure(text <= 1),
        text_r5=figure(text <= 5),
        text_r10=figure(text <= 10),
        title_r1=figure(titles <= 1),
        title_r5=figure(titles <= 5),
        title_r10=figure(titles <= 10),
        product_r1=figure(views <= 1),
        product_r10=figure(views <= 10),
        category_p10=figure(categories),
        colour_p10=figure(colours),
        recolour_r10=figure(recoloured.composed <= 10),
        recolour_image_r10=figure(recoloured.image <= 10),
        recolour_text_r10=figure(recoloured.text <= 10),
        milliseconds_per_image=round(per_image, 3),
        gallery=int(gallery.sum()),
        queries=int((~gallery).sum()),
        unseen=int((~seen).sum()),
        versions=vision.versions,
    )


def read_manifest(path: Path) -> list[Entry]:
    """The manifest's lines; raises Invalid naming the line and the field that is wrong."""
    if not path.is_file():
        raise Invalid("manifest_missing", f"There is no manifest at {path}.")
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
        entries = [_entry(line, number, path.parent) for number, line in _lines(file)]
    if not any(entry.split == GALLERY for entry in entries):
        raise Invalid("manifest_empty", f"{path} has no line with split gallery.")
    return entries


def first_ranks(queries: Rows, gallery: Rows) -> Values:
    """For each query the rank, from 1, of the first product with the query's label; inf if none.

    A product counts once, by its best picture; ties go against us.
    """
    order = np.argsort(gallery.owners, kind="stable")
    owners, starts = np.unique(gallery.owners[order], return_index=True)
    if not len(owners):
        return np.full(len(queries.vectors), np.inf)
    rows, labels = gallery.vectors[order], gallery.labels[order][starts]
    ranks = []
    for block in _blocks(len(queries.vectors), len(rows)):
        best = np.maximum.reduceat(queries.vectors[block] @ rows.T, starts, axis=1)
        right = labels[None, :] == queries.labels[block, None]
        top = np.where(right, best, -np.inf).max(axis=1, keepdims=True)
        ahead = ((best >= top) & ~right).sum(axis=1)
        ranks.append(np.where(right.any(axis=1), 1.0 + ahead, np.inf))
    return np.concatenate(ranks) if ranks else np.empty(0)


def precisions(queries: Rows, gallery: Rows, k: int = 10) -> Values:
    """For each query the share of its k nearest pictures of other products that share its label."""
    found = []
    k = min(k, len(gallery.vectors))
    for block in _blocks(len(queries.vectors), len(gallery.vectors)) if k else ():
        scores = queries.vectors[block] @ gallery.vectors.T
        scores[queries.owners[block, None] == gallery.owners[None, :]] = -np.inf
        near = np.argpartition(-scores, k - 1, axis=1)[:, :k]
        other = np.isfinite(np.take_along_axis(scores, near, axis=1))
        right = (gallery.labels[near] == queries.labels[block, None]) & other
        found.append(right.sum(axis=1) / np.maximum(1, other.sum(axis=1)))
    return np.concatenate(found) if found else np.empty(0)


def figure(values: NDArray[Any], seed: int = 0) -> Figure | None:
    """The mean with its 95 % interval over 1,000 seeded resamples; None for no values."""
    n = len(values)
    if not n:
        return None
    dice = np.random.default_rng(seed)
    numbers = values.astype(np.float64)
    means = [numbers[dice.integers(0, n, n)].mean() for _ in range(RESAMPLES)]
    low, high = np.quantile(means, (0.025, 0.975))
    mean, low, high = (round(float(value), 4) for value in (numbers.mean(), low, high))
    return Figure(mean, low, high, n)


def _lines(file: Iterator[str]) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(file, 1) if line.strip())


def _entry(line: str, number: int, folder: Path) -> Entry:
    row = _object(line, number)
    for field in TEXT_FIELDS:
        if not isinstance(row.get(field), str) or not row[field].isprintable():
            raise _wrong(number, field, "is missing or not text")
    if row["split"] not in (GALLERY, QUERY):
        raise _wrong(number, "split", f"is {row['split']!r}, not {GALLERY} or {QUERY}")
    if not row["product_id"]:
        raise _wrong(number, "product_id", "is empty")
    image = folder / row["image"]
    if not _is_file(image):
        raise _wrong(number, "image", f"no file at {image}")
    words = {field: row[field].strip() for field in ("product_id", "title", "category", "colour")}
    return Entry(image=image, split=row["split"], box=_box(row.get("boxes"), number), **words)


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        line.encode()
        row = json.loads(line)
    except UnicodeEncodeError:
        raise _wrong(number, "line", "is not UTF-8") from None
    except (ValueError, RecursionError) as broken:
        raise _wrong(number, "line", f"is not JSON: {broken}") from None
    if not isinstance(row, dict):
        raise _wrong(number, "line", "is not a JSON object")
    known = {name: value for name, value in row.items() if value is not None}
    return dict.fromkeys(MAY_BE_UNKNOWN, "") | known


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name longer than file systems allow
        return False


def _box(boxes: object, number: int) -> Box | None:
    if not boxes:
        return None
    try:
        first, *_ = boxes if isinstance(boxes, list) else []
        x1, y1, x2, y2 = map(float, first[:4])
    except (TypeError, ValueError, KeyError, IndexError, OverflowError):
        raise _wrong(number, "boxes", "is not [[x1, y1, x2, y2, kind], ...]") from None
    if not (x1 < x2 and y1 < y2):
        raise _wrong(number, "boxes", "the first box is turned inside out")
    return Box(x1, y1, x2, y2)


def _wrong(number: int, field: str, reason: str) -> Invalid:
    message = f"Line {number}, {field}: {reason}."
    return Invalid("manifest_line", message, fields={field: f"line {number}: {reason}"})


def _embed_pictures(
    vision: Vision, entries: Sequence[Entry], progress: Progress | None
) -> tuple[Vector, Mask]:
    vectors = np.zeros((len(entries), vision.versions.dimension), dtype=np.float32)
    seen = np.zeros(len(entries), dtype=np.bool_)
    for start in range(0, len(entries), BATCH):
        batch = entries[start : start + BATCH]
        photos = [entry.image.read_bytes() for entry in batch]
        analyses = vision.analyze(photos, [entry.box for entry in batch])
        for row, analysis in enumerate(analyses, start):
            embedding = _largest_kept(analysis)
            if embedding is not None:
                vectors[row], seen[row] = embedding, True
        if progress is not None:
            progress(start + len(batch), len(entries))
    return vectors, seen


def _largest_kept(analysis: Analysis) -> Vector | None:
    kept = [found for found in analysis.detections if found.verdict.kept]
    return max(kept, key=lambda found: found.box.area).embedding if kept else None


def _numbers(names: Sequence[str]) -> Ints:
    return np.unique(np.array(names, dtype=object), return_inverse=True)[1].astype(np.int64)


def _text_ranks(
    vision: Vision, entries: Sequence[Entry], rows: Rows, sides: _Sides
) -> tuple[Values, Values]:
    """Where each title finds its first product, and where each titled picture finds its title."""
    titles = sorted({entry.title for entry in entries if entry.split == GALLERY and entry.title})
    place = {title: number for number, title in enumerate(titles)}
    texts = [titles[start : start + 256] for start in range(0, len(titles), 256)]
    if not texts:
        return np.empty(0), np.empty(0)
    words = np.concatenate([vision.embed_texts(part) for part in texts])
    labels = np.array([place.get(entry.title, -1) for entry in entries], dtype=np.int64)
    wanted = np.arange(len(titles), dtype=np.int64)
    offered, pictures = Rows(words, wanted, wanted), Rows(rows.vectors, rows.owners, labels)
    titled = sides.gallery & (labels >= 0)
    ranks = np.full(len(entries), np.inf)
    ranks[titled & sides.seen] = first_ranks(pictures.where(titled & sides.seen), offered)
    return first_ranks(offered, pictures.where(sides.gallery & sides.seen)), ranks[titled]


def _product_ranks(rows: Rows, sides: _Sides) -> Values:
    # A photo of a product that is not in the gallery cannot be found, and says nothing.
    asking = ~sides.gallery & np.isin(rows.owners, rows.owners[sides.gallery])
    ranks = np.full(len(asking), np.inf)
    shown = rows.where(sides.gallery & sides.seen)
    ranks[asking & sides.seen] = first_ranks(rows.where(asking & sides.seen), shown)
    return ranks[asking]


def _label_precisions(rows: Rows, names: Sequence[str], sides: _Sides) -> Values:
    known = np.array([bool(name) for name in names])
    labelled = Rows(rows.vectors, rows.owners, _numbers(names))
    asking = known & (sides.gallery if sides.gallery.all() else ~sides.gallery)
    values = np.zeros(len(names))
    shown = labelled.where(known & sides.gallery & sides.seen)
    values[asking & sides.seen] = precisions(labelled.where(asking & sides.seen), shown)
    return values[asking]


def _blocks(rows: int, columns: int) -> Iterator[slice]:
    step = max(1, CELLS // max(1, columns))
    return (slice(start, start + step) for start in range(0, rows, step))
