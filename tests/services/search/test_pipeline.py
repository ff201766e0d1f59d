from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import select

from tests.worlds.factories import photo
from tests.worlds.fakes import FakeVision
from tests.worlds.indexing import SteeredVision, indexed, run_kind, seen, with_vision
from tests.worlds.remembered import remembered
from tests.worlds.statements import statements
from vitrine.adapters.exact import StoredVectors
from vitrine.core.clock import new_id
from vitrine.core.errors import Conflict, Invalid, NotFound
from vitrine.core.reasons import check
from vitrine.ports import Neighbour
from vitrine.services import catalog, jobs, models, search
from vitrine.services.catalog.photos import admit_one, store_image
from vitrine.services.jobs import Order, kinds
from vitrine.services.search import Asker, detected
from vitrine.services.search.request import SearchRequest
from vitrine.services.search.sights import Sights
from vitrine.tables.jobs import QueryResult
from vitrine.vision.types import Analysis, Box, Vector
from vitrine.wiring import Runtime


@pytest.fixture
def shop(runtime: Runtime) -> Runtime:
    remembered(runtime, fill)
    return runtime


def fill(runtime: Runtime) -> None:
    for number, colour in enumerate(("red", "green", "blue", "yellow")):
        indexed(runtime, colour, photo(colour, seed=number))


def found(answer: search.Answer) -> list[str]:
    return [hit.product.external_id for hit in answer.hits]


def ask(shop: Runtime, **given: object) -> search.Answer:
    return search.search(shop.search_engine, SearchRequest(**given))


def test_a_photo_finds_its_like_first_and_the_answer_is_recorded(shop: Runtime) -> None:
    answer = ask(shop, photo=photo("blue", seed=77), limit=2)
    assert found(answer)[0] == "blue"
    assert [hit.rank for hit in answer.hits] == [1, 2]
    assert answer.hits[0].image is not None
    assert answer.hits[0].image.product_id == answer.hits[0].product.id
    with shop.sessions.read() as session:
        row = session.scalars(select(QueryResult)).one()
        assert row.id == answer.result.id
        assert [hit["rank"] for hit in row.hits] == [1, 2]
        assert row.collection == shop.ports.vision.versions.collection
        again = search.load(session, row.id)
    assert found(again) == found(answer)


def test_the_same_bytes_by_index_and_by_query_give_the_same_vector(shop: Runtime) -> None:
    data = photo("blue", seed=2)
    best = ask(shop, photo=data).hits[0]
    assert best.product.external_id == "blue"
    assert best.score == pytest.approx(1.0, abs=1e-5)


def test_words_alone_and_words_beside_a_photo(shop: Runtime) -> None:
    assert len(found(ask(shop, text="a red shirt"))) == 4
    only_photo = ask(shop, photo=photo("green"), text="red shirt", weight=1.0)
    assert found(only_photo)[0] == "green"


def test_a_stored_upload_is_searched_like_a_photo(shop: Runtime) -> None:
    with shop.sessions.write() as session:
        file = admit_one("image", "q.jpg", photo("green", seed=5), shop.settings.limits)
        upload_id = store_image(session, shop.ports.blobs, file, None).id
    assert found(ask(shop, upload_id=upload_id))[0] == "green"
    with pytest.raises(Invalid) as refused:
        ask(shop, upload_id=new_id())
    assert "upload_id" in refused.value.fields


def test_a_deleted_product_is_gone_at_once_though_its_vector_is_still_there(
    shop: Runtime,
) -> None:
    answer = ask(shop, photo=photo("blue", seed=77))
    gone = answer.hits[0].product
    with shop.sessions.write() as session:
        catalog.remove(session, shop.ports, catalog.get(session, gone.id))
    assert gone.id in shop.ports.vectors.ids(answer.result.collection)
    after = ask(shop, photo=photo("blue", seed=77), limit=3)
    assert "blue" not in found(after)
    assert [hit.rank for hit in after.hits] == [1, 2, 3], "the others fill the list"
    with shop.sessions.read() as session:
        assert "blue" not in found(search.load(session, answer.result.id))


def test_many_deleted_neighbours_do_not_shorten_the_list(runtime: Runtime) -> None:
    vision = SteeredVision(seen(40, 0))
    runtime = with_vision(runtime, vision)
    with runtime.sessions.write() as session:
        models.activate(session, models.collection_for(session, vision.versions))
    products = [indexed(runtime, f"{n:02}", photo(seed=n))[0] for n in range(16)]
    with runtime.sessions.write() as session:
        for product in products[:14]:
            catalog.remove(session, runtime.ports, catalog.get(session, product.id))
    assert len(ask(runtime, text="anything", limit=2).hits) == 2


def test_similar_leaves_out_the_product_itself(shop: Runtime) -> None:
    blue = ask(shop, photo=photo("blue", seed=2)).hits[0].product
    answer = ask(shop, product_id=blue.id, limit=10)
    assert len(answer.hits) == 3
    assert blue.id not in {hit.product.id for hit in answer.hits}
    with pytest.raises(Invalid, match="no such product"):
        ask(shop, product_id=new_id(), limit=10)


def test_similar_to_a_product_without_photos_is_a_conflict(shop: Runtime) -> None:
    from tests.worlds.factories import fields

    with shop.sessions.write() as session:
        bare = catalog.create(session, fields("bare"), None)
    with pytest.raises(Conflict, match="no indexed photo"):
        ask(shop, product_id=bare.id, limit=10)


