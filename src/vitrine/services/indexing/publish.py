"""From SQL to the vector index, which is a projection that these verbs make true again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from vitrine.core.errors import NotFound
from vitrine.fields import facets
from vitrine.ports import Facet, Point, VectorIndex
from vitrine.services import models
from vitrine.services.jobs.work import Work
from vitrine.tables.catalog import CropEmbedding, Product
from vitrine.tables.models import Collection
from vitrine.tables.vectors import blended, embedded, words


def publish(session: Session, vectors: VectorIndex, product_ids: Sequence[str]) -> None:
    """Make the index agree with the database about these products, in every live collection.

    The products' rows stay locked until the session ends, so that two publications of one product
    cannot overtake each other.
    """
    session.execute(
        select(Product.id)
        .where(Product.id.in_(product_ids))
        .order_by(Product.id)  # always the same way round, so that two never wait for each other
        .execution_options(show_deleted=True)
        .with_for_update()
    ).all()
    for collection in models.live(session):
        points = list(points_of(session, collection, product_ids))
        gone = set(product_ids) - {point.id for point in points}
        upsert(vectors, collection, points)
        if gone:
            vectors.delete(collection.name, sorted(gone))


def publish_product(work: Work) -> None:
    """The publish job of one product: after an edit, a deletion or a restoration."""
    with work.write() as session:
        publish(session, work.ports.vectors, [str(work.claim.product_id)])
        work.finish(session)


def points_of(session: Session, collection: Collection, ids: Sequence[str]) -> Iterator[Point]:
    """The points of those products that have a vector in this collection's space."""
    columns_only = lazyload(Product.images), lazyload(Product.said)
    query = embedded(collection).where(Product.id.in_(ids)).options(*columns_only)
    columns = (CropEmbedding.vector, words(collection))
    for product, photo, text in session.execute(query.add_columns(*columns)):
        vector = blended(photo, text, collection.text_share)
        yield Point(product.id, vector, facets_of(product))


def facets_of(product: Product) -> dict[str, Facet | None]:
    """What of a product may be filtered by, None for what is not known."""
    return {
        **{name: getattr(product, name) or None for name in facets.COLUMNS},
        "price": None if product.price is None else float(product.price),
    }


def upsert(vectors: VectorIndex, collection: Collection, points: Sequence[Point]) -> None:
    """Put the points, making the collection anew if the index lost it."""
    if not points:
        return
    try:
        vectors.upsert(collection.name, points)
    except NotFound:  # the first point, or the index was lost
        vectors.ensure(collection.name, collection.dimension)
        vectors.upsert(collection.name, points)
