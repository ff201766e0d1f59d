"""The whole catalogue as search rows tell of it, of which a process keeps a bounded part."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, Connection, Select, String, cast, func, literal_column, select
from sqlalchemy.orm import Session

from vitrine.core.errors import Away
from vitrine.db import DATABASE
from vitrine.fields.facets import COUNTED, DEPICTED, LABEL, RECOGNISED
from vitrine.services import models
from vitrine.services.search.cache import meaning
from vitrine.services.search.cache.called import columns_of, names_of
from vitrine.services.search.cache.columns import Count, Words
from vitrine.services.search.cache.snapshot import NOTHING_ALIKE, Likeness
from vitrine.services.search.cache.store import Aliases
from vitrine.services.search.filters import key
from vitrine.services.search.stored import conditions, query, schema, tags, terms
from vitrine.services.search.stored.query import Shelf
from vitrine.services.search.stored.schema import Extent
from vitrine.services.search.stored.terms import Spread
from vitrine.services.search.tokens import WORDS
from vitrine.tables.changes import ProductChange
from vitrine.tables.models import Collection as Space
from vitrine.tables.search_rows import ROWS, STATE
from vitrine.vision.types import Vector
from vitrine.vision.vocabulary import vocabulary

KEPT = 15.0
"""Seconds that what is known of a whole catalogue is kept: a new brand is recognised so late."""

MOST_VALUES = 5_000
"""So many values of a facet are recognised, the most frequent ones."""

MOST_WORDS = 20_000
"""So many words of titles are offered for slips, the most frequent ones."""


@dataclass(frozen=True, slots=True)
class State:
    """When a catalogue was read: over how many products it had been measured, the latest
    transaction that changed one, and the first that may have gone on."""

    measured: int | None
    latest: int | None
    horizon: int

    def follows(self, earlier: State) -> bool:
        """Whether nothing changed since the earlier one."""
        unchanged = self.latest is None or self.latest < earlier.horizon
        return unchanged and self.measured == earlier.measured


@dataclass(frozen=True, slots=True)
class Lore:
    """What a process keeps of a catalogue: the values of facets that are recognised or told, how
    often they and words occur, what cosines are like, its extent, the tags of designs that are too
    large to be one; which state of it this is, and when it was read."""

    facets: Collection[str]
    words: Mapping[str, Words]
    counts: Mapping[str, Sequence[Count]]
    spoken: Mapping[str, int]
    spread: Spread | None
    aliases: Aliases
    extent: Extent
    too_large: frozenset[int]
    state: State
    read_at: float = field(default_factory=time.monotonic)

    @property
    def is_old(self) -> bool:
        """Whether it should be read anew."""
        return time.monotonic() - self.read_at > KEPT


def read(
    session: Session, space: Space, is_size: Callable[[str], bool], known: Lore | None = None
) -> Lore:
    """The lore of a collection now, the known one where nothing changed since; sizes are recognised
    of the facets that are such.

    Raises Away while its rows are not all there, as they are made where nothing had them before.
    """
    connection, name = session.connection(), space.name
    state, extent = _state(connection, name), schema.extent(connection, name)
    if known is not None and state.follows(known.state):
        return replace(known, extent=extent, read_at=time.monotonic())
    aliases = meaning.aliases_of(models.meanings(session))
    facets = terms.facets(connection, name)
    counts = {
        facet: terms.values(connection, name, facet, MOST_VALUES)
        for facet in facets
        if facet in _told() or facet.startswith(LABEL) or is_size(facet)
    }
    counts[WORDS] = spoken = terms.values(connection, name, WORDS, MOST_WORDS)
    return Lore(
        facets=frozenset(facets),
        words={facet: _words(aliases, facet, found) for facet, found in counts.items()},
        counts=counts,
        spoken={str(each.value): each.count for each in spoken},
        spread=_measured(terms.spread(connection, name)),
        aliases=aliases,
        extent=extent,
        too_large=frozenset(terms.too_large(connection, name)),
        state=state,
    )


def _state(connection: Connection, name: str) -> State:
    horizon = func.pg_snapshot_xmin(func.pg_current_snapshot())
    query = select(
        STATE.c.built,
        STATE.c.measured,
        select(func.max(ProductChange.txid)).scalar_subquery().label("latest"),
        cast(cast(horizon, String), BigInteger).label("horizon"),
    )
    row = connection.execute(query.where(STATE.c.collection == name)).first()
    if row is None or not row.built:
        told = f"What search asks of {name} is being made; try again soon."
        raise Away(DATABASE, told, code="database_busy")
    return State(row.measured, row.latest, row.horizon)


def _measured(spread: Spread | None) -> Spread | None:
    """The spread, None where it was measured of nothing yet."""
    return spread if spread is not None and spread.mean.any() else None


@cache
def _told() -> Collection[str]:
    """The facets whose values are recognised in words or pictures, or told with counts."""
    stated = (column for facet in vocabulary().facets.values() for column in columns_of(facet))
    return frozenset((*RECOGNISED, *DEPICTED, *COUNTED, *stated))


def _words(aliases: Aliases, facet: str, counts: Sequence[Count]) -> Words:
    words = Words(aliases.get(facet), names_of(facet))
    for each in counts:
        words.code(each.value)
    return words


@dataclass(frozen=True, slots=True)
class StoredCatalogue:
    """A Catalogue of search rows; it asks them while the session of its shelf is open."""

    lore: Lore
    shelf: Shelf

    def facets(self) -> Collection[str]:
        """As `Catalogue.facets`."""
        return self.lore.facets

    def words_of(self, facet: str) -> Words | None:
        """As `Catalogue.words_of`, of the most frequent values."""
        return self.lore.words.get(facet)

    def counted(self, facet: str) -> Sequence[Count]:
        """As `Catalogue.counted`, of the most frequent values."""
        return self.lore.counts.get(facet, ())

    def spoken(self) -> Mapping[str, int]:
        """As `Catalogue.spoken`, of the most frequent words."""
        return self.lore.spoken

    def holds(self, word: str) -> bool:
        """As `Catalogue.holds`."""
        return word in self.lore.spoken or self._is_there([word])

    def holds_all(self, words: Iterable[str]) -> bool:
        """As `Catalogue.holds_all`."""
        return self._is_there(words)

    def likeness(self, vector: Vector, rough: Vector | None = None) -> Likeness:
        """As `Catalogue.likeness`: the best is exact, mean and spread as last measured."""
        if rough is None:
            near = query.nearest(self.shelf, vector, limit=1)
            rough = np.array([each.like(vector) for each in near], dtype=np.float32)
        if not len(rough):
            return NOTHING_ALIKE
        spread = self.lore.spread
        mean, apart = (
            (float(rough.mean()), float(rough.std())) if spread is None else spread.of(vector)
        )
        return Likeness(float(rough.max()), mean, 0.0 if math.isnan(apart) else apart)

    def _is_there(self, words: Iterable[str]) -> bool:
        wanted = [tags.tag(WORDS, key(word)) for word in words]
        here = (ROWS.c.collection == self.shelf.name, conditions.tagged_all(wanted))
        found: Select[Any] = select(literal_column("1")).select_from(ROWS).where(*here).limit(1)
        return self.shelf.session.scalar(found) is not None
