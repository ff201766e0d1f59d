"""A shop whose products PostgreSQL searches, run for real, and the same one searched in memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from tests.worlds import graphs, shops
from vitrine import wiring
from vitrine.services import catalog, models
from vitrine.services.search.stored import proving
from vitrine.tables.catalog import Product
from vitrine.wiring import Runtime

pytestmark = pytest.mark.servers


def untrue(runtime: Runtime) -> list[str]:
    with runtime.sessions.read() as session:
        searched = models.searched(session)
    statuses = runtime.settings.search.statuses
    return [one for page in proving.untrue(runtime.sessions, searched, statuses) for one in page]


def test_either_engine_answers_the_same_from_one_database(
    tmp_path: Path, pgvector_url: str
) -> None:
    graphs.write_encoder(tmp_path / "models")
    database = {"url": pgvector_url}
    in_postgres = shops.tiny(tmp_path, database=database, search={"engine": "pgvector"})
    with wiring.running_here(in_postgres) as runtime:
        shops.fill(runtime)
        assert [found[0][0] for found in shops.answers(runtime)][3:] == list(shops.COLOURS)
        assert untrue(runtime) == [], "jobs and people write rows with their products"
        with runtime.sessions.write() as session:
            red = session.scalars(select(Product).where(Product.external_id == "red")).one()
            catalog.remove(session, runtime.ports, red)
        answers = shops.answers(runtime)
        assert "red" not in str(answers), "gone at its commit"
        assert untrue(runtime) == []
        assert runtime.cache.held == {}, "no process holds the catalogue"
    with wiring.running_here(shops.tiny(tmp_path, database=database)) as runtime:
        assert shops.answers(runtime) == answers
