"""Products and the images attached to them."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import Query, Response
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse

from vitrine.api.deps import CallerDep, ReadSession, RuntimeDep, WriteSession
from vitrine.api.forms import ImagesFormDep, ProductFormDep
from vitrine.api.guard import router as guarded
from vitrine.api.idempotency import IdempotencyDep
from vitrine.api.openapi import IMAGES_BODY, PRODUCT_BODY
from vitrine.api.preconditions import IfMatchDep, tagged
from vitrine.api.schemas.catalog import (
    Image,
    ImagesAdded,
    ListedProduct,
    Product,
    ProductAnswer,
    ProductChange,
    ProductList,
    ProductPage,
    ProductQuery,
)
from vitrine.api.schemas.common import Id
from vitrine.api.schemas.history import HistoryPage, history_told
from vitrine.api.schemas.jobs import Job, JobAnswer
from vitrine.api.schemas.search import SearchAnswer, SimilarQuery, written
from vitrine.api.scores import sees_scores
from vitrine.services import catalog, search
from vitrine.services.accounts import Caller, Need
from vitrine.services.catalog import changelog, history, listing, preferences
from vitrine.services.catalog.photos import admit
from vitrine.services.search import Asker, colourways
from vitrine.tables.catalog import Product as StoredProduct
from vitrine.wiring import Runtime

router = guarded("/v1/products", "products")
EDITOR = Need("editor", "catalog:write")


@router.post(
    "",
    summary="Add a product",
    status_code=202,
    response_model=ProductAnswer,
    responses={201: {"model": ProductAnswer, "description": "Added; no images to index."}},
    openapi_extra=PRODUCT_BODY,
)
def create_product(
    form: ProductFormDep, caller: CallerDep, runtime: RuntimeDep, once: IdempotencyDep
) -> JSONResponse:
    """Metadata as JSON, or a form with `product` (JSON) and files in `images`."""
    limits = runtime.settings.limits
    photos = admit(form.images, limits)

    def effect(session: Session) -> tuple[int, ProductAnswer]:
        shop = preferences.of_shop(session, runtime.settings.shop)
        product = catalog.create(session, preferences.priced(form.fields, shop), caller.user_id)
        if not photos:
            return 201, ProductAnswer(product=_told(session, product))
        catalog.add_images(session, runtime.ports, product, photos, limits.images_per_product)
        job = catalog.submit_index(session, runtime.ports, product, caller.user_id, once.key)
        shown = _told(session, product)
        return 202, ProductAnswer(product=shown, job=Job.model_validate(job))

    return once.answer(form.digest, effect)


@router.get("", summary="List products")
def list_products(
    asked: Annotated[ProductQuery, Query()],
    caller: CallerDep,
    runtime: RuntimeDep,
    session: ReadSession,
) -> ProductPage:
    """Products, newest first or in another order, a page at a time."""
    filters = asked.filters
    if filters.deleted:
        caller.require(EDITOR)
    require_scores(caller, asked)
    page = catalog.list_products(session, filters, asked.cursor, asked.limit, asked.sorting)
    failures = listing.failures(session, page.products)
    shown = [
        ListedProduct(
            **dict(_with_purge(runtime, product)),
            sureness=product.sureness,
            failure=(job := failures.get(product.id)) and Job.model_validate(job),
        )
        for product in page.products
    ]
    total = None if asked.cursor else catalog.count_products(session, filters)
    return ProductPage(products=shown, total=total, next_cursor=page.next_cursor)


@router.get("/{product_id}", summary="Show a product")
def show_product(
    product_id: str,
    caller: CallerDep,
    runtime: RuntimeDep,
    session: ReadSession,
    response: Response,
    deleted: Annotated[bool, Query(description="Also if it is deleted; for editors.")] = False,
) -> Product:
    """One product with its images; the ETag is its `version`."""
    if deleted:
        caller.require(EDITOR)
    told = _with_purge(runtime, catalog.get(session, product_id, deleted=deleted))
    return tagged(response, told)


@router.patch("/{product_id}", summary="Change a product")
def change_product(
    product_id: str,
    asked: ProductChange,
    caller: CallerDep,
    runtime: RuntimeDep,
    session: WriteSession,
    seen: IfMatchDep,
) -> Product:
    """Only the fields and attributes that are sent change; null clears one."""
    product = catalog.get(session, product_id)
    seen.check(session, product)
    sent = {name: getattr(asked, name) for name in asked.model_fields_set}
    shop = preferences.of_shop(session, runtime.settings.shop)
    sent = preferences.repriced(product, sent, shop)
    catalog.patch(session, runtime.ports, product, sent, caller.user_id)
    return seen.tagged(_told(session, product))


@router.delete("/{product_id}", status_code=204, summary="Delete a product")
def delete_product(
    product_id: str,
    caller: CallerDep,
    runtime: RuntimeDep,
    session: WriteSession,
    seen: IfMatchDep,
) -> None:
    """Hidden everywhere at once; can be restored."""
    product = catalog.get(session, product_id)
    seen.check(session, product)
    catalog.remove(session, runtime.ports, product, caller.user_id)


@router.post("/{product_id}/restore", summary="Restore a deleted product")
def restore_product(
    product_id: str,
    caller: CallerDep,
    runtime: RuntimeDep,
    session: WriteSession,
    seen: IfMatchDep,
) -> Product:
    """Back as it was; 409 if its external id was given to another product meanwhile."""
    product = catalog.get(session, product_id, deleted=True)
    seen.check(session, product)
    catalog.restore(session, runtime.ports, product, caller.user_id)
    return seen.tagged(_told(session, product))


@router.post(
    "/{product_id}/images",
    summary="Add images to a product",
    status_code=202,
    response_model=ImagesAdded,
    openapi_extra=IMAGES_BODY,
)
def add_images(
    product_id: str,
    form: ImagesFormDep,
    caller: CallerDep,
    runtime: RuntimeDep,
    once: IdempotencyDep,
    seen: IfMatchDep,
) -> JSONResponse:
    """A form with files in `images`; a photo the product already has is not attached twice."""
    limits = runtime.settings.limits
    photos = admit(form.images, limits)

    def effect(session: Session) -> tuple[int, ImagesAdded]:
        product, ports = catalog.get(session, product_id), runtime.ports
        seen.check(session, product)
        had = len(product.images)
        added = catalog.add_images(session, ports, product, photos, limits.images_per_product)
        counts = (had, len(product.images))
        changelog.note_images(session, product, changelog.ADD_IMAGES, counts, caller.user_id)
        job = catalog.submit_index(session, ports, product, caller.user_id, once.key)
        session.flush()
        shown = [Image.model_validate(image) for image in added]
        return 202, ImagesAdded(images=shown, job=Job.model_validate(job))

    return once.answer(form.digest, effect)


@router.delete("/{product_id}/images/{image_id}", status_code=204, summary="Delete an image")
def delete_image(
    product_id: str,
    image_id: str,
    caller: CallerDep,
    runtime: RuntimeDep,
    session: WriteSession,
    seen: IfMatchDep,
) -> None:
    """404 for an image of another product."""
    product = catalog.get(session, product_id)
    seen.check(session, product)
    catalog.remove_image(session, runtime.ports, product, image_id, caller.user_id)


@router.post(
    "/{product_id}/index",
    summary="Index a product again",
    status_code=202,
    response_model=JobAnswer,
)
def index_product(
    product_id: str, caller: CallerDep, runtime: RuntimeDep, once: IdempotencyDep
) -> JSONResponse:
    """A job that looks at the product's images; the one that waits already, if there is one."""

    def effect(session: Session) -> tuple[int, JobAnswer]:
        product = catalog.get(session, product_id)
        job = catalog.submit_index(session, runtime.ports, product, caller.user_id, once.key)
        session.flush()
        return 202, JobAnswer(job=Job.model_validate(job))

    return once.answer("", effect)


