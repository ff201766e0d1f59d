"""How sure a hit is: exact, close, similar or none, by what was measured of the encoder."""

from __future__ import annotations

import math

from vitrine.core.errors import Invalid
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


def level(levels: Levels, score: float) -> str:
    """The best level that the score reaches: by what hits are ordered, so that levels follow it."""
    return next((name for name in LEVELS if score >= bar(levels.others, name)), NONE)


def bars(levels: Levels) -> tuple[float, ...]:
    """The scores at which one level ends and another begins."""
    return tuple(each for name in LEVELS if (each := bar(levels.others, name)) < math.inf)


def bar(bars: Bars, wanted: Level) -> float:
    """From which score on; infinite where none is sure enough."""
    least: float | None = getattr(bars, wanted)
    return math.inf if least is None else least
