"""Measures a candidate and the active model on one split, and asks the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from vitrine.ports import Trainer
from vitrine.services.jobs.work import Work
from vitrine.services.snapshots import Dataset
from vitrine.services.training import detectors, encoders, gate, held, looking
from vitrine.services.training.gate import Figures, Outcome, Policy
from vitrine.services.training.held import Held
from vitrine.services.training.pace import paced
from vitrine.tables.catalog import Image
from vitrine.tables.training import ADAPT, DETECTOR, ENCODER
from vitrine.vision.card import read_card

MAIN: Mapping[str, Sequence[str]] = {
    ENCODER: ("label_f1", "photo_recall"),
    ADAPT: ("design_recall", "photo_recall"),
    DETECTOR: ("map50",),
}
"""By kind what must become better: the first that is known of the split."""

MOST = 2_000
"""So many products at most lie in the gallery beside those of the test part, in order."""


@dataclass(frozen=True, slots=True)
class Rivals:
    """The folders of both models, and the data that has the split they are judged on."""

    kind: str
    candidate: Path
    active: Path
    dataset: Dataset


def judge(work: Work, trainer: Trainer, rivals: Rivals) -> tuple[Outcome, dict[str, Any]]:
    """What the gate says, and what it was asked about; reports to the job as it goes."""
    policy = Policy(MAIN[rivals.kind], trainer.policy.bars)
    measure = _detectors if rivals.kind == DETECTOR else _encoders
    candidate, active, products = measure(work, trainer, rivals)
    told = {
        "snapshot": rivals.dataset.card["name"],
        "against": read_card(rivals.active / "card.json").model_version,
        "recall_at": trainer.policy.recall_at,
    }
    return gate.judge(candidate, active, products, policy), told


Measured = tuple[Figures, Figures, int]


def _encoders(work: Work, trainer: Trainer, rivals: Rivals) -> Measured:
    products = _gallery(held.read(rivals.dataset))
    both: list[Figures] = []
    for folder in (rivals.candidate, rivals.active):
        vision = trainer.vision(folder)
        seen = looking.look(vision, products, paced(work))
        both.append(encoders.measure(vision, seen, trainer.policy.recall_at))
    return both[0], both[1], sum(one.split == "test" for one in products)


def _gallery(products: Sequence[Held]) -> list[Held]:
    """Those that ask and those that bars are fitted on, and others that may be found instead."""
    judges = [one for one in products if one.split != "train"]
    others = [one for one in products if one.split == "train"]
    return judges + others[:MOST]


def _detectors(work: Work, _trainer: Trainer, rivals: Rivals) -> Measured:
    owners = _owners(work)
    candidate, active = (
        detectors.measure(folder, rivals.dataset.folder, owners, paced(work))
        for folder in (rivals.candidate, rivals.active)
    )
    return candidate.figures, active.figures, active.products


def _owners(work: Work) -> Mapping[str, str]:
    """The product of every photo that is shown, by the photo's content."""
    with work.sessions.read() as session:
        rows = session.execute(
            select(Image.sha256, Image.product_id).where(Image.product_id.is_not(None))
        )
        return {sha256: str(product_id) for sha256, product_id in rows}
