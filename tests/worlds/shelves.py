"""Search rows of random products, and the same products in memory to compare with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tests.worlds.factories import unit_vectors
from vitrine.db import Sessions
from vitrine.services.search.cache.snapshot import Snapshot
from vitrine.services.search.cache.store import Aliases, Entry
from vitrine.services.search.cache.traits import UNMEASURED, Trait
from vitrine.services.search.cache.views import View
from vitrine.services.search.filters import Value, key
from vitrine.services.search.stored import query, records, rows, schema, terms
from vitrine.services.search.stored.query import Shelf
from vitrine.services.search.tokens import DESIGN, UNSEEN, WORDS
from vitrine.tables.models import Collection

DIMENSION = 8
NAME = "made of dice__p1"
BRANDS: Sequence[Value] = ("Acme", "ACME", "Straße", "strasse", "Ünal", "b'; --", "五")
SIZES: Sequence[Value] = (36, 36.5, 40.0, "40", "M", True, -2, 1e22, "1e3")
NAMES = ("red", "dress", "linen", "coat")
ALIASES: Aliases = {"brand": {"acme": ("Acme", "spitze"), "五": ("five",)}}
"""What some of the brands are found by as well."""


def collection(name: str = NAME, dimension: int = DIMENSION) -> Collection:
    """One that is in no table."""
    space = {"model_version": "dice", "preprocess_version": "p1"}
    return Collection(name=name, dimension=dimension, text_share=0.0, **space)


def made_up(count: int, seed: int = 0, first: int = 0) -> list[Entry]:
    """So many products of all kinds; some have no photo, no price, no facets, a design; of every
    fourth of those with a photo up to three more look otherwise."""
    dice = np.random.default_rng(seed)
    vectors = unit_vectors(count, DIMENSION, seed)
    made = [_entry(f"p{first + number:05}", vectors[number], dice) for number in range(count)]
    return [
        replace(each, views=_views(number)) if number % 4 == 0 and each.vector.any() else each
        for number, each in enumerate(made)
    ]


def _views(number: int) -> tuple[View, ...]:
    seen = unit_vectors(1 + number % 3, DIMENSION, 1_000 + number)
    return tuple(View(f"crop {place}", each, Trait((), 2.0)) for place, each in enumerate(seen))


def _entry(product_id: str, vector: Any, dice: np.random.Generator) -> Entry:
    def some(values: Sequence[Value], most: int) -> tuple[Value, ...]:
        picked = dice.choice(len(values), int(dice.integers(0, most + 1)), replace=False)
        return tuple({key(values[each]): values[each] for each in picked}.values())

    facets: dict[str, tuple[Value, ...]] = {
        "brand": some(BRANDS, 1),
        "attributes.size": some(SIZES, 3),
        "category": some(("dress", "coat", "Coat"), 1),
        "attributes.share": tuple(
            each for each in ("0.5", "0.1", "0.01", "0.001") if dice.random() < float(each)
        ),
        WORDS: some(NAMES, 3),
        DESIGN: some(tuple(f"design {number}" for number in range(30)), 1),
    }
    unseen = dice.random() < 0.1
    if unseen:
        facets[UNSEEN] = (True,)
    return Entry(
        product_id,
        np.zeros(DIMENSION, dtype=np.float32) if unseen else vector,
        {facet: values for facet, values in facets.items() if values},
        None if dice.random() < 0.2 else int(dice.integers(0, 30)) * 5_000,
        UNMEASURED if unseen else Trait(((1.0, 38.0, 58.5, float(dice.random())),), 0.5),
        (product_id, f"ab{int(dice.integers(0, 50))}"),
    )


@dataclass(frozen=True)
class Both:
    """The same products as rows and in memory."""

    shelf: Shelf
    snapshot: Snapshot


@contextmanager
def both(sessions: Sessions, entries: Sequence[Entry], *, lists: bool = False) -> Iterator[Both]:
    """These products as rows, with all that finds them, and in memory; with `lists` their vectors
    are found as those of many products are."""
    shelved(sessions, entries, lists=lists)
    with sessions.read() as session:
        shelf = query.opened(session, collection(), ALIASES)
        yield Both(shelf, records.snapshot_of(entries, DIMENSION, ALIASES))


def shelved(sessions: Sessions, entries: Sequence[Entry], *, lists: bool = False) -> None:
    """These products as rows of a collection."""
    with sessions.write() as session:
        schema.add(session.connection(), collection(), "dice")
        rows.write(session.connection(), NAME, entries)
        terms.measure(session.connection(), NAME)
    size = max(len(entries), schema.LISTED_ABOVE + 1) if lists else 0
    schema.index(sessions.engine, NAME, DIMENSION, size)
