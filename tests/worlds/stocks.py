"""A catalogue of 2,000 products as they would be indexed, and searches of it at the port, in memory
or in PostgreSQL: what SQL and a scan say of it is what must be found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from tests.worlds.factories import insert_indexed, unit_vectors
from tests.worlds.fakes import ExactIndex, FakeVision, ListQueue, MemoryBlobs
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.ports import Ports
from vitrine.services import models
from vitrine.services.search import candidates, counting, rank, upkeep, weighing
from vitrine.services.search.cache.snapshot import Place
from vitrine.services.search.cache.store import SearchCache
from vitrine.services.search.context import opened
from vitrine.services.search.cursors import Stop
from vitrine.services.search.engine import SearchEngine
from vitrine.services.search.filters import parse
from vitrine.services.search.gathering import InPostgres
from vitrine.services.search.intent import Intent
from vitrine.services.search.request import SearchRequest
from vitrine.services.search.retrieval import Retriever, Sought
from vitrine.tables.catalog import ACTIVE, Crop, CropEmbedding, Product
from vitrine.vision.types import Vector, Versions

SIZE, DIMENSION = 2_000, 16
VERSIONS = Versions("filters-1", "p1", "none", DIMENSION)
CATEGORIES = ("Dress", "DRESS", "Ärmelkleid", "ärmelkleid", "Юбка", "юбка", "")
COLOURS = ("red", "Red", "blue", "straße", "")
BRANDS = ("Acme", "Ōki", "ōKI", "")
SPELLED = (*CATEGORIES, *COLOURS, *BRANDS)


class Stock:
    """A database of products and a search over it, not to be printed with its vectors."""

    def __init__(
        self,
        sessions: Sessions,
        cache: SearchCache | None = None,
        stored: Retriever | None = None,
    ) -> None:
        ports = Ports(MemoryBlobs(), ExactIndex(), FakeVision(versions=VERSIONS), ListQueue())
        self.sessions, self.ports = sessions, ports
        self.engine = SearchEngine(sessions, ports, cache or SearchCache(), stored=stored)


@contextmanager
def in_memory(folder: Path, migrated_sqlite: Path) -> Iterator[Stock]:
    """The catalogue in SQLite, searched in memory."""
    made = Settings(data_dir=folder)
    (made.data_dir / "vitrine.db").write_bytes(migrated_sqlite.read_bytes())
    sessions = Sessions(make_engine(made))
    fill(sessions)
    yield Stock(sessions)
    sessions.engine.dispose()


@contextmanager
def in_postgres(url: str) -> Iterator[Stock]:
    """The catalogue in PostgreSQL, searched there."""
    engine = make_engine(Settings.model_validate({"database": {"url": url}}))
    sessions = upkeep.followed(Sessions(engine), (ACTIVE,))
    fill(sessions)
    upkeep.complete(sessions, (ACTIVE,), VERSIONS.collection)
    yield Stock(sessions, stored=InPostgres((ACTIVE,)))
    engine.dispose()


def fill(sessions: Sessions) -> None:
    """2,000 products, some with the very same vector."""
    vectors = unit_vectors(SIZE, DIMENSION)
    vectors[100:140] = vectors[100]
    dice = np.random.default_rng(1)
    with sessions.write() as session:
        models.register(session, VERSIONS)
        insert_indexed(session, VERSIONS, vectors, [product(dice) for _ in range(SIZE)])


def product(dice: np.random.Generator) -> dict[str, Any]:
    """What a product says of itself, by the dice."""
    price = int(dice.integers(0, 2_000_000)) if dice.random() < 0.9 else None
    return {
        "category": str(dice.choice(CATEGORIES)),
        "colour": str(dice.choice(COLOURS)),
        "brand": str(dice.choice(BRANDS)),
        "price": None if price is None else Decimal(price) / 10_000,
        "attributes": {"bucket": int(dice.integers(0, 1_000))},
    }


class Page(NamedTuple):
    """One page of places, whether more follow, and what was counted."""

    places: tuple[Place, ...]
    more: bool
    summary: dict[str, Any]


def ask(
    stock: Stock, vector: Vector | None, limit: int = 20, stop: Stop | None = None, **more: Any
) -> Page:
    """The page after a stop of a photo's vector, or of all where there is none."""
    request = SearchRequest(limit=limit, filters=parse(more.pop("filters", {})), **more)
    sought = Sought(None if vector is None else Intent("photo", vector))
    with stock.sessions.read() as session:
        context = opened(stock.engine, session).gathered(session, request, [sought], stop)
        scored = weighing.weighed(context, request, sought)
        mask = candidates.left(context, request)
        ranking = rank.ranked(context, request, scored, mask, stop.place if stop else None)
        summary = counting.told(context, request, counting.of(context, request, [scored], mask))
    return Page(ranking.places, ranking.more, summary)


def following(page: Page, stop: Stop | None) -> Stop:
    """Where the page after this one begins, which began after that stop."""
    return Stop(page.places[-1], (stop.rank if stop else 0) + len(page.places))


def brute(session: Session, vector: Vector, where: ColumnElement[bool]) -> list[Place]:
    """Every product that SQL says fulfils the condition, by a scan over all vectors."""
    rows = session.execute(
        select(Product.id, CropEmbedding.vector)
        .join(Crop, Crop.id == Product.primary_crop_id)
        .join(CropEmbedding, CropEmbedding.crop_id == Crop.id)
        .where(where)
    )
    wide = vector.astype(np.float64)
    scored = [(float((row.vector.astype(np.float64) * wide).sum()), row.id) for row in rows]
    return [Place(score, each) for score, each in sorted(scored, key=lambda p: (-p[0], p[1]))]


def same(found: Sequence[Place], expected: Sequence[Place]) -> None:
    """Assert that both are the same places."""
    assert [place.id for place in found] == [place.id for place in expected]
    assert [p.score for p in found] == pytest.approx([p.score for p in expected], abs=1e-9)


def in_sql(asked: dict[str, Any]) -> ColumnElement[bool]:
    """The filters once more, written down for the database."""
    parts = [_one(facet, wanted) for facet, wanted in asked.items() if facet != "not"]
    parts += [
        not_(func.coalesce(_one(facet, wanted), False))
        for facet, wanted in asked.get("not", {}).items()
    ]
    return and_(True, *parts)


def _one(facet: str, wanted: Any) -> ColumnElement[bool]:
    if facet == "price":
        units = type_coerce(Product.price, BigInteger)
        return _within(units, wanted, 10_000)
    if facet == "attributes.bucket":
        bucket: ColumnElement[int] = Product.attributes["bucket"].as_integer()
        if isinstance(wanted, dict):
            return _within(bucket, wanted, 1)
        return bucket.in_(wanted)
    values = wanted if isinstance(wanted, list) else [wanted]
    column = getattr(Product, facet)
    # lower is not casefold: "STRASSE" would differ, so it is not asked here.
    asked = {value.lower() for value in values}
    spelled = [value for value in SPELLED if value and value.lower() in asked]
    return or_(false(), *(column == value for value in dict.fromkeys(spelled)))


def _within(number: Any, wanted: dict[str, Any], scale: int) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [number.is_not(None)]
    if wanted.get("min") is not None:
        parts.append(number >= Decimal(str(wanted["min"])) * scale)
    if wanted.get("max") is not None:
        parts.append(number <= Decimal(str(wanted["max"])) * scale)
    return and_(*parts)
