"""What the stages of one search share: read once when it begins, and handed down."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from vitrine.ports import VectorIndex
from vitrine.services import models
from vitrine.services.search import calibrated
from vitrine.services.search.cache import refresh
from vitrine.services.search.cache.snapshot import Snapshot
from vitrine.services.search.engine import SearchEngine
from vitrine.services.search.naming import Lexicon
from vitrine.tables.models import Collection
from vitrine.vision.tuning import Tuning


@dataclass(frozen=True, slots=True)
class SearchContext:
    """The collection that is searched, its products at one moment, and what its scores mean.

    Catalogues of more than `index_above` products are searched without filters by the vector index.
    """

    collection: Collection
    snapshot: Snapshot
    tuning: Tuning
    lexicon: Lexicon
    vectors: VectorIndex
    index_above: int


def opened(engine: SearchEngine, session: Session) -> SearchContext:
    """The context of a search that begins now.

    Raises Conflict when the catalogue was indexed by other versions than this process has.
    """
    vision, cache = engine.ports.vision, engine.cache
    collection = models.searchable(session, vision.versions)
    return SearchContext(
        collection=collection,
        snapshot=refresh.current(session, cache, collection),
        tuning=calibrated.tuning_of(engine, session, collection),
        lexicon=Lexicon(
            vision.embed_texts, cache.names.setdefault(collection.name, {}), vision.parts
        ),
        vectors=engine.ports.vectors,
        index_above=cache.index_above,
    )
