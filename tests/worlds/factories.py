"""Small things that tests need many of."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image
from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from vitrine.core.clock import new_id
from vitrine.core.groups import LimitSettings
from vitrine.fields import ProductFields
from vitrine.ports import Ports
from vitrine.services import catalog
from vitrine.services.catalog.photos import admit
from vitrine.tables import catalog as tables
from vitrine.tables.catalog import Product
from vitrine.tables.jobs import Job
from vitrine.vision.types import Vector, Versions

COLOURS = {
    "red": (200, 30, 40),
    "green": (30, 150, 60),
    "blue": (30, 60, 190),
    "yellow": (230, 200, 40),
    "black": (20, 20, 20),
}


def photo(colour: str = "red", *, seed: int = 0, size: tuple[int, int] = (96, 128)) -> bytes:
    """A JPEG of a coloured patch on white, no two seeds alike."""
    rng = np.random.default_rng(seed)
    width, height = size
    pixels = np.full((height, width, 3), 255, dtype=np.uint8)
    inner = (slice(height // 6, -height // 6), slice(width // 6, -width // 6))
    noise = rng.integers(-12, 13, size=pixels[inner].shape)
    pixels[inner] = np.clip(np.asarray(COLOURS[colour]) + noise, 0, 255)
    return encoded(Image.fromarray(pixels))


def encoded(image: Image.Image, format: str = "JPEG", **options: object) -> bytes:  # noqa: A002
    """The image as bytes."""
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def fields(external_id: str = "SKU-1", **given: object) -> ProductFields:
    """A product's fields with a title."""
    return ProductFields.model_validate(
        {"external_id": external_id, "title": f"Title of {external_id}", **given}
    )


def product_with_photos(
    session: Session, ports: Ports, external_id: str, *photos: bytes, **given: object
) -> tuple[Product, Job]:
    """A product with stored photos and its index job, not yet run."""
    limits = LimitSettings()
    product = catalog.create(session, fields(external_id, **given), None)
    admitted = admit([(f"{place}.jpg", data) for place, data in enumerate(photos)], limits)
    catalog.add_images(session, ports, product, admitted, limits.images_per_product)
    return product, catalog.submit_index(session, ports, product, None)


def unit_vectors(count: int, dimension: int, seed: int = 0) -> Vector:
    """Random directions, one per row."""
    rows = np.random.default_rng(seed).standard_normal((count, dimension), dtype=np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def insert_indexed(
    session: Session, versions: Versions, vectors: Vector, given: Sequence[Mapping[str, Any]]
) -> list[str]:
    """Products as if they had been indexed: a row of `given` and a vector each; their ids."""
    made: list[tuple[str, str, str]] = [(new_id(), new_id(), new_id()) for _ in given]
    session.execute(
        insert(Product),
        [
            {"id": ids[0], "external_id": ids[0], "title": f"Title of {number}", **row}
            for number, (ids, row) in enumerate(zip(made, given, strict=True))
        ],
    )
    photo_of = {"media_type": "image/jpeg", "bytes": 1, "width": 9, "height": 9}
    session.execute(
        insert(tables.Image),
        [{"id": ids[1], "product_id": ids[0], "sha256": ids[1], **photo_of} for ids in made],
    )
    box = {"x1": 0, "y1": 0, "x2": 9, "y2": 9, "kind": "whole", "score": 1, "detector": "none"}
    session.execute(
        insert(tables.Crop), [{"id": ids[2], "image_id": ids[1], **box} for ids in made]
    )
    space = {"model_version": versions.encoder, "preprocess_version": versions.preprocess}
    session.execute(
        insert(tables.CropEmbedding),
        [
            {"crop_id": ids[2], "vector": vector, **space}
            for ids, vector in zip(made, vectors, strict=True)
        ],
    )
    session.connection().execute(
        update(Product.__table__)  # type: ignore[arg-type]
        .where(Product.__table__.c.id == bindparam("product"))
        .values(primary_crop_id=bindparam("crop")),
        [{"product": ids[0], "crop": ids[2]} for ids in made],
    )
    return [ids[0] for ids in made]


def insert_photo(
    session: Session, versions: Versions, product_id: str, vector: Vector, **given: Any
) -> str:
    """One more photo of an indexed product, with one crop of this vector; the id of the crop, of
    which more may be `given`."""
    image = tables.Image(
        product_id=product_id,
        sha256=new_id(),
        media_type="image/jpeg",
        bytes=1,
        width=9,
        height=9,
        position=1,
    )
    crop = tables.Crop(x1=0, y1=0, x2=9, y2=9, kind="whole", score=1, detector="none")
    for name, value in given.items():
        setattr(crop, name, value)
    crop.embeddings.append(tables.CropEmbedding(vector=vector, space=versions.space))
    image.crops.append(crop)
    session.add(image)
    session.flush()
    return crop.id
