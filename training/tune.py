"""Fit what re-ranking weighs and what a cosine means, and write search.json beside the encoder.

    python -m training.tune --data ../shared/data

Weights are fitted on one half of the dev products, by group, for the best nDCG at 10; a signal is
kept only if it alone, and then all together, beat the plain cosine on the other half by more than
chance (the 95 % interval of the paired difference lies above 0). Levels are fitted on held-back
train products. Run it anew for every new version of the encoder: what it writes names one version.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training import calibrate, data, manifests
from training.data import Shot
from training.report import columns, study
from training.report.rows import SHIPPED
from training.report.study import Study
from vitrine.services.evaluation import gallery, queries
from vitrine.services.evaluation.figures import figure
from vitrine.services.evaluation.gallery import Gallery, Photo
from vitrine.services.evaluation.neighbours import Near, nearest
from vitrine.services.evaluation.queries import Asked
from vitrine.services.search.cache.traits import Trait
from vitrine.vision.registry import PACKAGED
from vitrine.vision.tuning import KINDS, Kind, Signal, Tuning, Weights, file_name

STEPS = (0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3)
ROUNDS = 2
HELD_BACK = 0.04
"""The share of train products that the encoder was not trained on."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One signal, or all that were kept, on the half of dev that was not fitted on.

    `gain` is the mean difference of nDCG at 10 to the plain cosine, `low` and `high` its interval.
    """

    weights: Weights
    plain: float
    gain: float
    low: float
    high: float
    n: int

    @property
    def earns(self) -> bool:
        """Whether it beats the plain cosine by more than chance."""
        return self.low > 0


@dataclass(frozen=True, slots=True)
class Fitted:
    """The weights of one kind of query, and how each signal did."""

    weights: Weights
    alone: Mapping[Signal, Trial] = field(default_factory=dict)
    together: Trial | None = None


def main(argv: Sequence[str] | None = None) -> None:
    """Fit both and write the file."""
    options = _options(argv)
    given = opened(options.data, options.cache, options.encoder)
    share = options.text_share
    weights = {kind: fit(found).weights for kind, found in dev_near(given, share).items()}
    tuning = Tuning(
        model_version=given.columns[SHIPPED].name,
        text_share=share,
        description="Fitted by training.tune; see docs/search.md and docs/evaluation.md.",
        weights={kind: found for kind, found in weights.items() if found},
        levels=calibrate.levels(val_asked(given, share), weights),
    )
    path = options.out or options.encoder / file_name(share)
    path.write_text(tuning.model_dump_json(indent=1) + "\n", encoding="utf-8")
    print(path)


def opened(root: Path, cache: Path, encoder: Path) -> Study:
    """The data and the encoder alone, without what the report compares it with."""
    column = columns.of(columns.load(encoder, 2), encoder)
    return Study(root, study.read(root, cache, None), {SHIPPED: column}, None, cache)


def fit(near: Near) -> Fitted:
    """The weights that earn their place, none where none does."""
    here = np.array([first_half(group) for group in near.groups], dtype=np.bool_)
    fitting, judging = near.where(here), near.where(~here)
    alone = {name: trial(judging, {name: _best(fitting, name, {})}) for name in near.said}
    kept = [name for name, one in alone.items() if one.earns]
    weights: dict[Signal, float] = dict.fromkeys(kept, 0.0)
    for _ in range(ROUNDS if kept else 0):
        for name in kept:
            weights[name] = _best(fitting, name, weights)
    weights = {name: weight for name, weight in weights.items() if weight}
    together = trial(judging, weights)
    return Fitted(weights if together.earns else {}, alone, together)


def trial(near: Near, weights: Weights) -> Trial:
    """These weights against none, query by query, with the interval of the difference."""
    plain = near.gain({})
    apart = figure(near.gain(weights) - plain)
    if apart is None:
        return Trial(weights, 0.0, 0.0, 0.0, 0.0, 0)
    before = round(float(plain.mean()), 4)
    return Trial(weights, before, apart.value, apart.low, apart.high, apart.n)


def dev_near(given: Study, text_share: float = 0.0) -> dict[Kind, Near]:
    """The dev queries of each kind among all dev and train products."""
    held = shelf_of(given, text_share)
    return {kind: nearest(held, asked) for kind, asked in asked_of(given, held).items()}


def asked_of(given: Study, held: Gallery) -> dict[Kind, Sequence[Asked]]:
    """Second photos, titles and words, and other colours, asked by the dev products of a shelf."""
    dev = given.shots.dev
    return {
        "photo": queries.by_photo(held, photos(given, given.shots.views)),
        "words": queries.by_words(held, dev),
        "composed": queries.recoloured(held, held.photos[: len(dev)]),
    }


def shelf_of(given: Study, text_share: float = 0.0) -> Gallery:
    """All dev products, then all train products."""
    return _shelf(given, (given.shots.dev, given.shots.train), text_share)


def photos(given: Study, shots: Sequence[Shot]) -> list[Photo]:
    """The shots with their vectors and colours."""
    if not shots:
        return []
    return [
        Photo(shot, vector, Trait(palette))
        for shot, vector, palette in zip(
            shots, given.vectors(SHIPPED, shots), given.palettes(shots), strict=True
        )
    ]


def _shelf(given: Study, parts: Sequence[Sequence[Shot]], text_share: float) -> Gallery:
    shipped = given.columns[SHIPPED]
    if shipped.embed_texts is None:
        raise ValueError("an encoder with words is needed")
    held = [photo for some in parts for photo in photos(given, some)]
    return gallery.build(held, shipped.embed_texts, text_share, shipped.parts)


def val_asked(given: Study, text_share: float = 0.0) -> dict[Kind, Near]:
    """The queries of held-back train products among all train products."""
    train = list(given.shots.train)
    held = _shelf(given, (train,), text_share)
    rows = [row for row, shot in enumerate(train) if data.is_validation(shot, HELD_BACK)]
    shots = [train[row] for row in rows]
    grounds = [shot.path for shot in data.phone(given.root) if shot.split == "train"]
    views = manifests.second_photos(shots, grounds, given.cache)
    asked: Mapping[Kind, Sequence[Asked]] = {
        "photo": queries.by_photo(held, photos(given, views)),
        "words": queries.by_words(held, shots),
        "composed": queries.recoloured(held, [held.photos[row] for row in rows], each=2),
    }
    return {kind: nearest(held, asked[kind]) for kind in KINDS}


def first_half(group: str) -> bool:
    """Whether a group's queries are fitted on; the others judge."""
    return hashlib.sha256(f"tune:{group}".encode()).digest()[0] < 128


def _best(near: Near, name: Signal, others: Weights) -> float:
    """The step that serves the queries best beside the other weights, 0 where none helps."""
    tried: dict[float, NDArray[np.float64]] = {
        step: near.gain({**others, name: step}) for step in (0.0, *STEPS)
    }
    return max(tried, key=lambda step: (float(tried[step].mean()), -step))


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.tune",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--data", type=Path, default=Path("../shared/data"), help="the data folder")
    add("--encoder", type=Path, default=PACKAGED / "vitrine-mini", help="model folder to tune for")
    add("--cache", type=Path, default=Path("build/eval"), help="vectors, colours, second photos")
    add(
        "--text-share",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="tune for vectors of which words are this share (VITRINE_VISION__TEXT_SHARE)",
    )
    add("--out", type=Path, help="the file to write (default: search*.json in the model folder)")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
