"""The queue of a shop that states nothing: ordered by the models' own doubts and the titles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.flywheel.catalogue import World
from vitrine import wiring
from vitrine.core.settings import Settings
from vitrine.ports import Vision
from vitrine.services.review import doubts, facts
from vitrine.services.review.doubts import Facts
from vitrine.tables.catalog import Product

AT_ONCE = 200


def found(world: World, items: int) -> int:
    """How many of the first items were wrong, had the shop said neither category nor attributes."""
    settings = Settings(data_dir=world.data)
    vision = wiring.load_vision(settings)
    with wiring.stored(settings) as sessions, sessions.read() as session:
        worth = {name: _worth(known) for name, known in _facts(session, vision)}
    first = sorted(worth, key=lambda name: (-worth[name], name))[:items]
    return sum(name in world.wrong for name in first)


def _worth(known: Facts) -> float:
    title, *rest = known.texts[1:]
    told = replace(known, shop={}, meant={}, texts=("", title, *rest))
    return doubts.chance(doubts.found(told))


def _facts(session: Session, vision: Vision) -> Iterator[tuple[str, Facts]]:
    ids = session.scalars(select(Product.id).order_by(Product.id)).all()
    knows = facts.known(session)
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        products: Sequence[Product] = facts.products(session, some)
        vectors = facts.vectors(session, some, vision.versions.space)
        likely = facts.candidates(vision, vectors, knows)
        for product in products:
            yield product.external_id, facts.of(product, likely.get(product.id, {}), knows)
