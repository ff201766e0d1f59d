"""The migration that makes a field of what feeds say of a product's page."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import text

from vitrine import schema
from vitrine.core.clock import now
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine

PRODUCT = """
    INSERT INTO products (id, external_id, title, description, category, colour, brand, gender,
                          currency, attributes, primary_source, updated_at, created_at)
    VALUES (:id, :id, :id, '', '', '', '', '', '', :attributes, 'model', :at, :at)
"""


def test_an_address_that_came_as_an_attribute_is_the_products_page(tmp_path: Path) -> None:
    engine = make_engine(Settings(data_dir=tmp_path))
    schema.upgrade(engine, "0027")
    sessions = Sessions(engine)
    links = {"a": "https://shop.example/a", "b": "javascript:alert(1)", "c": ["http://a.example/"]}
    with sessions.write() as session:
        for name, link in links.items():
            row = {"id": name, "attributes": json.dumps({"link": link}), "at": str(now())}
            session.execute(text(PRODUCT), row)
        session.execute(text(PRODUCT), {"id": "d", "attributes": "{}", "at": str(now())})
    schema.upgrade(engine)
    with sessions.read() as session:
        urls = session.execute(text("SELECT url FROM products ORDER BY id")).scalars().all()
    assert urls == ["https://shop.example/a", "", "", ""]
    engine.dispose()
