"""The data of the previous version, brought up to this one, and used as if nothing had happened.

`previous/` holds a small shop as the version of revision 0014 left it: four products with a photo
each, one of them deleted, an admin, an API key, and what searches were answered there.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.worlds import graphs
from tests.worlds.factories import photo
from tests.worlds.people import PASSWORD
from tests.worlds.shops import migrated, tiny, until_idle
from vitrine import backup, wiring
from vitrine.core.settings import Settings
from vitrine.services import accounts, catalog, search
from vitrine.services.search.request import SearchRequest
from vitrine.tables.catalog import Product
from vitrine.tables.people import ApiKey
from vitrine.wiring import Runtime

PREVIOUS = Path(__file__).parent / "previous"


@pytest.fixture
def shop(tmp_path: Path) -> Settings:
    """The data folder as the previous version left it; its index is refilled from SQL."""
    settings = tiny(tmp_path / "data")
    graphs.write_encoder(settings.data_dir / "models")
    shutil.copytree(PREVIOUS / "blobs", settings.data_dir / "blobs")
    with closing(sqlite3.connect(settings.data_dir / "vitrine.db")) as database:
        database.executescript((PREVIOUS / "vitrine.sql").read_text(encoding="utf-8"))
    return settings


@pytest.fixture
def upgraded(shop: Settings) -> Settings:
    return migrated(shop)


@pytest.fixture
def opened(upgraded: Settings) -> Iterator[Runtime]:
    with wiring.running_here(upgraded) as runtime:
        until_idle(runtime)
        yield runtime


def test_searches_are_answered_as_before(opened: Runtime) -> None:
    before = json.loads((PREVIOUS / "answers.json").read_text())
    for colour, expected in before.items():
        asked = SearchRequest(photo=photo(colour, seed=9))
        answer = search.search(opened.search_engine, asked)
        assert [hit.product.external_id for hit in answer.hits] == [name for name, _ in expected]
        scores = [score for _, score in expected]
        assert [hit.score for hit in answer.hits] == pytest.approx(scores, abs=1e-5)


def test_the_index_holds_what_sql_does(opened: Runtime) -> None:
    name = opened.ports.vision.versions.collection
    with opened.sessions.read() as session:
        alive = set(session.scalars(select(Product.id)))
    assert opened.ports.vectors.ids(name) == alive
    assert len(alive) == 3


def test_what_was_deleted_can_still_be_restored(opened: Runtime) -> None:
    with opened.sessions.write() as session:
        gone = catalog.find(session, "yellow", deleted=True)
        assert gone is not None
        catalog.restore(session, opened.ports, gone)
    until_idle(opened)
    answer = search.search(opened.search_engine, SearchRequest(photo=photo("yellow", seed=9)))
    assert answer.hits[0].product.external_id == "yellow"


def test_people_and_their_keys_are_as_before(opened: Runtime) -> None:
    with opened.sessions.read() as session:
        user = accounts.find_user(session, "ada@example.org")
        keys = session.scalars(select(ApiKey)).all()
    assert user is not None
    assert accounts.verify_password(user, PASSWORD).role == "admin"
    assert [key.name for key in keys] == ["importer"]


def test_a_backup_of_the_previous_version_is_upgraded_when_restored(
    shop: Settings, tmp_path: Path
) -> None:
    saved = backup.save(shop, tmp_path / "saved")
    assert saved.manifest.revision == "0014"
    fresh = shop.model_copy(update={"data_dir": tmp_path / "fresh"})
    backup.restore(fresh, tmp_path / "saved")
    with wiring.stored(fresh) as sessions, sessions.read() as session:
        assert accounts.find_user(session, "ada@example.org") is not None
