"""A file's list of pictures is all that it gives; what it cannot give holds nothing else up."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pixels
from sqlalchemy import select, update

from tests.worlds.catalogues import written
from tests.worlds.factories import encoded, photo
from tests.worlds.imports import Pages, run, whats
from vitrine.core.groups import LimitSettings
from vitrine.services import catalog, imports, jobs
from vitrine.services.catalog.photos import admit
from vitrine.services.catalog.picture_lists import Shown, plan
from vitrine.services.imports import Outcome
from vitrine.services.jobs import JobKind
from vitrine.services.jobs.kinds import Listed
from vitrine.tables.catalog import Image
from vitrine.tables.jobs import CANCELLED, FAILED, QUEUED, SUCCEEDED, Job
from vitrine.wiring import Runtime

SPRING = [f"s{n}" for n in range(8)]
AUTUMN = [f"a{n}" for n in range(8)]


def address(name: str) -> str:
    return f"https://shop.example/{name}.jpg"


@pytest.fixture
def pages() -> Pages:
    return Pages(**{name: photo(seed=n) for n, name in enumerate(SPRING + AUTUMN)})


@pytest.fixture
def web(runtime: Runtime, pages: Pages) -> Runtime:
    return replace(runtime, ports=replace(runtime.ports, fetcher=pages))


def bring(web: Runtime, folder: Path, names: Sequence[str], price: int = 100) -> Outcome:
    """Import one product P with these pictures."""
    cell = ";".join(address(name) for name in names)
    (outcome,) = run(web, written(folder, f"sku,title,price,images\nP,Parka,{price},{cell}\n"))
    return outcome


def images_of(web: Runtime) -> list[Image]:
    with web.sessions.read() as session:
        product = catalog.find(session, "P")
        assert product is not None
        return list(product.images)


def shown(web: Runtime) -> list[str]:
    """The last names of the pictures' addresses, the file names of others."""
    found = images_of(web)
    return [(image.source_url or image.name).rsplit("/", 1)[-1][:-4] for image in found]


def price_of(web: Runtime) -> str:
    with web.sessions.read() as session:
        product = catalog.find(session, "P")
        assert product is not None
        return str(product.price)


def add_by_hand(web: Runtime, *names: str) -> None:
    files = [(f"{name}.jpg", photo("blue", seed=100 + n)) for n, name in enumerate(names)]
    with web.sessions.write() as session:
        product = catalog.find(session, "P")
        assert product is not None
        catalog.add_images(session, web.ports, product, admit(files, LimitSettings()), 250)


def waiting(web: Runtime) -> list[Job]:
    with web.sessions.read() as session:
        query = select(Job).where(Job.kind == JobKind.PICTURES).order_by(Job.id)
        return list(session.scalars(query))


def run_when_due(web: Runtime, job: Job) -> Job:
    """Let the time pass that the job waits for, and run it once."""
    with web.sessions.write() as session:
        session.execute(update(Job).where(Job.id == job.id).values(not_before=None))
    web.run_job(job.id)
    with web.sessions.read() as session:
        return jobs.get(session, job.id)


def test_the_autumn_photos_take_the_place_of_the_spring_photos(
    web: Runtime, tmp_path: Path
) -> None:
    assert bring(web, tmp_path, SPRING, 100).what == "created"
    outcome = bring(web, tmp_path, AUTUMN, 80)
    assert (outcome.what, outcome.photos, dict(outcome.fields)) == ("updated", 8, {})
    assert shown(web) == AUTUMN
    assert price_of(web) == "80.00"
    again = bring(web, tmp_path, AUTUMN, 80)
    assert (again.what, again.job_id) == ("unchanged", None)


def test_the_order_of_the_list_is_followed(web: Runtime, tmp_path: Path) -> None:
    bring(web, tmp_path, ["s0", "s1", "s2"])
    outcome = bring(web, tmp_path, ["s2", "s0", "s1"])
    assert (outcome.what, outcome.job_id) == ("updated", None)
    assert shown(web) == ["s2", "s0", "s1"]
    assert bring(web, tmp_path, ["s2", "s0"]).what == "updated"
    assert shown(web) == ["s2", "s0"]


