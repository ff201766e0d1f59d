"""Both engines over one catalogue: what memory answers PostgreSQL does, or says that it is more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tests.worlds.factories import insert_indexed, photo, unit_vectors
from tests.worlds.fakes import ExactIndex, FakeVision, ListQueue, MemoryBlobs
from tests.worlds.servers import copied
from vitrine.api.schemas.suggestions import named_in
from vitrine.core.errors import Invalid
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.ports import Ports
from vitrine.services import models, search
from vitrine.services.search import (
    Answer,
    SearchEngine,
    context,
    filters,
    merchandising,
    suggesting,
    upkeep,
)
from vitrine.services.search.cache.store import SearchCache
from vitrine.services.search.gathering import InPostgres, Reach
from vitrine.services.search.request import SearchRequest
from vitrine.services.search.tokens import phrase
from vitrine.tables.catalog import ACTIVE, Product
from vitrine.vision.tuning import Bars, Levels, Matches, Rule, Spoken, Tuning, Tunings

pytestmark = pytest.mark.servers

SIZE, UNSEEN = 400, 15
COLOURS = ("red", "Red", "blue", "green", "navy", "")
SORTS_OF_THING = ("dress", "Dress", "shirt", "belt", "")
BRANDS = ("Acme", "Ōki", "North", "")
WIDE = Reach(*[10 * SIZE] * 6)
"""So much is gathered that nothing is left out."""

NARROW = Reach(nearest=60, lifted=60, best=20, holding=20, moved=20, unseen=20)


@dataclass(frozen=True, slots=True)
class Shop:
    """A catalogue with designs, products without photos, rules, levels, and a line of matches."""

    engine: SearchEngine
    ids: list[str]

    def by(self, reach: Reach | None) -> SearchEngine:
        """Searched in PostgreSQL with that reach, or in memory."""
        return replace(self.engine, stored=None if reach is None else InPostgres((ACTIVE,), reach))


def product(dice: np.random.Generator) -> dict[str, Any]:
    colour, category, brand = (str(dice.choice(some)) for some in (COLOURS, SORTS_OF_THING, BRANDS))
    attributes: dict[str, Any] = {"size": ["S", "M", "42"][int(dice.integers(3))]}
    if dice.random() < 0.5:
        attributes["group"] = f"design {int(dice.integers(60))}"
    if dice.random() < 0.2:
        attributes["availability"] = "sold out"
    if dice.random() < 0.3:
        attributes["group"] = "far too many to be one design"
    return {
        "title": f"{colour} cotton {category} no {int(dice.integers(40))}",
        "colour": colour,
        "category": category,
        "brand": brand,
        "price": None if dice.random() < 0.1 else Decimal(int(dice.integers(10, 200))),
        "attributes": attributes,
    }


@pytest.fixture(scope="module")
def shop(pgvector_server: str, migrated_pgvector: str) -> Iterator[Shop]:
    with copied(pgvector_server, migrated_pgvector) as url:
        database = make_engine(Settings.model_validate({"database": {"url": url}}))
        sessions = upkeep.followed(Sessions(database), (ACTIVE,))
        vision, dice = FakeVision(), np.random.default_rng(3)
        with sessions.write() as session:
            models.register(session, vision.versions)
            vectors = unit_vectors(SIZE, vision.versions.dimension)
            given = [product(dice) for _ in range(SIZE)]
            ids = insert_indexed(session, vision.versions, vectors, given)
            session.add_all(
                Product(external_id=f"AB-{number} 1234", **product(dice))
                for number in range(UNSEEN)
            )
            _add_rules(session)
        upkeep.complete(sessions, (ACTIVE,), vision.versions.collection)
        ports = Ports(MemoryBlobs(), ExactIndex(), vision, ListQueue())
        tunings = Tunings({(vision.versions.encoder, 0.0): _tuning(vision.versions.encoder)})
        yield Shop(SearchEngine(sessions, ports, SearchCache(), tunings), ids)
        database.dispose()


def _tuning(model: str) -> Tuning:
    rule = Rule(bias=-2.0, weights={"cosine": 3.0, "apart": 0.6})
    line, levels = Matches(line=0.35, rule=rule), Levels(others=Bars(exact=0.9, similar=0.5))
    return Tuning(
        model_version=model,
        weights={
            "photo": {"colour": 0.05, "stock": 0.1},
            "words": {"words": 0.2, "category": 0.1},
            "composed": {"category": 0.1, "stock": 0.05},
        },
        levels={"photo": levels, "words": levels},
        matches={"photo": line, "words": line},
        spoken=Spoken(garments=("dress", "shirt"), others=("red", "cotton")),
    )


def _add_rules(session: Any) -> None:
    rules: tuple[tuple[merchandising.Action, str, dict[str, Any]], ...] = (
        ("pin", "dress", {"brand": "north"}),
        ("bury", "", {"attributes.size": "S"}),
        ("hide", "shirt", {"brand": "acme", "colour": "blue"}),
        ("boost", "cotton", {"colour": "green"}),
    )
    for action, words, about in rules:
        asked = merchandising.Asked(action, action, filters.parse(about), words, live=True)
        merchandising.add(session, asked, None)


def question(shop: Shop, dice: np.random.Generator) -> dict[str, Any]:
    """Any question that a person might ask."""

    def pick(*some: Any) -> Any:
        return some[int(dice.integers(len(some)))]

    asked: dict[str, Any] = {"limit": int(dice.integers(1, 30)), "facets": pick((), FACETS)}
    words = pick("red dress", "cotton shirt under 90", "ab 3 1234", "oki drss size m", "qwertz")
    asked |= pick(
        {}, {"text": words}, {"photo": photo(pick("red", "blue"))}, {"product_id": pick(*shop.ids)},
        {"product_id": pick(*shop.ids), "text": "in blue"}, {"text": words, "not_text": "green"},
    )  # fmt: skip
    wanted: dict[str, Any] = {}
    if dice.random() < 0.4:
        wanted["colour"] = [pick("red", "BLUE", "green")]
    if dice.random() < 0.3:
        wanted["price"] = {"max": int(dice.integers(20, 200))}
    if dice.random() < 0.2:
        wanted["category"] = ["dress", "belt"]
    if dice.random() < 0.2:
        wanted["not"] = {"brand": pick("acme", "north")}
    if dice.random() < 0.3 and len(asked) > 2 and not asked.get("not_text"):
        asked |= {"min_level": "similar"} if asked.keys() & {"photo"} else {}
    asked["one_per_design"] = bool(dice.random() < 0.3)
    asked["sort"] = pick("relevance", "relevance", "price", "-price", "newest")
    return asked | {"filters": filters.parse(wanted)}


FACETS = ("category", "colour", "brand", "price", "availability", "attributes.size")


def ask(engine: SearchEngine, asked: dict[str, Any]) -> Answer:
    return search.find(engine, SearchRequest(**asked))


def told(answer: Answer) -> dict[str, Any]:
    """An answer without how a value is spelled that is written in several ways."""
    summary = answer.result.summary
    counted = {
        facet: sorted((filters.key(each["value"]), each["count"]) for each in values)
        for facet, values in summary["facets"].items()
    }
    hits = [
        (hit.product.id, hit.score and round(hit.score, 6), hit.level, hit.matches, hit.variants)
        for hit in answer.hits
    ]
    told_of = ("total", "price_range", "fits", "sorted", "capped")
    whole = {name: summary.get(name) for name in told_of}
    more = bool(summary["next_cursor"])
    return whole | {"hits": hits, "facets": counted, "more": more}


@pytest.mark.parametrize("seed", range(5))
def test_where_nothing_is_left_out_both_answer_the_same(shop: Shop, seed: int) -> None:
    dice = np.random.default_rng(seed)
    for _ in range(40):
        asked = question(shop, dice)
        for _page in range(2):
            here, there = ask(shop.by(None), asked), ask(shop.by(WIDE), asked)
            assert told(there) == told(here), asked
            cursors = [each.result.summary["next_cursor"] for each in (here, there)]
            assert cursors[0] == cursors[1]
            if cursors[0] is None:
                break
            asked = asked | {"cursor": cursors[0]}


@pytest.mark.parametrize("seed", range(2))
def test_what_is_not_counted_is_said_not_to_be(shop: Shop, seed: int) -> None:
    dice = np.random.default_rng(100 + seed)
    for _ in range(40):
        asked = question(shop, dice)
        here, there = (ask(shop.by(each), asked).result.summary for each in (None, NARROW))
        assert there["fits"] == here["fits"]
        if there["capped"]:
            assert there["total"] <= here["total"]
        elif there["line"] == here["line"]:
            assert there["total"] == here["total"], asked
            if not any(one.facet == "price" for one in asked["filters"].conditions):
                assert there["price_range"] == here["price_range"]


@pytest.mark.parametrize("within", [{}, {"colour": ["red", "green"]}, {"not": {"brand": "acme"}}])
@pytest.mark.parametrize("typed", ["re", "red d", "dr", "ac", "cott", "blue co", "drsse", "z"])
def test_both_suggest_the_same(shop: Shop, typed: str, within: dict[str, Any]) -> None:
    told = []
    for reach in (None, WIDE):
        engine = shop.by(reach)
        with engine.sessions.read() as session:
            catalogue, counts = context.counted(engine, session, filters.parse(within))
            found = suggesting.suggest(catalogue, counts, typed, named_in("en"), 50)
        told.append(sorted((phrase(one.text), one.facet, one.count) for one in found))
    assert told[0] == told[1]


def test_both_pick_and_offer_the_same(shop: Shop) -> None:
    within = filters.parse({"colour": "red", "price": {"max": 100}})
    memory, postgres = shop.by(None), shop.by(WIDE)
    ids = search.matching_ids(memory, within, "", 10_000)
    assert 0 < len(ids) < SIZE
    assert search.matching_ids(postgres, within, "", 10_000) == sorted(ids)
    assert search.matching_ids(postgres, within, "belt", 10_000) == (
        search.matching_ids(memory, within, "belt", 10_000)
    )
    with pytest.raises(Invalid, match=f"leave {len(ids)} products"):
        search.matching_ids(postgres, within, "", 3)
    with postgres.sessions.read() as session:
        offered = context.offered(postgres, session, [*shop.ids, "nobody"], within)
    assert offered == set(ids) & set(shop.ids)
