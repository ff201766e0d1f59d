"""How good a model's labels are, facet by facet, and the part of its card that says so.

    python -m training.labelling --data ../shared/data

measures the labels of the shipped encoder and writes them into its card.json: for each facet by
what it is named, the temperature that makes its scores honest (fitted on the part of train that
was held back from training), and its macro-F1 on dev. Needed after every change of the weights or
of vocabulary.toml; until then no label is shown to shoppers.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.data import Shot, is_validation
from training.report.rows import SHIPPED
from vitrine.services.evaluation.figures import Figure, Ints, resampled
from vitrine.services.evaluation.labels import f1, places, unsaid
from vitrine.vision import labels
from vitrine.vision.card import EncoderCard, FacetFigures, LabelFigures, card_json, read_card
from vitrine.vision.labels import HEAD, LEAST, Labeller, Naming
from vitrine.vision.registry import PACKAGED
from vitrine.vision.types import Vector
from vitrine.vision.vocabulary import CATEGORY, Facet, vocabulary

BAR = 0.5
"""The lower end of the interval reaches it: below, mistakes are over twice what is found."""
FEWEST_VALUES = 3
"""A facet of which fewer values were measured is not known well enough to be shown."""
HELD_BACK = 0.04
"""The share of train that no weight was fitted on, `--hold-back` of training.encoder."""
STEPS = np.exp(np.linspace(np.log(0.004), np.log(4), 80))

Floats = NDArray[np.float32]
EmbedTexts = Callable[[Sequence[str]], Vector]


@dataclass(frozen=True, slots=True)
class Known:
    """Vectors of shots and what is known of them."""

    shots: Sequence[Shot]
    vectors: Vector

    def fitting(self, facet: Facet, category: Naming) -> NDArray[np.bool_]:
        """Of which shots the facet is said at all, by the kind that their category is taken for."""
        seen = Labeller(vocabulary(), (category,)).label(self.vectors)
        kinds = [vocabulary().kind(some[0].value if some else None) for some in seen]
        return np.array([facet.fits(kind) for kind in kinds], dtype=np.bool_)

    def truth(self, facet: Facet) -> Ints:
        """Each shot's value by its place, -1 unknown; one past the last where no word stands."""
        return places(facet, [shot.facets.get(facet.head, "") for shot in self.shots])


@dataclass(frozen=True, slots=True)
class Measured:
    """One facet named in one way: honest scores, macro-F1, and how far scores are from shares."""

    naming: Naming
    f1: Figure | None
    error: Figure | None
    values: int

    @property
    def passes(self) -> bool:
        """Whether the facet may be shown to shoppers."""
        return self.f1 is not None and self.f1.low >= BAR and self.values >= FEWEST_VALUES


Ways = Mapping[str, Sequence[Measured]]
"""By facet, each way to name it."""


def namings(card: EncoderCard, folder: Path, embed_texts: EmbedTexts) -> dict[str, list[Naming]]:
    """Every way to name each facet, by heads first where the model has them."""
    words = vocabulary()
    heads = labels.by_heads(card, folder, words)
    return {
        name: [
            *([heads[name]] if name in heads else []),
            labels.by_words(facet, labels.embedded(facet, embed_texts)),
        ]
        for name, facet in words.facets.items()
    }


def measure_all(ways: Mapping[str, Sequence[Naming]], held: Known, dev: Known) -> Ways:
    """Every way to name every facet, with its temperature fitted, measured on dev."""
    category = honest(ways[CATEGORY][0], held)
    return {
        name: [measure(one, held, dev, category) for one in some] for name, some in ways.items()
    }


