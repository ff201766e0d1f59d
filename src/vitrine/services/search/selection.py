"""The products that filters and words pick, all of them: for what is done to many at once."""

from __future__ import annotations

from vitrine.core.errors import invalid
from vitrine.services import catalog
from vitrine.services.catalog import Filters as ListFilters
from vitrine.services.search import following
from vitrine.services.search.engine import SearchEngine
from vitrine.services.search.filters import Filters
from vitrine.tables.catalog import Product


def matching_ids(engine: SearchEngine, filters: Filters, text: str, most: int) -> list[str]:
    """The products that search would leave, and whose title, id or brand hold the words.

    Raises Invalid, saying how many there are, if they are more than `most`.
    """
    with engine.sessions.read() as session:
        collection = following.chosen(engine, session)
        among = None
        if text.strip():
            among = catalog.filtered(ListFilters(text=text)).with_only_columns(Product.id)
        ids, count = engine.retriever.matching(session, collection, filters, among, most)
    if count > most:
        told = f"leave {count:,} products; at most {most:,} can be changed at once: narrow them"
        raise invalid("filters", told, code="too_many_products")
    return list(ids)