def test_what_people_added_stays_in_its_place(web: Runtime, tmp_path: Path) -> None:
    bring(web, tmp_path, ["s0"])
    add_by_hand(web, "worn")
    bring(web, tmp_path, ["s0", "s1"])
    assert shown(web) == ["s0", "worn", "s1"]
    bring(web, tmp_path, ["a0"])
    assert shown(web) == ["a0", "worn"]


def test_a_file_that_names_no_pictures_says_nothing_of_them(web: Runtime, tmp_path: Path) -> None:
    bring(web, tmp_path, ["s0"])
    for table in ("sku,title,images\nP,Coat,\n", "sku,title\nP,Parka\n"):
        (outcome,) = run(web, written(tmp_path, table))
        assert (outcome.what, outcome.photos) == ("updated", 1)
    assert shown(web) == ["s0"]


def test_a_replaced_photo_leaves_as_one_that_was_deleted(web: Runtime, tmp_path: Path) -> None:
    bring(web, tmp_path, ["s0"])
    (before,) = images_of(web)
    bring(web, tmp_path, ["a0"])
    with web.sessions.read() as session:
        found = session.get(Image, before.id, execution_options={"show_deleted": True})
        assert found is not None
        assert found.deleted_at is not None


def test_a_new_photo_under_the_same_file_name_replaces_the_old(
    runtime: Runtime, tmp_path: Path
) -> None:
    table = written(tmp_path, "sku,title,images\nP,Parka,front.jpg\n")
    (tmp_path / "front.jpg").write_bytes(photo(seed=1))
    run(runtime, table)
    (tmp_path / "front.jpg").write_bytes(photo(seed=2))
    (outcome,) = run(runtime, table)
    assert (outcome.what, outcome.photos) == ("updated", 1)
    (tmp_path / "front.jpg").unlink()
    (outcome,) = run(runtime, table)
    assert (outcome.what, outcome.photos) == ("unchanged", 1)
    assert "no file" in outcome.fields["images"]
    assert waiting(runtime) == []


def test_a_dead_link_costs_only_itself_and_comes_later_into_its_place(
    web: Runtime, pages: Pages, tmp_path: Path
) -> None:
    late = pages.pages.pop(address("s1"))
    outcome = bring(web, tmp_path, ["s0", "s1", "s2"])
    assert (outcome.what, outcome.photos) == ("created", 2)
    assert outcome.fields["images"] == f"{address('s1')} answers 404; tried again later"
    (job,) = waiting(web)
    assert job.status == QUEUED
    assert job.not_before is not None
    tried = run_when_due(web, job)
    assert (tried.status, tried.error_code) == (QUEUED, "pictures_missing")
    assert shown(web) == ["s0", "s2"]
    pages.pages[address("s1")] = late
    assert run_when_due(web, job).status == SUCCEEDED
    assert shown(web) == ["s0", "s1", "s2"]
    assert bring(web, tmp_path, ["s0", "s1", "s2"]).what == "unchanged"


def test_a_link_that_stays_dead_fails_its_job_and_says_which(web: Runtime, tmp_path: Path) -> None:
    bring(web, tmp_path, ["s0", "gone"])
    (job,) = waiting(web)
    for _ in range(web.settings.queue.max_attempts):
        job = run_when_due(web, job)
    assert job.status == FAILED
    assert job.error_message == f"{address('gone')} answers 404"


def test_a_later_list_takes_the_place_of_what_still_waits(web: Runtime, tmp_path: Path) -> None:
    bring(web, tmp_path, ["s0", "gone"])
    bring(web, tmp_path, ["a0", "away"])
    first, second = waiting(web)
    assert (first.status, second.status) == (CANCELLED, QUEUED)
    bring(web, tmp_path, ["a0"])
    assert [job.status for job in waiting(web)] == [CANCELLED, CANCELLED]


