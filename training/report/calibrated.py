"""What levels and labels are worth in another shop: by the card, and fitted on half its catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import numpy as np

from training import abroad
from training.data import Shot
from training.report import reranking
from training.report.rows import SHIPPED, Row, Section
from training.report.study import Study
from training.tune import photos
from vitrine.ports import Vision
from vitrine.services.calibration import asking, fitting, weighing
from vitrine.services.calibration.fitting import Fit
from vitrine.services.calibration.stated import Stock
from vitrine.services.evaluation import gallery as galleries
from vitrine.services.evaluation import levels as leveling
from vitrine.services.evaluation.gallery import Gallery, Photo
from vitrine.services.evaluation.neighbours import Near, nearest
from vitrine.vision import tuning
from vitrine.vision.tuning import Kind, Tuning, file_name

TITLE = "Another shop, calibrated"
COLUMNS = {"right": "truly so or better", "share": "share of hits", "promised": "promised"}
TEXT = """What hits are called in the other shop, by the bars of the encoder's card and by those that
its own catalogue gave: fitted on the designs of one half, asked by those of the other, both ways
round. Designs never lie in both halves. Photos ask as in "Another shop"; words are the shop's colour
and category; products ask for another colour that their category has. A dash: never claimed."""


def measure(study: Study) -> Section:
    """Each kind of query and level, by the card and calibrated."""
    folder = study.columns[SHIPPED].folder
    if folder is None or not study.shots.shop or not (folder / file_name(0)).exists():
        return Section(TITLE, TEXT, columns=COLUMNS)
