from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, update

from tests.worlds.stating import collection_of, shop_of, stated
from vitrine.core.clock import now
from vitrine.core.errors import Invalid, NotFound
from vitrine.services import calibration, jobs, models, search
from vitrine.services.jobs import JobKind, Order
from vitrine.services.jobs.kinds import Calibrate, Label
from vitrine.services.search import SearchRequest
from vitrine.services.search.filters import parse
from vitrine.tables.calibration import Calibration, ValueMapping
from vitrine.tables.catalog import Label as Labelled
from vitrine.tables.catalog import Product
from vitrine.tables.jobs import CANCELLED, SUCCEEDED, Job
from vitrine.wiring import Runtime


@pytest.fixture
def shop(runtime: Runtime) -> Runtime:
    return shop_of(runtime, *stated(300))


def calibrated(shop: Runtime) -> Calibration | None:
    """The fit after a job for one."""
    with shop.sessions.write() as session:
        job = calibration.submit(session, shop.ports.queue)
    shop.run_job(job.id)
    with shop.sessions.read() as session:
        assert jobs.get(session, job.id).status == SUCCEEDED
        return models.calibration(session, models.active(session))


def words(shop: Runtime) -> dict[str, str]:
    with shop.sessions.read() as session:
        return {row.spelled: row.word for row in calibration.mappings(session)}


def found(shop: Runtime, **asked: Any) -> dict[str, Any]:
    return dict(search.find(shop.search_engine, SearchRequest(**asked)).result.summary)


def follow_ups(shop: Runtime) -> set[str]:
    with shop.sessions.read() as session:
        return set(session.scalars(select(Job.kind).where(Job.kind != JobKind.CALIBRATE)))


def test_levels_keep_their_promise_on_queries_that_nothing_was_fitted_on(shop: Runtime) -> None:
    fitted = calibrated(shop)
    assert fitted is not None
    assert fitted.products == 300
    levels = fitted.figures["levels"]["photo"]["levels"]
    judged = [one for one in levels.values() if one["hits"] > 200]
    assert judged
    assert all(abs(one["promised"] - one["measured"]) < 0.1 for one in judged)


def test_search_reads_a_new_fit_in_every_process_without_a_restart(shop: Runtime) -> None:
    with shop.sessions.read() as session:
        product = session.scalars(select(Product.id)).first()
    asked = SearchRequest(product_id=product)
    before = search.find(shop.search_engine, asked).hits
    assert {hit.level for hit in before} == {None}
    calibrated(shop)
    after = search.find(shop.search_engine, asked).hits
    assert after[0].level in ("exact", "close", "similar")
    assert {hit.level for hit in after} != {None}


def test_the_very_product_is_told_only_where_nothing_else_is_as_alike(runtime: Runtime) -> None:
    vectors, rows = stated(300, noise=0.0)  # all of a sort and colour look the very same
    fitted = calibrated(shop_of(runtime, vectors, rows))
    assert fitted is not None
    assert fitted.tuning["levels"]["photo"]["others"]["exact"] is None


def test_values_mean_words_where_names_and_pictures_agree(shop: Runtime) -> None:
    calibrated(shop)
    told = words(shop)
    assert told["Vest top"] == "tank top"
    assert told["Maroon"] == "burgundy"
    with shop.sessions.read() as session:
        [row] = session.scalars(select(ValueMapping).where(ValueMapping.spelled == "Vest top"))
    [best, *_] = row.evidence["candidates"]
    assert best["word"] == "tank top"
    assert best["pictures"] > 0.8


def test_what_pictures_deny_is_not_proposed(runtime: Runtime) -> None:
    vectors, rows = stated(300)
    for row in rows:
        row["category"] = "Vest top" if row["category"] == "Hat" else f"{row['category']} x"
    shop = shop_of(runtime, vectors, rows)
    calibrated(shop)
    assert words(shop)["Vest top"] == ""


