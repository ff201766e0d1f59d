"""Dresses and skirts."""

from __future__ import annotations

from dataclasses import replace

from vitrine.sample.garments.bodice import (
    Cut,
    armhole_seams,
    back_neck,
    cuffs,
    front,
    hem_stitches,
    neck_band,
    neckline,
    sleeve,
    torso,
)
from vitrine.sample.garments.tops import collar
from vitrine.sample.geometry import (
    Point,
    Points,
    curve,
    mirrored,
    moved,
    rectangle,
    ribbon,
    symmetric,
)
from vitrine.sample.marks import Fold, Mark, Panel, button, fold, folds_both, seam, stitched

_TOP = Cut(hem=74, chest=16.6, waist=14.8, hip=14.6, waist_line=68, neck=8.6, neck_depth=40)


def _flare(top: float, half: float, hem: float, reach: float, waves: int) -> Points:
    """A skirt from its waist to a hem that swings in waves."""
    swing: list[Point] = []
    for step in range(waves * 2 + 1):
        share = 1 - step / (waves * 2)
        swing.append((reach * share, hem + (0.8 if step % 2 else 0.0) + 1.6 * (1 - share**2)))
    side = [
        (half, top),
        (half + (reach - half) * 0.36, top + (hem - top) * 0.24),
        (half + (reach - half) * 0.68, top + (hem - top) * 0.58),
        (reach, hem),
    ]
    return symmetric([(0, top), (half, top)], side, swing)


def _swing_folds(top: float, half: float, hem: float, reach: float, count: int) -> tuple[Fold, ...]:
    """Creases that open towards the hem."""
    folds = []
    for step in range(count):
        share = (step + 0.7) / (count + 0.3)
        x1, x2 = half * share * 0.9, reach * share * 0.93
        start = top + (hem - top) * (0.10 + 0.22 * (step % 2))
        x1 += (x2 - x1) * (0.3 if step % 2 else 0.1)
        folds.append(
            fold(
                (x1, start),
                ((x1 + x2) / 2 + 0.3, (start + hem) / 2),
                (x2, hem + 6),
                width=2.6,
                depth=0.15,
            )
        )
    return folds_both(*folds)


def midi_dress(pattern_sleeves: bool) -> list[Mark]:
    """A fitted bodice over a swinging midi skirt."""
    cut = replace(_TOP, v_neck=True, neck_depth=46, sleeve=0.2, sleeve_top=6.4, sleeve_end=6.6)
    if not pattern_sleeves:
        cut = replace(cut, v_neck=False, neck=9.2, sleeve=0.62, sleeve_end=5.4)
    skirt = _flare(71.6, 14.4, 126, 30, 4)
    belt = symmetric([(0, 70.4), (14.6, 69.8)], [(14.6, 73.0), (0, 73.8)])
    return [
        back_neck(cut),
        *sleeve(cut),
        Panel(skirt, folds=_swing_folds(72, 14.4, 126, 30, 5), roundness=3.6),
        *torso(cut),
        armhole_seams(cut),
        Panel(belt, lift=0.2, roundness=0.9),
        seam(curve(*neckline(cut)), both=True, width=0.5, tone=-0.14),
    ]


def shirt_dress(belted: bool) -> list[Mark]:
    """A shirt that reaches to the knee, tied or belted at the waist."""
    cut = replace(_TOP, neck=7.4, neck_depth=35.2, sleeve=0.72, sleeve_top=6.2, sleeve_end=5.0)
    skirt = _flare(71.6, 14.4, 122, 23.5, 2)
    waist = symmetric([(0, 70.2), (14.8, 69.6)], [(14.8, 73.2), (0, 74)])
    buttons = [mark for y in (42, 50, 58, 66, 80, 88, 96, 104, 112) for mark in button(0, y)]
    buckle: list[Mark] = [
        Panel(rectangle(-2.2, 69.2, 2.2, 75, 0.6), "metal", lift=0.2, roundness=0.4),
        Panel(rectangle(-1.2, 70.4, 1.2, 73.8, 0.3), "leather", roundness=0.6),
    ]
    return [
        back_neck(cut, 2.0),
        *sleeve(cut),
        *cuffs(cut, 3.4, "main", 0.2),
        Panel(skirt, folds=_swing_folds(72, 14.4, 122, 23.5, 4), roundness=3.2),
        *torso(cut),
        armhole_seams(cut),
        Panel(rectangle(-1.6, 35, 1.6, 123.2), roundness=0.8, lift=0.12),
        *buttons,
        Panel(waist, "leather" if belted else "main", lift=0.3, roundness=0.9),
        *(buckle if belted else []),
        *collar("main", 41.4, 7.2),
    ]


