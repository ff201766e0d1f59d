"""Models to be judged, and trainers whose process is a few lines: real ones, without PyTorch."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from vitrine.adapters.training import TrainingProcess
from vitrine.core.settings import Settings
from vitrine.vision import analyzer, images, registry
from vitrine.vision.card import CardFile, EncoderCard, card_json, read_card

COPIES = """
import json, shutil, sys
made, order = sys.argv[1], json.loads(sys.argv[2])
print("begun", file=sys.stderr, flush=True)
print(json.dumps({"done": 1, "total": 2, "figures": {"loss": 0.5}}), flush=True)
shutil.copytree(made, order["out"])
print(json.dumps({"done": 2, "total": 2, "figures": {"loss": 0.25}}), flush=True)
"""
"""A training that copies a folder."""


def scripted(settings: Settings, program: str, *words: str) -> TrainingProcess:
    """A trainer whose process is this Python program, asked by its last argument."""
    return TrainingProcess(settings, (sys.executable, "-c", program, *words))


def taught(
    settings: Settings, out: Path, known: Sequence[tuple[bytes, str]], version: str = "2"
) -> Path:
    """The encoder of the settings with a head for the categories of photos: the mean of each."""
    photos, categories = zip(*known, strict=True)
    card, base = registry.find_encoder(settings.vision.encoder, settings.vision.models_dir)
    loaded = analyzer.load(settings.vision, images.Limits())
    seen = [analysis.detections[0].embedding for analysis in loaded.analyze_photos(photos)]
    vectors = np.stack([vector for vector in seen if vector is not None])
    names = sorted(set(categories))
    means = [vectors[[one == name for one in categories]].mean(axis=0) for name in names]
    shutil.copytree(base, out)
    headed = card.model_copy(update={"version": version, "heads": CardFile(file="heads.npz")})
    return _with_heads(headed, out, np.stack(means), names)


def _with_heads(headed: EncoderCard, out: Path, means: np.ndarray, names: list[str]) -> Path:
    weight = (100 * (means - means.mean(axis=0))).astype(np.float32)
    zeros = np.zeros(len(names), np.float32)
    parts = {"category_weight": weight, "category_bias": zeros, "category_values": names}
    np.savez(out / "heads.npz", **parts)
    pinned = headed.pinned(registry.pins(headed, out))
    (out / "card.json").write_text(card_json(pinned), encoding="utf-8")
    (out / "report.html").write_text("<!doctype html><p>How it went.", encoding="utf-8")
    return out


def version_of(folder: Path) -> str:
    """What a model folder's card calls it."""
    return read_card(folder / "card.json").model_version


def said(**line: object) -> str:
    """A program that says this line and ends badly."""
    return f"import sys; print({json.dumps(json.dumps(line))}); sys.exit(1)"