def test_filters_facets_and_words_know_the_shops_values_by_ours(shop: Runtime) -> None:
    assert found(shop, filters=parse({"colour": "burgundy"}))["total"] == 0
    calibrated(shop)
    told = found(shop, filters=parse({"colour": "burgundy"}))
    assert told["total"] == 100
    assert [one["value"] for one in told["facets"]["labels.colour"]] == ["burgundy"]
    assert found(shop, filters=parse({"category": "Trägertop"}))["total"] == 0
    assert found(shop, filters=parse({"labels.category": "tank top"}))["total"] == 75
    asked = SearchRequest(text="burgundy tank top")
    understood = search.find(shop.search_engine, asked).result.query["understood"]
    assert understood["wanted"] == {"category": ["Vest top"], "colour": ["Maroon"]}


def test_a_persons_word_wins_over_every_later_fit(shop: Runtime) -> None:
    calibrated(shop)
    with shop.sessions.write() as session:
        calibration.decide(session, shop.ports.queue, ("colour", "MAROON"), "rot", None)
    assert found(shop, filters=parse({"colour": "red"}))["total"] == 100
    calibrated(shop)
    assert words(shop)["Maroon"] == "red"
    with shop.sessions.write() as session:
        calibration.decide(session, shop.ports.queue, ("colour", "Maroon"), "", None)
    assert words(shop)["Maroon"] == ""
    assert found(shop, filters=parse({"colour": "red"}))["total"] == 0
    with shop.sessions.write() as session:
        calibration.decide(session, shop.ports.queue, ("colour", "Maroon"), None, None)
    assert words(shop)["Maroon"] == "burgundy"


def test_a_decision_needs_a_stated_value_and_a_word_of_ours(shop: Runtime) -> None:
    calibrated(shop)
    with shop.sessions.write() as session:
        with pytest.raises(NotFound, match="No product states"):
            calibration.decide(session, shop.ports.queue, ("colour", "Plaid"), "red", None)
        with pytest.raises(Invalid) as refused:
            calibration.decide(session, shop.ports.queue, ("colour", "Maroon"), "loud", None)
        with pytest.raises(Invalid, match="is no facet"):
            calibration.decide(session, shop.ports.queue, ("mood", "Maroon"), "red", None)
    assert list(refused.value.fields) == ["word"]


def test_a_facet_is_shown_by_how_good_it_is_in_this_catalogue(shop: Runtime) -> None:
    fitted = calibrated(shop)
    assert fitted is not None
    told = fitted.figures["facets"]["category"]
    assert told["shown"]
    assert told["n"] == 300
    assert told["accuracy"] > 0.9
    with shop.sessions.read() as session:
        shown = models.shown_facets(session, shop.ports.vision.shown_facets)
    assert {"category", "colour", "style"} <= shown  # nobody states a style: as the card says
    assert JobKind.LABEL in follow_ups(shop)
    with shop.sessions.write() as session:
        job = jobs.submit(session, shop.ports.queue, Order(Label()))
    shop.run_job(job.id)
    with shop.sessions.read() as session:
        assert len(session.scalars(select(Labelled.id)).all()) == 600


def test_a_facet_that_contradicts_the_catalogue_is_shown_no_more(runtime: Runtime) -> None:
    vectors, rows = stated(300)
    dice = np.random.default_rng(1)
    names = [row["category"] for row in rows]
    for row, name in zip(rows, dice.permutation(names), strict=True):
        row["category"] = str(name)
    shop = shop_of(runtime, vectors, rows)
    fitted = calibrated(shop)
    assert fitted is not None
    assert not fitted.figures["facets"]["category"]["shown"]
    with shop.sessions.read() as session:
        assert "category" not in models.shown_facets(session, {"category"})


