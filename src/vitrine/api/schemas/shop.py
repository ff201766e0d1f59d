"""What the public door answers: slim shapes of its own, with nothing of staff's."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vitrine.api.schemas.common import AnswerModel
from vitrine.api.schemas.search import Edges, PriceRange
from vitrine.api.schemas.shop_asked import LONGEST_TEXT, MOST_EVENTS, MOST_HITS, Language
from vitrine.services.search.orders import Sort
from vitrine.vision.tuning import Level

MOST_PICTURES = 12


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


class ShopRecognised(AnswerModel):
    """A part of the words that is more than words; send its `text` in `plain_words` to have it read
    as such."""

    role: Literal["filter", "wish", "synonym", "spelling"] = Field(
        description="A filter holds; what is wished for comes first; a synonym or a slip is read "
        "as `read_as`."
    )
    facet: str | None
    title: str = Field(description="What the facet is called; empty where there is none.")
    values: list[str]
    means: str | None = Field(description="What the word of the vocabulary is called.")
    min: str | None
    max: str | None
    currency: str
    text: str = Field(examples=["under 60 euros"])
    start: int
    end: int
    read_as: str | None


class ShopAnswer(AnswerModel):
    """The hits of one search, best first; counts and prices are of matches only."""

    search_id: str = Field(description="For events of this search.")
    total: int | None
    capped: bool = Field(description="Whether there are more than were counted.")
    fits: bool = Field(
        description="False where the query is about nothing that the shop has: then the hits are "
        "the nearest, and none matches but one whose article number the words hold."
    )
    sorted: int | None = Field(description="How many of the best were put in order; null for all.")
    recognised: list[ShopRecognised] = Field(description="What of the words is more than words.")
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
    missed_kept_days: float = Field(
        description="For so long the shop keeps photos that nothing fits; 0: it keeps none."
    )


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
