"""What is counted of searches, so that people can watch how good they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vitrine.core import metrics
from vitrine.fields.facets import ATTRIBUTE

Recorded = Mapping[str, Any]
"""A part of a search as it is recorded: what was asked, a hit, or the counts."""


def observe(query: Recorded, hits: Sequence[Recorded], summary: Recorded, seconds: float) -> None:
    """Count one search, which took so long."""
    kind = kind_of(query)
    metrics.SEARCH_SECONDS.labels(kind).observe(seconds)
    metrics.SEARCHES.labels(kind, _answer(hits, summary)).inc()
    for facet in _filtered_by(query.get("filters") or {}):
        metrics.SEARCH_FILTERS.labels(facet).inc()
    if kind == "browse":
        return
    if best := [hit["score"] for hit in hits[:1] if hit["score"] is not None]:
        metrics.SEARCH_BEST.labels(kind).observe(best[0])
    for hit in hits:
        metrics.SEARCH_LEVELS.labels(kind, hit.get("level") or "none").inc()
        moved = (hit.get("reasons") or {}).get("moved", 0)
        metrics.SEARCH_MOVED.labels(kind).observe(abs(moved))


def kind_of(query: Recorded) -> str:
    """What was searched with: look, photo, product, words, a composition of these, or nothing."""
    if "items" in query:
        return "look"
    pictured = "product" if query.get("product_id") else "photo" if query.get("box") else ""
    if query.get("text") or query.get("not_text"):
        return "composed" if pictured else "words"
    return pictured or "browse"


def _answer(hits: Sequence[Recorded], summary: Recorded) -> str:
    if summary.get("fits") is False:
        return "no match"
    return "found" if any(hit.get("matches", True) for hit in hits) else "nothing"


def _filtered_by(filters: Recorded) -> set[str]:
    """The facets a search was filtered by; attributes, of which a shop has any number, as one."""
    refused = filters.get("not") or {}
    names = {*filters, *refused} - {"not"}
    return {"attribute" if name.startswith(ATTRIBUTE) else name for name in names}
