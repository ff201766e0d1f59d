"""A shop with its public door open: a catalogue, and visitors with a publishable key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.worlds.factories import photo, product_with_photos
from tests.worlds.people import Headers
from tests.worlds.remembered import remembered
from vitrine.services import shop
from vitrine.services.shop import Changes
from vitrine.wiring import Runtime

SHOP = "https://shop.example"
OFFERED = {"availability": ["in_stock"]}


@dataclass
class Door:
    """Products by external id, and their pictures; what of them a key of `OFFERED` shows."""

    runtime: Runtime
    products: dict[str, str] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)

    def add(self, external_id: str, painted: str = "red", **given: object) -> str:
        """An indexed product that the key offers, unless what is given says otherwise."""
        given.setdefault("attributes", {"availability": "in_stock"})
        with self.runtime.sessions.write() as session:
            seed = len(self.products)
            product, job = product_with_photos(
                session, self.runtime.ports, external_id, photo(painted, seed=seed), **given
            )
            self.images[external_id] = product.images[0].id
        self.runtime.run_job(job.id)
        self.products[external_id] = product.id
        return product.id

    def key(self, **asked: Any) -> tuple[str, str]:
        """A key's id, and the key: of SHOP and OFFERED unless told otherwise."""
        changes: Mapping[str, Any] = {"name": "Shop", "origins": [SHOP], "filters": OFFERED} | asked
        with self.runtime.sessions.write() as session:
            made = shop.create(session, Changes(**changes), self.runtime.settings.rates)
            return made.id, made.key

    def headers(self, **asked: Any) -> Headers:
        """Headers of a visitor of SHOP with a fresh key."""
        return {"X-Vitrine-Key": self.key(**asked)[1], "Origin": SHOP}


def furnished(runtime: Runtime) -> Door:
    """Three products that the key offers, and one of each sort that it does not."""
    products, images = remembered(runtime, _furnish)
    return Door(runtime, products, images)


def _furnish(runtime: Runtime) -> tuple[dict[str, str], dict[str, str]]:
    door = Door(runtime)
    for colour in ("red", "green", "blue"):
        door.add(colour, colour, colour=colour, category="Dresses", price="19.90", currency="EUR")
    door.add("sold-out", "red", attributes={"availability": "out_of_stock", "cost": 3})
    for status in ("draft", "archived", "private"):
        door.add(status, "red", status=status)
    return door.products, door.images
