"""The public door: what pages of a shop ask with a publishable key."""

from __future__ import annotations

from typing import Annotated, get_args

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from vitrine.api.deps import ReadSession, RuntimeDep, WriteSession
from vitrine.api.guard import router as guarded
from vitrine.api.openapi import SHOP_DETECT_BODY, SHOP_LOOK_BODY, SHOP_SEARCH_BODY
from vitrine.api.routes.images import BYTES, Format, IfNoneMatch, Side, small
from vitrine.api.routes.search import naming_field
from vitrine.api.schemas.shop import (
    OpenFacet,
    PhotoRules,
    ShopAnswer,
    ShopDetected,
    ShopEventsTaken,
    ShopLimits,
    ShopLookAnswer,
    ShopProduct,
    ShopSettings,
)
from vitrine.api.schemas.shop_asked import (
    Language,
    OfProduct,
    ShopEvents,
    ShopLookOf,
    ShopSimilar,
)
from vitrine.api.schemas.shop_told import Telling
from vitrine.api.schemas.suggestions import (
    Suggestions,
    SuggestionsQuery,
    named_in,
    suggestions_told,
)
from vitrine.api.shop_forms import DetectFormDep, LookFormDep, SearchFormDep
from vitrine.api.visitors import VisitorDep
from vitrine.services import search as searching
from vitrine.services.catalog import preferences
from vitrine.services.search import SearchRequest, detected
from vitrine.services.search.request import SORTS
from vitrine.services.shop import Visitor, events, offer
from vitrine.services.shop import searching as of_shop
from vitrine.vision.readers import MEDIA_TYPES
from vitrine.wiring import Runtime

router = guarded("/v1/shop", "shop")

PICTURES_KEPT = 300
"""Seconds that a picture may be shown for, once its product is hidden or its key revoked."""


class PictureQuery(BaseModel):
    """Which copy of a picture; the key is read by the guard."""

    model_config = ConfigDict(frozen=True)

    key: Annotated[str, Field(max_length=100, description="The publishable key.")]
    size: Annotated[Side, Field(description="Longer side in pixels.")] = 480
    format: Format = "webp"


