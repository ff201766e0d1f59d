"""What the stages of one search share: read once when it begins, and handed down."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from vitrine.ports import VectorIndex, Vision
from vitrine.services.search import calibrated, following, merchandising
from vitrine.services.search.cache.snapshot import Snapshot
from vitrine.services.search.catalogue import Catalogue
from vitrine.services.search.cursors import Stop
from vitrine.services.search.engine import SearchEngine
from vitrine.services.search.filters import EVERYTHING, Filters
from vitrine.services.search.merchandising import Rule
from vitrine.services.search.naming import Lexicon
from vitrine.services.search.request import SearchRequest
from vitrine.services.search.retrieval import Asked, AtHand, Beyond, Counts, Retriever, Sought
from vitrine.tables.models import Collection as Space
from vitrine.vision.tuning import Tuning


@dataclass(frozen=True, slots=True)
class SearchContext:
    """The collection that is searched, its Vision, its products at one moment, and what its scores
    mean: photos, words and products of one search are all of one version.

    Products of an engine are at hand once they are gathered; whoever has all in memory has them
    from the beginning.

    `within` is what of the catalogue may be found at all, whatever the request asks. `rules` are
    those by which the shop moves products now. Catalogues of more than `index_above` products are
    searched without filters by the vector index.
    """

    collection: Space
    vision: Vision
    retriever: Retriever
    at_hand: AtHand
    tuning: Tuning
    lexicon: Lexicon
    vectors: VectorIndex
    index_above: int
    within: Filters = EVERYTHING
    rules: Sequence[Rule] = ()

    @property
    def catalogue(self) -> Catalogue:
        """The whole catalogue."""
        return self.at_hand.catalogue

    @property
    def snapshot(self) -> Snapshot:
        """The products at hand."""
        return self.at_hand.snapshot

    @property
    def beyond(self) -> Beyond | None:
        """What is not at hand; None where nothing is."""
        return self.at_hand.beyond

    def holding(self, session: Session, *ids: str) -> Snapshot:
        """A snapshot with those of these products that may be found."""
        return self.retriever.holding(session, self.collection, self.at_hand, ids)

    def gathered(
        self,
        session: Session,
        request: SearchRequest,
        sought: Sequence[Sought],
        stop: Stop | None = None,
    ) -> SearchContext:
        """The same with the products at hand that a page after the stop needs, and its counts."""
        rules = merchandising.about(self.catalogue, self.rules, request.text, request.filters)
        asked = Asked(request, sought, stop, self.within, rules)
        at_hand = self.retriever.gathered(session, self.collection, self.at_hand, asked)
        return replace(self, at_hand=at_hand)


def opened(
    engine: SearchEngine,
    session: Session,
    within: Filters = EVERYTHING,
    *,
    drafts: bool = False,
) -> SearchContext:
    """The context of a search that begins now; with `drafts` as if all rules were live.

    Raises Conflict where nobody has the model that made what is searched.
    """
    cache, ports = engine.cache, engine.ports
    collection = following.chosen(engine, session)
    vision = ports.vision_of(collection.versions)
    return SearchContext(
        collection=collection,
        vision=vision,
        retriever=engine.retriever,
        at_hand=engine.retriever.opened(session, collection),
        tuning=calibrated.tuning_of(engine, session, collection),
        lexicon=Lexicon(
            vision.embed_texts, cache.names.setdefault(collection.name, {}), vision.parts
        ),
        vectors=ports.vectors,
        index_above=cache.index_above,
        within=within,
        rules=merchandising.counting(session, drafts=drafts),
    )


def offered(
    engine: SearchEngine, session: Session, ids: Collection[str], within: Filters
) -> frozenset[str]:
    """Those of these products that lie within and may be found; raises as `opened`, but for its
    models."""
    collection, retriever = following.chosen(engine, session), engine.retriever
    held = retriever.opened(session, collection)
    snapshot = retriever.holding(session, collection, held, ids)
    mask = snapshot.where(within)
    places = {each: snapshot.row_of(each) for each in ids}
    return frozenset(each for each, row in places.items() if row is not None and mask[row])


def counted(
    engine: SearchEngine, session: Session, within: Filters = EVERYTHING
) -> tuple[Catalogue, Counts]:
    """The catalogue, and how many products that lie within have its values, while the session is
    open; raises as `opened`, but for its models."""
    collection, retriever = following.chosen(engine, session), engine.retriever
    held = retriever.opened(session, collection)
    return held.catalogue, retriever.counts(session, collection, held, within)


def vision_of(engine: SearchEngine, session: Session) -> Vision:
    """The Vision of what this process searches; raises as `opened`."""
    collection = following.chosen(engine, session)
    return engine.ports.vision_of(collection.versions)
