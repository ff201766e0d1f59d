"""Cursors: where the list of one search stopped, as text that only that search takes back."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from vitrine.core.errors import Invalid
from vitrine.services.search.cache.snapshot import Place

LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Stop:
    """The last product of a page, and its rank."""

    place: Place
    rank: int


def fingerprint(asked: Mapping[str, object]) -> str:
    """Equal for equal searches."""
    written = json.dumps(asked, sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:32]


def write(stop: Stop, search: str) -> str:
    """The cursor after this stop of the search with that fingerprint."""
    parts = [search, stop.place.score, stop.place.id, stop.rank]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def read(cursor: str, search: str) -> Stop:
    """Where the page begins; raises Invalid for a cursor that is none, or of another search."""
    try:
        padded = cursor[:LONGEST] + "=" * (-len(cursor) % 4)
        owner, score, product_id, rank = json.loads(
            base64.b64decode(padded.encode("ascii"), b"-_", validate=True)
        )
        # Prices are whole numbers that a float might not hold exactly.
        key = score if isinstance(score, int) else float(score)
        stop = Stop(Place(key, str(product_id)), int(rank))
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
        raise _refused("is no cursor of ours") from None
    if not (math.isfinite(stop.place.score) and 0 < stop.rank < 10**9):
        raise _refused("is no cursor of ours")
    if owner != search:
        raise _refused("belongs to another search: send the same query, filters and photo again")
    return stop


def _refused(reason: str) -> Invalid:
    return Invalid("invalid_cursor", f"cursor {reason}", fields={"cursor": reason})
