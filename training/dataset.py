"""All there is to train on, in one list whose places the store, the teacher and batches share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from training import abroad, data, lexicon, words
from training.data import Shot
from training.labels import numbered
from training.net import Known
from training.store import Store, open_store
from training.teacher import mark_of, taught

VOCABULARY = 8000
HELD = {"products": 1.0, "thumbs": 1.0, "phone": 2.0, "garments": 2.0, "sample": 0.0}
"""How much of each source's train part is held back, for every share of the products."""


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Shots and their pictures; `fitted`, `measured` and `grounds` are places in them."""

    shots: list[Shot]
    store: Store
    tokenizer: Tokenizer
    fitted: list[int]
    measured: dict[str, list[int]]
    grounds: list[int]
    mark: str

    def known(self, cache: Path | None) -> tuple[Known, list[list[str]]]:
        """What is known of every shot, and the values of each facet by number.

        Without a cache for what it says no teacher is asked.
        """
        facets, names = numbered(self.shots)
        titles = [shot.title or f"{shot.source}/{shot.key}" for shot in self.shots]
        sources = [shot.source for shot in self.shots]
        said = taught(self.store, self.mark, cache) if cache else np.zeros((len(titles), 0))
        teacher = torch.from_numpy(said)
        return Known(facets, _numbers(titles), _numbers(sources), teacher), names


def read(
    root: Path,
    cache: Path,
    hold_back: float,
    leave_out: Sequence[str],
    tokenizer: Tokenizer | None = None,
    stores: Sequence[str] = (),
) -> TrainingSet:
    """Everything under the data folder; sources left out are measured whole and never fitted.

    Without a tokenizer one is trained. `stores` are those of other shops' to gather too.
    """
    every = data.products(root) + data.phone(root) + data.garments(root)
    every += data.thumbs(root, cache / "thumbs")
    every += data.sample(cache / "sample")
    every = [_spoken(shot) for shot in every]
    every += [_spoken(abroad.in_home_words(shot)) for shot in abroad.stores(root, stores)]
    store = open_store(every, cache)
    fitted, measured = _parts(every, hold_back, leave_out)
    if tokenizer is None:
        texts = words.texts_of([every[place] for place in fitted])
        tokenizer = words.train_tokenizer(texts, VOCABULARY)
    grounds = [p for p in fitted if every[p].source in ("phone", "garments")]
    if leave_out:  # grounds show no label; without any there is nothing to paste on
        grounds = grounds or [p for p in _train(every) if every[p].source == "phone"]
    mark = mark_of([f"{shot.source}/{shot.key}" for shot in every])
    return TrainingSet(every, store, tokenizer, fitted, measured, grounds, mark)


def _spoken(shot: Shot) -> Shot:
    """The shot with values that mean the same made one, and with the group of its kind."""
    given = shot.facets.items()
    facets = {facet: lexicon.canonical(facet, value) for facet, value in given if value}
    if "group" not in facets and "category" in facets:
        facets["group"] = lexicon.group_of(facets["category"])
        facets["department"] = lexicon.department_of(facets["group"])
    return replace(shot, facets=facets)


def _train(shots: Sequence[Shot]) -> list[int]:
    return [place for place, shot in enumerate(shots) if shot.split == "train"]


def _parts(
    shots: Sequence[Shot], hold_back: float, leave_out: Sequence[str]
) -> tuple[list[int], dict[str, list[int]]]:
    fitted: list[int] = []
    measured: dict[str, list[int]] = {source: [] for source in (*HELD, *leave_out)}
    for place, shot in enumerate(shots):
        if shot.split == "dev":
            if not hold_back:
                measured[shot.source].append(place)
        elif shot.source in leave_out or (
            data.is_validation(shot, hold_back * HELD.get(shot.source, 0.0))
        ):
            measured[shot.source].append(place)
        else:
            fitted.append(place)
    return fitted, measured


def _numbers(values: Sequence[str]) -> torch.Tensor:
    names = {value: number for number, value in enumerate(sorted(set(values)))}
    return torch.tensor([names[value] for value in values])
