"""What every search of a process shares."""

from __future__ import annotations

from dataclasses import dataclass, field

from vitrine.db import Sessions
from vitrine.ports import Ports
from vitrine.services.search import records
from vitrine.services.search.cache.store import SearchCache
from vitrine.services.search.records import Records
from vitrine.services.search.retrieval import InMemory, Retriever
from vitrine.tables.base import Base
from vitrine.vision.tuning import Tunings


@dataclass(frozen=True, slots=True)
class SearchEngine:
    """The database and the world outside, what is kept in memory, what scores mean, and who writes
    records down behind those that are answered; without, whoever searches writes their own."""

    sessions: Sessions
    ports: Ports
    cache: SearchCache = field(default_factory=SearchCache)
    tunings: Tunings = field(default_factory=Tunings)
    stored: Retriever | None = None
    records: Records | None = None

    def note(self, *rows: Base) -> None:
        """Write down what a search was asked and found, which nobody may change any more."""
        if self.records is not None:
            self.records.add(*rows)
            return
        with self.sessions.note() as session:
            records.write(session, rows)

    def settle(self) -> None:
        """Return once all that was noted before is written down."""
        if self.records is not None:
            self.records.settle()

    @property
    def retriever(self) -> Retriever:
        """Where products are searched: in an engine, else in what the cache holds."""
        return InMemory(self.cache) if self.stored is None else self.stored
