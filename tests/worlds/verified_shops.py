"""A small shop whose photos people have labelled, tiny real models, and trainings to order."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.orm import Session

from tests.worlds import graphs
from tests.worlds.factories import photo
from tests.worlds.lessons import COPIES, scripted, taught
from tests.worlds.verifying import add_product, answer
from vitrine.core.settings import Settings
from vitrine.ports import Ports
from vitrine.services import training
from vitrine.services.snapshots.groups import split_of
from vitrine.services.training import Asked
from vitrine.tables.training import TrainingRun
from vitrine.wiring import Runtime


def _named(split: str, count: int) -> list[str]:
    """So many external ids of products that stand in a split."""
    every = (f"SKU-{number}" for number in range(1000))
    return [name for name in every if split_of(name) == split][:count]


NAMES = (*_named("test", 40), *_named("val", 5), *_named("train", 15))
"""Few products, most of them to judge by."""

CATEGORIES = {
    "red": "dress",
    "green": "skirt",
    "blue": "shirt",
    "yellow": "sweater",
    "black": "blazer",
}
"""What things of each colour are in this shop."""

KNOWN = ("dress", "skirt", "shirt")
"""The categories that the model in use can tell."""


@dataclass(frozen=True)
class World:
    """What a shop begins with: its database, its blobs, its models, and what people verified."""

    database: bytes
    blobs: Mapping[str, bytes]
    models: Path
    known: list[tuple[bytes, str]]


@dataclass(frozen=True)
class Shop:
    """The runtime, and photos with their categories that a model may be taught by."""

    runtime: Runtime
    known: list[tuple[bytes, str]]

    def having(self, program: str, *words: str) -> Shop:
        """The same with a trainer whose process is this program."""
        trainer = scripted(self.runtime.settings, program, *words)
        ports = replace(self.runtime.ports, trainer=trainer)
        return replace(self, runtime=replace(self.runtime, ports=ports))

    def taught(self, out: Path, *, shuffled: bool = False) -> Path:
        """A model that learned the categories, or learned them in disorder."""
        photos, categories = (list(side) for side in zip(*self.known, strict=True))
        if shuffled:
            random.Random(2).shuffle(categories)
        return taught(self.runtime.settings, out, list(zip(photos, categories, strict=True)))

    def making(self, model: Path) -> Shop:
        """The same with a trainer that makes this model."""
        return self.having(COPIES, str(model))

    def started(self, kind: str = "encoder") -> str:
        """A run and its job, not yet done; its id."""
        with self.runtime.sessions.write() as session:
            queue = self.runtime.ports.queue
            return training.start(session, queue, Asked(kind), None).id

    def run(self, run_id: str) -> TrainingRun:
        """Do the job of a run; how the run then stands."""
        job_id = self.seen(run_id).job_id
        assert job_id is not None
        self.runtime.run_job(job_id)
        return self.seen(run_id)

    def seen(self, run_id: str) -> TrainingRun:
        """How a run stands."""
        with self.runtime.sessions.read() as session:
            return training.get(session, run_id)


def added(session: Session, ports: Ports, place: int) -> tuple[bytes, str]:
    """Add a product that people looked over; its photo and its category."""
    colour = list(CATEGORIES)[place % len(CATEGORIES)]
    data = photo(colour, seed=place, size=(64, 104))
    product = add_product(session, ports, NAMES[place], data)
    answer(session, product, {"category": [CATEGORIES[colour]]})
    return data, CATEGORIES[colour]


def settings_in(folder: Path) -> Settings:
    """Settings of the tiny encoder, without a detector, whose data lie in the folder."""
    graphs.write_encoder(folder / "models")
    made = Settings(data_dir=folder)
    vision = {"encoder": "tiny", "detector": None, "models_dir": folder / "models"}
    vision["cache_dir"] = folder / "cache"
    return made.model_copy(update={"vision": made.vision.model_copy(update=vision)})
