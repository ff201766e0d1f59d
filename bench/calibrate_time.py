"""How much work a fit of a catalogue is: seeded products of random directions around their values.

    python -m bench.calibrate_time --products 10000

prints the seconds of processor time of each part. Words and labels run through the shipped model.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from vitrine.adapters.vision import EmbeddedVision
from vitrine.core.groups import VisionSettings
from vitrine.services.calibration import fitting
from vitrine.services.calibration.stated import Stated, Stock
from vitrine.services.evaluation.gallery import Photo
from vitrine.services.search.cache.traits import Trait
from vitrine.vision import analyzer, images
from vitrine.vision.tuning import Tuning
from vitrine.vision.vocabulary import vocabulary

COLOURS = 12


def main() -> None:
    """Make, fit and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.calibrate_time", description=__doc__)
    parser.add_argument("--products", type=int, default=10_000)
    count = parser.parse_args().products
    loaded = analyzer.load(VisionSettings(detector=None), images.Limits())
    vision = EmbeddedVision(loaded)
    photos = _photos(vision, count)
    began = last = time.process_time()

    def tell(done: int, total: int) -> None:
        nonlocal last
        print(f"step {done} of {total}: {time.process_time() - last:.1f} s")
        last = time.process_time()

    stock = Stock(photos, photos[:: max(1, count // 60)], count)
    fitting.fit(vision, stock, Tuning(model_version=vision.versions.encoder), {}, tell)
    print(f"{count:,} products in {time.process_time() - began:.1f} s")


def _photos(vision: EmbeddedVision, count: int) -> list[Photo]:
    dice = np.random.default_rng(0)
    sorts = [word.value for word in vocabulary().facets["category"].words][:60]
    colours = [word.value for word in vocabulary().facets["colour"].words][:COLOURS]
    dimension = vision.versions.dimension
    middles = [dice.normal(size=(len(some), dimension)) for some in (sorts, colours)]
    found = []
    for number in range(count):
        sort, colour = int(dice.integers(len(sorts))), int(dice.integers(len(colours)))
        vector = middles[0][sort] + 0.6 * middles[1][colour] + dice.normal(size=dimension)
        of = Stated(
            str(number),
            f"design {number // 3}",
            f"{colours[colour]} {sorts[sort]} {number // 3}",
            {"category": sorts[sort].title(), "colour": colours[colour].title()},
        )
        light, *tint = (float(one) for one in dice.uniform((20, -50, -50), (90, 50, 50)))
        trait = Trait(((1.0, light, tint[0], tint[1]),), float(dice.uniform(0.4, 1.6)))
        unit = (vector / np.linalg.norm(vector)).astype(np.float32)
        found.append(Photo(of, unit, trait))
    return found


if __name__ == "__main__":
    main()
