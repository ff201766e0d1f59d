"""All that one run learns from: what was seen and read, compressed, and what is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vitrine.finetune import added, lessons, looking
from vitrine.finetune.added import Added, Compression
from vitrine.finetune.lessons import Known, Lines, Says
from vitrine.finetune.looking import Ints, Model, Seen, Tell
from vitrine.finetune.measuring import Shown
from vitrine.finetune.nets import Nets
from vitrine.finetune.snapshots import Snapshot
from vitrine.vision.types import Vector
from vitrine.vision.vocabulary import vocabulary

AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Material:
    """One folder as a model sees it: rows of pictures and of lines with their compressed features,
    and for each product its plain row and its rows of any kind."""

    model: Model
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
    """What is added to both towers, how their features are compressed, and the towers themselves
    where they learnt too."""

    image: Added
    text: Added
    by_image: Compression
    by_text: Compression
    nets: Nets | None = None


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
    found = _material((model, snapshot), known, lines, (seen, read), (by, features))
    return found, Towers(*begun, *by)


def beside(model: Model, snapshot: Snapshot, towers: Towers, says: Says, work: Path) -> Material:
    """Another folder as the model sees it, compressed in the same way."""
    seen = looking.look(model, snapshot, work, lambda _done: None)
    known = lessons.known(snapshot.items, says)
    lines = lessons.lines(snapshot.items, known, general_lines())
    read, features = looking.read(model, lines.texts, work)
    by = towers.by_image, towers.by_text
    return _material((model, snapshot), known, lines, (seen, read), (by, features))


def shown(material: Material, towers: Towers, share: float, needed: Ints) -> Shown:
    """Products as the towers see them with so much of what was learnt.

    Those that are not needed may be as they were before.
    """
    if towers.nets is not None and share:
        rows = np.concatenate([material.plain[needed], material.last_view[needed]])
        titles = np.unique(material.lines.of[needed, 0])
        material = refreshed(material, towers, share, (rows, titles[titles >= 0]))
    seen = added.vectors(towers.image, material.seen.vectors, material.pictures, share)
    words = added.vectors(towers.text, material.read, material.words, share)
    return Shown(seen[material.plain], seen[material.last_view], _titles(material, words))


def refreshed(
    material: Material, towers: Towers, share: float, needed: tuple[Ints, Ints]
) -> Material:
    """The material with these rows of pictures and these lines as nets see them that learnt."""
    if towers.nets is None:
        return material
    nets = towers.nets.mixed(Nets(material.model), share)
    vectors, pictures = material.seen.vectors.copy(), material.pictures.clone()
    read, words = material.read.copy(), material.words.clone()
    with torch.inference_mode():
        for some in np.array_split(needed[0], len(needed[0]) // AT_ONCE + 1):
            looks = (material.seen.items[some], material.seen.crops[some])
            made, features = nets.pictured(
                material.model, material.snapshot, (*looks, material.seen.views[some])
            )
            vectors[some], pictures[some] = made.numpy(), towers.by_image(features)
        for some in np.array_split(needed[1], len(needed[1]) // AT_ONCE + 1):
            texts = [material.lines.texts[line] for line in some.tolist()]
            made, features = nets.worded(material.model, texts)
            read[some], words[some] = made.numpy(), towers.by_text(features)
    seen = replace(material.seen, vectors=vectors)
    return replace(material, seen=seen, pictures=pictures, read=read, words=words)


def _titles(material: Material, words: Vector) -> Vector:
    """The vector of each title by its number."""
    numbers = material.known.titles
    titles = np.zeros((int(numbers.max(initial=-1)) + 1, words.shape[1]), dtype=np.float32)
    told = numbers >= 0
    titles[numbers[told]] = words[material.lines.of[told, 0]]
    return titles


def _material(
    source: tuple[Model, Snapshot],
    known: Known,
    lines: Lines,
    made: tuple[Seen, Vector],
    by: tuple[tuple[Compression, Compression], looking.Halves],
) -> Material:
    model, snapshot = source
    (seen, read), ((by_image, by_text), features) = made, by
    first = np.flatnonzero((seen.crops == 0) & (seen.views == 0))
    order = np.argsort(seen.items, kind="stable")
    ends = np.cumsum(np.bincount(seen.items, minlength=len(snapshot.items)))
    rows: Sequence[Ints] = np.split(order, ends[:-1])
    return Material(
        model=model,
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
