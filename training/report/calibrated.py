"""What levels are worth in another shop: by the encoder's card, and fitted on half its catalogue.

    python -m training.report.calibrated --data ../shared/data

prints this section alone.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training import abroad, tune
from training.report import columns, study
from training.report.rows import SHIPPED, Row, Section
from training.report.study import Study
from vitrine.adapters.vision import EmbeddedVision
from vitrine.services.calibration import asking, bars, fitting
from vitrine.services.calibration.bars import Hits
from vitrine.services.calibration.fitting import Fit
from vitrine.services.calibration.stated import Stock
from vitrine.services.evaluation import gallery as galleries
from vitrine.services.evaluation import queries
from vitrine.services.evaluation.figures import Mask, figure
from vitrine.services.evaluation.gallery import Gallery, Photo
from vitrine.services.evaluation.neighbours import GRADES, nearest
from vitrine.services.evaluation.queries import Asked
from vitrine.services.search import understand
from vitrine.vision import tuning
from vitrine.vision.registry import PACKAGED
from vitrine.vision.tuning import KINDS, Bars, Kind, Level, Tuning, Weights, file_name

TITLE = "Another shop, calibrated"
COLUMNS = {"card": "by the card", "promised": "promised", "fitted": "calibrated"}
TEXT = """How often hits that are called so truly are so or better, in the other shop: by the bars
and weights of the encoder's card, and by those that half of the shop's own designs gave; asked by
the designs of the other half, both ways round, the first ten hits as re-ranked. Photos ask as in
"Another shop", where exact is the same design and colour; words are titles, and colours with
categories of which the asking half has enough; products ask for another colour that their category
has. *Promised* is what the fit told of its own half. A dash: never claimed."""

Shares = Mapping[tuple[Kind, Level], Mask]


@dataclass(frozen=True, slots=True)
class Half:
    """Queries of one half of the designs with what they found, and the fit of the other half."""

    fit: Fit
    card: Shares
    fitted: Shares


def measure(given: Study) -> Section:
    """Each kind of query and level, by the card and calibrated."""
    folder = given.columns[SHIPPED].folder
    if folder is None or not given.shots.shop or not (folder / file_name(0)).exists():
        return Section(TITLE, TEXT, columns=COLUMNS)
    card = tuning.read(folder / file_name(0))
    vision = EmbeddedVision(columns.load(folder, 1))
    photos = tune.photos(given, given.shots.shop)
    first = np.array([_is_first(photo.of.group) for photo in photos], dtype=np.bool_)
    halves = [_half(vision, photos, part, card) for part in (first, ~first)]
    return Section(TITLE, TEXT, _rows(halves), columns=COLUMNS)


def _half(vision: EmbeddedVision, photos: Sequence[Photo], part: Mask, card: Tuning) -> Half:
    known = [photo for photo, here in zip(photos, part, strict=True) if here]
    fit = fitting.fit(vision, Stock(known, (), len(known)), card, {})
    asks = abroad.asking([photo.of for photo in photos])
    answering = [photo for photo, asking_one in zip(photos, asks, strict=True) if not asking_one]
    held = galleries.build(answering, vision.embed_texts)
    some = [photo for photo, ask, here in zip(photos, asks, part, strict=True) if ask and not here]
    strangers = [photo for photo, here in zip(photos, part, strict=True) if not here]
    words = asking.by_words(galleries.build(strangers, vision.embed_texts))
    asked: Mapping[Kind, Sequence[Asked]] = {
        "photo": _by_photo(held, some),
        "words": words,
        "composed": queries.recoloured(held, asking.sample(some)),
    }
    return Half(
        fit,
        _judged(held, asked, {kind: card.levels[kind].others for kind in KINDS}, card.weights),
        _judged(
            held,
            asked,
            {kind: one.levels.others for kind, one in fit.kinds.items() if one.levels},
            {kind: one.weights for kind, one in fit.kinds.items()},
        ),
    )


def _by_photo(held: Gallery, photos: Sequence[Photo]) -> list[Asked]:
    """Photos of designs, for which the same design and colour is the very product."""
    same: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for row, photo in enumerate(held.photos):
        same[photo.of.group, photo.of.facets.get("colour", "")].append(row)
    asked = []
    for photo in photos:
        category, colour = (photo.of.facets.get(name, "") for name in ("category", "colour"))
        intent = understand.understood(held.lexicon, held.snapshot, photo.alone)
        twins = tuple(same[photo.of.group, colour])
        asked.append(Asked(intent, photo.of.group, category, colour, also=twins))
    return asked


def _judged(
    held: Gallery,
    asked: Mapping[Kind, Sequence[Asked]],
    levels: Mapping[Kind, Bars],
    weights: Mapping[Kind, Weights],
) -> Shares:
    found: dict[tuple[Kind, Level], Mask] = {}
    for kind, own in levels.items():
        weighed = weights.get(kind, {})
        hits = Hits.of(nearest(held, asked[kind], 150, tuple(weighed)), weighed)
        found |= {(kind, level): right for level, right in bars.called(hits, own).items()}
    return found


def _rows(halves: Sequence[Half]) -> list[Row]:
    rows = []
    for kind in KINDS:
        for level in GRADES:
            place, nothing = (kind, level), np.empty(0, dtype=np.bool_)
            cells = {
                name: figure(np.concatenate([told.get(place, nothing) for told in both]))
                for name, both in (
                    ("card", [half.card for half in halves]),
                    ("fitted", [half.fitted for half in halves]),
                )
            }
            promised = [half.fit.kinds[kind].reliability.get(level) for half in halves]
            shares = [one.promised for one in promised if one and one.promised is not None]
            cells["promised"] = figure(np.array(shares))
            rows.append(Row(f"shop_{kind}_{level}", f"{kind}: {level}", cells))
    return rows


def _is_first(group: str) -> bool:
    return hashlib.sha256(f"half:{group}".encode()).digest()[0] < 128


def main(argv: Sequence[str] | None = None) -> int:
    """Print the section for one encoder."""
    parser = argparse.ArgumentParser(prog="python -m training.report.calibrated")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--encoder", type=Path, default=PACKAGED / "vitrine-mini")
    parser.add_argument("--cache", type=Path, default=Path("build/eval"))
    options = parser.parse_args(argv)
    column = columns.of(columns.load(options.encoder, 2), options.encoder)
    shots = study.Shots((), (), (), (), (), abroad.shop(options.data))
    section = measure(Study(options.data, shots, {SHIPPED: column}, None, options.cache))
    for row in section.rows:
        told = {
            name: "-" if cell is None else f"{cell.value:.3f} (n {cell.n:,})"
            for name, cell in row.cells.items()
        }
        sys.stdout.write(f"{row.name}: {told}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
