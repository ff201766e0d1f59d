"""Contact sheets of queries and their nearest products, to look at; never committed."""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures

from training.data import Shot
from training.report.columns import LIMITS, Column
from training.report.rows import SHIPPED
from training.report.study import Study
from vitrine.ports import Blobs
from vitrine.sample import PRODUCTS, draw_product
from vitrine.services.search import sheets
from vitrine.services.search.present import Hit
from vitrine.services.search.sheets import Asked
from vitrine.tables.catalog import Crop, Image, Product, blob_key
from vitrine.vision import images
from vitrine.vision.types import Vector

QUERIES, A_PAGE, HITS = 50, 10, 5
DRAWN = (240, 320)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shown:
    """Queries with their vectors, and what they search: photos, titles and vectors."""

    asked: Sequence[Asked]
    queries: Vector
    photos: Sequence[bytes]
    titles: Sequence[str]
    gallery: Vector


def draw(study: Study, folder: Path) -> Iterator[Path]:
    """Draw a few pages of each sort of query into the folder; their paths, one by one."""
    for name, make in SORTS.items():
        shown = make(study)
        if shown is not None:
            yield from _pages(shown, folder, name)


def words(study: Study) -> Shown | None:
    """Titles of dev products, searched among dev products."""
    embed_texts = study.columns[SHIPPED].embed_texts
    shots = [shot for shot in study.shots.dev if shot.title]
    if embed_texts is None or not shots:
        return None
    titles = [shot.title for shot in _some(shots)]
    asked = [Asked(None, None, title) for title in titles]
    return _among(study, asked, embed_texts(titles), shots)


def second(study: Study) -> Shown | None:
    """Synthetic second photos, searched among dev products."""
    return _by_photo(study, study.shots.views, study.shots.dev)


def phone(study: Study) -> Shown | None:
    """Dev phone photos, searched among all products."""
    return _by_photo(study, study.shots.phone, [*study.shots.dev, *study.shots.train])


def drawn(study: Study) -> Shown | None:
    """The sample catalogue's drawings in use, searched among its drawn packshots."""
    asked = [_png(draw_product(product, 2, DRAWN)) for product in _some(PRODUCTS)]
    by = study.columns[SHIPPED]
    return among_drawn(by, [Asked(photo, None, "") for photo in asked], _embedded(by, asked))


def among_drawn(by: Column, asked: Sequence[Asked], queries: Vector) -> Shown:
    """The queries and the sample catalogue's drawn packshots, which answer them."""
    photos = [_png(draw_product(product, 1, DRAWN)) for product in PRODUCTS]
    titles = [product.title for product in PRODUCTS]
    return Shown(asked, queries, photos, titles, _embedded(by, photos))


def strips(shown: Shown) -> list[Pictures.Image]:
    """Of every query one strip: what asked, and the nearest products with their cosines."""
    kept = _Photos({blob_key(_hash(photo)): photo for photo in shown.photos})
    near = _nearest(shown.queries, shown.gallery)
    drawings = (
        sheets.draw(asked, _hits(shown, number, near[number]), cast(Blobs, kept))
        for number, asked in enumerate(shown.asked)
    )
    return [Pictures.open(io.BytesIO(drawing)) for drawing in drawings]


def stacked(some: Sequence[Pictures.Image]) -> Pictures.Image:
    """Strips below each other."""
    page = Pictures.new("RGB", (max(s.width for s in some), sum(s.height for s in some)))
    for place, strip in enumerate(some):
        page.paste(strip, (0, sum(one.height for one in some[:place])))
    return page


SORTS = {"words": words, "synthetic": second, "phone": phone, "drawn": drawn}


def _by_photo(study: Study, asking: Sequence[Shot], offered: Sequence[Shot]) -> Shown | None:
    if not asking or not offered:
        return None
    chosen = _some(asking)
    asked = [Asked(shot.path.read_bytes(), None, "") for shot in chosen]
    place = {shot.key: number for number, shot in enumerate(asking)}
    queries = study.vectors(SHIPPED, asking)[[place[shot.key] for shot in chosen]]
    return _among(study, asked, queries, offered)


def _among(study: Study, asked: Sequence[Asked], queries: Vector, offered: Sequence[Shot]) -> Shown:
    vectors = study.vectors(SHIPPED, offered)
    near = np.unique(_nearest(queries, vectors))
    photos = [offered[place].path.read_bytes() for place in near]
    return Shown(asked, queries, photos, [offered[place].title for place in near], vectors[near])


def _pages(shown: Shown, folder: Path, name: str) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    drawings = strips(shown)
    for start in range(0, len(drawings), A_PAGE):
        path = folder / f"{name}-{start // A_PAGE + 1}.jpg"
        stacked(drawings[start : start + A_PAGE]).save(path, quality=85)
        yield path


def _hits(shown: Shown, number: int, near: Sequence[int]) -> list[Hit]:
    return [
        Hit(
            product=Product(title=shown.titles[place]),
            score=float(shown.queries[number] @ shown.gallery[place]),
            rank=rank,
            image=Image(sha256=_hash(shown.photos[place])),
            crop=Crop(),
        )
        for rank, place in enumerate(near, 1)
    ]


@dataclass(frozen=True, slots=True)
class _Photos:
    """Photos by key: as much of Blobs as a sheet asks for."""

    by_key: dict[str, bytes]

    def get(self, key: str) -> bytes:
        return self.by_key[key]


def _embedded(by: Column, photos: Sequence[bytes]) -> Vector:
    return by.embed([images.open(photo, LIMITS) for photo in photos], [None] * len(photos))


def _hash(photo: bytes) -> str:
    return hashlib.sha256(photo).hexdigest()


def _nearest(queries: Vector, gallery: Vector) -> NDArray[np.intp]:
    return np.argsort(-(queries @ gallery.T), axis=1, kind="stable")[:, :HITS]


def _some(things: Sequence[T]) -> list[T]:
    return random.Random(0).sample(list(things), min(QUERIES, len(things)))  # noqa: S311 - no secret


def _png(picture: Pictures.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
