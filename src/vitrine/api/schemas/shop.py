"""What the public door is asked and answers: slim shapes of its own, with nothing of staff's."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from vitrine.api import content
from vitrine.api.schemas.common import AnswerModel, Id, RequestModel
from vitrine.api.schemas.search import Edges, PriceRange
from vitrine.core.errors import invalid
from vitrine.services.search import SearchRequest, filters
from vitrine.services.search.filters import Filters
from vitrine.services.search.orders import Sort
from vitrine.services.shop.events import Kind, Told
from vitrine.vision.tuning import Level

MOST_HITS, MOST_OF_LOOK, MOST_EVENTS, MOST_PICTURES = 100, 24, 50, 12
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
SHARED = {"limit", "text", "weight", "item", "box", "sort", "cursor", "product_id"}
"""The options that mean the same to staff's searches."""


class ShopSearch(RequestModel):
    """A visitor's search by words, by a product, or by neither; a photo comes in a form."""

    text: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    product_id: Id | None = None
    external_id: ExternalId | None = None
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
            **asked, photo=photo, product_id=product_id, filters=filters.parse(self.filters)
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
        return SearchRequest(photo=photo, group_by="item", limit=self.limit, filters=asked)


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


class ShopEventsTaken(AnswerModel):
    """How many events were written down; the others were of nothing that the key offers."""

    accepted: int
    ignored: int


class ShopPicture(AnswerModel):
    """A picture of a product; `width` and `height` are the original's."""

    id: str
    url: str = Field(
        description="Add &size= (160, 480, 1080: the longer side) and &format= (webp, jpg)."
    )
    width: int
    height: int


class ShopProduct(AnswerModel):
    """A product as shoppers see it."""

    id: str
    external_id: str
    title: str
    description: str
    brand: str
    category: str
    colour: str
    price: str | None
    currency: str
    availability: str | None = Field(description="As the shop writes it.")
    url: str | None = Field(description="The shop's own page of it.")
    pictures: list[ShopPicture]


class ShopHit(AnswerModel):
    """A product that was found; those below the line, which match less, come last."""

    rank: int
    level: Level | Literal["none"] | None
    matches: bool
    named: bool = Field(description="Whether the words hold its article number.")
    product: ShopProduct
    picture: ShopPicture | None = Field(description="The one that matched.")
    box: Edges | None


class ShopFacetValue(AnswerModel):
    """One value of a facet, what it is called, and how many matches have it."""

    value: str | int | float | bool
    title: str
    count: int


class ShopFacet(AnswerModel):
    """One facet and the values that matches have, counted as if none of it were wanted."""

    name: str
    title: str
    values: list[ShopFacetValue]


class ShopAnswer(AnswerModel):
    """The hits of one search, best first; counts and prices are of matches only."""

    search_id: str = Field(description="For events of this search.")
    total: int | None
    fits: bool = Field(
        description="False where the query is about nothing that the shop has: then the hits are "
        "the nearest, and none matches but one whose article number the words hold."
    )
    sorted: int | None = Field(description="How many of the best were put in order; null for all.")
    facets: list[ShopFacet]
    price_range: PriceRange | None
    next_cursor: str | None
    hits: list[ShopHit]


class ShopItem(AnswerModel):
    """One thing on a photo."""

    item: int
    box: Edges
    kind: str
    title: str


class ShopDetected(AnswerModel):
    """What is on a photo, the surest first; `main` is what a search means that names none."""

    width: int
    height: int
    main: int | None
    items: list[ShopItem]


class ShopGroup(AnswerModel):
    """One item of a look and what fits it."""

    item: int
    kind: str
    title: str
    box: Edges | None = Field(description="On the photo that was sent; null of a product's look.")
    hits: list[ShopHit]


class ShopLookAnswer(AnswerModel):
    """One list of hits for each item that something fits."""

    search_id: str
    groups: list[ShopGroup]


class OpenFacet(AnswerModel):
    """What visitors may filter and count by."""

    name: str
    title: str
    kind: Literal["values", "range"]


class PhotoRules(AnswerModel):
    """What a photo to search with may be."""

    bytes: int
    min_side: int
    media_types: list[str]


class ShopLimits(AnswerModel):
    """The most of everything."""

    hits: int = MOST_HITS
    text: int = LONGEST_TEXT
    events: int = MOST_EVENTS


class ShopSettings(AnswerModel):
    """What a page needs to know before its first search."""

    currency: str = Field(description="Of the shop; a product's own goes before it.")
    language: Language
    languages: list[Language]
    facets: list[OpenFacet]
    sorts: list[Sort]
    photo: PhotoRules
    limits: ShopLimits
