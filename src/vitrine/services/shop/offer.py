"""What a key offers: its products and their pictures, and the facets that visitors may ask by."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.core.errors import Invalid, NotFound
from vitrine.fields.facets import ATTRIBUTE, COUNTED, FACETS, LABEL, Facet
from vitrine.services import models
from vitrine.services.search import SearchEngine, context, filters
from vitrine.services.search.filters import Filters
from vitrine.services.shop.keys import Visitor
from vitrine.tables.catalog import ACTIVE, Image, Product
from vitrine.vision.vocabulary import Names


def product(
    session: Session,
    engine: SearchEngine,
    visitor: Visitor,
    product_id: str | None = None,
    external_id: str | None = None,
) -> Product:
    """The product of that id, or else of that external id, as the key offers it.

    Raises NotFound for every other, whether it exists or not, Conflict before anything is indexed.
    """
    query = select(Product).where(Product.status == ACTIVE)
    if product_id is not None:
        query = query.where(Product.id == product_id)
    else:
        query = query.where(Product.external_id == external_id)
    found = session.scalar(query)
    if found is None or not _offered(session, engine, visitor, found.id):
        raise NotFound("product_unknown", "There is no such product.")
    return found


def image(session: Session, engine: SearchEngine, visitor: Visitor, image_id: str) -> Image:
    """A picture of a product that the key offers; raises NotFound for every other."""
    found = session.scalar(select(Image).where(Image.id == image_id))
    shown = found is not None and found.product is not None and found.product.status == ACTIVE
    if found is None or not shown or not found.product_id:
        raise NotFound("image_unknown", "There is no such image.")
    if not _offered(session, engine, visitor, found.product_id):
        raise NotFound("image_unknown", "There is no such image.")
    return found


def known(
    session: Session, engine: SearchEngine, visitor: Visitor, ids: set[str], codes: set[str]
) -> Mapping[str, str]:
    """By id, and by external id, the ids of those products that the key offers."""
    rows = session.execute(
        select(Product.id, Product.external_id).where(
            Product.status == ACTIVE, Product.id.in_(ids) | Product.external_id.in_(codes)
        )
    ).all()
    shown = context.offered(engine, session, {row.id for row in rows}, visitor.within)
    offered = [row for row in rows if row.id in shown]
    return {row.external_id: row.id for row in offered} | {row.id: row.id for row in offered}


def facets(session: Session, engine: SearchEngine, visitor: Visitor) -> dict[str, Facet]:
    """By name what visitors may filter and count by: the declared facets, labels that are good
    enough for shoppers, and the attributes that the key names."""
    vision = context.vision_of(engine, session)
    shown = models.shown_facets(session, vision.shown_facets)
    labels = {f"{LABEL}{name}" for name in shown}
    open_ = {name: each for name, each in FACETS.items() if name in COUNTED or name in labels}
    own = sorted(visitor.facets)
    return open_ | {name: _attribute(name) for name in own}


def check(asked: Filters, open_: Mapping[str, Facet]) -> None:
    """Raise Invalid naming the filters that are not for visitors: by bounds alone one could read
    any attribute, what the shop paid among them."""
    wrong = {
        f"filters.{each.facet}": "is no facet of this shop's search; settings tells which are"
        for each in asked.conditions
        if each.facet not in open_
    }
    if wrong:
        reasons = "; ".join(f"{name} {reason}" for name, reason in wrong.items())
        raise Invalid("invalid_filters", reasons, fields=wrong)


def check_counted(asked: tuple[str, ...], open_: Mapping[str, Facet]) -> None:
    """Raise Invalid for a facet that visitors may not count by."""
    for name in asked:
        filters.check_facet(name, "facets")
        if name not in open_:
            reason = f"names {name}, which is no facet of this shop's search"
            raise Invalid("facet_unknown", f"facets {reason}.", fields={"facets": reason})


def _offered(session: Session, engine: SearchEngine, visitor: Visitor, product_id: str) -> bool:
    return bool(context.offered(engine, session, {product_id}, visitor.within))


def _attribute(name: str) -> Facet:
    plain = name.removeprefix(ATTRIBUTE)
    return Facet(name, Names(plain, plain, plain), source="attribute")
