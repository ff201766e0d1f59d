"""What services found, in the words of the public door: in a visitor's language, for their key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from vitrine.api.schemas.search import RecognisedWords, prices_told, recognised_told
from vitrine.api.schemas.shop import (
    MOST_PICTURES,
    ShopAnswer,
    ShopDetected,
    ShopFacet,
    ShopFacetValue,
    ShopGroup,
    ShopHit,
    ShopItem,
    ShopLookAnswer,
    ShopPicture,
    ShopProduct,
    ShopRecognised,
)
from vitrine.api.schemas.shop_asked import Language
from vitrine.core.errors import Invalid
from vitrine.fields import Facet
from vitrine.fields.facets import ATTRIBUTE, FACETS, LABEL
from vitrine.services.search import Answer, Hit
from vitrine.services.search.detected import DetectedItems
from vitrine.services.search.looks import Look
from vitrine.tables.catalog import Image, Product
from vitrine.vision.kinds import NAMES
from vitrine.vision.vocabulary import vocabulary

AVAILABILITY = "availability"


@dataclass(frozen=True, slots=True)
class Telling:
    """To whom it is told: with which key they fetch pictures, in which language they read."""

    key: str
    language: Language

    def answer(self, found: Answer, open_: Mapping[str, Facet]) -> ShopAnswer:
        """A search: facets that visitors may not count by are left out, and what labels say of what
        the shop says itself."""
        summary = found.result.summary
        said = {name: counted for name, counted in summary.get("facets", {}).items() if counted}
        own = {f"{LABEL}{name}" for name in said}
        facets = {name: said[name] for name in said if name in open_ and name not in own}
        return ShopAnswer(
            search_id=found.result.id,
            total=summary.get("total"),
            capped=summary.get("capped", False),
            fits=summary.get("fits", True),
            sorted=summary.get("sorted"),
            recognised=[self._recognised(each) for each in recognised_told(found.result.query)],
            facets=[self._facet(open_[name], counted) for name, counted in facets.items()],
            price_range=prices_told(summary),
            next_cursor=summary.get("next_cursor"),
            hits=self._hits(found.hits),
        )

    def look(self, found: Look, *, of_photo: bool) -> ShopLookAnswer:
        """A search by item; where things lie on a photo is told of the visitor's own alone."""
        groups = [
            ShopGroup(
                item=group.item,
                kind=group.kind,
                title=self.kind(group.kind),
                box=group.box.as_tuple() if of_photo else None,
                hits=self._hits(group.hits),
            )
            for group in found.groups
        ]
        return ShopLookAnswer(search_id=found.result.id, groups=groups)

    def detected(self, found: DetectedItems) -> ShopDetected:
        """The items of a photo, without how sure their detector was."""
        items = [
            ShopItem(
                item=one.number,
                box=one.box.as_tuple(),
                kind=one.kind,
                title=self.kind(one.kind),
            )
            for one in found.items
        ]
        size = found.size
        return ShopDetected(width=size.width, height=size.height, main=found.main, items=items)

    def product(self, product: Product) -> ShopProduct:
        """A product, with nothing that the shop did not write for shoppers."""
        return ShopProduct(
            id=product.id,
            external_id=product.external_id,
            title=product.title,
            description=product.description,
            brand=product.brand,
            category=product.category,
            colour=product.colour,
            price=None if product.price is None else str(product.price),
            currency=product.currency,
            availability=_text(product.attributes.get(AVAILABILITY)),
            url=product.url or None,
            pictures=[self._picture(image) for image in product.images[:MOST_PICTURES]],
        )

    def kind(self, kind: str) -> str:
        """What a kind of garment is called."""
        return getattr(NAMES[kind], self.language) if kind in NAMES else kind

    def facet(self, facet: Facet) -> str:
        """What a facet is called."""
        return str(getattr(facet.names, self.language))

    def _hits(self, hits: Iterable[Hit]) -> list[ShopHit]:
        return [self._hit(hit) for hit in hits]

    def _hit(self, hit: Hit) -> ShopHit:
        parts = {} if hit.reasons is None else hit.reasons.parts
        return ShopHit(
            rank=hit.rank,
            level=hit.level,
            matches=hit.matches,
            named="external_id" in parts,
            product=self.product(hit.product),
            picture=None if hit.image is None else self._picture(hit.image),
            box=None if hit.crop is None else hit.crop.box.as_tuple(),
        )

    def _picture(self, image: Image) -> ShopPicture:
        return ShopPicture(
            id=image.id,
            url=f"/v1/shop/pictures/{image.id}?key={quote(self.key, safe='')}",
            width=image.width,
            height=image.height,
        )

    def _recognised(self, found: RecognisedWords) -> ShopRecognised:
        facet, means = found.facet or "", found.means
        named = FACETS.get(facet)
        plain = facet.removeprefix(ATTRIBUTE)
        return ShopRecognised(
            **found.model_dump(exclude={"means"}),
            title=plain if named is None else self.facet(named),
            means=None if means is None else value_title(facet, means, self.language),
        )

    def _facet(self, facet: Facet, counted: Sequence[Mapping[str, Any]]) -> ShopFacet:
        values = [
            ShopFacetValue(
                value=each["value"],
                title=value_title(facet.name, each.get("means") or each["value"], self.language),
                count=each["count"],
            )
            for each in counted
        ]
        return ShopFacet(name=facet.name, title=self.facet(facet), values=values)


def value_title(facet: str, value: Any, language: Language) -> str:
    """What a value is called: in the visitor's language where it is a word of the vocabulary, else
    as the shop writes it."""
    known = vocabulary().facets.get(facet.removeprefix(LABEL))
    if known is not None and isinstance(value, str):
        with suppress(Invalid):
            meant = known.value(value)
            if language == "en":
                return value if meant.casefold() == value.casefold() else meant
            return next(word.names[language] for word in known.words if word.value == meant)
    return str(value)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
