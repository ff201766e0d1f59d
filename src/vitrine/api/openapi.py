"""The description of the API: what FastAPI derives, plus what it cannot see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.routing import BaseRoute

from vitrine.api import cookies, refusals, visitors
from vitrine.api.guard import guarded
from vitrine.api.permissions import NEEDS, VISIT
from vitrine.api.schemas.catalog import OutdatedProblem
from vitrine.api.schemas.common import Problem
from vitrine.api.schemas.items import DetectRequest
from vitrine.api.schemas.search import Keeping
from vitrine.api.schemas.shop_asked import ShopDetect, ShopLook, ShopSearch
from vitrine.fields import ProductFields
from vitrine.http.problems import MEDIA_TYPE
from vitrine.services.imports.formats import FORMATS
from vitrine.services.search.request import SearchRequest, options

REFS = "#/components/schemas/{model}"
UNSEEN: tuple[type[BaseModel], ...] = (
    DetectRequest,
    OutdatedProblem,
    Problem,
    ProductFields,
    SearchRequest,
    ShopSearch,
)
"""Models that no signature names: errors, and bodies that come in two shapes."""

SIGNED_IN: list[dict[str, list[str]]] = [{"bearer": []}, {"cookie": []}]
SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An access token, or an API key.",
    },
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": cookies.ACCESS,
        "description": "Set by signing in with `cookie: true`; other methods than GET also need "
        "the header X-CSRF-Token.",
    },
    "publishable_key": {
        "type": "apiKey",
        "in": "header",
        "name": visitors.HEADER,
        "description": "A publishable key, for pages of the origins it was made for.",
    },
    "key_in_query": {
        "type": "apiKey",
        "in": "query",
        "name": visitors.IN_QUERY,
        "description": "The same, of pictures.",
    },
}
DESCRIPTIONS = {
    401: "Nobody is signed in, or the credential is missing, expired, revoked or wrong.",
    403: "The role, the key's scopes, the page that asks or something else does not allow this.",
    404: "There is no such thing, or not for this caller.",
    409: "The thing is in a state that refuses this.",
    412: "The product is not as If-Match names it; `present` tells how it is.",
    413: "More than a limit allows.",
    415: "Of a type that is not read.",
    422: "The request cannot work; `fields` says why.",
    429: "Too often; the header Retry-After says in how many seconds to ask again.",
    503: "Too busy, or a part is away; the header Retry-After says when to ask again.",
    507: "The disk is full; the header Retry-After says when to ask again.",
}
"""What a refusal with that status means."""

RETRY_AFTER = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
HEADERS = dict.fromkeys((429, 503, 507), RETRY_AFTER)
MODELS = {412: OutdatedProblem}
"""How a refusal is told, where that is more than a Problem."""


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": REFS.format(model=model.__name__)}


def _file() -> dict[str, str]:
    return {"type": "string", "contentMediaType": "application/octet-stream", "format": "binary"}


def _files() -> dict[str, Any]:
    return {"type": "array", "items": _file()}


def _form(required: list[str], **properties: object) -> dict[str, Any]:
    return {"schema": {"type": "object", "required": required, "properties": properties}}


def _body(**content: object) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": content}}


def _form_fields(schemas: dict[str, Any]) -> dict[str, Any]:
    """The schemas as fields of a form, which are texts: lists and objects are written as JSON."""
    return {name: _form_field(schema) for name, schema in schemas.items()}


def _form_field(schema: dict[str, Any]) -> dict[str, Any]:
    plain = schema
    for option in schema.get("anyOf", ()):
        if option != {"type": "null"}:
            plain = {"description": schema.get("description", "")} | option
    if plain.get("type") in ("string", "integer", "number"):
        return {name: value for name, value in plain.items() if name not in ("default", "title")}
    description = plain.get("description", "")
    return {"type": "string", "description": f"{description} As JSON.".strip()}


PRODUCT_BODY = _body(
    **{
        "application/json": {"schema": _ref(ProductFields)},
        "multipart/form-data": {
            **_form(["product"], product=_ref(ProductFields), images=_files()),
            "encoding": {"product": {"contentType": "application/json"}},
        },
    }
)
IMAGES_BODY = _body(**{"multipart/form-data": _form(["images"], images=_files())})
IMPORT_BODY = _body(
    **{
        "multipart/form-data": _form(
            ["file"],
            file=_file(),
            images={**_file(), "description": "A zip with the pictures."},
            format={"type": "string", "enum": ["auto", *FORMATS]},
            currency={"type": "string", "description": "Of prices that name none."},
            country={"type": "string", "description": "Whose way of writing prices it has: DE."},
            encoding={"type": "string", "description": "Of its text, where it is not detected."},
            columns={"type": "string", "description": "JSON object: column to field."},
            dry_run={"type": "string", "enum": ["true", "false"]},
        )
    }
)
UPLOAD_BODY = _body(**{"multipart/form-data": _form(["image"], image=_file())})
SEARCH_BODY = _body(
    **{
        "application/json": {"schema": _ref(SearchRequest)},
        "multipart/form-data": _form(
            [], image=_file(), **_form_fields(options() | Keeping.model_json_schema()["properties"])
        ),
    }
)

DETECT_BODY = _body(
    **{
        "application/json": {"schema": _ref(DetectRequest)},
        "multipart/form-data": _form([], image=_file(), upload_id={"type": "string"}),
    }
)


def _photo_form(model: type[BaseModel], required: list[str]) -> dict[str, Any]:
    fields = model.model_json_schema()["properties"]
    return {"multipart/form-data": _form(required, image=_file(), **_form_fields(fields))}


SHOP_SEARCH_BODY = _body(
    **{"application/json": {"schema": _ref(ShopSearch)}}, **_photo_form(ShopSearch, [])
)
SHOP_DETECT_BODY = _body(**_photo_form(ShopDetect, ["image"]))
SHOP_LOOK_BODY = _body(**_photo_form(ShopLook, ["image"]))


def describe(
    app: FastAPI, routes: Sequence[BaseRoute], routers: Iterable[APIRouter]
) -> dict[str, Any]:
    """The OpenAPI document of an app with these routes, which are those of the routers, in their
    order; made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, summary=app.summary, routes=routes
        )
        _add_components(document["components"])
        ours = {route.name: route for route in guarded(routers)}
        shared: dict[str, Any] = document["components"].setdefault("responses", {})
        for path in document["paths"].values():
            for operation in path.values():
                _finish(operation, refusals.of(ours[operation["operationId"]]), shared)
        app.openapi_schema = document
    return app.openapi_schema