@pytest.mark.parametrize("count", [0, 1, 12])
def test_too_few_products_leave_levels_not_yet_known(runtime: Runtime, count: int) -> None:
    fitted = calibrated(shop_of(runtime, *stated(count)))
    assert fitted is not None
    assert not any(kind["known"] for kind in fitted.figures["levels"].values())
    assert fitted.tuning["levels"] == {}


def test_one_category_only_says_nothing_of_what_is_similar(runtime: Runtime) -> None:
    vectors, rows = stated(400)
    shop = shop_of(runtime, vectors[::4], rows[::4])
    fitted = calibrated(shop)
    assert fitted is not None
    assert fitted.tuning["levels"]["photo"]["others"]["similar"] is None


def test_a_catalogue_that_states_nothing(runtime: Runtime) -> None:
    vectors, rows = stated(100)
    fitted = calibrated(shop_of(runtime, vectors, [{"attributes": {}} for _ in rows]))
    assert fitted is not None
    assert not any(kind["known"] for kind in fitted.figures["levels"].values())
    assert fitted.labels == {}


def test_deleted_products_are_no_part_of_it(shop: Runtime) -> None:
    with shop.sessions.write() as session:
        gone = session.scalars(select(Product).where(Product.category == "Hat")).all()
        for product in gone:
            product.deleted_at = now()
    fitted = calibrated(shop)
    assert fitted is not None
    assert fitted.products == 225
    assert "Hat" not in words(shop)


def test_a_cancelled_job_leaves_the_last_fit(shop: Runtime) -> None:
    first = calibrated(shop)
    with shop.sessions.write() as session:
        job = calibration.submit(session, shop.ports.queue)
        jobs.cancel(session, job.id)
    shop.run_job(job.id)
    with shop.sessions.read() as session:
        assert jobs.get(session, job.id).status == CANCELLED
        last = models.calibration(session, collection_of(shop))
    assert first is not None
    assert last is not None
    assert last.fitted_at == first.fitted_at


def test_two_at_once_leave_one_fit(shop: Runtime) -> None:
    with shop.sessions.write() as session:
        one = calibration.submit(session, shop.ports.queue)
        assert calibration.submit(session, shop.ports.queue).id == one.id
        other = jobs.submit(session, shop.ports.queue, Order(Calibrate()))
    for job in (one, other):
        shop.run_job(job.id)
    with shop.sessions.read() as session:
        assert len(session.scalars(select(Calibration)).all()) == 1


def test_it_is_due_for_a_new_catalogue_and_after_a_fifth_of_it_changed(shop: Runtime) -> None:
    def due() -> bool:
        with shop.sessions.read() as session:
            return calibration.due(session)

    def age(kind: str) -> None:
        """Have every job of the kind be of long ago."""
        with shop.sessions.write() as session:
            session.execute(
                update(Job)
                .where(Job.kind == kind)
                .values(created_at=collection_of(shop).created_at)
            )

    def touch(share: int) -> None:
        with shop.sessions.write() as session:
            for product in session.scalars(select(Product)).all()[:share]:
                product.brand = f"{product.brand}x"

    assert due()
    calibrated(shop)
    with shop.sessions.write() as session:
        session.execute(update(Job).values(status=SUCCEEDED))
    assert not due()
    touch(59)
    assert not due()
    touch(60)
    assert not due()  # it rests a while after every fit
    age(JobKind.CALIBRATE)
    with shop.sessions.write() as session:
        old = collection_of(shop).created_at.replace(year=2020)
        session.execute(update(Job).values(created_at=old))
    assert due()


def test_a_fit_of_another_version_is_passed_over(shop: Runtime) -> None:
    calibrated(shop)
    with shop.sessions.write() as session:
        session.execute(
            update(Calibration).values(tuning={"new": 1}, labels={"category": {"x": 1}})
        )
    with shop.sessions.read() as session:
        assert models.readings(session) == {}
        product = session.scalars(select(Product.id)).first()
    hits = search.find(shop.search_engine, SearchRequest(product_id=product)).hits
    assert {hit.level for hit in hits} == {None}