def slip_dress(long: bool) -> list[Mark]:
    """A satin dress on thin straps."""
    hem = 142.0 if long else 118.0
    body = symmetric(
        [(0, 49.5), (4, 48.2), (9.4, 42.0)],
        [(9.4, 42), (12.4, 46), (15.6, 51.0)],
        [(15.6, 51), (15.0, 58), (14.2, 69), (16.8, 82), (18.6, 96), (21.2, hem)],
        [(10, hem + 1.6), (0, hem + 2)],
    )
    back = symmetric([(0, 52), (15, 51)], [(14, 56), (0, 58)])
    straps = [ribbon(curve((9.6, 42.6), (9.8, 36), (9.2, 31.6)), 0.42)]
    drape = folds_both(
        fold((8.6, 45), (5.4, 49.5), (0, 51.6), width=1.5, depth=0.16),
        fold((11, 50), (6, 55), (0, 56.6), width=2.0, depth=0.14),
        fold((15, 78), (9, 82), (2, 82), width=2.4, depth=0.1),
        fold((10, 84), (13.6, 110), (15.6, hem), width=3.2, depth=0.17),
        fold((3.4, 92), (5.4, 116), (6.2, hem), width=2.8, depth=0.14),
    )
    return [
        Panel(back, "inside", behind=True),
        *[Panel(one, roundness=0.4) for one in (straps[0], mirrored(straps[0]))],
        Panel(body, folds=drape, roundness=3.6),
        stitched(curve((0, hem + 0.6), (10, hem + 0.2), (21, hem - 1.4)), both=True),
    ]


def knit_dress(roll: bool) -> list[Mark]:
    """A straight ribbed dress with long sleeves."""
    cut = Cut(
        hem=124,
        chest=17.4,
        waist=15.4,
        hip=18.6,
        waist_line=70,
        neck=8.2,
        neck_depth=37.4,
        sleeve_top=6.0,
        sleeve_end=4.8,
    )
    slit = seam(curve((11, 112), (11.2, 125)), tone=-0.4, width=0.3)
    return [
        back_neck(cut),
        *sleeve(cut),
        *cuffs(cut, 6.0),
        front(cut),
        armhole_seams(cut),
        *neck_band(cut, 3.0 if roll else 2.2),
        slit,
        hem_stitches(cut, 3.0),
    ]


def _waistband(half: float, top: float = 70.0, cloth: str = "main") -> list[Mark]:
    band = symmetric([(0, top + 0.8), (half - 0.4, top)], [(half, top + 4), (0, top + 5)])
    inner = symmetric([(0, top - 0.2), (half - 0.6, top)], [(half - 1, top + 2), (0, top + 3)])
    return [
        Panel(inner, "inside", roundness=0.8, behind=True),
        Panel(band, cloth, lift=0.2, roundness=1.0),
    ]


def pleated_skirt(long: bool) -> list[Mark]:
    """Knife pleats from a narrow waistband."""
    hem, reach = (124.0, 30.0) if long else (106.0, 25.0)
    body = symmetric(
        [(0, 72), (14.6, 72)],
        [(14.6, 72), (18.6, 84), (reach, hem)],
        [(reach * 0.5, hem + 2.6), (0, hem + 3.4)],
    )
    pleats, glow = [], []
    for number in range(-7, 8):
        share = number / 7.6
        top, bottom = (14.4 * share, 74.4), (reach * share, hem + 3.4 - 3.0 * abs(share) ** 1.6)
        pleats.append(curve(top, bottom))
        glow.append(curve((top[0] + 0.5, top[1]), (bottom[0] + 1.0, bottom[1])))
    return [
        Panel(body, roundness=4.0),
        seam(*pleats, width=0.5, tone=-0.32),
        seam(*[moved(line, -0.5, 0) for line in pleats], width=0.9, tone=-0.10),
        seam(*glow, width=0.9, tone=0.10),
        *_waistband(14.6),
    ]


def a_line_skirt(buttoned: bool) -> list[Mark]:
    """A short flared skirt, plain or buttoned down its front."""
    body = _flare(72, 14.6, 108, 23.0, 2)
    placket: list[Mark] = []
    if buttoned:
        placket = [Panel(rectangle(-1.8, 73, 1.8, 111.2), roundness=0.8, lift=0.15)]
        placket += [mark for y in (78, 85, 92, 99, 106) for mark in button(0, y, 0.8)]
    pocket = curve((8.2, 75.2), (9.4, 81), (15.6, 84.6))
    return [
        Panel(body, folds=_swing_folds(75, 14.6, 108, 23, 3), roundness=3.4),
        seam(pocket, both=True),
        stitched(moved(pocket, -0.5, 0.5), both=True),
        stitched(curve((0, 109.5), (12, 108.6), (22, 106.4)), both=True),
        *placket,
        *_waistband(14.6),
    ]


def wrap_skirt(long: bool) -> list[Mark]:
    """A flowing skirt that wraps to one side."""
    hem = 130.0 if long else 116.0
    body = _flare(72, 14.6, hem, 24.0, 3)
    over = curve((-13.4, 74), (-2, 86), (5, 104), (8.6, hem + 1.5))
    return [
        Panel(body, folds=_swing_folds(75, 14.6, hem, 24, 4), roundness=3.6),
        seam(over, width=0.5, tone=-0.3),
        seam(moved(over, -0.8, 0), width=1.2, tone=-0.12),
        *_waistband(14.6),
    ]
