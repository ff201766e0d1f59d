"""Tunes a detector that Vitrine trained on the boxes that people verified."""
