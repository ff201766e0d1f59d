"""What a page shows of its products is what their rows say now."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import select

from tests.worlds.factories import insert_indexed, unit_vectors
from vitrine.api.schemas import catalog
from vitrine.core.clock import now
from vitrine.services.search import living
from vitrine.tables.catalog import MODEL, PERSON, Crop, Image, Label, Product
from vitrine.wiring import Runtime


def test_products_are_read_as_a_session_would_load_them(runtime: Runtime) -> None:
    versions = runtime.ports.vision.versions
    rows: list[dict[str, Any]] = [
        {"title": "One", "attributes": {"fit": ["slim"]}},
        {"title": "Two", "price": Decimal(12)},
    ]
    with runtime.sessions.write() as session:
        ids = insert_indexed(session, versions, unit_vectors(2, versions.dimension), rows)
        for product in session.scalars(select(Product)):
            for facet, value, source in (
                ("colour", "red", MODEL),
                ("colour", "blue", PERSON),
                ("style", "", PERSON),
            ):
                crop_id = product.primary_crop_id if source == MODEL else None
                session.add(
                    Label(
                        product_id=product.id,
                        crop_id=crop_id,
                        facet=facet,
                        value=value,
                        score=0.5,
                        source=source,
                    )
                )
    with runtime.sessions.read() as session:
        found = living.of(session, [*ids, "nobody"])
        assert found.keys() == set(ids)
        for product_id, (product, image, crop) in found.items():
            loaded = session.get_one(Product, product_id)
            told = catalog.Product.model_validate(product)
            assert told == catalog.Product.model_validate(loaded)
            assert [label.value for label in told.labels] == ["blue"]
            assert crop is not None
            assert image is not None
            assert (crop.id, crop.image_id) == (loaded.primary_crop_id, image.id)
            assert _columns(crop) == _columns(session.get_one(Crop, crop.id))
            assert _columns(image) == _columns(session.get_one(Image, image.id))


def test_what_is_deleted_is_not_read(runtime: Runtime) -> None:
    versions = runtime.ports.vision.versions
    with runtime.sessions.write() as session:
        rows = [{"title": "Gone"}, {"title": "Without its photo"}]
        ids = insert_indexed(session, versions, unit_vectors(2, versions.dimension), rows)
        session.get_one(Product, ids[0]).deleted_at = now()
        for image in session.get_one(Product, ids[1]).images:
            image.deleted_at = now()
    with runtime.sessions.read() as session:
        found = living.of(session, ids)
    assert found.keys() == {ids[1]}
    left, photo, crop = found[ids[1]]
    assert (left.title, left.images, photo) == ("Without its photo", [], None)
    assert crop is not None


def _columns(row: Crop | Image) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__table__.c.keys()}  # noqa: SIM118 - columns
