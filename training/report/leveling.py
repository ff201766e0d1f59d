"""What the levels of hits are worth: how many so called are so, on queries not fitted on."""

from __future__ import annotations

from dataclasses import asdict

from training import calibrate, tune
from training.report.reranking import NAMES
from training.report.rows import SHIPPED, Row, Section
from training.report.study import Study
from vitrine.services.evaluation import levels
from vitrine.services.evaluation.neighbours import nearest
from vitrine.vision import tuning
from vitrine.vision.tuning import file_name

TITLE = "Levels"
SHOWN = 10
COLUMNS = {"right": "truly so or better", "share": "share of hits", "found": "of such, told so"}
TEXT = f"""The first {SHOWN} hits of each dev query among all dev and train products. A hit is
called exact, close or similar from the score on at which, on held-back train products, it was so
(or better) in {calibrate.SURE:.0%} of the cases, by isotonic regression over the first
{calibrate.SEEN} hits; it is the score that orders them, so that levels follow the order. Exact is
the very product (for words: the very title), close the same category and colour, similar the same
category. *Of such, told so*: of the hits that truly are so or better, how many are called so or
better. A dash: never claimed. Bars depend on how many products there are to be mistaken for; these
had some ten thousand."""


def measure(study: Study) -> Section:
    """For each kind of query and level: how many so called are so, and how many are called so."""
    folder = study.columns[SHIPPED].folder
    path = None if folder is None else folder / file_name(0)
    if path is None or not path.exists() or not study.shots.dev:
        return Section(TITLE, TEXT, columns=COLUMNS)
    held = tune.shelf_of(study)
    known = tuning.read(path)
    rows = []
    for kind, asked in tune.asked_of(study, held).items():
        weights = known.weights.get(kind, {})
        near = nearest(held, asked).first(SHOWN, weights)
        found = levels.measure(near, known.levels[kind], weights) if kind in known.levels else {}
        rows += [
            Row(f"level_{kind}_{level}", f"{NAMES[kind]}: {level}", asdict(figures))
            for level, figures in found.items()
        ]
    return Section(TITLE, TEXT, rows, columns=COLUMNS)
