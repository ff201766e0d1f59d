"""From a trained detector to the folder that ships."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training.detector.kinds import KINDS
from vitrine.finetune.detector.exporting import exported
from vitrine.finetune.detector.net import Detector
from vitrine.vision.card import FirstLook

CONFIDENCE, ALONE, IOU, ACROSS = 0.35, 0.15, 0.6, 0.8
FIRST_LOOK = FirstLook(size=224, surer_by=0.75, confidence=0.3, doubt=0.1)
"""Chosen with squares of 416 pixels as the full size."""


def ship(
    out: Path, detector: Detector, size: int, figures: Mapping[str, Any] | None = None
) -> None:
    """Write model.onnx and card.json into the folder."""
    out.mkdir(parents=True, exist_ok=True)
    graph = exported(detector, size)
    (out / "model.onnx").write_bytes(graph)
    card = {
        "role": "detector",
        "name": "vitrine-garments",
        "version": "0.1.3",
        "licence": "Apache-2.0",
        "source": "EfficientNet-Lite0 with ImageNet weights (Apache-2.0) under YOLOv8's neck and "
        "head, trained by training.detector",
        "description": "Small default detector of 13 kinds of garment.",
        "file": {
            "file": "model.onnx",
            "sha256": hashlib.sha256(graph).hexdigest(),
            "url": None,
            "bytes": len(graph),
        },
        "size": size,
        "first_look": FIRST_LOOK.model_dump() if FIRST_LOOK.size < size else None,
        "kinds": list(KINDS),
        "confidence": CONFIDENCE,
        "confidence_alone": ALONE,
        "iou": IOU,
        "iou_across": ACROSS,
        "max_items": 50,
        "figures": dict(figures or {}),
    }
    (out / "card.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
