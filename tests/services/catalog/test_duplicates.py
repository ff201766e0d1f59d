from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance
from sqlalchemy import select, text

from tests.worlds.factories import encoded, photo, product_with_photos
from tests.worlds.fakes import ListQueue
from vitrine import schema
from vitrine.core.clock import now
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.sample import PRODUCTS, Product, draw_product
from vitrine.services import catalog
from vitrine.services.catalog import duplicates, thumbnails
from vitrine.tables.blobs import Blob
from vitrine.vision import images, likeness
from vitrine.wiring import Runtime

CUTS = PRODUCTS[::18]
BLOB = (
    "INSERT INTO blobs (sha256, created_at, thumbnails_at, perceptual_hash) "
    "VALUES (:sha256, :created_at, :thumbnails_at, :perceptual_hash)"
)
OTHER = ("red", "navy", "sage", "mustard")


def scene(seed: int) -> Image.Image:
    """A picture of broad shapes, no two seeds alike."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((120, 160), Image.Resampling.BICUBIC)


def hashed(picture: Image.Image, kind: str = "PNG", **options: object) -> int:
    return int(likeness.perceptual_hash(images.open(encoded(picture, kind, **options))), 16)


def test_a_picture_keeps_its_hash_in_other_sizes_formats_and_qualities() -> None:
    original = hashed(scene(1))
    small = scene(1).resize((60, 80), Image.Resampling.LANCZOS)
    for other in (hashed(small), hashed(scene(1), "JPEG", quality=40), hashed(scene(1), "WEBP")):
        assert (original ^ other).bit_count() <= 4
    for seed in range(2, 12):
        assert (original ^ hashed(scene(seed))).bit_count() > 12


@cache
def drawn(product: Product, colour: str) -> Image.Image:
    return draw_product(replace(product, colour=colour), 1, (150, 200))


def same(one: Image.Image, other: Image.Image) -> bool:
    grids = [likeness.colour_grid(images.Picture(each, "image/png")) for each in (one, other)]
    return bool(likeness.same_colours(grids[:1], grids[1:])[0])


def test_one_cut_in_two_colours_has_one_hash_and_is_told_apart_all_the_same() -> None:
    near = 0
    for product in CUTS:
        for colours in combinations({product.colour, *OTHER}, 2):
            one, other = (drawn(product, colour) for colour in colours)
            assert not same(one, other), (product.title, colours)
            near += (hashed(one) ^ hashed(other)).bit_count() <= duplicates.FURTHEST
    assert near >= len(CUTS), "colours must have been what told them apart"


@pytest.mark.parametrize("product", CUTS, ids=lambda product: product.title)
def test_a_picture_keeps_its_colours_in_other_sizes_formats_and_qualities(product: Product) -> None:
    picture = drawn(product, product.colour)
    copies = [
        picture.resize((60, 80), Image.Resampling.LANCZOS),
        picture.resize((300, 400), Image.Resampling.BICUBIC),
        images.open(encoded(picture, "JPEG", quality=30)).pixels,
        images.open(encoded(picture, "WEBP", quality=50)).pixels,
        ImageEnhance.Brightness(picture).enhance(1.05),
        ImageEnhance.Color(picture).enhance(1.1),
        picture.crop((1, 1, 149, 199)),
    ]
    assert [same(picture, copy) for copy in copies] == [True] * len(copies)


@given(
    st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.sets(st.integers(0, 63), max_size=9)), max_size=12),
    st.integers(0, duplicates.FURTHEST),
)
def test_near_hashes_are_found_as_by_comparing_all(
    numbers: list[int], variants: list[tuple[int, set[int]]], distance: int
) -> None:
    for place, bits in variants:
        numbers = [*numbers, numbers[place % len(numbers)] ^ sum(1 << bit for bit in bits)]
    found = {
        (min(one, other), max(one, other)): apart
        for one, other, apart in duplicates._close(np.array(numbers, dtype=np.uint64), distance)
    }
    expected = {
        (one, other): apart
        for one in range(len(numbers))
        for other in range(one + 1, len(numbers))
        if (apart := (numbers[one] ^ numbers[other]).bit_count()) <= distance
    }
    assert found == expected


def test_duplicates_link_products_and_merge_nothing(runtime: Runtime) -> None:
    original, copy = encoded(scene(1), "PNG"), encoded(scene(1), "JPEG", quality=60)
    with runtime.sessions.write() as session:
        made = {
            name: product_with_photos(session, runtime.ports, name, *photos)[0]
            for name, photos in {
                "A": (original, photo("red")),
                "B": (original,),
                "C": (copy, original),
                "D": (encoded(scene(9), "PNG"),),
                "E": (original,),
            }.items()
        }
    with runtime.sessions.write() as session:
        catalog.remove(session, runtime.ports, catalog.get(session, made["E"].id))
        thumbnails.submit(session, runtime.ports.queue)
    assert isinstance(runtime.ports.queue, ListQueue)
    runtime.ports.queue.run_all(runtime.run_job)
    with runtime.sessions.read() as session:
        found = duplicates.duplicates(session, 4)
        pairs = [(pair.exact, pair.first.external_id, pair.second.external_id) for pair in found]
        assert sorted(pairs) == [
            (False, "A", "C"),
            (False, "B", "C"),
            (True, "A", "B"),
            (True, "A", "C"),
            (True, "B", "C"),
        ]
        assert [pair.exact for pair in found if pair.distance == 0][:3] == [True] * 3
        only = duplicates.duplicates(session, 4, made["A"].id)
        assert len(only) == 3
        assert duplicates.duplicates(session, 4, made["D"].id) == []
        assert len(catalog.list_products(session, catalog.Filters(), None, 10).products) == 4


def test_a_cut_in_another_colour_is_no_duplicate_and_a_smaller_copy_is(runtime: Runtime) -> None:
    red, navy = (drawn(CUTS[2], colour) for colour in ("red", "navy"))
    assert (hashed(red) ^ hashed(navy)).bit_count() <= 4, "hashes alone tell them not apart"
    photos = {
        "red": encoded(red, "PNG"),
        "navy": encoded(navy, "PNG"),
        "copy": encoded(red.resize((120, 160)), "JPEG", quality=60),
    }
    with runtime.sessions.write() as session:
        for name, data in photos.items():
            product_with_photos(session, runtime.ports, name, data)
        thumbnails.submit(session, runtime.ports.queue)
    assert isinstance(runtime.ports.queue, ListQueue)
    runtime.ports.queue.run_all(runtime.run_job)
    with runtime.sessions.read() as session:
        found = duplicates.duplicates(session, duplicates.FURTHEST)
    assert [(pair.first.external_id, pair.second.external_id) for pair in found] == [
        ("copy", "red")
    ]


def test_more_pairs_than_are_compared_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "AT_ONCE", 3)
    size = likeness.GRID * likeness.GRID * 3
    grids = [bytes([255 * (number % 2)]) * size for number in range(7)]
    pairs = [(one, other, 0) for one, other in combinations(range(7), 2)]
    alike = [pair for pair in pairs if pair[0] % 2 == pair[1] % 2]
    assert list(duplicates._alike(iter(pairs), grids)) == alike
    assert list(duplicates._alike(iter(()), grids)) == []


def test_photos_of_before_colours_were_kept_are_looked_at_once_more(tmp_path: Path) -> None:
    engine = make_engine(Settings(data_dir=tmp_path))
    schema.upgrade(engine, "0011")
    sessions = Sessions(engine)
    row: dict[str, Any] = {"created_at": str(now()), "thumbnails_at": str(now())}
    rows = [
        row | {"sha256": "a" * 64, "perceptual_hash": "0" * 16},
        row | {"sha256": "b" * 64, "perceptual_hash": None},
    ]
    with sessions.write() as session:
        session.execute(text(BLOB), rows)
    schema.upgrade(engine)
    with sessions.read() as session:
        waiting = session.scalars(select(Blob.sha256).where(Blob.thumbnails_at.is_(None))).all()
        assert (waiting, thumbnails.due(session)) == (["a" * 64], True)
    engine.dispose()
