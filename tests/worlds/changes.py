"""Every way in which what search knows of a product changes; each is of a product and of dice."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests.worlds.caches import DIMENSION, VERSIONS, edit, remove, set_deleted
from tests.worlds.factories import insert_indexed, insert_photo, unit_vectors
from vitrine.core.clock import now
from vitrine.db import SHOW_DELETED
from vitrine.services.indexing import product_words
from vitrine.services.indexing.product_words import Words
from vitrine.tables.catalog import (
    MODEL,
    PERSON,
    Crop,
    CropEmbedding,
    Image,
    Label,
    Product,
    TextEmbedding,
)
from vitrine.vision.quality import REJECTED
from vitrine.vision.types import KEPT


def edit_all(session: Session, product_id: str, dice: int) -> None:
    session.execute(update(Product).values(colour=f"colour {dice % 3}", price=Decimal(dice)))


def restore(session: Session, product_id: str, dice: int) -> None:
    set_deleted(session, product_id, None)


def embed_anew(session: Session, product_id: str, dice: int) -> None:
    primary = select(Product.primary_crop_id).where(Product.id == product_id).scalar_subquery()
    vector = unit_vectors(1, DIMENSION, dice)[0]
    rows = update(CropEmbedding).where(CropEmbedding.crop_id == primary)
    session.execute(rows.values(vector=vector))


def hide_image(session: Session, product_id: str, dice: int) -> None:
    moment = now() if dice % 2 else None
    rows = update(Image).where(Image.product_id == product_id)
    session.execute(rows.values(deleted_at=moment), execution_options=SHOW_DELETED)


def take_crop(session: Session, product_id: str, dice: int) -> None:
    session.execute(update(Product).where(Product.id == product_id).values(primary_crop_id=None))


def purge(session: Session, product_id: str, dice: int) -> None:
    images = select(Image.id).where(Image.product_id == product_id)
    session.execute(delete(Crop).where(Crop.image_id.in_(images)), execution_options=SHOW_DELETED)
    session.execute(delete(Image).where(Image.product_id == product_id))
    session.execute(delete(Product).where(Product.id == product_id))


def add(session: Session, product_id: str, dice: int) -> None:
    given = [{"brand": f"new {dice}"}]
    insert_indexed(session, VERSIONS, unit_vectors(1, DIMENSION, dice), given)


def label(session: Session, product_id: str, dice: int) -> None:
    product = session.get(Product, product_id)
    if product is None:
        return
    session.execute(delete(Label).where(Label.product_id == product_id))
    said = {"facet": "sleeve", "product_id": product_id, "score": 1.0}
    crop_id = product.primary_crop_id
    if crop_id is not None:
        session.add(Label(value=f"model {dice % 3}", source=MODEL, crop_id=crop_id, **said))
    if crop_id is None or dice % 2:
        session.add(Label(value=f"person {dice % 3}", source=PERSON, **said))


def relabel_all(session: Session, product_id: str, dice: int) -> None:
    label(session, product_id, 7)
    session.execute(update(Label).where(Label.source == PERSON).values(value=f"other {dice % 3}"))


def unlabel(session: Session, product_id: str, dice: int) -> None:
    label(session, product_id, 7)
    session.execute(delete(Label).where(Label.source == PERSON))


def reword(session: Session, product_id: str, dice: int) -> None:
    if session.get(Product, product_id) is not None:
        vector = unit_vectors(1, DIMENSION, dice)[0]
        product_words.remember(session, VERSIONS.encoder, [Words(product_id, "", "", vector)])


def unword(session: Session, product_id: str, dice: int) -> None:
    reword(session, product_id, dice)
    session.execute(update(TextEmbedding).values(vector=unit_vectors(1, DIMENSION, dice + 1)[0]))
    session.execute(delete(TextEmbedding).where(TextEmbedding.product_id != product_id))


def turn_photo(session: Session, product_id: str, dice: int) -> None:
    """Another photo put, seen otherwise, judged anew, relabelled, or taken away."""
    if session.get(Product, product_id) is None:
        return
    query = select(Image).where(Image.product_id == product_id, Image.position == 1)
    image = session.scalars(query, execution_options=SHOW_DELETED).first()
    vector = unit_vectors(1, DIMENSION, 100 + dice)[0]
    if image is None:
        crop_id = insert_photo(session, VERSIONS, product_id, vector)
    else:
        crop_id = image.crops[0].id
        of_crop = update(CropEmbedding).where(CropEmbedding.crop_id == crop_id)
        session.execute(of_crop.values(vector=vector))
        moment = now() if dice % 3 == 2 else None
        here = update(Image).where(Image.id == image.id).values(deleted_at=moment)
        session.execute(here, execution_options=SHOW_DELETED)
    judged = {"verdict": KEPT if dice % 3 else REJECTED, "kind": "whole" if dice % 5 else "belt"}
    session.execute(update(Crop).where(Crop.id == crop_id).values(**judged))
    session.execute(delete(Label).where(Label.crop_id == crop_id))
    said = {"facet": "colour", "product_id": product_id, "score": 1.0, "source": MODEL}
    session.add(Label(value=f"colour {dice % 4}", crop_id=crop_id, **said))


Change = Callable[[Session, str, int], None]
CHANGES: tuple[Change, ...] = (
    edit,
    edit_all,
    remove,
    restore,
    embed_anew,
    hide_image,
    take_crop,
    purge,
    add,
    label,
    relabel_all,
    unlabel,
    reword,
    unword,
    turn_photo,
)
