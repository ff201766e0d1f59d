"""What Chroma keeps of a product beside its vector."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.worlds.factories import fields
from vitrine.adapters.vectors import embedded_index
from vitrine.db import Sessions
from vitrine.ports import Point
from vitrine.services import catalog
from vitrine.services.indexing.publish import facets_of


def test_facets_are_the_points_metadata_and_can_be_taken_back(
    tmp_path: Path, sessions: Sessions
) -> None:
    with sessions.write() as session:
        given = fields("A", category="Shirts", colour="Blue", price="19.90")
        product = catalog.create(session, given, None)
    index = embedded_index(tmp_path / "index")
    index.ensure("space", 2)
    vector = np.eye(2, dtype=np.float32)[0]

    def stored() -> object:
        return index._collection("space").get("A", include=["metadatas"])["metadatas"]

    index.upsert("space", [Point("A", vector, facets_of(product))])
    assert stored() == [{"category": "Shirts", "colour": "Blue", "price": 19.9}]
    product.colour, product.price = "", None
    index.upsert("space", [Point("A", vector, facets_of(product))])
    assert stored() == [{"category": "Shirts"}]
    index.close()
