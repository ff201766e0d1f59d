"""What search keeps in memory, made of nothing but facets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.worlds.factories import unit_vectors
from vitrine.services.search.cache.snapshot import Snapshot
from vitrine.services.search.cache.store import Aliases, Entry, changed, empty


def holding(*rows: Mapping[str, Any], aliases: Aliases | None = None) -> Snapshot:
    """A snapshot of products with these facets, whose values may have other names."""
    vectors = unit_vectors(len(rows), 8)
    store, nothing = empty(8, len(rows), 10**6, aliases)
    listed = [
        {name: value if isinstance(value, tuple) else (value,) for name, value in row.items()}
        for row in rows
    ]
    entries = [Entry(str(n), vectors[n], facets, None) for n, facets in enumerate(listed)]
    return changed(store, nothing, entries)
