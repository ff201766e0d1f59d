"""How well slips of the keyboard are read: words of a catalogue's titles, each with one slip.

    python -m bench.typos --titles ../shared/data/demo/products.csv

prints, of every word that such slips were made in, how many are read as what was meant, as another
word, or left alone; how many known words are changed, of which there must be none; and how many
right words that this catalogue does not hold are changed, where half of the products are the
catalogue and the other half's words are asked for. Slips are seeded: a letter lost, doubled,
swapped with the next, or its neighbour on the keyboard.
"""

from __future__ import annotations

import argparse
import csv
import random
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.worlds.snapshots import holding
from training import spelling as slips
from vitrine.core.groups import VisionSettings
from vitrine.services.search.meaning import Known
from vitrine.services.search.spelling import SHORTEST, Speller
from vitrine.services.search.tokens import WORDS, tokens
from vitrine.vision import tuning
from vitrine.vision.registry import PACKAGED
from vitrine.vision.tuning import Spoken


def main() -> None:
    """Read the titles, make slips, and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.typos", description=__doc__)
    parser.add_argument("--titles", type=Path, required=True, help="a CSV with a column `title`")
    parser.add_argument("--column", default="title")
    parser.add_argument("--slips", type=int, default=5, help="of each word")
    asked = parser.parse_args()
    with asked.titles.open(encoding="utf-8", newline="") as file:
        titles = [row[asked.column] for row in csv.DictReader(file)]
    known = Known.of(_spoken())
    print(f"{len(titles):,} titles")
    _slipped(_speller(titles, known), titles, asked.slips)
    print(f"known words that are changed: {_changed(_speller(titles, known), titles)}")
    half, other = titles[::2], titles[1::2]
    foreign = sorted(_words(other) - _words(half))
    changed = {
        word: better for word in foreign if (better := _speller(half, known).corrected(word))
    }
    print(f"right words of another half that are changed: {len(changed)} of {len(foreign)}")
    print("  " + ", ".join(f"{word} {better}" for word, better in [*changed.items()][:20]))


def _spoken() -> Spoken:
    default = VisionSettings().encoder
    return tuning.read(PACKAGED / default / tuning.file_name(0.0)).spoken


def _speller(titles: Sequence[str], known: Known) -> Speller:
    rows = [{WORDS: tuple(dict.fromkeys(tokens(title)))} for title in titles]
    return Speller(holding(*rows), known)


def _words(titles: Sequence[str]) -> set[str]:
    found = {word for title in titles for word in tokens(title)}
    return {word for word in found if word.isalpha() and word.isascii() and len(word) >= SHORTEST}


def _slipped(speller: Speller, titles: Sequence[str], each: int) -> None:
    dice, told = random.Random(0), Counter[str]()
    began, asked = time.process_time(), 0
    for word in sorted(_words(titles)):
        for _ in range(each):
            typed = slips.misspelt(word, dice)
            if typed == word:
                continue
            asked += 1
            if speller.knows(typed):
                told["another word that is known"] += 1
                continue
            read = speller.corrected(typed)
            told["right" if read == word else "left alone" if read is None else "wrong"] += 1
    spent = 1000 * (time.process_time() - began) / max(1, asked)
    print(f"{asked:,} slips, {spent:.2f} ms of processor time each")
    for name, count in told.most_common():
        print(f"  {name}: {count / asked:.3f}")


def _changed(speller: Speller, titles: Sequence[str]) -> int:
    return sum(speller.corrected(word) is not None for word in _words(titles))


if __name__ == "__main__":
    main()
