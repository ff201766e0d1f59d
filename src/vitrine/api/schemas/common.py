"""What all schemas share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]
"""An id of ours."""

Name = Annotated[str, Field(max_length=200)]


class RequestModel(BaseModel):
    """What a client sends: unknown fields and non-finite numbers are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class AnswerModel(BaseModel):
    """What we answer."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Problem(AnswerModel):
    """An error as RFC 9457 problem+json."""

    type: str = Field(examples=["urn:vitrine:problem:external_id_taken"])
    title: str = Field(examples=["Conflict"])
    status: int = Field(examples=[409])
    code: str = Field(description="Stable, for programs.", examples=["external_id_taken"])
    detail: str = Field(description="For people.")
    request_id: str
    fields: dict[str, str] = Field(
        description="Reason by field.", examples=[{"external_id": "is taken"}]
    )


Reader = Callable[[Any], Any]
"""Where an object has the value of a field."""


def readers(kind: type[BaseModel], **parts: Reader) -> Mapping[str, Reader]:
    """By field of a model, in its order, where an object has its value: what `plain` needs."""
    return {name: parts.get(name, attrgetter(name)) for name in kind.model_fields}


def plain(fields: Mapping[str, Reader], told: object) -> dict[str, Any]:
    """What a model would tell of an object of ours, which has that shape and is not judged again:
    for what is told by the dozen."""
    return {name: read(told) for name, read in fields.items()}
