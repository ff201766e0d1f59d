"""What every search of a process shares."""

from __future__ import annotations

from dataclasses import dataclass, field

from vitrine.db import Sessions
from vitrine.ports import Ports
from vitrine.services.search.cache.store import SearchCache
from vitrine.services.search.retrieval import InMemory, Retriever
from vitrine.vision.tuning import Tunings


@dataclass(frozen=True, slots=True)
class SearchEngine:
    """The database and the world outside, what is kept in memory, and what scores mean."""

    sessions: Sessions
    ports: Ports
    cache: SearchCache = field(default_factory=SearchCache)
    tunings: Tunings = field(default_factory=Tunings)
    stored: Retriever | None = None

    @property
    def retriever(self) -> Retriever:
        """Where products are searched: in an engine, else in what the cache holds."""
        return InMemory(self.cache) if self.stored is None else self.stored
