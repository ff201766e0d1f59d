"""Figures with their intervals, as every measurement of searches has them."""

from vitrine.vision.figures import (
    CELLS,
    RESAMPLES,
    Figure,
    Ints,
    Mask,
    Rows,
    Values,
    figure,
    first_ranks,
    macro_f1,
    precisions,
    resampled,
)

__all__ = [
    "CELLS",
    "RESAMPLES",
    "Figure",
    "Ints",
    "Mask",
    "Rows",
    "Values",
    "figure",
    "first_ranks",
    "macro_f1",
    "precisions",
    "resampled",
]
