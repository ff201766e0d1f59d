"""Searches, their answers, and what a job made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from weakref import WeakKeyDictionary

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json

from vitrine.api import content, scores
from vitrine.api.schemas.catalog import Product, plain_product
from vitrine.api.schemas.common import AnswerModel, plain, readers
from vitrine.api.schemas.jobs import Indexing, Retention
from vitrine.api.scores import Score
from vitrine.services.search import Answer, SearchRequest, filters
from vitrine.services.search.present import Hit as FoundHit
from vitrine.services.search.request import MAX_LIMIT
from vitrine.tables.catalog import Product as Stored
from vitrine.vision.tuning import Level

Edges = Annotated[tuple[float, float, float, float], Field(examples=[[40, 10, 400, 620]])]
"""Left, top, right and bottom in pixels of the upright photo."""


class SimilarQuery(BaseModel):
    """Which of the products like another one to show, and which page."""

    model_config = ConfigDict(frozen=True)

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 20
    filters: Annotated[str, Field(description="As JSON, the same as in a search.")] = "{}"
    cursor: Annotated[str | None, Field(max_length=1_000)] = None
    other_colours: Annotated[
        bool, Field(description="Its design in other colours: of its kind, by form alone.")
    ] = False

    one_per_design: Annotated[
        bool, Field(description="One hit for all variants of a design, and none of its own.")
    ] = False

    def request(self, product_id: str) -> SearchRequest:
        """The search by that product; raises Invalid about filters that cannot be read."""
        wanted = filters.parse(content.parse_json(self.filters, "filters"))
        return SearchRequest(
            product_id=product_id,
            filters=wanted,
            limit=self.limit,
            cursor=self.cursor,
            one_per_design=self.one_per_design,
        )


class Keeping(BaseModel):
    """What becomes of the photo that comes in the form of a search."""

    model_config = ConfigDict(frozen=True)

    keep_photo: Annotated[
        bool,
        Field(
            description="Keep the photo as an upload, as `/v1/uploads` does: its id is `upload_id` "
            "in the answer's `query`."
        ),
    ] = False


class FacetValue(AnswerModel):
    """One value of a facet and how many products have it."""

    value: str | int | float | bool
    count: int
    means: str | None = Field(
        default=None,
        description="The word of `/v1/vocabulary` that the shop means by it, whose names are in "
        "every language; null for none.",
    )


class RecognisedWords(AnswerModel):
    """A part of the words that is more than plain words; send its `text` in `plain_words` to have
    it read as such."""

    role: Literal["filter", "wish", "synonym", "spelling"] = Field(
        description="A filter holds, as if sent in `filters`; what is wished for comes first, and "
        "of another colour nothing matches; a synonym or a slip is read as `read_as`."
    )
    facet: str | None
    values: list[str] = Field(description="Those of the catalogue that are meant.")
    means: str | None = Field(description="The word of `/v1/vocabulary` that is meant.")
    min: str | None
    max: str | None
    currency: str = Field(description="As the words name it; prices are compared as they stand.")
    text: str = Field(examples=["under 60 euros"])
    start: int = Field(description="Where it begins in `text` of the search, in characters.")
    end: int
    read_as: str | None


class PriceRange(AnswerModel):
    """The lowest and the highest price."""

    min: str
    max: str


class Match(AnswerModel):
    """The image that matched, and where on it."""

    id: str
    url: str
    thumbnail_url: str
    box: Edges


class Agreement(AnswerModel):
    """A value that was wanted and that the product has."""

    facet: str
    value: str


class Difference(AnswerModel):
    """A value of the product, and the one that was wanted instead."""

    facet: str
    value: str
    wanted: str


class Reasons(AnswerModel):
    """Why a product was found where it stands."""

    agree: list[Agreement]
    differ: list[Difference]
    colour_distance: Score = Field(
        description="CIEDE2000 from the colours of the query to those of the matched view; from "
        "about 20 on it is another colour."
    )
    parts: dict[str, Score] = Field(
        description="Cosines to the query's parts (image, text, not_text; cosine to all in one), "
        "and what each signal of re-ranking added. `external_id` stands where the words hold the "
        "product's own id, which brings it to the front; `unseen` where words stand for a photo. "
        "Viewers are told their names alone.",
        examples=[{"image": 0.81, "colour": 0.04}],
    )
    moved: int = Field(description="Places won by re-ranking; below 0 lost.")


class Hit(AnswerModel):
    """One product that was found; `score` is the cosine similarity, plus what re-ranking added.

    It is null where nothing was compared, and for viewers. `level` says how sure the hit is; it is
    null where the encoder was not calibrated for such queries. `image` is null where the product
    has no photo that could be compared.
    """

    rank: int
    score: Score
    level: Level | Literal["none"] | None = None
    matches: bool = Field(
        default=True,
        description="False below the line: the product is less alike, and shown for want of "
        "better.",
    )
    variants: int = Field(
        default=0,
        description="With `one_per_design`: more products of its design that the filters leave.",
    )
    product: Product
    image: Match | None
    reasons: Reasons | None = None


class SearchAnswer(AnswerModel):
    """The hits of one search, best first, and counts over all of them that match.

    A hit matches whose score reaches `line`; those below it follow, marked. Each facet is counted
    as if nothing were wanted of that facet itself, so that it tells what another choice would give.
    """

    query_id: str
    collection: str
    query: dict[str, Any]
    milliseconds: float
    created_at: datetime
    total: int | None = Field(description="How many products match, and the filters leave.")
    capped: bool = Field(
        description="Whether there are more than were counted: `total` is the least there are, and "
        "the counts of facets are of so many."
    )
    line: Score = Field(
        description="From which score on a product matches; null where every one does, or none, "
        "and for viewers."
    )
    fits: bool = Field(
        description="False where the query is about nothing that the catalogue has: then nothing "
        "matches, but for a product whose external id it names, and the hits are the nearest."
    )
    sorted: int | None = Field(
        description="How many of the best matches were put in the wished order; null for all."
    )
    recognised: list[RecognisedWords] = Field(description="What of the words is more than words.")
    facets: dict[str, list[FacetValue]]
    price_range: PriceRange | None
    next_cursor: str | None = Field(description="Asks for the page after this; null at the end.")
    hits: list[Hit]


class JobResult(AnswerModel):
    """What the job made: one of them, by its kind."""

    indexing: Indexing | None = None
    search: SearchAnswer | None = None
    retention: Retention | None = None


def told(answer: Answer) -> SearchAnswer:
    """A search's answer in the API's words."""
    return _told(answer, [hit_told(found) for found in answer.hits])


def written(answer: Answer) -> bytes:
    """The JSON of what `told` says. Hits are not judged again, for services made them of that
    shape: it would take as long as reading them from the database. Whoever is told no scores has
    them left out by the schema."""
    if not scores.are_told():
        return told(answer).model_dump_json().encode()
    hits = [plain(_HIT, found) for found in answer.hits]
    return to_json(dict(_told(answer, [])) | {"hits": hits}, inf_nan_mode="null")


def _told(answer: Answer, hits: list[Hit]) -> SearchAnswer:
    made, summary = answer.result, answer.result.summary
    return SearchAnswer(
        query_id=made.id,
        collection=made.collection,
        query=made.query,
        milliseconds=made.milliseconds,
        created_at=made.created_at,
        total=summary.get("total"),
        capped=summary.get("capped", False),
        line=summary.get("line"),
        fits=summary.get("fits", True),
        sorted=summary.get("sorted"),
        recognised=recognised_told(made.query),
        facets=summary.get("facets", {}),
        price_range=prices_told(summary),
        next_cursor=summary.get("next_cursor"),
        hits=hits,
    )


def recognised_told(query: Mapping[str, Any]) -> list[RecognisedWords]:
    """What was recognised in the words of a recorded query."""
    return [RecognisedWords(**one) for one in query.get("recognised", ())]


def prices_told(summary: Mapping[str, Any]) -> PriceRange | None:
    """The range of prices that was counted, None for none."""
    prices = summary.get("price_range")
    return PriceRange(min=prices[0], max=prices[1]) if prices else None


def hit_told(found: FoundHit) -> Hit:
    """A hit in the API's words."""
    why = found.reasons
    return Hit(
        rank=found.rank,
        score=found.score,
        level=found.level,
        matches=found.matches,
        variants=found.variants,
        product=Product.model_validate(found.product),
        image=_match(found),
        reasons=None if why is None else Reasons.model_validate(why),
    )


def _match(found: FoundHit) -> Match | None:
    if found.image is None or found.crop is None:
        return None
    url = f"/v1/images/{found.image.id}"
    box = found.crop.box.as_tuple()
    return Match(id=found.image.id, url=url, thumbnail_url=f"{url}/thumbnail", box=box)


_plains = WeakKeyDictionary[Stored, dict[str, Any]]()


def _plain(product: Stored) -> dict[str, Any]:
    """What is told of the product of a hit, which nobody changes and searches share."""
    known = _plains.get(product)
    if known is None:
        known = _plains[product] = plain_product(product)
    return known


_HIT = readers(
    Hit,
    product=lambda found: _plain(found.product),
    image=_match,
    reasons=lambda found: None if found.reasons is None else found.reasons.as_json(),
)
