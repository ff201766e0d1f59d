"""What visitors send to the public door: JSON, or a form with their photo, which nobody stores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel

from vitrine.api import content
from vitrine.api.schemas.shop_asked import ShopDetect, ShopLook, ShopSearch
from vitrine.core.errors import invalid
from vitrine.core.reasons import check

PHOTO = "image"
WRITTEN_AS_JSON = ("filters", "facets", "box", "plain_words")
"""The fields that a form holds as JSON."""

Asked = TypeVar("Asked", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class WithPhoto(Generic[Asked]):
    """What is asked, and the photo that came along."""

    asked: Asked
    photo: bytes | None

    @property
    def has_photo(self) -> bool:
        """Whether a photo is searched with."""
        return self.photo is not None


async def search_form(request: Request) -> WithPhoto[ShopSearch]:
    """A search as JSON, or as a form that may hold a photo in `image`."""
    if content.is_form(request):
        return await _read(request, ShopSearch)
    if not content.is_json(request):
        raise content.unsupported()
    return WithPhoto(check(ShopSearch, content.parse_json(await request.body())), None)


async def look_form(request: Request) -> WithPhoto[ShopLook]:
    """A form with a photo in `image`."""
    return _needed(await _read(request, ShopLook))


async def detect_form(request: Request) -> WithPhoto[ShopDetect]:
    """A form with a photo in `image`."""
    return _needed(await _read(request, ShopDetect))


SearchFormDep = Annotated[WithPhoto[ShopSearch], Depends(search_form)]
LookFormDep = Annotated[WithPhoto[ShopLook], Depends(look_form)]
DetectFormDep = Annotated[WithPhoto[ShopDetect], Depends(detect_form)]


async def _read(request: Request, model: type[Asked]) -> WithPhoto[Asked]:
    form = await content.read_form(request, set(model.model_fields), {PHOTO})
    files = form.files.get(PHOTO, [])
    if len(files) > 1:
        raise invalid(PHOTO, "must be one file")
    asked: dict[str, Any] = dict(form.texts)
    for name in asked.keys() & WRITTEN_AS_JSON:
        asked[name] = content.parse_json(form.texts[name], name)
    return WithPhoto(check(model, asked), files[0][1] if files else None)


def _needed(form: WithPhoto[Asked]) -> WithPhoto[Asked]:
    if form.photo is None:
        raise invalid(PHOTO, "is missing")
    return form
