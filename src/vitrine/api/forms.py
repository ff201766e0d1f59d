"""Multipart forms and JSON bodies of the same meaning, as one value for the services."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import Depends, Request

from vitrine.api import admission, content
from vitrine.api.schemas.imports import ImportRequest
from vitrine.api.schemas.items import DetectRequest
from vitrine.api.schemas.search import Keeping
from vitrine.core.errors import invalid
from vitrine.core.reasons import check
from vitrine.fields import ProductFields
from vitrine.services.imports.job import Asked, Upload
from vitrine.services.search.request import SearchRequest, options

File = tuple[str, bytes]
PRODUCT_FORM, PRODUCT_FILES = {"product"}, {"images"}
IMPORT_FORM, IMPORT_FILES = set(ImportRequest.model_fields), {"file", "images"}
SEARCH_OPTIONS = options()
WRITTEN_AS_JSON = ("filters", "facets", "plain_words")
"""The options of a search that a form holds as JSON."""

SEARCH_FILES = {"image"}
KEEPING = set(Keeping.model_fields)


@dataclass(frozen=True, slots=True)
class ProductForm:
    """A new product's fields and its photos."""

    fields: ProductFields
    images: list[File]
    digest: str


@dataclass(frozen=True, slots=True)
class ImagesForm:
    """Photos, in order."""

    images: list[File]
    digest: str


@dataclass(frozen=True, slots=True)
class ImportForm:
    """A catalogue file and how to read it."""

    upload: Upload
    asked: Asked
    digest: str


@dataclass(frozen=True, slots=True)
class SearchForm:
    """A search, and the file that its photo came in, if one came along, and whether to keep it."""

    request: SearchRequest
    image: File | None
    digest: str
    keeps_photo: bool = False

    @property
    def has_photo(self) -> bool:
        """Whether a photo is searched with, sent along or before."""
        return self.request.has_photo


async def product_form(request: Request) -> ProductForm:
    """A product as JSON, or as a form with the JSON in `product` and files in `images`."""
    form = await _form(request, PRODUCT_FORM, PRODUCT_FILES)
    if form is None:
        data = await _json(request)
        return ProductForm(check(ProductFields, data), [], content.digest(data))
    if "product" not in form.texts:
        raise invalid("product", "is missing: the product's fields as JSON")
    fields = check(ProductFields, content.parse_json(form.texts["product"], "product"))
    return ProductForm(fields, form.files.get("images", []), form.digest)


async def images_form(request: Request) -> ImagesForm:
    """A form with at least one file in `images`."""
    form = await content.read_form(request, set(), PRODUCT_FILES)
    if not form.files:
        raise invalid("images", "is missing: at least one photo")
    return ImagesForm(form.files["images"], form.digest)


async def upload_form(request: Request) -> ImagesForm:
    """A form with exactly one file in `image`."""
    form = await content.read_form(request, set(), SEARCH_FILES)
    return ImagesForm([_one(form, "image")], form.digest)


async def import_form(request: Request) -> ImportForm:
    """A form with a catalogue in `file`, perhaps a zip in `images`, and how to read it."""
    form = await content.read_form(request, IMPORT_FORM, IMPORT_FILES)
    name, data = _one(form, "file")
    images = _one(form, "images")[1] if "images" in form.files else None
    asked = check(
        ImportRequest, form.texts | {"columns": _columns(form.texts.get("columns", "{}"))}
    )
    how = Asked(**asked.model_dump())
    return ImportForm(Upload(name, data, images), how, form.digest)


async def search_form(request: Request) -> SearchForm:
    """A search as JSON, or as a form that may hold the photo itself in `image`."""
    form = await _form(request, KEEPING.union(SEARCH_OPTIONS), SEARCH_FILES)
    if form is None:
        data = await _json(request)
        asked_for = check(SearchRequest, data)
        if asked_for.has_photo:
            await admission.enter(request)
        return SearchForm(asked_for, None, content.digest(data))
    asked: dict[str, Any] = dict(form.texts)
    keeping = check(Keeping, {name: asked.pop(name) for name in KEEPING & asked.keys()})
    if keeping.keep_photo and not form.files:
        raise invalid("keep_photo", "needs a photo in image")
    for name in asked.keys() & WRITTEN_AS_JSON:
        asked[name] = content.parse_json(form.texts[name], name)
    return replace(_with_photo(form, asked), keeps_photo=keeping.keep_photo)


async def detect_form(request: Request) -> SearchForm:
    """A form with the photo in `image`, or `upload_id` as JSON or in a form."""
    form = await _form(request, {"upload_id"}, SEARCH_FILES)
    if form is None:
        data = await _json(request)
        asked = check(DetectRequest, data)
        await admission.enter(request)
        return SearchForm(SearchRequest(upload_id=asked.upload_id), None, content.digest(data))
    if bool(form.files) == ("upload_id" in form.texts):
        raise invalid("image", "or upload_id is needed, and not both")
    return _with_photo(form, dict(form.texts))


ProductFormDep = Annotated[ProductForm, Depends(product_form)]
ImagesFormDep = Annotated[ImagesForm, Depends(images_form)]
UploadFormDep = Annotated[ImagesForm, Depends(upload_form)]
ImportFormDep = Annotated[ImportForm, Depends(import_form)]
SearchFormDep = Annotated[SearchForm, Depends(search_form)]
DetectFormDep = Annotated[SearchForm, Depends(detect_form)]


async def _form(request: Request, texts: set[str], files: set[str]) -> content.Form | None:
    if content.is_form(request):
        return await content.read_form(request, texts, files)
    if content.is_json(request):
        return None
    raise content.unsupported()


async def _json(request: Request) -> Any:
    return content.parse_json(await request.body())


def _one(form: content.Form, field: str) -> File:
    files = form.files.get(field, [])
    if len(files) != 1:
        raise invalid(field, "is missing" if not files else "must be one file")
    return files[0]


def _with_photo(form: content.Form, asked: dict[str, Any]) -> SearchForm:
    image = _one(form, "image") if form.files else None
    photo = {} if image is None else {"photo": image[1]}
    return SearchForm(check(SearchRequest, asked | photo), image, form.digest)


def _columns(text: str) -> Any:
    return content.parse_json(text, "columns")
