"""Another model goes live while people search, upload, edit and delete without pause."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.worlds import graphs
from tests.worlds.factories import photo
from tests.worlds.fakes import COLOURS
from tests.worlds.servers import FLAT
from tests.worlds.waiting import eventually
from vitrine import schema, wiring
from vitrine.api.app import create_app
from vitrine.cli.accounts import make_admin
from vitrine.core.errors import NotFound
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.services.models import store
from vitrine.tables.catalog import Product
from vitrine.tables.models import Collection
from vitrine.tables.vectors import embedded as held_in
from vitrine.wiring import Runtime

EMAIL, PASSWORD = "admin@example.com", "correct horse battery"
BEFORE, AFTER = "tiny-1__p1-m150-reflect-64", "turned-1__p1-m150-reflect-64"
HUES = tuple(COLOURS)[:4]
FEWEST = 6


@pytest.fixture
def turned(tmp_path: Path) -> Path:
    return graphs.write_turned(tmp_path / "made")


@pytest.fixture(params=["embedded", pytest.param("scaled_out", marks=pytest.mark.servers)])
def shop(request: pytest.FixtureRequest, tmp_path: Path, turned: Path) -> Settings:
    """A shop of tiny models, of each shape, whose store holds another encoder."""
    if request.param == "scaled_out":
        settings: Settings = request.getfixturevalue("scaled_out")
    else:
        graphs.write_encoder(tmp_path / "models")
        graphs.write_detector(tmp_path / "models")
        vision = {"encoder": "tiny", "detector": "tiny-detector", "quality": FLAT}
        settings = Settings.model_validate(
            {"data_dir": tmp_path, "vision": vision, "queue": {"sweep_every": 0.2}}
        )
    engine = make_engine(settings)
    schema.upgrade(engine)
    make_admin(Sessions(engine), EMAIL, PASSWORD)
    with Sessions(engine).write() as session:
        store.add(session, wiring.blobs_of(settings), turned)
    engine.dispose()
    if request.param == "scaled_out":
        request.getfixturevalue("start_worker")(settings)
    return settings


@dataclass
class Shopper:
    """Does what people do, again and again, on threads of its own; what went wrong is kept."""

    client: TestClient
    headers: dict[str, str]
    wrong: list[str] = field(default_factory=list)
    answers: list[tuple[str, list[tuple[str, float]]]] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    count: int = 0

    def ask(self, method: str, path: str, **given: Any) -> Any:
        answer = self.client.request(method, f"/v1{path}", headers=self.headers, **given)
        if answer.status_code >= 400:
            self.wrong.append(f"{method} {path}: {answer.text}")
        return answer.json() if answer.content else None

    def add(self, colour: str) -> str:
        self.count += 1
        told = {"external_id": f"P{self.count:04}", "title": "A thing"}
        files = [("images", ("p.jpg", photo(colour, seed=self.count), "image/jpeg"))]
        made = self.ask("POST", "/products", data={"product": json.dumps(told)}, files=files)
        product_id = str(made["product"]["id"])
        self.kept.add(product_id)
        return product_id

    def search(self) -> None:
        """Words of a colour: every hit's score is that of one version, as `exact` tells later."""
        told = self.ask("POST", "/search", json={"text": "red", "limit": 100})
        if told and "hits" in told:
            hits = [(hit["product"]["id"], hit["score"]) for hit in told["hits"]]
            self.answers.append((told["collection"], hits))

    def write(self) -> None:
        """A product comes and is renamed; an earlier one goes, once enough can be found."""
        last = self.answers[-1][1] if self.answers else []
        found = {each for each, score in last if score != 0}  # which it is without a photo
        if len(self.kept - found) > FEWEST:
            return  # else what waits to be indexed would only grow
        product_id = self.add(HUES[self.count % len(HUES)])
        self.ask("PATCH", f"/products/{product_id}", json={"title": "Another thing"})
        if len(found & self.kept) > FEWEST:
            old = min(found & self.kept)
            self.ask("DELETE", f"/products/{old}")
            self.kept.discard(old)
            self.gone.add(old)

    @contextmanager
    def busy(self) -> Iterator[None]:
        ended = threading.Event()

        def again(act: Callable[[], None]) -> None:
            while not ended.wait(0.02):
                try:
                    act()
                except Exception as error:  # what broke is what the test tells
                    self.wrong.append(repr(error))
                    return

        threads = [threading.Thread(target=again, args=(act,)) for act in (self.search, self.write)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            ended.set()
            for thread in threads:
                thread.join()


def test_nobody_notices_a_build_a_cutover_and_the_way_back(shop: Settings) -> None:
    with wiring.running_here(shop) as runtime, TestClient(create_app(shop, runtime)) as client:
        given = {"email": EMAIL, "password": PASSWORD}
        token = client.post("/v1/auth/sign-in", json=given).json()["access_token"]
        people = Shopper(client, {"Authorization": f"Bearer {token}"})
        for number in range(8):
            people.add(HUES[number % len(HUES)])
        _settled(runtime, people)
        with people.busy():
            _until_searched(people, BEFORE)
            built = people.ask("POST", "/collections", json={"model_version": "turned-1"})
            path = f"/collections/{built['id']}"
            eventually(lambda: people.ask("GET", path)["state"] == "ready", "it was not built")
            told = people.ask("GET", path)
            assert told["failures"] == []
            assert told["comparison"]["overlap"] > 0.99
            people.ask("POST", f"{path}/promote", json={})
            _until_searched(people, AFTER)
            people.ask("POST", "/collections/rollback", json={})
            _until_searched(people, BEFORE)
            people.ask("POST", "/collections/rollback", json={})
            _until_searched(people, AFTER)
        assert people.wrong == []
        _settled(runtime, people)
        _no_mixed_versions(runtime, people)


def _until_searched(people: Shopper, name: str) -> None:
    start = len(people.answers)

    def searched() -> bool:
        assert people.wrong == []
        return name in {each for each, _ in people.answers[start:]}

    eventually(searched, f"{name} is not searched")


def _settled(runtime: Runtime, people: Shopper) -> None:
    """Every collection that is written to holds exactly the products that there are."""

    def agree() -> bool:
        with runtime.sessions.read() as session:
            names = [each.name for each in session.scalars(select(Collection))]
        try:
            return all(runtime.ports.vectors.ids(name) == people.kept for name in names)
        except NotFound:  # nothing was published yet
            return False

    eventually(agree, "products were lost, or ghosts are left")


def _no_mixed_versions(runtime: Runtime, people: Shopper) -> None:
    """Every score that was told is the exact one of the collection that the answer names."""
    exact: dict[str, dict[str, float]] = {}
    with runtime.sessions.read() as session:
        for collection in session.scalars(select(Collection)):
            [query] = runtime.ports.vision_of(collection.versions).embed_texts(["red"])
            index = runtime.ports.vectors.get(collection.name, sorted(people.kept))
            assert index.keys() == people.kept
            exact[collection.name] = {each: float(v @ query) for each, v in index.items()}
            living = session.scalars(held_in(collection).with_only_columns(Product.id))
            assert set(living) == people.kept
    assert exact.keys() == {BEFORE, AFTER}
    for name, hits in people.answers:
        known = exact[name]
        for product_id, score in hits:
            assert product_id in people.kept | people.gone
            if product_id in known and score != 0:  # which it is until its photo was seen
                assert score == pytest.approx(known[product_id], abs=1e-3)
    assert np.mean([len(hits) for _, hits in people.answers]) > 1
