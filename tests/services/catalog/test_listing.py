"""Lists in every order, page after page, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from vitrine.core.clock import new_id
from vitrine.core.errors import Invalid
from vitrine.core.settings import Settings
from vitrine.db import Sessions
from vitrine.services import catalog
from vitrine.services.catalog import Filters, Sorting, listing
from vitrine.services.catalog.listing import SortName
from vitrine.tables.catalog import MODEL, PERSON, Crop, Image, Label, Product
from vitrine.tables.jobs import FAILED, SUCCEEDED, Job

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
GIVEN: Sequence[dict[str, Any]] = (
    {"title": "Überrock", "brand": "nord", "price": Decimal("9.90"), "status": "draft"},
    {"title": "anorak", "brand": "", "price": None},
    {"title": "Zebra dress", "brand": "South", "price": Decimal("129")},
    {"title": "Anorak", "brand": "Nord", "price": Decimal("9.90"), "status": "archived"},
    {"title": "belt", "brand": "Öland", "price": Decimal("0.0001")},
)
SCORES: Sequence[Sequence[tuple[str, float, str]]] = (
    [("colour", 0.9, MODEL), ("category", 0.4, MODEL)],
    [],
    [("colour", 0.8, MODEL)],
    [("colour", 0.2, MODEL), ("colour", 1.0, PERSON), ("category", 0.7, MODEL)],
    [("colour", 0.3, MODEL), ("colour", 1.0, PERSON)],
)
PHOTOS = (2, 0, 1, 1, 3)


@pytest.fixture
def shop(both_databases: tuple[Settings, Sessions]) -> Sessions:
    _, sessions = both_databases
    with sessions.write() as session:
        for number in range(len(GIVEN)):
            _add(session, number)
        for number in range(len(GIVEN)):  # a change of its own moves the time on
            changed = NOON - timedelta(hours=number)
            row = update(Product).where(Product.external_id == f"P{number}")
            session.execute(row.values(updated_at=changed))
    return sessions


def _add(session: Session, number: int) -> None:
    product = Product(id=new_id(), external_id=f"P{number}", **GIVEN[number])
    session.add(product)
    session.flush()
    shape = {"media_type": "image/jpeg", "bytes": 1, "width": 9, "height": 9}
    images = [
        Image(id=new_id(), product_id=product.id, sha256=f"{number}{place}", **shape)
        for place in range(PHOTOS[number])
    ]
    session.add_all(images)
    session.flush()
    if not images:
        return
    box = {"x1": 0, "y1": 0, "x2": 9, "y2": 9, "kind": "whole", "score": 1, "detector": "none"}
    crop = Crop(id=new_id(), image_id=images[0].id, **box)
    session.add(crop)
    session.flush()
    product.primary_crop_id = crop.id
    for facet, score, source in SCORES[number]:
        of = crop.id if source == MODEL else None
        label = {"product_id": product.id, "crop_id": of, "value": "x", "score": score}
        session.add(Label(facet=facet, source=source, **label))


def walked(sessions: Sessions, sorting: Sorting, filters: Filters = Filters()) -> list[str]:
    """External ids in order, by pages of two."""
    found: list[str] = []
    cursor = None
    while True:
        with sessions.read() as session:
            page = catalog.list_products(session, filters, cursor, 2, sorting)
            found += [product.external_id for product in page.products]
        if (cursor := page.next_cursor) is None:
            return found


ORDERS: dict[SortName, tuple[str, str]] = {
    "created": ("01234", ""),
    "external_id": ("01234", ""),
    "price": ("4032", "1"),
    "status": ("12430", ""),
    "changed": ("43210", ""),
    "photos": ("12304", ""),
    "sureness": ("032", "14"),
}
"""Up, by number of the product, and those that have no such value."""


@pytest.mark.parametrize("by", ORDERS)
def test_every_order_goes_both_ways_and_what_is_not_known_comes_last(
    shop: Sessions, by: SortName
) -> None:
    known, rest = ([f"P{number}" for number in each] for each in ORDERS[by])
    assert walked(shop, Sorting(by, descending=False)) == known + rest
    assert walked(shop, Sorting(by, descending=True)) == known[::-1] + rest[::-1]


@pytest.mark.parametrize("by", ["title", "brand"])
def test_words_are_in_the_order_of_the_database_whatever_their_case(
    shop: Sessions, by: SortName
) -> None:
    found = walked(shop, Sorting(by))
    assert sorted(found) == [f"P{number}" for number in range(5)]
    place = found.index
    alike = ("P1", "P3") if by == "title" else ("P0", "P3")
    assert place(alike[1]) == place(alike[0]) + 1
    if by == "brand":
        assert found[-1] == "P1"
    assert walked(shop, Sorting(by, descending=True))[-1 if by == "brand" else 0] == (
        "P1" if by == "brand" else found[-1]
    )


def test_what_is_usual_is_the_newest_first(shop: Sessions) -> None:
    assert [Sorting(by).down for by in ("created", "changed", "title")] == [True, True, False]
    assert walked(shop, Sorting()) == ["P4", "P3", "P2", "P1", "P0"]
    assert set(listing.KEYS) == set(get_args(SortName))


def test_a_page_is_not_lost_when_its_last_product_goes_or_changes(shop: Sessions) -> None:
    by_price = Sorting("price")
    with shop.read() as session:
        first = catalog.list_products(session, Filters(), None, 2, by_price)
    with shop.write() as session:
        for external_id, price in (("P0", None), ("P4", Decimal(500))):
            found = catalog.find(session, external_id)
            assert found is not None
            found.price = price
            found.deleted_at = NOON if external_id == "P4" else None
    with shop.read() as session:
        rest = catalog.list_products(session, Filters(), first.next_cursor, 9, by_price)
    assert [each.external_id for each in rest.products] == ["P3", "P2", "P0", "P1"]


def test_unsure_is_what_a_model_said_and_nobody_checked(shop: Sessions) -> None:
    assert walked(shop, Sorting("external_id"), Filters(unsure=True)) == ["P0"]
    with shop.read() as session:
        page = catalog.list_products(session, Filters(), None, 9, Sorting("external_id"))
        assert [each.sureness for each in page.products] == [0.4, None, 0.8, 0.7, None]
        assert catalog.count_products(session, Filters(unsure=True)) == 1


def test_failed_is_what_nothing_mended_since(shop: Sessions) -> None:
    given = {
        "P0": [("index", FAILED)],
        "P1": [("index", FAILED), ("index", SUCCEEDED)],
        "P2": [("index", SUCCEEDED), ("index", FAILED), ("publish", SUCCEEDED)],
        "P3": [("publish", FAILED)],
        "P4": [("pictures", FAILED), ("index", SUCCEEDED)],
    }
    with shop.write() as session:
        for external_id, runs in given.items():
            found = catalog.find(session, external_id)
            assert found is not None
            for kind, status in runs:
                session.add(Job(id=new_id(), kind=kind, status=status, product_id=found.id))
    failed = Filters(failed=True)
    assert walked(shop, Sorting("external_id"), failed) == ["P0", "P2", "P4"]
    with shop.read() as session:
        page = catalog.list_products(session, Filters(), None, 9, Sorting("external_id"))
        told = listing.failures(session, page.products)
        assert {each.external_id: each.id in told for each in page.products} == {
            "P0": True,
            "P1": False,
            "P2": True,
            "P3": False,
            "P4": True,
        }


def test_a_cursor_goes_with_its_order_only(shop: Sessions) -> None:
    with shop.read() as session:
        after = catalog.list_products(session, Filters(), None, 2, Sorting("price")).next_cursor
        for other in (Sorting("title"), Sorting("price", descending=True)):
            with pytest.raises(Invalid) as refused:
                catalog.list_products(session, Filters(), after, 2, other)
            assert refused.value.code == "invalid_cursor"
