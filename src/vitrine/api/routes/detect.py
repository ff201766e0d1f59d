"""What is on a photo."""

from __future__ import annotations

from vitrine.api.deps import CallerDep, RuntimeDep
from vitrine.api.forms import DetectFormDep
from vitrine.api.guard import router as guarded
from vitrine.api.openapi import DETECT_BODY
from vitrine.api.routes.search import naming_field, upload_size
from vitrine.api.schemas.items import DetectAnswer, seen
from vitrine.services import search
from vitrine.services.search import detected

router = guarded("/v1", "search")


@router.post("/detect", summary="Find the items of a photo", openapi_extra=DETECT_BODY)
def detect(form: DetectFormDep, caller: CallerDep, runtime: RuntimeDep) -> DetectAnswer:
    """The items to pick from; the number of one is the `item` of a search with the same photo."""
    query = form.request
    upload_size(runtime, query, caller)  # which refuses an upload of somebody else
    with runtime.sessions.read() as session:
        photo = search.photo_of(session, runtime.ports, query)
        vision = search.vision_of(runtime.search_engine, session)
    with naming_field(query):
        return seen(detected.detect(runtime.cache.sights, vision, photo))
