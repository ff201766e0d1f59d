"""Judges what was detected, from numbers alone: again whenever a threshold changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vitrine.core.groups import QualitySettings
from vitrine.vision import items
from vitrine.vision.types import WHOLE, Box, Detection, Size, Verdict

REJECTED = "rejected"
STANDS_IN = "stands_in"
"""The reason of a whole picture that is kept because nothing on it is."""
NOT_NEEDED = "not_needed"
"""The reason of a whole picture that is rejected because something on it is kept."""

EDGE = 0.01
"""A box this near to the picture's edge, in shares of its side, may be cut off by it."""

Rule = Callable[[Detection, Size, QualitySettings], bool]


def verdicts(seen: Sequence[Detection], size: Size, rules: QualitySettings) -> list[Verdict]:
    """One Verdict per detection of one picture; a whole picture is kept only where nothing else is.

    Pure: needs neither pixels nor models. The order of the detections does not matter.
    """
    judged = {place: judge(one, size, rules) for place, one in enumerate(seen)}
    kept: list[Detection] = []
    for place in sorted(judged, key=lambda place: _best_first(seen[place])):
        one = seen[place]
        if one.kind == WHOLE or not judged[place].kept:
            continue
        if any(items.same(one, better, rules) for better in kept):
            judged[place] = Verdict(REJECTED, "duplicate")
        else:
            kept.append(one)
    stands = Verdict(REJECTED, NOT_NEEDED) if kept else Verdict(reason=STANDS_IN)
    return [stands if one.kind == WHOLE else judged[place] for place, one in enumerate(seen)]


def judge(one: Detection, size: Size, rules: QualitySettings) -> Verdict:
    """The Verdict on one detection by itself: the first rule that rejects it gives the reason."""
    if one.kind == WHOLE:  # there is nothing better to look at
        return Verdict(reason=STANDS_IN)
    reason = next((name for name, rejects in _RULES if rejects(one, size, rules)), None)
    return Verdict(REJECTED, reason) if reason else Verdict()


def _too_small(one: Detection, size: Size, rules: QualitySettings) -> bool:
    short = min(one.box.width, one.box.height)
    return short < rules.min_side or _share(one.box, size) < rules.min_share


def _extreme_shape(one: Detection, _size: Size, rules: QualitySettings) -> bool:
    long, short = sorted((one.box.width, one.box.height), reverse=True)
    return long > rules.max_aspect * short


def _cut_off(one: Detection, size: Size, rules: QualitySettings) -> bool:
    return _at_edge(one.box, size) and _share(one.box, size) < rules.min_share_at_edge


def _unsure(one: Detection, _size: Size, rules: QualitySettings) -> bool:
    return one.score < rules.min_score


def _blurred(one: Detection, _size: Size, rules: QualitySettings) -> bool:
    return _below(one.measures.sharpness, rules.min_sharpness)


def _plain(one: Detection, _size: Size, rules: QualitySettings) -> bool:
    return _below(one.measures.colour_spread, rules.min_colour_spread)


def _no_garment(one: Detection, _size: Size, rules: QualitySettings) -> bool:
    return _below(one.measures.garment, rules.min_garment)


_RULES: Sequence[tuple[str, Rule]] = (
    ("too_small", _too_small),
    ("extreme_shape", _extreme_shape),
    ("cut_off", _cut_off),
    ("unsure", _unsure),
    ("blurred", _blurred),
    ("plain", _plain),
    ("no_garment", _no_garment),
)


def _best_first(one: Detection) -> tuple[float, tuple[float, ...], str]:
    return (-one.score, one.box.as_tuple(), one.kind)


def _share(box: Box, size: Size) -> float:
    return box.area / (size.width * size.height)


def _at_edge(box: Box, size: Size) -> bool:
    dx, dy = EDGE * size.width, EDGE * size.height
    right, bottom = size.width - dx, size.height - dy
    return box.x1 < dx or box.y1 < dy or box.x2 > right or box.y2 > bottom


def _below(measured: float | None, least: float | None) -> bool:
    # What was never measured, or has no threshold, rejects nothing.
    return measured is not None and least is not None and measured < least
