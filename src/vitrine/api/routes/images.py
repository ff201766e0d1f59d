"""Photos: kept for a search, shown to those who may see them, shared by a signed link."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode

from fastapi import Header, Query, Response
from pydantic import AfterValidator, Field
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse

from vitrine.api.deps import CallerDep, RuntimeDep
from vitrine.api.forms import UploadFormDep
from vitrine.api.guard import router as guarded
from vitrine.api.idempotency import IdempotencyDep
from vitrine.api.openapi import UPLOAD_BODY
from vitrine.api.schemas.catalog import SignedUrl, Upload
from vitrine.api.signing import proves, sign
from vitrine.core.errors import Forbidden
from vitrine.services.accounts import Caller
from vitrine.services.catalog import photos, thumbnails
from vitrine.services.search.foreseeing import foresee
from vitrine.tables.blobs import FORMATS, THUMBNAIL_SIDES
from vitrine.tables.catalog import Image
from vitrine.wiring import Runtime

router = guarded("/v1", "images")

Format = Literal["webp", "jpg"]
Variant = Literal["original", "160", "480", "1080", "160.jpg", "480.jpg", "1080.jpg"]
IfNoneMatch = Annotated[str, Header(max_length=1000)]
BYTES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/*": {}}, "description": "The picture."},
    304: {"description": "The picture you have is still right."},
}


KEPT_FOR_GOOD: Mapping[str, str] = MappingProxyType(
    {"Cache-Control": "private, max-age=31536000, immutable"}
)


def _known_side(side: int) -> int:
    if side not in THUMBNAIL_SIDES:
        raise ValueError(f"is none of {', '.join(map(str, THUMBNAIL_SIDES))}")
    return side


Side = Annotated[
    int, AfterValidator(_known_side), Field(json_schema_extra={"enum": [160, 480, 1080]})
]


@router.post(
    "/uploads",
    summary="Keep a photo to search with",
    status_code=201,
    response_model=Upload,
    openapi_extra=UPLOAD_BODY,
)
def add_upload(
    form: UploadFormDep, caller: CallerDep, runtime: RuntimeDep, once: IdempotencyDep
) -> JSONResponse:
    """A form with one file in `image`; only you and admins can see it."""
    name, data = form.images[0]
    foresee(runtime.search_engine, data)
    photo = photos.admit_one("image", name, data, runtime.settings.limits)

    def effect(session: Session) -> tuple[int, Upload]:
        image = photos.store_image(session, runtime.ports.blobs, photo, caller.user_id)
        return 201, Upload(upload_id=image.id, width=image.width, height=image.height)

    return once.answer(form.digest, effect)


@router.get("/images/{image_id}", summary="Show a photo", response_class=Response, responses=BYTES)
def show_image(
    image_id: str, caller: CallerDep, runtime: RuntimeDep, if_none_match: IfNoneMatch = ""
) -> Response:
    """The photo's bytes as they came in; a HEIC or TIFF as JPEG, for browsers show neither."""
    return _bytes(runtime, _visible(runtime, image_id, caller), "original", if_none_match)


@router.get(
    "/images/{image_id}/thumbnail",
    summary="Show a small version of a photo",
    response_class=Response,
    responses=BYTES,
)
def show_thumbnail(
    image_id: str,
    caller: CallerDep,
    runtime: RuntimeDep,
    size: Annotated[Side, Query(description="Longer side in pixels.")] = 480,
    format: Format = "webp",  # noqa: A002 - the name in the URL
    if_none_match: IfNoneMatch = "",
) -> Response:
    """WebP or JPEG with the given longer side, never enlarged."""
    return small(runtime, _visible(runtime, image_id, caller), size, format, if_none_match)


@router.get("/images/{image_id}/url", summary="Make a link that needs no account")
def sign_image_url(
    image_id: str, caller: CallerDep, runtime: RuntimeDep, variant: Variant = "original"
) -> SignedUrl:
    """A link to the photo that anybody may follow until it expires."""
    image = _visible(runtime, image_id, caller)
    expires = int(time.time()) + runtime.settings.auth.signed_url_ttl
    signature = sign(runtime.settings.secret, "media", image.id, variant, str(expires))
    query = urlencode({"variant": variant, "expires": expires, "signature": signature})
    return SignedUrl(
        url=f"/v1/media/{image.id}?{query}", expires_at=datetime.fromtimestamp(expires, UTC)
    )


@router.get(
    "/media/{image_id}", summary="Follow a signed link", response_class=Response, responses=BYTES
)
def show_media(
    image_id: str,
    variant: Variant,
    expires: int,
    signature: Annotated[str, Query(max_length=64)],
    runtime: RuntimeDep,
    if_none_match: IfNoneMatch = "",
) -> Response:
    """The photo, if the signature is right and the link has not expired."""
    secret = runtime.settings.secret
    right = proves(signature, secret, "media", image_id, variant, str(expires))
    if not right or expires < time.time():
        raise Forbidden("link_expired", "This link is wrong or has expired; ask for a new one.")
    return _bytes(runtime, _visible(runtime, image_id, None), variant, if_none_match)


def small(
    runtime: Runtime,
    image: Image,
    size: int,
    ending: Format,
    if_none_match: str,
    headers: Mapping[str, str] = KEPT_FOR_GOOD,
) -> Response:
    """A small copy with these headers, or that the one a client has is still right."""
    variant = f"{size}.jpg" if ending == "jpg" else str(size)
    return _bytes(runtime, image, variant, if_none_match, headers)


def _visible(runtime: Runtime, image_id: str, caller: Caller | None) -> Image:
    owner = caller.sees_only if caller else None
    # People who may restore a product see what it looks like; programs and links do not.
    deleted = caller is not None and caller.key_id is None and caller.ranks("editor")
    with runtime.sessions.read() as session:
        return photos.visible_image(session, image_id, owner, deleted=deleted)


def _bytes(
    runtime: Runtime,
    image: Image,
    variant: str,
    if_none_match: str,
    kept: Mapping[str, str] = KEPT_FOR_GOOD,
) -> Response:
    recipe = "" if variant == "original" else f"-{thumbnails.RECIPE}"
    headers = {
        **kept,
        "ETag": f'"{image.sha256}-{variant}{recipe}"',
        "Content-Disposition": _inline(image.name),
    }
    if _matches(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    blobs = runtime.ports.blobs
    if variant == "original":
        data, media_type = thumbnails.shown(blobs, image.sha256, image.media_type)
        return Response(data, headers=headers, media_type=media_type)
    side, _, ending = variant.partition(".")
    ending = ending or "webp"
    small = thumbnails.thumbnail(blobs, image.sha256, int(side), ending)
    return Response(small, headers=headers, media_type=FORMATS[ending])


def _matches(if_none_match: str, etag: str) -> bool:
    known = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return bool(known & {etag, "*"})


def _inline(name: str) -> str:
    """RFC 6266: a plain name for old clients, the real one for the others."""
    plain = "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in '"\\%' else "_"
        for letter in name
    )
    return f"inline; filename=\"{plain or 'image'}\"; filename*=UTF-8''{quote(name or 'image', '')}"
