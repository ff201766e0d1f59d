"""What the stages of one search share: read once when it begins, and handed down."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from vitrine.ports import VectorIndex, Vision
from vitrine.services.search import calibrated, following
from vitrine.services.search.cache import refresh
from vitrine.services.search.cache.snapshot import Snapshot
from vitrine.services.search.engine import SearchEngine
from vitrine.services.search.filters import EVERYTHING, Filters
from vitrine.services.search.naming import Lexicon
from vitrine.tables.models import Collection
from vitrine.vision.tuning import Tuning


@dataclass(frozen=True, slots=True)
class SearchContext:
    """The collection that is searched, its Vision, its products at one moment, and what its scores
    mean: photos, words and products of one search are all of one version.

    `within` is what of the catalogue may be found at all, whatever the request asks.
    Catalogues of more than `index_above` products are searched without filters by the vector index.
    """

    collection: Collection
    vision: Vision
    snapshot: Snapshot
    tuning: Tuning
    lexicon: Lexicon
    vectors: VectorIndex
    index_above: int
    within: Filters = EVERYTHING


def opened(engine: SearchEngine, session: Session, within: Filters = EVERYTHING) -> SearchContext:
    """The context of a search that begins now.

    Raises Conflict where nobody has the model that made what is searched.
    """
    cache, ports = engine.cache, engine.ports
    collection = following.chosen(engine, session)
    vision = ports.vision_of(collection.versions)
    return SearchContext(
        collection=collection,
        vision=vision,
        snapshot=refresh.current(session, cache, collection),
        tuning=calibrated.tuning_of(engine, session, collection),
        lexicon=Lexicon(
            vision.embed_texts, cache.names.setdefault(collection.name, {}), vision.parts
        ),
        vectors=ports.vectors,
        index_above=cache.index_above,
        within=within,
    )


def snapshot_of(engine: SearchEngine, session: Session) -> Snapshot:
    """The products that this process searches now; raises as `opened`, but for its models."""
    return refresh.current(session, engine.cache, following.chosen(engine, session))


def vision_of(engine: SearchEngine, session: Session) -> Vision:
    """The Vision of what this process searches; raises as `opened`."""
    collection = following.chosen(engine, session)
    return engine.ports.vision_of(collection.versions)
