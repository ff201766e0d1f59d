"""Every metric that a process counts itself, as a constant, in seconds and bytes.

What the database knows (jobs, workers, products) is asked when Prometheus asks: `api/gauges.py`.
"""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import Counter, Gauge, Histogram

_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SLOW = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)
_POWERS = (1, 2, 4, 8, 16, 32, 64)
_SCORES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)

REQUEST_SECONDS = Histogram(
    "vitrine_request_seconds",
    "Seconds until the last byte of an answer",
    ["route", "method", "status"],
    buckets=_FAST,
)
JOB_SECONDS = Histogram(
    "vitrine_job_seconds", "Seconds one attempt at a job took", ["kind", "outcome"], buckets=_SLOW
)
JOB_FAILURES = Counter(
    "vitrine_job_failures", "Attempts that did not succeed, by what went wrong", ["kind", "code"]
)
VISION_SECONDS = Histogram(
    "vitrine_vision_seconds", "Seconds per photo in one stage of vision", ["stage"], buckets=_FAST
)
MODEL_SECONDS = Histogram(
    "vitrine_model_seconds", "Seconds of one run of a model", ["model"], buckets=_FAST
)
MODEL_BATCH = Histogram(
    "vitrine_model_batch", "Rows that one run of a model was given", ["model"], buckets=_POWERS
)
MODEL_LOAD_SECONDS = Gauge(
    "vitrine_model_load_seconds",
    "Seconds that loading the models took when this process began",
    multiprocess_mode="max",
)
SEARCH_SECONDS = Histogram(
    "vitrine_search_seconds", "Seconds one search took", ["query"], buckets=_FAST
)
SEARCHES = Counter("vitrine_searches", "Searches, by what they were answered", ["query", "answer"])
SEARCH_LEVELS = Counter(
    "vitrine_search_levels", "Products that were told to be so alike", ["query", "level"]
)
SEARCH_FILTERS = Counter("vitrine_search_filters", "Searches that were filtered by this", ["facet"])
SEARCH_MOVED = Histogram(
    "vitrine_search_moved_places",
    "Places that re-ranking moved a product by, up or down",
    ["query"],
    buckets=(0, 1, 2, 5, 10, 20, 50, 100),
)
SEARCH_BEST = Histogram(
    "vitrine_search_best_score",
    "How like the query the best product is: it falls when shoppers ask for what there is not",
    ["query"],
    buckets=_SCORES,
)
WEBHOOK_SECONDS = Histogram(
    "vitrine_webhook_seconds", "Seconds one attempt to send a webhook took", ["outcome"]
)
UPLOAD_BYTES = Counter("vitrine_upload_bytes", "Bytes of photos taken in")


def observe_stages(stages: Iterable[tuple[str, float]]) -> None:
    """Count what the stages of one Analysis took, given in milliseconds."""
    for stage, milliseconds in stages:
        VISION_SECONDS.labels(stage).observe(milliseconds / 1000)
