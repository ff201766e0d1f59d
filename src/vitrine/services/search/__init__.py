"""From a request to ranked products: understand, candidates, rank, present, record."""

from vitrine.services.search.context import vision_of
from vitrine.services.search.engine import SearchEngine
from vitrine.services.search.following import warm
from vitrine.services.search.pipeline import Answer, answer_job, find, load, photo_of, search
from vitrine.services.search.present import Hit
from vitrine.services.search.record import Asker
from vitrine.services.search.request import SearchRequest
from vitrine.services.search.selection import matching_ids

__all__ = [
    "Answer",
    "Asker",
    "Hit",
    "SearchEngine",
    "SearchRequest",
    "answer_job",
    "find",
    "load",
    "matching_ids",
    "photo_of",
    "search",
    "vision_of",
    "warm",
]
