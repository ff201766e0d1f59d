"""Tunes a detector that Vitrine trained on the boxes that people verified."""

from vitrine.finetune.detector.tuning import tune

__all__ = ["tune"]
