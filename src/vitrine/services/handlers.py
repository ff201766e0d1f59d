"""Which function runs each kind of job."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from vitrine.services import calibration, promotion, retention, search, snapshots, sources
from vitrine.services.catalog import thumbnails
from vitrine.services.imports import job as imports
from vitrine.services.imports import retrying
from vitrine.services.indexing import analyse, boxes, crops, labels, publish, reindex
from vitrine.services.jobs import JobKind
from vitrine.services.jobs.runner import GroupHandler, Handler
from vitrine.services.retention import reconcile
from vitrine.services.review import job as doubts
from vitrine.services.search.engine import SearchEngine
from vitrine.services.training import job as training

TOGETHER: Mapping[JobKind, GroupHandler] = {JobKind.INDEX: analyse.index_together}
"""Which function does several jobs of a kind at once, where that costs less than one by one."""


def handlers(
    engine: SearchEngine, data_dir: Path, pulls: sources.Rules
) -> Mapping[JobKind, Handler]:
    """By kind the function that does such a job; searches use this engine.

    What a job writes for people to take away goes into `data_dir`; feeds are pulled by the rules.
    """
    return {
        JobKind.BOXES: boxes.fill_product,
        JobKind.BUILD: partial(promotion.build, engine),
        JobKind.CALIBRATE: partial(calibration.run, engine),
        JobKind.DOUBTS: doubts.run,
        JobKind.FILTER_CROPS: crops.filter_crops,
        JobKind.IMPORT: imports.run,
        JobKind.INDEX: analyse.index,
        JobKind.LABEL: labels.label,
        JobKind.PICTURES: retrying.run,
        JobKind.PUBLISH: publish.publish_product,
        JobKind.PULL: partial(sources.run, pulls),
        JobKind.PURGE: retention.purge,
        JobKind.RECONCILE: partial(reconcile.reconcile, engine.retriever),
        JobKind.REDETECT: promotion.redetect,
        JobKind.REINDEX: reindex.reindex,
        JobKind.SEARCH: partial(search.answer_job, engine),
        JobKind.SELECT_PRIMARY: crops.select_primary,
        JobKind.SNAPSHOT: partial(snapshots.run, data_dir / "snapshots"),
        JobKind.THUMBNAILS: thumbnails.make_waiting,
        JobKind.TRAIN: training.run,
    }
