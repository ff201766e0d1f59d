"""From a request to ranked products: understand, candidates, rank, present, record."""

from vitrine.services.search.pipeline import (
    Answer,
    Asker,
    answer_job,
    load,
    photo_of,
    search,
    similar,
)
from vitrine.services.search.request import Query

__all__ = [
    "Answer",
    "Asker",
    "Query",
    "answer_job",
    "load",
    "photo_of",
    "search",
    "similar",
]
