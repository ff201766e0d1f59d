"""Small things that tests need many of."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from sqlalchemy.orm import Session

from vitrine.core.settings import LimitSettings
from vitrine.ports import Ports
from vitrine.services import catalog
from vitrine.services.fields import ProductFields
from vitrine.tables.catalog import Product
from vitrine.tables.jobs import Job

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
    admitted = catalog.admit([(f"{place}.jpg", data) for place, data in enumerate(photos)], limits)
    catalog.add_images(session, ports, product, admitted, limits.images_per_product)
    return product, catalog.submit_index(session, ports, product, None)