@router.get("/{product_id}/history", summary="Show what happened to a product")
def product_history(
    product_id: str,
    session: ReadSession,
    cursor: Id | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> HistoryPage:
    """Who changed what and when, newest first; of a deleted product too."""
    product = catalog.get(session, product_id, deleted=True)
    return history_told(history.of(session, product, cursor, limit))


@router.get("/{product_id}/similar", summary="Find similar products", response_model=SearchAnswer)
def similar_products(
    product_id: str,
    caller: CallerDep,
    runtime: RuntimeDep,
    asked: Annotated[SimilarQuery, Query()],
) -> Response:
    """The products nearest to this one; 409 while it has no indexed photo."""
    with runtime.sessions.read() as session:
        product = catalog.get(session, product_id)
        request = asked.request(product_id)
        if asked.other_colours:
            parts = search.vision_of(runtime.search_engine, session).parts
            request = colourways.asked(product, request, parts)
    found = search.search(runtime.search_engine, request, Asker(caller.user_id))
    return Response(written(found), media_type="application/json")


def require_scores(caller: Caller, asked: ProductList) -> None:
    """Raise Forbidden where a viewer asks for what scores say."""
    if asked.asks_scores and not sees_scores(caller):
        caller.require(EDITOR)


def _told(session: Session, product: StoredProduct) -> Product:
    session.flush()
    return Product.model_validate(product)


def _with_purge(runtime: Runtime, product: StoredProduct) -> Product:
    told = Product.model_validate(product)
    if product.deleted_at is None:
        return told
    kept = timedelta(days=runtime.settings.retention.deleted_days)
    return told.model_copy(update={"purge_at": product.deleted_at + kept})