def measure(naming: Naming, held: Known, dev: Known, category: Naming) -> Measured:
    """The naming with its temperature fitted on what was held back, measured on dev."""
    facet = naming.facet
    tuned, truth = honest(naming, held), dev.truth(naming.facet)
    scores = tuned.scores(dev.vectors)
    likeliest, sure = scores.argmax(axis=1), scores.max(axis=1)
    is_said = (sure >= LEAST) & dev.fitting(facet, category)
    found = f1(facet, truth, np.where(is_said, likeliest, unsaid(facet)))
    if found is None:
        return Measured(tuned, None, None, 0)
    sure, right = sure[truth >= 0], (likeliest == truth)[truth >= 0]
    off = resampled(lambda rows: error(sure[rows], right[rows]), len(right))
    return Measured(tuned, found.figure, off, found.values)


def honest(naming: Naming, held: Known) -> Naming:
    """The naming at the temperature that fits what was held back."""
    return replace(naming, temperature=temperature(naming, held))


def temperature(naming: Naming, held: Known) -> float:
    """The temperature at which what is true gets the highest scores, over the held back shots."""
    truth = held.truth(naming.facet)
    known = truth >= 0
    if not known.any():
        return naming.temperature

    def loss(step: float) -> float:
        scores = replace(naming, temperature=step).scores(held.vectors[known])
        other = np.clip(1 - scores.sum(axis=1, keepdims=True), 0, 1)
        given = np.hstack([scores, other])[np.arange(len(scores)), truth[known]]
        return float(-np.log(np.maximum(given, 1e-6)).mean())

    return round(float(min(STEPS, key=loss)), 4)


def error(sure: Floats, right: NDArray[np.bool_]) -> float:
    """The expected calibration error over ten bins of equal width."""
    bins = np.minimum((sure * 10).astype(np.int64), 9)
    gaps = [
        abs(right[bins == one].mean() - sure[bins == one].mean()) * (bins == one).mean()
        for one in np.unique(bins)
    ]
    return float(np.sum(gaps))


def best(ways: Sequence[Measured]) -> Measured:
    """The way the product takes: heads where there are any."""
    return next((one for one in ways if one.naming.source == HEAD), ways[0])


def figures(measured: Ways) -> LabelFigures:
    """What the card says of labels."""
    found = {name: best(ways) for name, ways in measured.items()}
    return LabelFigures(
        vocabulary=vocabulary().version,
        bar=BAR,
        facets={
            name: FacetFigures(
                source="head" if one.naming.source == HEAD else "words",
                temperature=one.naming.temperature,
                f1=None if one.f1 is None else one.f1.value,
                n=0 if one.f1 is None else one.f1.n,
                shown=one.passes,
            )
            for name, one in found.items()
        },
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and write the card."""
    # Imported here: the report measures labels by this module.
    from training.report import columns, study

    parser = argparse.ArgumentParser(prog="python -m training.labelling", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--encoder", type=Path, default=PACKAGED / "vitrine-mini")
    parser.add_argument("--cache", type=Path, default=Path("build/eval"))
    options = parser.parse_args(argv)
    shots = study.read(options.data, options.cache, None)
    held = [shot for shot in shots.train if is_validation(shot, HELD_BACK)]
    vision = columns.load(options.encoder, 1)
    shipped = {SHIPPED: columns.of(vision, options.encoder)}
    given = study.Study(options.data, shots, shipped, None, options.cache)
    sides = [Known(some, given.vectors(SHIPPED, some)) for some in (held, shots.dev)]
    card = read_card(options.encoder / "card.json")
    if not isinstance(card, EncoderCard):
        raise SystemExit(f"{options.encoder} is no encoder.")
    ways = namings(card, options.encoder, vision.embed_texts)
    told = figures(measure_all(ways, *sides))
    written = card.model_copy(update={"labels": told})
    (options.encoder / "card.json").write_text(card_json(written), encoding="utf-8")
    for name, one in told.facets.items():
        f1 = "not measured" if one.f1 is None else f"macro-F1 {one.f1:.3f} of {one.n:,}"
        print(f"{name}: by {one.source}, {f1}{', shown' if one.shown else ''}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
