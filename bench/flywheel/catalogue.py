"""The catalogue that the circle begins with: imported by Vitrine, 300 of its products wrong."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.flywheel import planting, truth
from bench.flywheel.planting import Planter
from bench.flywheel.shops import Shop
from bench.flywheel.truth import Found, Truth
from vitrine import wiring
from vitrine.adapters.vision import EmbeddedVision
from vitrine.core.clock import now
from vitrine.core.settings import Settings
from vitrine.services.indexing import crops, labels
from vitrine.tables.catalog import Product
from vitrine.vision.vocabulary import CATEGORY, vocabulary
from vitrine.wiring import Runtime

PRODUCTS, WRONG = 1000, 0.3
"""So many products, fewer where too few are right; and which share of them is wrong."""

MISFRAMED = 0.5
"""This share of what is planted is a wrong primary, as far as products have several crops."""


@dataclass(frozen=True, slots=True)
class World:
    """A data folder, what is right of each of its products, and which are wrong in what."""

    data: Path
    truths: Mapping[str, Truth]
    wrong: Mapping[str, Sequence[str]]
    planted: Mapping[str, str]

    def counts(self) -> dict[str, int]:
        """How many products are wrong in each facet, or in their primary."""
        return dict(Counter(what for all_ in self.wrong.values() for what in all_).most_common())


def command(data: Path, *words: str, **environment: str) -> str:
    """Run a `vitrine` command on a data folder; what it printed. Raises where it failed."""
    told = os.environ | {"VITRINE_DATA_DIR": str(data)} | environment
    done = subprocess.run(
        [sys.executable, "-m", "vitrine", *words],
        check=False,
        env=told,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"vitrine {' '.join(words)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout + done.stderr


def imported(shop: Shop, home: Path) -> Path:
    """The data folder of the whole pool, imported once and kept for the next run."""
    done = home / "pool"
    if not done.exists():
        draft = home / "pool.draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        shop.write(shop.pool(), draft / "pool.csv")
        command(draft, "migrate")
        command(draft, "import", str(draft / "pool.csv"), "--images", str(shop.folder))
        command(draft, "calibrate")
        draft.rename(done)
    return done


def prepared(shop: Shop, home: Path, seed: int = 0) -> World:
    """A catalogue of PRODUCTS of the pool, about a share WRONG of them wrong; made anew.

    It is calibrated as a server does by itself, before and after the errors came in.
    """
    data = home / "data"
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(imported(shop, home), data)
    stated = truth.stated(shop, shop.pool())
    with wiring.running_here(Settings(data_dir=data)) as runtime:
        truths, planted = _plant_all(runtime, stated, shop.own, random.Random(seed))
    for again in ("calibrate", "select-primary", "label"):
        command(data, again)
    with wiring.stored(Settings(data_dir=data)) as sessions, sessions.read() as session:
        seen = truth.found(session)
        wrong = {name: list(truth.errors(truths[name], one)) for name, one in seen.items()}
    told = {name: what for name, what in wrong.items() if what}
    return World(data, {name: truths[name] for name in seen}, told, planted)


def _plant_all(
    runtime: Runtime, stated: Mapping[str, Mapping[str, str]], most: int, chance: random.Random
) -> tuple[dict[str, Truth], dict[str, str]]:
    """Leave PRODUCTS of the pool, a share WRONG of them wrong; what is right, and what was planted.

    At most `most` are the models' own mistakes.
    """
    planted: dict[str, str] = {}
    with runtime.sessions.write() as session:
        seen = truth.found(session)
        truths = {name: _truth(stated[name], one) for name, one in seen.items()}
        own = sorted(planting.wrong(truths, seen))
        planter = _planter(session, runtime, seen, chance)
        planter.learn(truths, seen)
        right = sorted(seen.keys() - set(own))
        chance.shuffle(right)
        wrong = int(min(PRODUCTS, len(right) / (1 - WRONG)) * WRONG)
        mistaken = chance.sample(own, min(most, wrong, len(own)))
        missing = wrong - len(mistaken)
        for goal, plant in ((int(missing * MISFRAMED), _misframe), (missing, _mislabel)):
            for name in right:
                if len(planted) >= goal:
                    break
                if name not in planted and (
                    how := plant(planter, runtime, session, truths[name], seen[name])
                ):
                    planted[name] = how
        left = [name for name in right if name not in planted]
        ours = {*mistaken, *planted, *left[: int(wrong / WRONG) - wrong]}
        for product in session.scalars(select(Product)):
            if product.external_id not in ours:
                product.deleted_at = now()  # without a job each: searches look into SQL
    return truths, planted


def _truth(stated: Mapping[str, str], one: Found) -> Truth:
    crop = truth.right_crop(stated, one)
    return Truth(stated, crop.box if crop else None, vocabulary().kind(stated.get(CATEGORY)))


def _planter(
    session: Session, runtime: Runtime, seen: Mapping[str, Found], chance: random.Random
) -> Planter:
    vision = runtime.ports.vision
    assert isinstance(vision, EmbeddedVision)
    return Planter(vision.analyzer.labeller, planting.embeddings(session, seen), chance)


def _misframe(
    planter: Planter, runtime: Runtime, session: Session, right: Truth, one: Found
) -> str | None:
    """Give a right product a wrong primary; how, None where it keeps the right one."""
    ways = {"kind": planter.confuse, "missed": planter.miss}
    for how in list(ways)[planter.chance.randrange(2) :]:
        if ways[how](one):
            _follow(planter, runtime, session, one)
            if "primary" in truth.errors(right, one):
                return how
    return None


def _mislabel(
    planter: Planter, runtime: Runtime, session: Session, right: Truth, one: Found
) -> str | None:
    """Give a right product a wrong label; in which facet, None where it keeps the right ones."""
    facet = planter.mislabel(right, one)
    if facet is None:
        return None
    _follow(planter, runtime, session, one)
    return f"label {facet}" if any(truth.errors(right, one)) else None


def _follow(planter: Planter, runtime: Runtime, session: Session, one: Found) -> None:
    """Have Vitrine's own rules judge, choose and label by what the models now say."""
    crops.judge(one.product, runtime.settings.vision.quality)
    crops.choose(session, one.product)
    session.flush()
    vectors = np.stack([planter.vectors[crop.id].vector for crop in one.kept])
    ids = (crop.id for crop in one.kept)
    said = dict(zip(ids, runtime.ports.vision.label(vectors), strict=True))
    labels.write(session, [one.product], said)
    session.refresh(one.product, ["said"])
    one.labels = {label.facet: label.value for label in one.product.labels}
