"""How sure a hit is: exact, close, similar or none, by what was measured of the encoder."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from vitrine.core.errors import Invalid
from vitrine.services.search.cache.snapshot import Scores, Snapshot
from vitrine.services.search.filters import key
from vitrine.vision.tuning import LEVELS, NONE, Bars, Kind, Level, Levels, Tuning


def of(tuning: Tuning, kind: Kind, min_level: Level | None) -> Levels | None:
    """The bars for this kind of query; None where none were measured.

    Raises Invalid if a level is asked for all the same.
    """
    found = tuning.levels.get(kind)
    if found is None and min_level is not None:
        reason = (
            f"needs an encoder whose scores were calibrated for this kind of query ({kind}), which "
            f"{tuning.model_version} was not"
        )
        raise Invalid("not_calibrated", f"min_level {reason}.", fields={"min_level": reason})
    return found


def level(levels: Levels, categories: Sequence[str], cosine: float) -> str:
    """The best level that the cosine reaches, for a product of these categories."""
    bars = _bars_of(levels, categories)
    return next((name for name in LEVELS if cosine >= bar(bars, name)), NONE)


def bars_by_row(snapshot: Snapshot, levels: Levels, wanted: Level) -> Scores:
    """From which cosine on each row is of the level or better; infinite where nothing is."""
    found = np.full(snapshot.size, bar(levels.others, wanted))
    column = snapshot.columns.get("category")
    if column is None or not levels.categories:
        return found
    known = int(column.codes.max(initial=-1)) + 1
    by_code = np.full(known, np.nan)
    for name, bars in levels.categories.items():
        codes = [code for code in column.words.by_key.get(key(name), ()) if code < known]
        by_code[codes] = bar(bars, wanted)
    least = by_code[column.codes]
    told = ~np.isnan(least)
    found[column.rows[told]] = least[told]
    return found


def bar(bars: Bars, wanted: Level) -> float:
    """From which cosine on; infinite where none is sure enough."""
    least: float | None = getattr(bars, wanted)
    return math.inf if least is None else least


def _bars_of(levels: Levels, categories: Sequence[str]) -> Bars:
    for category in categories:
        bars = levels.categories.get(key(category))
        if bars is not None:
            return bars
    return levels.others
