"""The description of the API: what FastAPI derives, plus what it cannot see."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from vitrine.api import cookies
from vitrine.api.permissions import NEEDS
from vitrine.api.schemas.common import Problem
from vitrine.api.schemas.items import DetectRequest
from vitrine.fields import ProductFields
from vitrine.http.problems import MEDIA_TYPE
from vitrine.services.imports.formats import FORMATS
from vitrine.services.search.request import SearchRequest, options

REFS = "#/components/schemas/{model}"
UNSEEN: tuple[type[BaseModel], ...] = (DetectRequest, Problem, ProductFields, SearchRequest)
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
}
DESCRIPTIONS = {
    "401": "Nobody is signed in, or the credential is expired, revoked or wrong.",
    "403": "The role or the key's scopes do not allow this.",
    "422": "The request cannot work; `fields` says why.",
    "429": "Too often; the header Retry-After says in how many seconds to ask again.",
    "503": "Too busy, or a part is away; the header Retry-After says when to ask again.",
    "default": "Any other error.",
}


RETRY_AFTER = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}


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
        "multipart/form-data": _form([], image=_file(), **_form_fields(options())),
    }
)

DETECT_BODY = _body(
    **{
        "application/json": {"schema": _ref(DetectRequest)},
        "multipart/form-data": _form([], image=_file(), upload_id={"type": "string"}),
    }
)


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, summary=app.summary, routes=app.routes
        )
        _add_components(document["components"])
        for path in document["paths"].values():
            for operation in path.values():
                _finish(operation)
        app.openapi_schema = document
    return app.openapi_schema


def _add_components(components: dict[str, Any]) -> None:
    schemas = components["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    _, made = models_json_schema([(model, "validation") for model in UNSEEN], ref_template=REFS)
    schemas.update(made["$defs"])
    components["securitySchemes"] = SCHEMES


def _finish(operation: dict[str, Any]) -> None:
    """The errors every operation may answer, and whether it needs an account."""
    if outdated := operation["responses"].get("412"):  # FastAPI takes it for plain JSON
        outdated["content"] = {MEDIA_TYPE: outdated["content"]["application/json"]}
    is_open = NEEDS[operation["operationId"]] is None
    operation["security"] = [] if is_open else SIGNED_IN
    for status, description in DESCRIPTIONS.items():
        if not (is_open and status in ("401", "403")):
            content = {MEDIA_TYPE: {"schema": _ref(Problem)}}
            operation["responses"][status] = {"description": description, "content": content}
            if status in ("429", "503"):
                operation["responses"][status]["headers"] = RETRY_AFTER
