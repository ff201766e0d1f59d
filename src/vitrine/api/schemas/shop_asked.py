"""What visitors ask of the public door."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from vitrine.api import content
from vitrine.api.schemas.common import Id, RequestModel
from vitrine.core.errors import invalid
from vitrine.services.search import SearchRequest, filters
from vitrine.services.search.filters import Filters
from vitrine.services.search.orders import Sort
from vitrine.services.shop.events import Kind, Told

MOST_HITS, MOST_OF_LOOK, MOST_EVENTS = 100, 24, 50
LONGEST_TEXT = 1_000

Language = Literal["en", "de", "ja"]
ExternalId = Annotated[str, Field(min_length=1, max_length=200)]
Visit = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_-]{8,64}$",
        description="A random word of the page's own, the same for a day at most.",
    ),
]
Asked = Annotated[
    dict[str, Any], Field(description="As in /v1/search, by the facets that settings names.")
]
SHARED = {"limit", "text", "plain_words", "weight", "item", "box", "sort", "cursor", "product_id"}
"""The options that mean the same to staff's searches."""


class ShopSearch(RequestModel):
    """A visitor's search by words, by a product, or by neither; a photo comes in a form."""

    text: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    product_id: Id | None = None
    external_id: ExternalId | None = None
    plain_words: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]],
        Field(max_length=50, description="The `text` of what was recognised and shall not be."),
    ] = Field(default_factory=list)
    weight: Annotated[
        float, Field(ge=0, le=1, description="The photo's or product's share beside words.")
    ] = 0.5
    item: Annotated[int | None, Field(ge=1, le=50)] = None
    box: Annotated[
        list[float] | None, Field(min_length=4, max_length=4, examples=[[40, 10, 400, 620]])
    ] = None
    filters: Asked = Field(default_factory=dict)
    facets: Annotated[list[str] | None, Field(max_length=50)] = None
    sort: Sort = "relevance"
    limit: Annotated[int, Field(ge=1, le=MOST_HITS)] = 24
    cursor: Annotated[str | None, Field(max_length=1_000)] = None
    language: Language = "en"
    visit: Visit | None = None

    def request(self, product_id: str | None, photo: bytes | None = None) -> SearchRequest:
        """The search that is meant, by that product or photo."""
        asked = {name: getattr(self, name) for name in SHARED - {"product_id"}}
        if self.facets is not None:
            asked["facets"] = tuple(self.facets)
        return SearchRequest(
            **asked,
            photo=photo,
            product_id=product_id,
            filters=filters.parse(self.filters),
            one_per_design=bool(self.text or photo or product_id),  # who browses sees all
        )


class ShopDetect(RequestModel):
    """In which language the items of a photo are named."""

    language: Language = "en"


class ShopLook(RequestModel):
    """How to shop the look of a photo."""

    filters: Asked = Field(default_factory=dict)
    limit: Annotated[int, Field(ge=1, le=MOST_OF_LOOK, description="Hits for each item.")] = 8
    language: Language = "en"
    visit: Visit | None = None

    def request(self, photo: bytes) -> SearchRequest:
        """The search that is meant."""
        asked = filters.parse(self.filters)
        given: dict[str, Any] = {"group_by": "item", "limit": self.limit, "filters": asked}
        return SearchRequest(photo=photo, one_per_design=True, **given)


class OfProduct(BaseModel):
    """Which product: by our id or by the shop's own, and not both."""

    model_config = ConfigDict(frozen=True)

    product_id: Id | None = None
    external_id: ExternalId | None = None
    language: Language = "en"

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.product_id is None) == (self.external_id is None):
            raise invalid("product_id", "or external_id is needed, and not both")
        return self


class ShopSimilar(OfProduct):
    """Products like that one."""

    limit: Annotated[int, Field(ge=1, le=MOST_HITS)] = 12
    cursor: Annotated[str | None, Field(max_length=1_000)] = None
    filters: Annotated[str, Field(max_length=10_000, description="As JSON.")] = "{}"
    visit: Visit | None = None

    @property
    def wanted(self) -> Filters:
        """The filters; raises Invalid for what is none."""
        return filters.parse(content.parse_json(self.filters, "filters"))


class ShopLookOf(OfProduct):
    """What else is worn with that product."""

    limit: Annotated[int, Field(ge=1, le=MOST_OF_LOOK, description="Hits for each item.")] = 8
    visit: Visit | None = None


class ShopEvent(RequestModel):
    """One thing a visitor did: `search` tells that the answer of a search was shown."""

    type: Kind
    product_id: Id | None = None
    external_id: ExternalId | None = None
    search_id: Id | None = None
    rank: Annotated[int | None, Field(ge=1, le=10_000)] = None

    @model_validator(mode="after")
    def _names_its_subject(self) -> Self:
        of_search = self.type == "search"
        if of_search and self.search_id is None:
            raise ValueError("needs a search_id: which search was shown")
        if not of_search and (self.product_id is None) == (self.external_id is None):
            raise ValueError("needs a product_id or an external_id, and not both")
        return self

    @property
    def told(self) -> Told:
        """The event for the service."""
        return Told(self.type, self.product_id, self.external_id, self.search_id, self.rank)


class ShopEvents(RequestModel):
    """What visitors of one page did, in order."""

    visit: Visit | None = None
    events: Annotated[list[ShopEvent], Field(min_length=1, max_length=MOST_EVENTS)]