PICTURE_HEADERS = {
    "Cache-Control": f"public, max-age={PICTURES_KEPT}",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@router.get("/settings", summary="What a page needs to know")
def shop_settings(
    visitor: VisitorDep, runtime: RuntimeDep, session: ReadSession, language: Language = "en"
) -> ShopSettings:
    """What visitors may filter and sort by, and what a photo to search with may be."""
    telling, limits = Telling(visitor.key, language), runtime.settings.limits
    open_ = offer.facets(session, runtime.search_engine, visitor)
    return ShopSettings(
        currency=preferences.of_shop(session, runtime.settings.shop).currency,
        language=language,
        languages=list(get_args(Language)),
        facets=[
            OpenFacet(name=name, title=telling.facet(each), kind=each.kind)
            for name, each in open_.items()
        ],
        sorts=list(SORTS),
        photo=PhotoRules(
            bytes=limits.image_bytes,
            min_side=limits.image_min_side,
            media_types=sorted(set(MEDIA_TYPES.values())),
            missed_kept_days=runtime.settings.retention.missed_photos_days,
        ),
        limits=ShopLimits(),
    )


@router.post("/search", summary="Search as a visitor", openapi_extra=SHOP_SEARCH_BODY)
def shop_search(form: SearchFormDep, visitor: VisitorDep, runtime: RuntimeDep) -> ShopAnswer:
    """The nearest products of those that the key offers, by photo, words or both; or all, newest
    first. The photo is not stored, but for a while one that nothing fits, where the shop's settings
    say so."""
    asked = form.asked
    with runtime.sessions.read() as session:
        product_id = asked.product_id
        if asked.external_id is not None or product_id is not None:
            of = OfProduct(product_id=product_id, external_id=asked.external_id)
            product_id = _product_id(session, runtime, visitor, of)
    request = asked.request(product_id, form.photo)
    return _answered(runtime, visitor, request, asked.language, asked.visit)


@router.get("/suggestions", summary="Suggest how a visitor's text may go on")
def shop_suggestions(
    asked: Annotated[SuggestionsQuery, Query()],
    visitor: VisitorDep,
    runtime: RuntimeDep,
    session: ReadSession,
) -> Suggestions:
    """Values and words of the products that the key offers; nothing that anybody searched."""
    named = named_in(asked.language)
    found = of_shop.suggest(session, runtime.search_engine, visitor, asked.q, named, asked.limit)
    return suggestions_told(found, asked.language)


@router.post("/detect", summary="Find the items of a photo", openapi_extra=SHOP_DETECT_BODY)
def shop_detect(form: DetectFormDep, visitor: VisitorDep, runtime: RuntimeDep) -> ShopDetected:
    """The items to pick from; the number of one is the `item` of a search with the same photo."""
    request = SearchRequest(photo=form.photo)
    with runtime.sessions.read() as session:
        vision = searching.vision_of(runtime.search_engine, session)
    with naming_field(request):
        found = detected.detect(runtime.cache.sights, vision, form.photo or b"")
    return Telling(visitor.key, form.asked.language).detected(found)


@router.post("/look", summary="Shop the look of a photo", openapi_extra=SHOP_LOOK_BODY)
def shop_look_photo(form: LookFormDep, visitor: VisitorDep, runtime: RuntimeDep) -> ShopLookAnswer:
    """One list of hits for each item that something fits."""
    request = form.asked.request(form.photo or b"")
    with naming_field(request):
        found = of_shop.look(
            runtime.search_engine,
            visitor,
            request,
            form.asked.visit,
            keeps_missed=_keeps_missed(runtime),
        )
    return Telling(visitor.key, form.asked.language).look(found, of_photo=True)


@router.get("/look", summary="Shop the look of a product")
def shop_look(
    visitor: VisitorDep, runtime: RuntimeDep, asked: Annotated[ShopLookOf, Query()]
) -> ShopLookAnswer:
    """What fits the other things that are worn on the product's photos."""
    with runtime.sessions.read() as session:
        product_id = _product_id(session, runtime, visitor, asked)
    request = SearchRequest(product_id=product_id, limit=asked.limit, one_per_design=True)
    found = of_shop.look(runtime.search_engine, visitor, request, asked.visit)
    return Telling(visitor.key, asked.language).look(found, of_photo=False)


@router.get("/product", summary="Show a product to a visitor")
def shop_product(
    visitor: VisitorDep,
    runtime: RuntimeDep,
    session: ReadSession,
    asked: Annotated[OfProduct, Query()],
) -> ShopProduct:
    """The product, if the key offers it."""
    engine = runtime.search_engine
    found = offer.product(session, engine, visitor, asked.product_id, asked.external_id)
    return Telling(visitor.key, asked.language).product(found)


@router.get("/similar", summary="Find products like one that a visitor looks at")
def shop_similar(
    visitor: VisitorDep, runtime: RuntimeDep, asked: Annotated[ShopSimilar, Query()]
) -> ShopAnswer:
    """The nearest of its kind; 409 while it has no indexed photo."""
    with runtime.sessions.read() as session:
        product_id = _product_id(session, runtime, visitor, asked)
    request = SearchRequest(
        product_id=product_id,
        filters=asked.wanted,
        limit=asked.limit,
        cursor=asked.cursor,
        one_per_design=True,
    )
    return _answered(runtime, visitor, request, asked.language, asked.visit)


@router.get(
    "/pictures/{image_id}",
    summary="Show a picture to a visitor",
    response_class=Response,
    responses=BYTES,
)
def shop_picture(
    image_id: str,
    visitor: VisitorDep,
    runtime: RuntimeDep,
    asked: Annotated[PictureQuery, Query()],
    if_none_match: IfNoneMatch = "",
) -> Response:
    """A small copy of a picture of a product that the key offers, never enlarged."""
    with runtime.sessions.read() as session:
        image = offer.image(session, runtime.search_engine, visitor, image_id)
    return small(runtime, image, asked.size, asked.format, if_none_match, PICTURE_HEADERS)


@router.post("/events", status_code=202, summary="Tell what a visitor did")
def shop_events(
    asked: ShopEvents, visitor: VisitorDep, runtime: RuntimeDep, session: WriteSession
) -> ShopEventsTaken:
    """Counted for the shop's own figures; who the visitor is, nobody asks and nothing tells."""
    told = [each.told for each in asked.events]
    runtime.search_engine.settle()  # they are of searches that were answered just now
    taken = events.accept(session, runtime.search_engine, visitor, told, asked.visit)
    return ShopEventsTaken(accepted=taken, ignored=len(told) - taken)


def _product_id(session: Session, runtime: Runtime, visitor: Visitor, asked: OfProduct) -> str:
    engine = runtime.search_engine
    return offer.product(session, engine, visitor, asked.product_id, asked.external_id).id


def _keeps_missed(runtime: Runtime) -> bool:
    return runtime.settings.retention.missed_photos_days > 0


def _answered(
    runtime: Runtime,
    visitor: Visitor,
    request: SearchRequest,
    language: Language,
    visit: str | None,
) -> ShopAnswer:
    engine = runtime.search_engine
    with naming_field(request):
        found = of_shop.search(engine, visitor, request, visit, keeps_missed=_keeps_missed(runtime))
    with runtime.sessions.read() as session:
        open_ = offer.facets(session, engine, visitor)
    return Telling(visitor.key, language).answer(found, open_)
