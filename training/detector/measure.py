"""Average precision of a detector as it trains."""

from __future__ import annotations

import numpy as np

from training.detector.kinds import KINDS, MAIN
from vitrine.finetune.detector.marked import Marked
from vitrine.finetune.detector.measuring import matched
from vitrine.finetune.detector.net import Detector
from vitrine.vision.ap import average_precision


def mean_ap(detector: Detector, marked: list[Marked], side: int) -> dict[str, float]:
    """AP50 per kind and the mean over the main kinds, on these pictures."""
    photos = matched(detector, marked, KINDS, side)
    each = {kind: average_precision([one[kind] for one in photos], slice(1)) for kind in KINDS}
    named = {kind: round(float(ap[0]), 3) for kind, ap in each.items() if not np.isnan(ap[0])}
    main = [named[kind] for kind in MAIN if kind in named]
    return {"main": round(float(np.mean(main)), 4) if main else 0.0} | named
