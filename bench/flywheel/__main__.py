"""Runs the circle and writes what came of it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from bench.flywheel import blind, catalogue, circle, finding, held_out, report
from bench.flywheel.catalogue import World
from bench.flywheel.finding import Finding
from bench.flywheel.shops import Shop, shops

HOME = Path("/tmp/vitrine-flywheel")


def main() -> int:
    """Measure one shop, print, and write the section of the page."""
    asked = _asked()
    first, second = shops(asked.data.resolve())
    shop = second if asked.shop2 else first
    world = catalogue.prepared(shop, asked.home / shop.name, asked.seed)
    items = min(asked.items, int(len(world.truths) * catalogue.WRONG))
    unaided = blind.found(world, items)
    with finding.serving(world) as client:
        found, reviewed = finding.find(client, world, items)
        _tell(f"{shop.name}: errors found", report.finding(shop.name, world, found, unaided))
        print(json.dumps(found.told()), flush=True)
        if not asked.only_queue:
            before, labelled = circle.left_wrong(world, reviewed), circle.apart(world)
            turned = circle.turn(client, asked.steps)
            after = circle.left_wrong(world, reviewed) if turned.collection else None
            unreviewed = len(world.truths) - len(reviewed)
            told = report.circle(turned, (before, after), unreviewed)
            if turned.collection:
                told = chain(told, report.apart(labelled, circle.apart(world)))
            _tell(f"{shop.name}: circle", told)
    if not asked.only_queue:
        _evaluate(shop, world, turned.version)
    return 0 if _enough(found) else 1


def _evaluate(shop: Shop, world: World, version: str) -> None:
    manifest = held_out.manifest(shop, world.data / "held_out.jsonl")
    before, after = (circle.figures(world, manifest, each) for each in (None, version))
    _tell(f"{shop.name}: evaluated", report.evaluated(before, after))


def _tell(name: str, lines: Iterator[str]) -> None:
    told = list(lines)
    print("\n".join(told), flush=True)
    report.put(name, told)


def _enough(found: Finding) -> bool:
    """Whether the queue finds at least twice as many errors as a random order."""
    return found.ratio >= 2


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.flywheel", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="The folder of shared data.")
    parser.add_argument("--shop2", action="store_true", help="The second shop: measured only.")
    parser.add_argument("--items", type=int, default=finding.ITEMS, help="Items to review.")
    parser.add_argument("--steps", type=int, default=800, help="Steps of learning at most.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--home", type=Path, default=HOME, help="Where catalogues are kept.")
    parser.add_argument("--only-queue", action="store_true", help="End after the review.")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
