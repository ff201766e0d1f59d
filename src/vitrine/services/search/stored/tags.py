"""What a product can be found by, as numbers of 64 bits: by these rows are filtered and counted.

A tag says facet and value, folded as filters compare them. Its first bits are the facet's, so that
the tags of one facet can be told without a look into `search_terms`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

from vitrine.services.search.cache.store import Entry
from vitrine.services.search.filters import key
from vitrine.services.search.tokens import DESIGN

CODE = "code"
"""In place of a facet: an external id or other number of an article."""

VALUE_BITS = 52
"""Of so many bits is the value's part: among 100,000 values of a facet two are alike by a chance of
one in a million."""


@lru_cache(maxsize=65_536)
def tag(facet: str, folded: str) -> int:
    """The tag of a value of a facet, the value as `filters.key` writes it."""
    return (facet_bits(facet) << VALUE_BITS) | (_hashed(folded) >> (64 - VALUE_BITS))


@lru_cache(maxsize=4_096)
def facet_bits(facet: str) -> int:
    """What the tags of a facet begin with, signed; others may share it."""
    bits = 64 - VALUE_BITS
    found = _hashed(facet) >> VALUE_BITS
    return found - (1 << bits) if found >> (bits - 1) else found


def tags_of(entry: Entry) -> list[int]:
    """All tags of an entry, each once."""
    told = (tag(facet, key(value)) for facet, values in entry.facets.items() for value in values)
    return sorted({*told, *codes(entry.codes)})


def codes(written: Iterable[str]) -> list[int]:
    """The tags of article numbers."""
    return [tag(CODE, each) for each in written]


def design_of(entry: Entry) -> int | None:
    """The tag of the design that an entry is a variant of, None for none."""
    return next((tag(DESIGN, key(each)) for each in entry.facets.get(DESIGN, ())), None)


def _hashed(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())
