"""After a purge nothing refers to what is gone and no object is left, wherever it was killed."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worlds.mortal import (
    PHOTOS,
    World,
    counts,
    expected_keys,
    opened,
    status,
)

FEW = settings(max_examples=15)
SHELF = st.lists(st.sets(st.integers(0, 4), max_size=3), min_size=1, max_size=4)
"""Which of five photos each product shows: some are shared."""


def filled(world: World, shelves: list[set[int]]) -> list[str]:
    products = [
        world.add(f"SKU-{place}", [PHOTOS[number] for number in sorted(shelf)])
        for place, shelf in enumerate(shelves)
    ]
    world.run_all()
    return products


def assert_only_these_live(world: World, alive: set[str], gone: set[str]) -> None:
    everything = world.everything()
    for each in gone:
        assert each not in everything
    assert {row["id"] for row in world.rows("products")} == alive
    assert set(world.blobs.stored) == expected_keys(world)
    shown = {row["sha256"] for row in world.rows("images")}
    assert {row["sha256"] for row in world.rows("blobs")} == shown
    with_photos = {row["product_id"] for row in world.rows("images")}
    assert world.vectors() == alive & with_photos


@FEW
@given(
    shelves=SHELF,
    deleted=st.sets(st.integers(0, 3)),
    thinned=st.sets(st.integers(0, 3)),
    uploads=st.sets(st.integers(0, 4), max_size=2),
    fate=st.tuples(st.booleans(), st.none() | st.integers(0, 40)),
)
def test_a_purge_leaves_no_reference_and_no_object(
    migrated_sqlite: Path,
    shelves: list[set[int]],
    deleted: set[int],
    thinned: set[int],
    uploads: set[int],
    fate: tuple[bool, int | None],
) -> None:
    published, dies_at = fate
    with opened(migrated_sqlite) as world:
        products = filled(world, shelves)
        gone: set[str] = set()
        for place, product_id in enumerate(products):
            images = world.image_ids(product_id)
            if place in deleted:
                gone |= {product_id} | images
                world.delete(product_id)
            elif place in thinned and images:
                world.delete_image(product_id)
        gone |= {str(row["id"]) for row in world.rows("images") if row["deleted_at"]}
        world.import_refused()
        for number in uploads:
            world.upload(PHOTOS[number])
        gone |= {str(row["id"]) for row in world.rows("images") if row["product_id"] is None}
        if published:
            world.run_all()

        job_id = world.purge(dies_at)

        assert status(world, job_id) == "succeeded"
        world.run_all()
        if not published:  # what hid an image or a product was never told to the index
            world.publish_all()
        assert_only_these_live(world, set(products) - gone, gone)


def test_killed_at_every_step_a_purge_ends_as_if_it_had_not_been(migrated_sqlite: Path) -> None:
    with opened(migrated_sqlite) as world:
        products = filled(world, [{0, 1}, {1, 2}, {3}])
        world.upload(PHOTOS[4])
        world.import_refused()
        world.delete_image(products[1])
        world.delete(products[2])
        world.delete(products[0])
        world.run_all()
        gone = {products[0], products[2]} | world.image_ids(products[0])
        with opened(migrated_sqlite, world) as whole:
            told = counts(whole, whole.purge())
            steps = whole.fate.steps
            assert list(whole.blobs.keys("imports/")) == []
            assert_only_these_live(whole, {products[1]}, gone)
        assert told == {"queries": 3, "replies": 3, "products": 2, "images": 4, "uploads": 1} | {
            "jobs": told["jobs"],
            "blobs": 4,
        }
        assert steps > 40
        for step in range(steps):
            with opened(migrated_sqlite, world) as killed:
                job_id = killed.purge(dies_at=step)
                assert status(killed, job_id) == "succeeded"
                assert counts(killed, job_id) == told, step
                assert_only_these_live(killed, {products[1]}, gone)
