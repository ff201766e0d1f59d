"""What can be asked of a search, declared once.

The body and the form of the API, its OpenAPI description, the options of the command, a job's
payload and the record of a search all follow from the fields of SearchRequest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from vitrine.core.errors import Invalid
from vitrine.fields.facets import ATTRIBUTE, COUNTED, LABEL
from vitrine.services.search import detected, filters
from vitrine.services.search.filters import EVERYTHING, Filters
from vitrine.services.search.orders import MOST_SORTED, RELEVANCE, Sort
from vitrine.vision.tuning import Level
from vitrine.vision.types import Box

ID = r"^[0-9a-f-]{36}$"
"""How ids of ours are written."""

MAX_LIMIT = 500
MAX_TEXT = 1_000
MAX_FACETS = 50
MAX_PLAIN = 50
SORTS: tuple[Sort, ...] = get_args(Sort)

NOT_RECORDED = {"photo", "cursor", "facets"}
"""What a record does not repeat: the photo's bytes, and which page of which counts was read."""


def _read_filters(given: object) -> Filters:
    return given if isinstance(given, Filters) else filters.parse(given)


def _read_box(given: object) -> object:
    """A box from four numbers, or from text as `40,60,300,420`."""
    if isinstance(given, str):
        given = given.strip("[] ").split(",")
    if not isinstance(given, list | tuple):
        return given
    try:
        x1, y1, x2, y2 = (float(edge) for edge in given)
    except (TypeError, ValueError):
        raise ValueError("needs four numbers: x1,y1,x2,y2") from None
    return Box(x1, y1, x2, y2)


