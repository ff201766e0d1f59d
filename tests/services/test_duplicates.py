from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.factories import encoded, photo, product_with_photos
from tests.fakes import ListQueue
from vitrine.services import catalog, duplicates, thumbnails
from vitrine.vision import images, likeness
from vitrine.wiring import Runtime


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
        (min(pair), max(pair)): bits
        for *pair, bits in duplicates._close(np.array(numbers, dtype=np.uint64), distance)
    }
    expected = {
        (one, other): bits
        for one in range(len(numbers))
        for other in range(one + 1, len(numbers))
        if (bits := (numbers[one] ^ numbers[other]).bit_count()) <= distance
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