def test_broken_and_huge_pictures_hold_up_nothing_else(
    web: Runtime, pages: Pages, tmp_path: Path
) -> None:
    pages.pages |= {
        address("page"): b"<html>gone</html>",
        address("cut"): photo(seed=50)[:-200],
        address("tiny"): encoded(Pixels.new("RGB", (4, 4)), "PNG"),
    }
    outcome = bring(web, tmp_path, ["page", "s0", "cut", "tiny"], 80)
    assert (outcome.what, outcome.photos) == ("created", 1)
    for said in (
        "page.jpg: This is not a JPEG",
        "cut.jpg: The picture is cut",
        "tiny.jpg: The pic",
    ):
        assert said in outcome.fields["images"]
    assert (shown(web), price_of(web)) == (["s0"], "80.00")


def test_of_too_many_pictures_the_first_are_taken_and_the_rest_told(
    web: Runtime, tmp_path: Path
) -> None:
    limits = web.settings.limits.model_copy(update={"images_per_product": 6})
    few = replace(web, settings=web.settings.model_copy(update={"limits": limits}))
    outcome = bring(few, tmp_path, SPRING)
    assert (outcome.what, outcome.photos) == ("created", 6)
    assert "2 left out: a product holds at most 6" in outcome.fields["images"]
    assert shown(few) == SPRING[:6]
    add_by_hand(web, "worn")
    bring(few, tmp_path, AUTUMN)
    assert shown(few) == [*AUTUMN[:5], "worn"]


def test_fifteen_photos_of_a_products_colours_are_taken(web: Runtime, tmp_path: Path) -> None:
    names = [*SPRING, *AUTUMN[:7]]
    outcome = bring(web, tmp_path, names)
    assert (outcome.photos, dict(outcome.fields)) == (15, {})
    assert shown(web) == names


def test_a_picture_written_into_the_cell_is_one(runtime: Runtime, tmp_path: Path) -> None:
    good = base64.b64encode(photo(size=(20, 20))).decode()
    rows = f'P,Parka,"data:image/jpeg;base64,{good}"\nQ,Coat,"data:image/png;base64,iVBORw0KGgo="\n'
    first, second = run(runtime, written(tmp_path, f"sku,title,images\n{rows}"))
    assert (first.photos, second.photos) == (1, 0)
    assert "damaged" in second.fields["images"] or "not a JPEG" in second.fields["images"]


def test_a_dry_run_tells_what_has_no_picture(web: Runtime, tmp_path: Path) -> None:
    table = f"sku,title,images\nA,A,{address('s0')}\nB,B,N/A\nC,C,none.jpg\n"
    outcomes = run(web, written(tmp_path, table), dry_run=True)
    assert whats(outcomes) == ["created"] * 3
    assert [outcome.photos for outcome in outcomes] == [1, 0, 0]
    tally = imports.ImportSummary()
    for outcome in outcomes:
        tally.add(outcome)
    assert (tally.without_photos, tally.bare) == (2, ["B", "C"])
    assert [outcome.external_id for outcome in tally.shown] == ["C"]


NAMES = st.sampled_from("abcdef")
HAVE = st.lists(st.tuples(NAMES, st.booleans()), unique_by=lambda each: each[0])


@given(have=HAVE, listed=st.lists(NAMES, unique=True), most=st.integers(1, 8))
def test_a_plan_keeps_every_promise(
    have: list[tuple[str, bool]], listed: list[str], most: int
) -> None:
    before = [Shown(name, name, "", by_source) for name, by_source in have]
    made = plan(before, [Listed(name=name, sha256=name) for name in listed], most)
    by_hand = [name for name, by_source in have if not by_source]
    order = list(made.order)
    assert len(set(order)) == len(order)
    assert set(by_hand) <= set(order)
    assert set(order) <= set(by_hand) | set(listed)
    assert len(order) <= max(most, len(by_hand))
    kept = [name for name in listed if name in order]
    assert [name for name in order if name in listed] == kept
    assert made.gone == {name for name, _ in have} - set(order)
    assert len([name for name in listed if name not in order]) == made.left_out
    again = [Shown(name, name, "", name not in by_hand) for name in order]
    assert (
        plan(again, [Listed(name=name, sha256=name) for name in listed], most).order == made.order
    )
