"""What can be asked of a search, and how a job carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, get_args

from vitrine.core.errors import Invalid
from vitrine.services.search import detected
from vitrine.services.search import filters as filtering
from vitrine.services.search.filters import EVERYTHING, NAMED, PRICE, Filters
from vitrine.services.search.orders import RELEVANCE, Sort
from vitrine.vision.tuning import LEVELS, Level
from vitrine.vision.types import Box

MAX_LIMIT = 500
MAX_TEXT = 1_000
MAX_FACETS = 50
SORTS: tuple[Sort, ...] = get_args(Sort)

COUNTED = (*NAMED, PRICE)
"""The facets that are counted unless a search names others."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list: filters, the facets to count, and the cursor of the page before."""

    limit: int = 20
    filters: Filters = EVERYTHING
    facets: tuple[str, ...] = COUNTED
    cursor: str | None = None
    sort: Sort = RELEVANCE

    def __post_init__(self) -> None:
        """Refuse what cannot be answered, by field."""
        _refuse(
            {
                "sort": None if self.sort in SORTS else f"is not {', '.join(SORTS)}",
                "limit": None if 1 <= self.limit <= MAX_LIMIT else f"is not 1 to {MAX_LIMIT}",
                "facets": None if len(self.facets) <= MAX_FACETS else f"are over {MAX_FACETS}",
            }
        )
        for facet in self.facets:
            filtering.check_facet(facet, "facets")


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: a photo or a product, words, or both; `not_text` are words to avoid.

    `weight` is the share, 0 to 1, of the photo or product where there are words as well;
    `min_level` leaves out what is not at least so sure. With neither it browses: all that the
    filters leave.
    """

    photo: bytes | None = None
    upload_id: str | None = None
    text: str = ""
    box: Box | None = None
    weight: float = 0.5
    limit: int = 20
    filters: Filters = EVERYTHING
    facets: tuple[str, ...] = COUNTED
    cursor: str | None = None
    item: int | None = None
    sort: Sort = RELEVANCE
    product_id: str | None = None
    not_text: str = ""
    min_level: Level | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be answered, by field."""
        Page(self.limit, self.filters, self.facets, self.cursor, self.sort)
        _refuse(
            {
                "weight": None if 0 <= self.weight <= 1 else "is not 0 to 1",
                "text": None if len(self.text) <= MAX_TEXT else f"is over {MAX_TEXT:,} characters",
                "box": "needs a photo" if self.box and not self.has_photo else None,
                "item": detected.wrong_choice(self.item, self.box, has_photo=self.has_photo),
                "upload_id": "comes beside a photo" if self.photo and self.upload_id else None,
            }
            | self._wrong_composition()
        )

    def _wrong_composition(self) -> dict[str, str | None]:
        nothing = "needs a photo, a product or words" if self.browses else None
        avoided = nothing if self.not_text.strip() else None
        level = None if self.min_level is None else nothing
        return {
            "product_id": "comes beside a photo" if self.product_id and self.has_photo else None,
            "not_text": f"is over {MAX_TEXT:,} characters"
            if len(self.not_text) > MAX_TEXT
            else avoided,
            "min_level": f"is not {', '.join(LEVELS)}"
            if self.min_level not in (None, *LEVELS)
            else level,
        }

    @property
    def has_photo(self) -> bool:
        """Whether a photo is part of the query."""
        return self.photo is not None or self.upload_id is not None

    @property
    def page(self) -> Page:
        """The part of the list that is asked for."""
        return Page(self.limit, self.filters, self.facets, self.cursor, self.sort)

    @property
    def browses(self) -> bool:
        """Whether nothing is compared: there is no photo, no product and no word."""
        return not (self.has_photo or self.product_id or self.text.strip())


def as_payload(query: Query) -> dict[str, Any]:
    """The query as a Job's payload; its photo must have been stored as an upload before."""
    if query.photo is not None:
        raise ValueError("a photo in a payload")
    payload = {key: value for key, value in asdict(query).items() if key not in ("photo", "box")}
    box = list(query.box.as_tuple()) if query.box else None
    return payload | {"box": box, "filters": query.filters.as_json(), "facets": [*query.facets]}


def from_payload(payload: Mapping[str, Any]) -> Query:
    """The query that a Job carries."""
    asked = dict(payload)
    box = asked.pop("box", None)
    asked["filters"] = filtering.parse(asked.get("filters", {}))
    asked["facets"] = tuple(asked.get("facets", COUNTED))
    return Query(**asked, box=Box(*box) if box else None)


def _refuse(wrong: Mapping[str, str | None]) -> None:
    fields = {name: reason for name, reason in wrong.items() if reason}
    if fields:
        reasons = "; ".join(f"{name} {reason}" for name, reason in fields.items())
        raise Invalid("invalid_request", reasons, fields=fields)
