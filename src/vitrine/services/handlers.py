"""Which function runs each kind of job."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from vitrine.services import retention, search
from vitrine.services.catalog import thumbnails
from vitrine.services.imports import job as imports
from vitrine.services.indexing import analyse, crops, labels, publish, reindex
from vitrine.services.jobs.runner import Handler
from vitrine.services.retention import reconcile
from vitrine.services.search.engine import SearchEngine


def handlers(engine: SearchEngine) -> Mapping[str, Handler]:
    """By kind the function that does such a job; searches use this engine."""
    return {
        "filter_crops": crops.filter_crops,
        imports.KIND: imports.run,
        "index": analyse.index,
        "label": labels.label,
        "publish": publish.publish_product,
        "purge": retention.purge,
        "reconcile": reconcile.reconcile,
        "reindex": reindex.reindex,
        "search": partial(search.answer_job, engine),
        "select_primary": crops.select_primary,
        "thumbnails": thumbnails.make_waiting,
    }
