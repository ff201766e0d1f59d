"""The labels that the product writes: by heads and by words, and which are good enough."""

from __future__ import annotations

from training import labelling
from training.data import is_validation
from training.labelling import HELD_BACK, Known, Measured
from training.report.rows import SHIPPED, Row, Section
from training.report.study import Study
from vitrine.services.evaluation.labels import FEWEST
from vitrine.vision.card import EncoderCard, read_card
from vitrine.vision.labels import HEAD, WORDS

TEXT = f"""Macro-F1 of the labels that indexing writes, with the words of `vocabulary.toml`, over
the values with {FEWEST} or more dev products; a garment that gets no label counts as
missed, one of a value that no word stands for as wrong whatever it gets. Several of the shop's
values may be one word (maroon is burgundy), so these figures are not those of "Naming". *Score
error* is the expected calibration error of the scores (ten bins), whose temperature was fitted on
the part of train that was held back from training. A facet is shown to shoppers where the lower end
of its interval is at least {labelling.BAR} and {labelling.FEWEST_VALUES} or more of its values were
measured. Lengths and occasions are not known of any product here."""
COLUMNS = {HEAD: "F1 by heads", WORDS: "F1 by words", "error": "score error of what ships"}


def measure(study: Study) -> Section:
    """F1 by heads and by words of every facet that is known of dev products."""
    folder, embed_texts = study.columns[SHIPPED].folder, study.columns[SHIPPED].embed_texts
    card = None if folder is None else read_card(folder / "card.json")
    if folder is None or embed_texts is None or not isinstance(card, EncoderCard):
        return Section("Labels", TEXT, columns=COLUMNS)
    held = [shot for shot in study.shots.train if is_validation(shot, HELD_BACK)]
    sides = [
        Known(some, study.vectors(SHIPPED, some))
        for some in (held or study.shots.train, study.shots.dev)
    ]
    ways = labelling.namings(card, folder, embed_texts)
    measured = labelling.measure_all(ways, *sides)
    rows = [
        _row(name, list(some)) for name, some in measured.items() if any(one.f1 for one in some)
    ]
    return Section("Labels", TEXT, rows, columns=COLUMNS)


def _row(name: str, ways: list[Measured]) -> Row:
    best = labelling.best(ways)
    cells = {one.naming.source: one.f1 for one in ways} | {"error": best.error}
    shown = "shown" if best.passes else "not shown"
    return Row(f"{name}_label", f"{name}, {best.values} values, {shown}", cells)
