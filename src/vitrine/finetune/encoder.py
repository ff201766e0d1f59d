"""Tunes an encoder to one shop: with what people verified, or with what the shop itself says."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from pydantic import JsonValue

from vitrine.core.errors import Conflict
from vitrine.finetune import (
    added,
    heads,
    keeping,
    learning,
    lessons,
    looking,
    packing,
    report,
    snapshots,
)
from vitrine.finetune import material as materials
from vitrine.finetune.heads import Rows
from vitrine.finetune.learning import Course, Judge, Limits
from vitrine.finetune.lessons import Says
from vitrine.finetune.looking import Model
from vitrine.finetune.material import Material, Towers
from vitrine.finetune.naming import Judged, gain, said, spelled
from vitrine.finetune.packing import Tuned
from vitrine.finetune.snapshots import Item, Snapshot
from vitrine.finetune.spec import Progress, Spec
from vitrine.finetune.teaching import Pulls, Teaching
from vitrine.finetune.whole import WholeTeaching
from vitrine.vision import labels
from vitrine.vision.sessions import Runtime
from vitrine.vision.types import Vector
from vitrine.vision.vocabulary import vocabulary

MOST = 12_000
"""More products than these are not looked at; which ones the seed says."""


@dataclass(frozen=True, slots=True)
class Way:
    """What a run holds to be true, and how it speaks of it."""

    name: str
    says: Says
    what: str
    advice: str
    verified: bool


VERIFIED = Way(
    "train encoder",
    lambda item: item.confirmed,
    "verified products",
    "Review more products, write a new snapshot, and try again; `vitrine adapt` needs none.",
    verified=True,
)
STATED = Way(
    "adapt",
    lambda item: item.stated,
    "products that say their category, colour or more",
    "Import more of the catalogue, or map its columns to category and colour.",
    verified=False,
)


def tune(spec: Spec, progress: Progress) -> Path:
    """The model folder `spec.out`, tuned to what people verified, with a report.html.

    Raises Invalid for too little or damaged data, Conflict where the folder is there already, Full
    where the disk is; what was done until then is kept in `spec.work`, and gone on from.
    """
    return _run(spec, VERIFIED, progress)


def adapt(spec: Spec, progress: Progress) -> Path:
    """The same without people: by the catalogue's own words, variants and photos, and made-up
    views."""
    return _run(spec, STATED, progress)


def _run(spec: Spec, way: Way, progress: Progress) -> Path:
    if spec.out.exists():
        raise Conflict("finetune_exists", f"{spec.out} is there already; give another --out.")
    torch.set_num_threads(spec.threads)
    runtime = Runtime(threads=spec.threads)
    model = looking.open_model(spec.base, spec.work, runtime, spec.margin, spec.padding)
    snapshot = _some(snapshots.read(spec.snapshot), way, spec.seed)
    known = lessons.known(snapshot.items, way.says)
    lessons.check_enough(snapshot, known, way.what, way.advice)
    crops = sum(len(item.shown) for item in snapshot.items)
    total = crops + spec.steps
    found, towers = materials.gather(
        model, snapshot, way.says, spec.work, lambda done: progress(done, total, {})
    )
    judges = [_held_out(found, towers), *_left_out(model, towers, spec)]
    lesson = _lesson(found, towers, spec)
    best, course = learning.learn(
        lesson,
        judges,
        Limits(spec.steps, spec.minutes),
        spec.work / f"learning-{_mark(spec, model, snapshot, way)}.pt",
        lambda step, figures: progress(crops + step, total, figures),
    )
    share = learning.chosen_share(best, judges)
    made = _tuned(model, found, (best, share), course, (snapshot, way))
    out = packing.export(model, found, made, spec.out)
    keeping.write(out / "report.html", report.written(found, judges, made, course).encode())
    progress(total, total, {})
    return out


def _lesson(found: Material, towers: Towers, spec: Spec) -> Teaching:
    if spec.whole:
        return WholeTeaching(found, towers, Pulls(), spec.seed, spec.device)
    return Teaching(found, towers, Pulls(), spec.seed)


def _some(snapshot: Snapshot, way: Way, seed: int) -> Snapshot:
    """The products that are looked at; the test part is for whoever judges the result."""
    items = [
        item
        for item in snapshot.items
        if item.split != "test" and (item.verified or not way.verified)
    ]
    if len(items) > MOST:
        some = np.random.default_rng(seed).choice(len(items), MOST, replace=False)
        items = [items[place] for place in np.sort(some)]
    return replace(snapshot, items=items)


def _held_out(found: Material, towers: Towers) -> Judge:
    val = np.array(found.snapshot.of("val"), dtype=np.int64)
    return Judge.of(found, towers, val, np.arange(len(found.snapshot.items)))


def _left_out(model: Model, towers: Towers, spec: Spec) -> list[Judge]:
    """Products of another place, which are never learnt from."""
    if spec.left_out is None:
        return []
    other = snapshots.read(spec.left_out)
    found = materials.beside(model, other, towers, _says, spec.work)
    every = np.arange(len(other.items))
    return [Judge.of(found, towers, every, every)]


def _says(item: Item) -> Mapping[str, str]:
    return item.stated


def _tuned(
    model: Model,
    found: Material,
    learnt: tuple[Towers, float],
    course: Course,
    by: tuple[Snapshot, Way],
) -> Tuned:
    (towers, share), (snapshot, way) = learnt, by
    every = np.arange(len(found.seen.items)), np.arange(len(found.read))
    anew = materials.refreshed(found, towers, share, every)
    after = added.vectors(towers.image, anew.seen.vectors, anew.pictures, share)
    words = added.vectors(towers.text, anew.read, anew.words, share)
    train, val = (np.array(snapshot.of(side), dtype=np.int64) for side in ("train", "val"))
    rows = Rows(found.seen.vectors, after, found.seen.items, train, val, found.plain)
    named = heads.fit(model, rows, _word_vectors(found, words), found.known.facets)
    figures: dict[str, JsonValue] = {
        "labels": _label_gains(model, rows, named, found.known.facets),
        "tuned_by": way.name,
        "base": model.card.model_version,
        "snapshot": snapshot.digest,
        "products": {"train": len(train), "val": len(val)},
        "steps": course.best_step,
        "share_kept": share,
    }
    description = (
        f"{model.card.model_version} tuned by `vitrine {way.name}` to {len(train)} products of one "
        f"shop. {model.card.description}"
    )
    moved = (found.seen.vectors, after), (found.read, words)
    return Tuned(towers, share, *moved, named, description, figures)


def _label_gains(
    model: Model, rows: Rows, named: Mapping[str, Judged], told: Sequence[Mapping[str, str]]
) -> dict[str, JsonValue]:
    """By facet the macro-F1 held out, before and after, and the interval of the difference."""
    plain = rows.plain[rows.val]
    by = labels.load(model.card, model.folder, model.encoder.embed_texts, vocabulary())
    gains: dict[str, JsonValue] = {}
    for naming in by.namings:
        facet, head = naming.facet, named.get(naming.facet.name)
        if head is None:
            continue
        after = head.head.naming(facet, head.temperature or 1.0)
        truth = spelled(facet, told)[rows.val]
        old_said, new_said = said(naming, rows.before[plain]), said(after, rows.after[plain])
        figures = gain(truth, old_said, new_said, len(facet.words))
        if figures:
            old, new, by_ = figures
            gains[facet.name] = {
                "n": old.n,
                "before": old.value,
                "after": new.value,
                "low": by_.low,
                "high": by_.high,
            }
    return gains


def _word_vectors(found: Material, every: Vector) -> dict[str, Vector]:
    """The vectors of each facet's values, by the tuned vectors of all lines."""
    place = {line: number for number, line in enumerate(found.lines.texts)}
    return {
        facet.name: labels.embedded(facet, lambda lines: every[[place[line] for line in lines]])
        for facet in vocabulary().facets.values()
    }


def _mark(spec: Spec, model: Model, snapshot: Snapshot, way: Way) -> str:
    told = (model.card.model_version, snapshot.digest, way.name, spec.seed, spec.whole)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]
