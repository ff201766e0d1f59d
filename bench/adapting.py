"""What `vitrine adapt` buys in a shop that the encoder never saw, and what it loses.

    python -m bench.adapting --shop shop2 --data ../shared/data --work build/adapting

takes the shop's designs apart into a part that is learnt from, one that chooses and one that is
held out; adapts the encoder; and asks both models, along the road of every search, with every
held-out product among all held-out ones. Each figure comes with the paired 95 % interval of its
difference. It ends with 1 unless one figure rises by five points and none falls beyond its
interval. Run it with the environment that has PyTorch (`make test-train` makes it). What it makes
stays under --work and is never shipped.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from bench import shop_folders
from vitrine.finetune import elsewhere, encoder, lessons, looking, measuring, naming, snapshots
from vitrine.finetune.looking import Ints, Model
from vitrine.finetune.measuring import Shown
from vitrine.finetune.snapshots import Snapshot
from vitrine.finetune.spec import Spec
from vitrine.vision import labels
from vitrine.vision.figures import Figure
from vitrine.vision.registry import PACKAGED
from vitrine.vision.sessions import Runtime
from vitrine.vision.vocabulary import vocabulary

SHOPS = {"shop2": shop_folders.shop2, "home": shop_folders.home}
WANTED = 0.05
Row = tuple[str, Figure, Figure, Figure]


@dataclass(frozen=True, slots=True)
class Sight:
    """The held-out products as one model sees them, and what it calls them, by facet."""

    shown: Shown
    said: Mapping[str, Ints]


def main(argv: Sequence[str] | None = None) -> int:
    """Adapt, measure, print."""
    options = _options(argv)
    folder = SHOPS[options.shop](options.data, options.work / options.shop)
    out = options.work / f"adapted-{options.shop}"
    if not (out / "card.json").is_file():
        _adapt(folder, out, options)
    snapshot = snapshots.read(folder)
    held = replace(snapshot, items=[snapshot.items[place] for place in snapshot.of("test")])
    sights = [_sight(model, held, options.work / "measured") for model in (options.base, out)]
    rows = [*_rows(held, sights)]
    for name, old, new, by in rows:
        mark = "lost" if by.high < 0 else "won" if by.low > 0 else ""
        print(
            f"| {name} | {old.n:,} | {old.value:.3f} | {new.value:.3f} | "
            f"{by.value:+.3f} [{by.low:+.3f}, {by.high:+.3f}] | {mark} |"
        )
    return 0 if _enough(rows) else 1


def _adapt(folder: Path, out: Path, options: argparse.Namespace) -> None:
    spec = Spec(
        folder,
        options.base,
        out,
        options.work / f"work-{options.shop}",
        threads=options.threads,
        steps=options.steps,
        left_out=elsewhere.drawn(options.work / "elsewhere"),
    )
    with tqdm(unit="step", disable=None) as bar:

        def tell(done: int, total: int, figures: Mapping[str, float]) -> None:
            bar.total, bar.n = total, done
            bar.set_postfix({name: f"{value:+.3f}" for name, value in figures.items()})

        encoder.adapt(spec, tell)


def _sight(folder: Path, held: Snapshot, work: Path) -> Sight:
    model = looking.open_model(folder, work, Runtime(threads=1))
    bar = tqdm(total=len(held.items), unit="crop", desc=folder.name, disable=None)
    seen = looking.look(model, held, work, lambda done: bar.update(done - bar.n))
    first = np.flatnonzero((seen.crops == 0) & (seen.views == 0))
    plain = seen.vectors[first]
    shown = Shown(plain, seen.vectors[first + looking.VIEWS], _titles(model, held, work))
    labeller = labels.load(model.card, folder, model.encoder.embed_texts, vocabulary())
    told = {one.facet.name: naming.said(one, plain) for one in labeller.namings}
    return Sight(shown, told)


def _titles(model: Model, held: Snapshot, work: Path) -> np.ndarray:
    titles = sorted({item.title or "" for item in held.items} - {""})
    return looking.read(model, titles, work)[0]


def _rows(held: Snapshot, sights: Sequence[Sight]) -> Iterator[Row]:
    known = lessons.known(held.items, lambda item: item.stated)
    every = np.arange(len(held.items))
    before, after = (measuring.measured(known, every, every, sight.shown) for sight in sights)
    for name, figures in measuring.compared(before, after).items():
        yield (measuring.NAMES[name], *figures)
    for name, facet in vocabulary().facets.items():
        truth = naming.spelled(facet, known.facets)
        old_said, new_said = (sight.said[name] for sight in sights)
        found = naming.gain(truth, old_said, new_said, len(facet.words))
        if found:
            old, new, by = found
            yield f"{name} labels, macro-F1", old, new, by


def _enough(rows: Sequence[Row]) -> bool:
    won = any(by.value >= WANTED for *_, by in rows)
    return won and not any(by.high < 0 for *_, by in rows)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.adapting",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--shop", choices=sorted(SHOPS), default="shop2", help="whose catalogue")
    add("--data", type=Path, default=Path("../shared/data"), help="the data folder")
    add("--work", type=Path, default=Path("build/adapting"), help="folder for all that is made")
    add("--base", type=Path, default=PACKAGED / "vitrine-mini", help="the model to begin with")
    add("--steps", type=int, default=800, help="most steps of learning (%(default)s)")
    add("--threads", type=int, default=2, help="threads (%(default)s)")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
