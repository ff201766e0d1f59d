"""The products that filters and words pick, all of them: for what is done to many at once."""

from __future__ import annotations

import numpy as np

from vitrine.core.errors import invalid
from vitrine.services import catalog
from vitrine.services.catalog import Filters as ListFilters
from vitrine.services.search import context as contexts
from vitrine.services.search.engine import SearchEngine
from vitrine.services.search.filters import Filters
from vitrine.tables.catalog import Product


def matching_ids(engine: SearchEngine, filters: Filters, text: str, most: int) -> list[str]:
    """The products that search would leave, and whose title, id or brand hold the words.

    Raises Invalid, saying how many there are, if they are more than `most`.
    """
    with engine.sessions.read() as session:
        snapshot = contexts.opened(engine, session).snapshot
        ids = [snapshot.ids[row] for row in np.flatnonzero(snapshot.where(filters)).tolist()]
        if text.strip():
            wanted = catalog.filtered(ListFilters(text=text)).with_only_columns(Product.id)
            ids = sorted(set(ids).intersection(session.scalars(wanted)))
    if len(ids) > most:
        told = f"leave {len(ids):,} products; at most {most:,} can be changed at once: narrow them"
        raise invalid("filters", told, code="too_many_products")
    return ids
