"""A model's labels in SQL: of every kept crop, in the facets that are good enough for shoppers.

Which those are, and how scores are read, was fitted in this catalogue (`services.calibration`),
else it is as the model's card says.

`label` is a job that labels again what is stored, after the vocabulary or a card changed: no
picture runs through a model. What people said of a product (`services.review`) stays beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from vitrine.services import models
from vitrine.services.indexing import spaces
from vitrine.services.jobs.batches import batches
from vitrine.services.jobs.work import Work
from vitrine.tables.catalog import MODEL, Crop, CropEmbedding, Image, Label, Product
from vitrine.vision.honesty import Reading
from vitrine.vision.types import KEPT, LabelScore, Space, Vector

Told = Mapping[str, Sequence[LabelScore]]
"""What vision says of crops, by their id."""


def label(work: Work) -> None:
    """The job: label the kept crops of one product, or of all, from their stored vectors."""
    query = select(Product.id)
    one = work.claim.product_id
    query = query if one is None else query.where(Product.id == one)
    for product_ids, done, total in batches(work, query):
        relabel(work, product_ids)
        work.report(done, total)
    with work.write() as session:
        work.finish(session)


def relabel(work: Work, product_ids: Sequence[str]) -> None:
    """Label these products' kept crops from their stored vectors."""
    vision = spaces.searched(work)
    with work.sessions.read() as session:
        vectors = _vectors(session, product_ids, vision.versions.space)
    labels = vision.label(np.stack(list(vectors.values()))) if vectors else []
    told = dict(zip(vectors, labels, strict=True))
    with work.write() as session:
        write(session, _locked(session, product_ids), told)


def write(session: Session, products: Sequence[Product], told: Told) -> None:
    """Make the rows of the products' crops say what was told of them, and rejected ones nothing.

    Crops that nothing was told of keep what they have.
    """
    session.flush()  # new crops come before what refers to them
    ids = [product.id for product in products]
    rows = session.scalars(select(Label).where(Label.product_id.in_(ids), Label.source == MODEL))
    known: dict[str | None, dict[str, Label]] = defaultdict(dict)
    for row in rows:
        known[row.crop_id][row.facet] = row
    readings = models.readings(session)
    for product in products:
        for crop in (crop for image in product.images for crop in image.crops):
            if not crop.kept or crop.id in told:
                said = told.get(crop.id, ()) if crop.kept else ()
                _replace(session, product, crop, _read(said, readings), known[crop.id])
    session.flush()


def unlabelled(session: Session, product: Product) -> bool:
    """Whether a kept crop of the product has no label of a model."""
    kept = {crop.id for image in product.images for crop in image.crops if crop.kept}
    labelled = session.scalars(
        select(Label.crop_id).where(Label.product_id == product.id, Label.source == MODEL)
    )
    return bool(kept - set(labelled))


def forget(session: Session, product: Product) -> None:
    """Take back the labels of rejected crops."""
    rejected = [crop.id for image in product.images for crop in image.crops if not crop.kept]
    session.execute(delete(Label).where(Label.crop_id.in_(rejected)))


def _read(said: Iterable[LabelScore], readings: Mapping[str, Reading]) -> list[LabelScore]:
    return [readings[one.facet].read(one) if one.facet in readings else one for one in said]


def _replace(
    session: Session,
    product: Product,
    crop: Crop,
    said: Iterable[LabelScore],
    known: Mapping[str, Label],
) -> None:
    wanted = {each.facet: each for each in said if each.trusted}
    for facet, row in known.items():
        if facet not in wanted:
            session.delete(row)
    for facet, each in wanted.items():
        row = known.get(facet) or _new(product, crop, facet)
        session.add(row)
        row.value, row.score = each.value, each.score


def _new(product: Product, crop: Crop, facet: str) -> Label:
    return Label(product_id=product.id, crop_id=crop.id, facet=facet, source=MODEL)


def _vectors(session: Session, product_ids: Sequence[str], space: Space) -> dict[str, Vector]:
    found = session.execute(
        select(Crop.id, CropEmbedding.vector)
        .join(CropEmbedding, CropEmbedding.crop_id == Crop.id)
        .join(Image, Image.id == Crop.image_id)
        .where(
            Image.product_id.in_(product_ids),
            Crop.verdict == KEPT,
            CropEmbedding.space == space,
        )
    )
    return {row.id: row.vector for row in found}


def _locked(session: Session, product_ids: Sequence[str]) -> Sequence[Product]:
    query = (
        select(Product)
        .where(Product.id.in_(product_ids))
        .order_by(Product.id)  # always the same way round, so that two never wait for each other
        .options(selectinload(Product.images).selectinload(Image.crops))
        .with_for_update()
    )
    return session.scalars(query).all()
