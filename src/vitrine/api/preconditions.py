"""If-Match: whoever says which version of a product they saw changes no other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Response
from sqlalchemy.orm import Session

from vitrine.api.schemas.catalog import Product
from vitrine.core.errors import Outdated, invalid
from vitrine.services import catalog
from vitrine.tables.catalog import Product as StoredProduct

TAG = r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"'
TAGS = re.compile(rf"\s*{TAG}(?:\s*,\s*{TAG})*\s*")


@dataclass(frozen=True, slots=True)
class IfMatch:
    """The versions of a product that the caller would change; None for whichever it is."""

    versions: frozenset[str] | None
    response: Response

    def check(self, session: Session, product: StoredProduct) -> None:
        """Raise Outdated unless this is such a version; none comes between this and the commit."""
        if self.versions is None:
            return
        catalog.lock(session, product)
        if product.version not in self.versions:
            raise Outdated(
                "Somebody changed this product meanwhile; `present` tells how it is now.",
                product.version,
                Product.model_validate(product).model_dump(mode="json"),
            )

    def tagged(self, told: Product) -> Product:
        """What became of the product, with its version as the response's ETag."""
        return tagged(self.response, told)


async def get_if_match(
    response: Response,
    if_match: Annotated[
        str | None,
        Header(description="The ETag of the version you saw; without it any is changed."),
    ] = None,
) -> IfMatch:
    """The request's condition; raises Invalid for what is no list of ETags."""
    if if_match is None or if_match.strip() == "*":  # each product that is found has a version
        return IfMatch(None, response)
    if not TAGS.fullmatch(if_match):
        raise invalid("If-Match", 'needs an ETag in quotes, such as "0123abcd"')
    # Weak ones too: proxies that compress weaken the tag, and ours name the product, not its bytes.
    return IfMatch(frozenset(re.findall(TAG, if_match)), response)


IfMatchDep = Annotated[IfMatch, Depends(get_if_match)]


def tagged(response: Response, told: Product) -> Product:
    """The product, with its version as the response's ETag."""
    response.headers["ETag"] = f'"{told.version}"'
    return told