def _check_facets(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(filters.check_facet(name, "facets") for name in names)


class SearchRequest(BaseModel):
    """A search by a photo or a product, by words, or by both; with neither it browses."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    photo: SkipJsonSchema[Annotated[bytes, Strict()] | None] = Field(default=None, repr=False)
    upload_id: Annotated[str, Field(pattern=ID)] | None = None
    product_id: Annotated[
        Annotated[str, Field(pattern=ID)] | None,
        Field(description="More like this product; with `text`: this, but in red."),
    ] = None
    text: Annotated[
        str, Field(max_length=MAX_TEXT, description="Words: alone, or beside the photo.")
    ] = ""
    not_text: Annotated[str, Field(max_length=MAX_TEXT, description="Words to move away from.")] = (
        ""
    )
    plain_words: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=MAX_TEXT)], ...],
        Field(
            max_length=MAX_PLAIN,
            description="Phrases of `text` that are nothing but words, though an answer told them "
            "as `recognised`: the `text` of each.",
            examples=[["under 60 euros"]],
        ),
    ] = ()
    weight: Annotated[
        float,
        Field(ge=0, le=1, description="The photo's or product's share, 0 to 1, beside words."),
    ] = 0.5
    emphasis: Annotated[
        float,
        Field(
            ge=-1,
            le=1,
            description="What of the looks counts: -1 form alone, 0 as the encoder weighs them, 1 "
            "colour alone. Orders what is found; the level of a hit for a photo stays that of 0, "
            "and for words there are levels at 0 only.",
        ),
    ] = 0.0
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="Most hits.")] = 20
    box: Annotated[
        Box | None,
        BeforeValidator(_read_box),
        PlainSerializer(lambda box: None if box is None else list(box.as_tuple())),
        WithJsonSchema(
            {
                "type": ["array", "null"],
                "items": {"type": "number"},
                "minItems": 4,
                "maxItems": 4,
                "examples": [[40, 10, 400, 620]],
            }
        ),
        Field(description="Part of the photo: x1,y1,x2,y2 in pixels of the upright photo."),
    ] = None
    item: Annotated[
        int | None,
        Field(ge=1, le=detected.MAX_ITEMS, description="Number of an item, as /v1/detect tells."),
    ] = None
    group_by: Annotated[
        Literal["item"] | None, Field(description="One list of hits for each item of the photo.")
    ] = None
    filters: Annotated[
        Filters,
        BeforeValidator(_read_filters),
        PlainSerializer(Filters.as_json),
        WithJsonSchema({"type": "object", "additionalProperties": True}),
        Field(
            description="By facet a value, a list of which one must fit, or a range; all facets "
            f"must fit, and nothing in `not`. Facets: {', '.join(COUNTED)}, {LABEL}NAME, "
            f"{ATTRIBUTE}NAME.",
            examples=[{"colour": ["red", "blue"], "price": {"max": 80}, "not": {"brand": "Acme"}}],
        ),
    ] = Field(default_factory=lambda: EVERYTHING)
    facets: Annotated[
        tuple[str, ...],
        Field(max_length=MAX_FACETS, description="What to count by."),
        AfterValidator(_check_facets),
    ] = COUNTED
    cursor: Annotated[
        str | None, Field(max_length=1_000, description="`next_cursor` of the page before.")
    ] = None
    sort: Annotated[
        Sort,
        Field(
            description=f"Another order than by likeness. With a photo or words, the {MOST_SORTED} "
            "best matches are put in it. Products without a price come last, either way."
        ),
    ] = RELEVANCE
    min_level: Annotated[
        Level | None, Field(description="Leave out hits that are less sure than this.")
    ] = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        """Raise Invalid naming the fields that contradict each other."""
        wrong = {name: reason for name, reason in self._contradictions() if reason}
        if wrong:
            reasons = "; ".join(f"{name} {reason}" for name, reason in wrong.items())
            raise Invalid("invalid_request", reasons, fields=wrong)
        return self

    def _contradictions(self) -> Iterator[tuple[str, str | None]]:
        alone = "needs a photo, a product or words" if self.browses else None
        photo = None if self.has_photo else "needs a photo"
        yield "box", photo if self.box else None
        yield "item", self._wrong_item(photo)
        yield "upload_id", "comes beside a photo" if self.photo and self.upload_id else None
        yield "product_id", "comes beside a photo" if self.product_id and self.has_photo else None
        yield "not_text", alone if self.not_text.strip() else None
        yield "emphasis", alone if self.emphasis else None
        yield "min_level", alone if self.min_level else None
        yield "group_by", self._wrong_group(photo)

    def _wrong_item(self, photo: str | None) -> str | None:
        if self.item is None:
            return None
        return "comes beside a box" if self.box else photo

    def _wrong_group(self, photo: str | None) -> str | None:
        if self.group_by is None:
            return None
        beside = {"box": self.box, "item": self.item, "cursor": self.cursor}
        chosen = next((name for name, value in beside.items() if value is not None), None)
        return f"item cannot come beside {chosen}" if chosen else photo and f"item {photo}"

    @property
    def has_photo(self) -> bool:
        """Whether a photo is part of the query."""
        return self.photo is not None or self.upload_id is not None

    @property
    def browses(self) -> bool:
        """Whether nothing is compared: there is no photo, no product and no word."""
        return not (self.has_photo or self.product_id or self.text.strip())

    def as_recorded(self) -> dict[str, Any]:
        """The query as JSON for its record, without the photo's bytes."""
        return self.model_dump(mode="json", exclude=NOT_RECORDED) | {"photo": self.has_photo}

    def as_payload(self) -> dict[str, Any]:
        """The query as a job carries it; its photo must have been stored as an upload before."""
        if self.photo is not None:
            raise ValueError("a photo in a payload")
        return self.model_dump(mode="json", exclude={"photo"})


def changed(request: SearchRequest, **values: object) -> SearchRequest:
    """The request with other values, checked as a whole again."""
    return SearchRequest.model_validate(dict(request) | values)


def options() -> dict[str, dict[str, Any]]:
    """The JSON schema of every option by name, for forms and commands to follow."""
    return dict(SearchRequest.model_json_schema()["properties"])
