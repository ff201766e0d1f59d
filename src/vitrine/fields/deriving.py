"""Models of a product's fields, made of the declaration: what is sent, changed and told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, create_model

from vitrine.fields.product import FIELDS, ProductField, ProductFields
from vitrine.fields.types import AttributesPatch

Model = TypeVar("Model", bound=BaseModel)
Derive = Callable[[ProductField], tuple[Any, Any]]
"""A field's type and default in a model of another use."""


def optional(each: ProductField) -> tuple[Any, Any]:
    """The field as part of a merge patch (RFC 7396): left out it stays, None clears it."""
    if each.traits.kind == "attributes":
        return AttributesPatch | None, None
    return each.annotation | None, None


def told(each: ProductField) -> tuple[Any, Any]:
    """The field in an answer: always there, and not judged again."""
    if each.traits.kind == "attributes":
        return dict[str, Any], ...
    info = ProductFields.model_fields[each.name]
    described = Field(description=info.description, examples=info.examples)
    return Annotated[info.annotation, described], ...


def asked(each: ProductField) -> tuple[Any, Any]:
    """The field as a parameter of a list: empty for any."""
    return Annotated[str, Field(max_length=each.max_length)], ""


def with_fields(derive: Derive, names: Iterable[str]) -> Callable[[type[Model]], type[Model]]:
    """Give a model these fields of a product, beside its own, which stand as they are."""

    def derived(model: type[Model]) -> type[Model]:
        own: dict[str, Any] = {
            name: derive(FIELDS[name]) for name in names if name not in model.model_fields
        }
        made: type[Model] = create_model(
            model.__name__, __base__=model, __module__=model.__module__, **own
        )
        made.__doc__ = model.__doc__
        return made

    return derived
