"""The words that garments are labelled by."""

from __future__ import annotations

from vitrine.api.deps import RuntimeDep
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.vocabulary import Vocabulary, vocabulary_told
from vitrine.vision.vocabulary import vocabulary

router = guarded("/v1/vocabulary", "products")


@router.get("", summary="List the facets of labels and their words")
def show_vocabulary(runtime: RuntimeDep) -> Vocabulary:
    """Every value that a label can have, whether or not a product has it yet."""
    vision = runtime.ports.vision
    return vocabulary_told(vocabulary(), vision.shown_facets, vision.parts)
