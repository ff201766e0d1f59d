"""The words that garments are labelled by."""

from __future__ import annotations

from vitrine.api.deps import ReadSession, RuntimeDep
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.vocabulary import Vocabulary, vocabulary_told
from vitrine.services import models, search
from vitrine.vision.vocabulary import vocabulary

router = guarded("/v1/vocabulary", "products")


@router.get("", summary="List the facets of labels and their words")
def show_vocabulary(runtime: RuntimeDep, session: ReadSession) -> Vocabulary:
    """Every value that a label can have, whether or not a product has it yet."""
    vision = search.vision_of(runtime.search_engine, session)
    shown = models.shown_facets(session, vision.shown_facets)
    return vocabulary_told(vocabulary(), shown, vision.parts)
