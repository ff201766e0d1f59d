"""Tunes a detector on a snapshot, from the model it begins with to the folder of what it made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vitrine.core.errors import Conflict, Invalid
from vitrine.finetune.detector import course as courses
from vitrine.finetune.detector import fitting, reporting
from vitrine.finetune.detector.agreement import agreement
from vitrine.finetune.detector.borrowed import borrow
from vitrine.finetune.detector.comparing import Compared, compare
from vitrine.finetune.detector.course import PLAN, Course, Held, Keeping
from vitrine.finetune.detector.exporting import exported
from vitrine.finetune.detector.marked import opened
from vitrine.finetune.detector.net import Detector
from vitrine.finetune.detector.restoring import restore
from vitrine.finetune.detector.scenes import Drawing, Scenes
from vitrine.finetune.spec import Progress, Spec
from vitrine.vision import registry, yolo
from vitrine.vision.boxed import BoxedPhoto, read
from vitrine.vision.card import CardFile, DetectorCard, card_json, read_card

FEWEST = {"train": 30, "val": 10}
"""With fewer photos nothing is learned, or nobody knows whether it was."""

BATCH = {"cpu": 8, "cuda": 32}
MODEL, REPORT, CHECKPOINT = "model.onnx", "report.html", "detector.pt"

MOST_APART = (2.0, 0.02)
"""How far the ONNX file may be from PyTorch: pixels of boxes, and scores."""


def tune(spec: Spec, progress: Progress) -> Path:
    """Write the tuned model's folder with its report, and return it.

    Goes on from what an earlier run left in `spec.work`. Raises Invalid where the base is not a
    detector of ours, the snapshot is broken or too small, as `borrow` for a checkpoint to start
    with, and Conflict where `out` is there.
    """
    if spec.out.exists():
        raise Conflict("train_exists", f"{spec.out} is there already; name another folder.")
    card = _card(spec.base)
    photos = read(spec.snapshot, card.kinds)
    _require(photos)
    torch.manual_seed(spec.seed)
    torch.set_num_threads(spec.threads)
    begun = _begun(spec, card)
    judge = courses.held(photos["val"], card.kinds, card.size)
    run = fitting.start(begun.to(spec.device), PLAN)
    drawing = Drawing(spec.steps, card.size, BATCH[spec.device], spec.seed)
    keeping = Keeping(spec.work / CHECKPOINT, spec.minutes)
    course = courses.fit(run, Scenes(photos["train"], drawing), judge, keeping, progress)
    tuned = run.smooth
    tuned.load_state_dict(course.best)
    return _write(spec, card, tuned.to("cpu"), judge, course)


def _begun(spec: Spec, card: DetectorCard) -> Detector:
    if spec.start is not None:
        return borrow(spec.start, card.kinds)
    return restore(spec.base / card.file.file, len(card.kinds), card.size)


def _card(base: Path) -> DetectorCard:
    card = read_card(base / "card.json")
    if not isinstance(card, DetectorCard):
        raise Invalid("train_base", f"{base} holds an {card.role}; a detector is needed.")
    registry.verify(card, base)
    return card


def _require(photos: Mapping[str, Sequence[BoxedPhoto]]) -> None:
    for split, least in FEWEST.items():
        there = sum(bool(len(photo.kinds)) for photo in photos[split])
        if there < least:
            raise Invalid(
                "train_too_little",
                f"The snapshot has {there} photos with boxes in its {split} part; {least} are "
                "needed. Verify more products in the review desk, then export anew.",
            )


def _write(spec: Spec, before: DetectorCard, tuned: Detector, judge: Held, course: Course) -> Path:
    """Export, check against PyTorch, measure and report; the folder appears when it is whole."""
    draft = spec.work / "model"
    draft.mkdir(parents=True, exist_ok=True)
    graph = exported(tuned, before.size)
    (draft / MODEL).write_bytes(graph)
    apart = _checked(tuned, draft / MODEL, judge)
    base = restore(spec.base / before.file.file, len(before.kinds), before.size)
    compared = compare(base, tuned, judge, before.confidence)
    figures = _figures(spec, course, compared, apart)
    card = _tuned_card(before, graph, compared, figures)
    if spec.start is not None:
        card = card.model_copy(update=_lent(spec.start))
    (draft / "card.json").write_text(card_json(card), encoding="utf-8")
    told = reporting.report(before, card, course, compared)
    (draft / REPORT).write_text(told, encoding="utf-8")
    spec.out.parent.mkdir(parents=True, exist_ok=True)
    draft.rename(spec.out)
    return spec.out


def _checked(tuned: Detector, graph: Path, judge: Held) -> Mapping[str, float]:
    """How far the ONNX file is from PyTorch on held photos; Invalid where it is too far."""
    squares = [_square(photo, judge.side) for photo in judge.photos[:8]]
    found = agreement(tuned, graph, torch.from_numpy(np.stack(squares)))
    if found.box > MOST_APART[0] or found.score > MOST_APART[1]:
        raise Invalid(
            "train_differs",
            f"The exported model is not the trained one: boxes differ by {found.box:.2f} pixels, "
            f"scores by {found.score:.3f}. Nothing was kept.",
        )
    return {"box_pixels": round(found.box, 4), "score": round(found.score, 6)}


def _square(photo: BoxedPhoto, side: int) -> yolo.Floats:
    from PIL import Image

    return yolo.letterbox(Image.fromarray(opened(photo).pixels), side)[0]


def _tuned_card(
    before: DetectorCard, graph: bytes, compared: Compared, figures: Mapping[str, Any]
) -> DetectorCard:
    sha256 = hashlib.sha256(graph).hexdigest()
    confidence = compared.confidence
    alone = min(confidence, before.confidence_alone * confidence / before.confidence)
    return before.model_copy(
        update={
            "version": f"{before.version.split('-t.')[0]}-t.{sha256[:8]}",
            "source": f"{before.model_version} tuned on verified photos of a shop",
            "description": f"{before.model_version}, tuned on {figures['snapshot']}.",
            "file": CardFile(file=MODEL, sha256=sha256, bytes=len(graph)),
            "first_look": None,  # when it is enough was measured with the weights before
            "confidence": round(confidence, 3),
            "confidence_alone": round(alone, 3),
            "figures": dict(figures),
        }
    )


def _lent(start: Path) -> dict[str, str]:
    """What a card says of weights that are not ours."""
    return {
        "source": f"{start.name} of Ultralytics' package, tuned on verified photos of a shop",
        "licence": "that of the checkpoint: AGPL-3.0 unless another was bought",
    }


def _figures(
    spec: Spec, course: Course, compared: Compared, apart: Mapping[str, float]
) -> dict[str, Any]:
    told = spec.snapshot / "card.json"
    snapshot = json.loads(told.read_text(encoding="utf-8")) if told.is_file() else {}
    return {
        "snapshot": snapshot.get("name", spec.snapshot.name),
        "code_version": version("vitrine"),
        "steps": course.best_look.step,
        "seed": spec.seed,
        "seconds": round(course.seconds),
        "val": compared.figures,
        "against_torch": dict(apart),
    }
