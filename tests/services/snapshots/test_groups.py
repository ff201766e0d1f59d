from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tests.worlds import verifying
from tests.worlds.factories import encoded
from vitrine.services import catalog
from vitrine.services.snapshots import items, leaks
from vitrine.services.snapshots.groups import TEST, TRAIN, VAL, grouped, split_of
from vitrine.tables.blobs import Blob
from vitrine.vision import images, likeness
from vitrine.wiring import Runtime


def scene(seed: int, quality: int = 90) -> bytes:
    """A picture of broad shapes, no two seeds alike; another quality makes other bytes."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    picture = Image.fromarray(coarse).resize((120, 160), Image.Resampling.BICUBIC)
    return encoded(picture, quality=quality)


def add(runtime: Runtime, external_id: str, *photos: bytes, **attributes: str) -> str:
    with runtime.sessions.write() as session:
        product = verifying.add_product(
            session, runtime.ports, external_id, *photos, attributes=attributes
        )
        for image in product.images:
            blob = session.get_one(Blob, image.sha256)
            picture = images.open(runtime.ports.blobs.get(image.blob_key))
            blob.perceptual_hash = likeness.perceptual_hash(picture)
            blob.colour_grid = likeness.colour_grid(picture)
        return product.id


def groups(runtime: Runtime) -> set[frozenset[str]]:
    with runtime.sessions.read() as session:
        named = grouped(session)
        told = {
            each.id: each.external_id
            for each in catalog.list_products(session, catalog.Filters(), None, 200).products
        }
    return {
        frozenset(told[one] for one, group in named.items() if group == name)
        for name in set(named.values())
    }


def test_what_belongs_together_is_one_group(runtime: Runtime) -> None:
    add(runtime, "design 1", scene(1), style_id="S1")
    add(runtime, "design 2", scene(2), style_id="S1")
    add(runtime, "same photo", scene(2), scene(3))
    add(runtime, "near photo", scene(3, quality=60))
    add(runtime, "alone", scene(4), style_id="S2")
    together = frozenset({"design 1", "design 2", "same photo", "near photo"})
    assert groups(runtime) == {together, frozenset({"alone"})}


def test_a_word_that_very_many_share_is_no_design(runtime: Runtime) -> None:
    for number in range(51):
        add(runtime, f"P{number}", style_id="women")
    assert len(groups(runtime)) == 51


def test_a_group_keeps_its_split_as_the_catalogue_grows(runtime: Runtime) -> None:
    first = [
        add(runtime, f"P{number}", scene(number), style_id=f"S{number}") for number in range(9)
    ]
    with runtime.sessions.read() as session:
        before = grouped(session)
    for number in range(9):
        add(runtime, f"A{number}", scene(100 + number), style_id=f"S{number}")
    with runtime.sessions.read() as session:
        after = grouped(session)
    assert {each: after[each] for each in first} == before
    assert len(set(after.values())) == 9


def test_seven_in_ten_groups_are_for_training() -> None:
    shares = Counter(split_of(f"SKU-{number}") for number in range(5000))
    for split, share in ((TRAIN, 0.7), (VAL, 0.1), (TEST, 0.2)):
        assert shares[split] / 5000 == pytest.approx(share, abs=0.02)


def test_the_leak_check_counts_what_stands_in_two_splits(runtime: Runtime) -> None:
    names = {split_of(name): name for name in map(str, range(20))}
    add(runtime, "A", scene(1), style_id="S")
    add(runtime, "B", scene(1), style_id="S")
    add(runtime, "C", scene(1, quality=60), style_id="S")
    with runtime.sessions.read() as session:
        one, other, third = items.everything(session)
    told = leaks.check([one, other, third])
    assert told.none
    assert (told.photos, told.compared) == (2, 2)
    moved = replace(third, group=names[TEST])
    told = leaks.check([replace(one, group=names[TRAIN]), replace(other, group=names[VAL]), moved])
    assert (told.groups, told.same_photos, told.near_photos) == (0, 1, 1)
    assert not told.none
