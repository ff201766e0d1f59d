"""All that one run learns from: what was seen and read, compressed, and what is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import Tensor

from vitrine.finetune import added, lessons, looking
from vitrine.finetune.added import Added, Compression
from vitrine.finetune.lessons import Known, Lines, Says
from vitrine.finetune.looking import Ints, Model, Seen, Tell
from vitrine.finetune.measuring import Shown
from vitrine.finetune.snapshots import Snapshot
from vitrine.vision.types import Vector
from vitrine.vision.vocabulary import vocabulary


@dataclass(frozen=True, slots=True)
class Material:
    """One folder as a model sees it: rows of pictures and of lines with their compressed features,
    and for each product its plain row and its rows of any kind."""

    snapshot: Snapshot
    known: Known
    lines: Lines
    seen: Seen
    pictures: Tensor
    read: Vector
    words: Tensor
    plain: Ints
    of: Mapping[int, Ints]

    @property
    def last_view(self) -> Ints:
        """Each product's last view of its primary crop, which is for measuring."""
        return self.plain + int(self.seen.views.max())


@dataclass(frozen=True, slots=True)
class Towers:
    """What is added to both towers, and how their features are compressed."""

    image: Added
    text: Added
    by_image: Compression
    by_text: Compression


def general_lines() -> list[str]:
    """The lines that ask for the vocabulary's words in English, and their names elsewhere."""
    found = [
        line
        for facet in vocabulary().facets.values()
        for word in facet.words
        for line in (*facet.prompts(word), *word.names.values())
    ]
    return list(dict.fromkeys(found))


def gather(
    model: Model, snapshot: Snapshot, says: Says, work: Path, tell: Tell
) -> tuple[Material, Towers]:
    """The folder as the model sees it, and towers to begin with, that add nothing."""
    seen = looking.look(model, snapshot, work, tell)
    known = lessons.known(snapshot.items, says)
    lines = lessons.lines(snapshot.items, known, general_lines())
    read, features = looking.read(model, lines.texts, work)
    by = added.compression(seen.features), added.compression(features)
    begun = (
        Added(by[0].axes.shape[1], model.parts),
        Added(by[1].axes.shape[1], [(model.card.dimension, 1.0)]),
    )
    found = _material(snapshot, known, lines, (seen, read), (by, features))
    return found, Towers(*begun, *by)


def beside(model: Model, snapshot: Snapshot, towers: Towers, says: Says, work: Path) -> Material:
    """Another folder as the model sees it, compressed in the same way."""
    seen = looking.look(model, snapshot, work, lambda _done: None)
    known = lessons.known(snapshot.items, says)
    lines = lessons.lines(snapshot.items, known, general_lines())
    read, features = looking.read(model, lines.texts, work)
    by = towers.by_image, towers.by_text
    return _material(snapshot, known, lines, (seen, read), (by, features))


def shown(material: Material, towers: Towers, share: float) -> Shown:
    """Every product as the towers see it with so much of what they added."""
    rows = added.vectors(towers.image, material.seen.vectors, material.pictures, share)
    words = added.vectors(towers.text, material.read, material.words, share)
    return Shown(rows[material.plain], rows[material.last_view], _titles(material, words))


def _titles(material: Material, words: Vector) -> Vector:
    """The vector of each title by its number."""
    numbers = material.known.titles
    titles = np.zeros((int(numbers.max(initial=-1)) + 1, words.shape[1]), dtype=np.float32)
    told = numbers >= 0
    titles[numbers[told]] = words[material.lines.of[told, 0]]
    return titles


def _material(
    snapshot: Snapshot,
    known: Known,
    lines: Lines,
    made: tuple[Seen, Vector],
    by: tuple[tuple[Compression, Compression], looking.Halves],
) -> Material:
    (seen, read), ((by_image, by_text), features) = made, by
    first = np.flatnonzero((seen.crops == 0) & (seen.views == 0))
    order = np.argsort(seen.items, kind="stable")
    ends = np.cumsum(np.bincount(seen.items, minlength=len(snapshot.items)))
    rows: Sequence[Ints] = np.split(order, ends[:-1])
    return Material(
        snapshot=snapshot,
        known=known,
        lines=lines,
        seen=seen,
        pictures=added.compressed(by_image, seen.features),
        read=read,
        words=added.compressed(by_text, features),
        plain=first,
        of=dict(enumerate(rows)),
    )