def _add_components(components: dict[str, Any]) -> None:
    schemas = components["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    _, made = models_json_schema([(model, "validation") for model in UNSEEN], ref_template=REFS)
    schemas.update(made["$defs"])
    components["securitySchemes"] = SCHEMES


def _finish(
    operation: dict[str, Any], refused: Mapping[int, list[str]], shared: dict[str, Any]
) -> None:
    """Whether the operation needs an account, and with which of the shared errors it refuses."""
    operation["security"] = _security(operation["operationId"])
    responses = operation["responses"]
    responses.pop("422", None)  # which FastAPI describes as its own
    for status, codes in refused.items():
        name = _shared(shared, status, _refusal(status, codes))
        responses[str(status)] = {"$ref": f"#/components/responses/{name}"}


def _security(name: str) -> list[dict[str, list[str]]]:
    if NEEDS[name] is VISIT:
        return [{"key_in_query": []}] if name in visitors.PICTURES else [{"publishable_key": []}]
    return [] if NEEDS[name] is None else SIGNED_IN


def _shared(shared: dict[str, Any], status: int, refusal: dict[str, Any]) -> str:
    """The name of that refusal, such as `401.1`, which is described once for all operations."""
    alike = [name for name in shared if name.startswith(f"{status}.")]
    found = next((name for name in alike if shared[name] == refusal), f"{status}.{len(alike) + 1}")
    shared[found] = refusal
    return found


def _refusal(status: int, codes: list[str]) -> dict[str, Any]:
    named = {"properties": {"code": {"enum": codes}}}
    schema = {"allOf": [_ref(MODELS.get(status, Problem)), named]}
    told: dict[str, Any] = {"description": DESCRIPTIONS[status]}
    if status in HEADERS:
        told["headers"] = HEADERS[status]
    return told | {"content": {MEDIA_TYPE: {"schema": schema}}}