def test_with_several_items_and_no_choice_the_whole_photo_is_searched(runtime: Runtime) -> None:
    vision = SteeredVision(seen(40, 0), seen(50, 1))
    runtime = with_vision(runtime, vision)
    asked: list[object] = []
    look = vision.analyze

    def watching(
        images: Sequence[bytes], boxes: Sequence[Box | None] | None = None
    ) -> list[Analysis]:
        asked.append(boxes)
        return look(images, boxes)

    # One fake watched in one test; a class for it would say less.
    vision.analyze = watching  # type: ignore[method-assign]
    picked = detected.pick(Sights(), vision, photo(), None, None)
    assert asked == [None, [picked.box]]
    assert picked.box == Box(0.0, 0.0, 96.0, 128.0)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": "x", "limit": 0}, "limit"),
        ({"text": "x", "limit": 10**9}, "limit"),
        ({"text": "x", "weight": 1.5}, "weight"),
        ({"text": "x", "weight": float("nan")}, "weight"),
        ({"text": "x" * 1001}, "text"),
        ({"text": "x", "sort": "dearest"}, "sort"),
        ({"text": "x", "box": Box(0, 0, 1, 1)}, "box"),
        ({"photo": b"x", "upload_id": new_id()}, "upload_id"),
    ],
)
def test_a_query_that_cannot_be_answered_names_its_field(
    given: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        check(SearchRequest, given)
    assert field in refused.value.fields


def test_other_versions_are_refused_with_advice(shop: Runtime) -> None:
    other = replace(shop, ports=replace(shop.ports, vision=SteeredVision(seen(4, 0))))
    with pytest.raises(Conflict) as refused:
        ask(other, text="red")
    assert refused.value.code == "versions_differ"
    assert "Set the model" in refused.value.message


def test_an_empty_catalogue_gives_no_hits(runtime: Runtime) -> None:
    assert ask(runtime, text="anything").hits == ()


def test_a_search_job_answers_once_even_if_it_runs_twice(shop: Runtime) -> None:
    query = SearchRequest(text="green", limit=3)
    job = run_kind(shop, Order(kinds.Search(query=query.as_payload())))
    with shop.sessions.read() as session:
        made = jobs.result(session, job)
        assert isinstance(made, QueryResult)
        assert len(made.hits) == 3
    search.search(shop.search_engine, query, Asker(None, job.id))
    with shop.sessions.read() as session:
        assert len(session.scalars(select(QueryResult)).all()) == 1


def test_a_cancelled_search_records_nothing(shop: Runtime) -> None:
    query = SearchRequest(text="green").as_payload()
    with shop.sessions.write() as session:
        job_id = jobs.submit(session, shop.ports.queue, Order(kinds.Search(query=query))).id
    look = shop.ports.vision.embed_texts

    def cancelling(texts: Sequence[str]) -> Vector:
        with shop.sessions.write() as session:
            jobs.cancel(session, job_id)
        return look(texts)

    vision = FakeVision()
    vision.embed_texts = cancelling  # type: ignore[method-assign]
    replace(shop, ports=replace(shop.ports, vision=vision)).run_job(job_id)
    with shop.sessions.read() as session:
        assert jobs.get(session, job_id).status == "cancelled"
        assert session.scalars(select(QueryResult)).all() == []


def test_others_may_write_while_the_index_looks(
    shop: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = shop.ports.vectors.query

    looked = []

    def looking(collection: str, vector: Vector, limit: int) -> list[Neighbour]:
        looked.append(limit)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(submit_something).result(timeout=10)
        return query(collection, vector, limit)

    def submit_something() -> None:
        with shop.sessions.write() as session:
            jobs.submit(session, shop.ports.queue, Order(kinds.Publish()))

    monkeypatch.setattr(shop.ports.vectors, "query", looking)
    shop.cache.index_above = 0
    assert len(ask(shop, text="red", limit=3).hits) == 3
    assert looked


def test_hits_are_read_by_their_keys_and_not_by_a_scan_of_all_living_rows(shop: Runtime) -> None:
    with statements(shop.sessions) as asked:
        ask(shop, text="red")
    reads = [one for one in asked if one.text.startswith("SELECT") and "products.id IN" in one.text]
    assert reads
    with shop.sessions.engine.connect() as connection:
        for statement, values in reads:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            assert not any("deleted_at" in row.detail or "SCAN" in row.detail for row in plan), plan


def test_a_photo_never_travels_in_a_payload() -> None:
    with pytest.raises(ValueError, match="payload"):
        SearchRequest(photo=b"x").as_payload()
    kept = SearchRequest(upload_id=new_id(), box=Box(1, 2, 3, 4)).as_payload()
    assert kept["box"] == [1, 2, 3, 4]


def test_only_who_asked_may_see_a_query_again(shop: Runtime) -> None:
    answer = ask(shop, text="red")
    with shop.sessions.read() as session:
        with pytest.raises(NotFound):
            search.load(session, answer.result.id, "somebody else")
        with pytest.raises(NotFound):
            search.load(session, "nothing")


def test_the_exact_index_over_sql_agrees_with_the_index(shop: Runtime) -> None:
    name = shop.ports.vision.versions.collection
    stored = StoredVectors(shop.sessions)
    assert stored.ids(name) == shop.ports.vectors.ids(name)
    (vector,) = list(stored.get(name, sorted(stored.ids(name))[:1]).values())
    ours, theirs = stored.query(name, vector, 3), shop.ports.vectors.query(name, vector, 3)
    assert [hit.id for hit in ours] == [hit.id for hit in theirs]
    assert np.allclose([hit.score for hit in ours], [hit.score for hit in theirs], atol=1e-5)
    stored.ensure(name, 1)
    stored.upsert(name, [])
    stored.delete(name, [ours[0].id])
    stored.drop(name)
    assert len(stored.query(name, vector, 10)) == 4
    with pytest.raises(NotFound):
        stored.ids("unknown")
