"""Whether what ships as re-ranking earns its place: figures of queries it was not fitted on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from training import tune
from training.report.rows import SHIPPED, Row, Section
from training.report.study import Study
from training.tune import Trial
from vitrine.services.evaluation.figures import Figure, figure
from vitrine.services.evaluation.neighbours import Near
from vitrine.vision import tuning
from vitrine.vision.tuning import Kind, Weights, file_name

TITLE = "Re-ranking"
NAMES: Mapping[Kind, str] = {
    "photo": "synthetic second photos",
    "words": "titles, and colour and category as words",
    "composed": "products in another colour",
}
COLUMNS = {"plain": "plain cosine", "ranked": "re-ranked", "gain": "difference"}
TEXT = """nDCG at 10 of the half of the dev products, by group, that no weight was fitted on, among
all dev and train products: the very product (or title) gains 7, the same category and colour 3, the
same category 1. Each row adds one signal to the cosine, with the weight that served the other half
best; the last of each kind is what ships. A signal ships only if alone, and then all together, they
win by more than chance. Stock is not known of these products, nor are crops whose shape could tell,
so these could not earn a place. `make eval` fails if what ships is worse than the plain cosine.

The words asked with are the shop's own: titles hold them, and its categories are called so. Other
people's words meet title and category less often, and gain less."""


def measure(study: Study) -> Section:
    """Plain and re-ranked nDCG at 10 for each kind of query and signal, and what ships."""
    if study.columns[SHIPPED].embed_texts is None or not study.shots.dev:
        return Section(TITLE, TEXT, columns=COLUMNS)
    shipped = weights_of(study.columns[SHIPPED].folder, study.columns[SHIPPED].name)
    rows: list[Row] = []
    gains: dict[str, float] = {}
    for kind, near in tune.dev_near(study).items():
        judging = near.where(np.array([not tune.first_half(group) for group in near.groups]))
        for name, trial in tune.fit(near).alone.items():
            title = f"{NAMES[kind]}: {name} {trial.weights[name]}"
            rows.append(_row(f"rerank_{kind}_{name}", title, judging, trial))
        trial = tune.trial(judging, shipped.get(kind, {}))
        gains[kind] = trial.gain
        rows.append(_row(f"rerank_{kind}", f"{NAMES[kind]}: as it ships", judging, trial))
    return Section(TITLE, TEXT, rows, columns=COLUMNS, digits=4, extras={"gains": gains})


def weights_of(folder: Path | None, model_version: str) -> Mapping[Kind, Weights]:
    """The weights beside the encoder, none where there are none for this version of it."""
    path = None if folder is None else folder / file_name(0)
    if path is None or not path.exists():
        return {}
    found = tuning.read(path)
    return found.weights if found.model_version == model_version else {}


def worse(report: Mapping[str, Any]) -> list[str]:
    """The kinds of query that the shipped re-ranking serves worse than none, as lines."""
    gains = report["sections"].get("reranking", {}).get("extras", {}).get("gains", {})
    return [
        f"FAIL  re-ranking of {NAMES[kind]} is worse than none by {-gain:.4f} nDCG at 10"
        for kind, gain in gains.items()
        if gain < 0
    ]


def _row(key: str, name: str, judging: Near, trial: Trial) -> Row:
    return Row(
        key,
        name,
        {
            "plain": figure(judging.gain({})),
            "ranked": figure(judging.gain(trial.weights)),
            "gain": Figure(trial.gain, trial.low, trial.high, trial.n),
        },
    )
