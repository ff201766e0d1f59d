"""T-shirts, shirts, knitwear and hoodies."""

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
    sides,
    sleeve,
    sleeve_spine,
    torso,
)
from vitrine.sample.geometry import curve, ellipse, rectangle, shape, symmetric
from vitrine.sample.marks import Mark, Panel, button, fold, folds_both, pair, seam, stitched


def t_shirt(fitted: bool) -> list[Mark]:
    """A short-sleeved jersey top."""
    cut = Cut(sleeve=0.24, sleeve_top=6.6, sleeve_end=6.6, hem=90, neck_depth=37.5)
    if fitted:
        cut = replace(cut, waist=14.9, hip=16.8, neck=8.8, neck_depth=39, sleeve=0.18, hem=86)
    spine = sleeve_spine(cut)
    x, y = spine[-1]
    cuff = curve((x + 5.6, y - 3.9), (x, y - 1.6), (x - 5.9, y + 0.7))
    return [
        back_neck(cut),
        *sleeve(cut),
        stitched(cuff, both=True),
        *torso(cut),
        armhole_seams(cut),
        *neck_band(cut),
        hem_stitches(cut),
    ]


def polo(fitted: bool) -> list[Mark]:
    """A short-sleeved top with a soft collar and two buttons."""
    cut = Cut(sleeve=0.26, sleeve_top=6.4, sleeve_end=6.2, hem=90, neck=7.6, neck_depth=35)
    if fitted:
        cut = replace(cut, waist=15.0, hip=16.9, hem=87)
    placket = Panel(rectangle(-1.7, 34.5, 1.7, 49.5), lift=0.15, roundness=0.8)
    return [
        back_neck(cut, 1.6),
        *sleeve(cut),
        *cuffs(cut, 2.2),
        *torso(cut),
        armhole_seams(cut),
        placket,
        seam(curve((1.7, 35), (1.7, 49.5)), tone=-0.2),
        *button(0, 40.5),
        *button(0, 45.5),
        *collar("rib", 40.6, 7.0),
        hem_stitches(cut),
    ]


def collar(cloth: str, tip: float, out: float, lift: float = 0.35) -> list[Mark]:
    """Two collar leaves that fold over the neck and end in points at y = tip."""
    leaf = shape(
        [(0.2, 35.6), (4.0, 33.4), (6.6, 29.6)],
        [(6.6, 29.6), (8.2, 29.4), (9.4, 31.4)],
        [(9.4, 31.4), (out + 1.0, 36.6), (out, tip)],
        [(out, tip), (3.2, 38.4), (0.2, 35.6)],
    )
    edge = curve((0.9, 36.0), (3.6, 37.7), (out - 0.3, tip - 1.1), (8.6, 31.8))
    return [*pair(Panel(leaf, cloth, 24.0, lift=lift, roundness=1.0)), stitched(edge, both=True)]


def shirt(fitted: bool) -> list[Mark]:
    """A woven shirt with collar, placket, pocket and cuffs."""
    cut = Cut(hem=91, neck=7.4, neck_depth=35.2, sleeve_end=4.9, hip=17.8)
    if fitted:
        cut = replace(cut, waist=15.2, hip=17.2, hem=88)
    tail = [(cut.hip, cut.hem - 4), (cut.hip * 0.72, cut.hem + 2.4), (0, cut.hem + 4)]
    body = symmetric(
        [(0, 35.4), (4.5, 34.4), (7.4, 30.6)],
        [(7.4, 30.6), (13, 32.2), (19, 34.2)],
        [(19, 34.2), (16.4, 42), (17.6, 51)],
        [*sides(cut)[:-1], (cut.hip, cut.hem - 4)],
        tail,
    )
    placket = Panel(rectangle(-1.6, 35, 1.6, cut.hem + 3.6), roundness=0.8, lift=0.12)
    buttons = [mark for y in range(40, int(cut.hem), 9) for mark in button(0, y)]
    pocket = shape([(5.2, 48), (12.4, 47.6)], [(12.4, 57), (8.8, 59.2), (5.2, 57.2)])
    body_front = front(cut)
    return [
        back_neck(cut, 2.0),
        *sleeve(cut),
        *cuffs(cut, 5.6, "main", 0.1),
        replace(body_front, outline=body),
        armhole_seams(cut),
        Panel(pocket, lift=0.15, roundness=0.6),
        stitched(curve((5.2, 49.6), (12.4, 49.2))),
        placket,
        stitched(curve((1.1, 38), (1.1, cut.hem + 3)), curve((-1.1, 38), (-1.1, cut.hem + 3))),
        *buttons,
        *collar("main", 41.6, 7.4),
        stitched(
            curve((0, cut.hem + 3), (cut.hip * 0.7, cut.hem + 1.4), (cut.hip, cut.hem - 5)),
            both=True,
        ),
    ]


def sweater(neck: str) -> list[Mark]:
    """A knitted jumper with a crew, v or roll neck."""
    cut = Cut(
        hem=86,
        chest=19.2,
        waist=18.8,
        hip=17.6,
        shoulder=20.2,
        sleeve_top=6.9,
        sleeve_end=5.3,
        neck_depth=36.2,
        neck=7.8,
    )
    if neck == "v":
        cut = replace(cut, v_neck=True, neck_depth=46)
    welt = symmetric(
        [(0, cut.hem + 1.2), (cut.hip, cut.hem - 0.4)],
        [(cut.hip - 0.3, cut.hem + 5.2), (cut.hip * 0.5, cut.hem + 6.4), (0, cut.hem + 6.7)],
    )
    folds = folds_both(fold((17, 82), (13, 84.5), (9, 84.8), width=1.8, depth=0.14))
    body_front = front(cut)
    roll = [] if neck != "roll" else _roll_neck()
    return [
        *([] if neck == "roll" else [back_neck(cut, 0.4)]),
        *sleeve(cut),
        *cuffs(cut, 6.0),
        replace(body_front, folds=body_front.folds + folds, roundness=3.4),
        armhole_seams(cut),
        Panel(welt, "rib", lift=0.1, roundness=1.8),
        *(roll or neck_band(cut, 2.4)),
    ]


def _roll_neck() -> list[Mark]:
    tube = symmetric(
        [(0, 25.2), (5.2, 24.6), (7.0, 25.4)],
        [(7.3, 28), (8.2, 31.6), (8.6, 33.0)],
        [(5, 35.6), (0, 36.4)],
    )
    brim = symmetric([(0, 25.9), (4.6, 25.4), (6.8, 25.4)], [(4, 24.2), (0, 24.0)])
    return [
        Panel(brim, "inside", roundness=0.8, behind=True),
        Panel(
            tube,
            "rib",
            lift=0.35,
            roundness=2.0,
            folds=(fold((-7.6, 31), (0, 33.4), (7.6, 31), width=1.2, depth=0.2),),
        ),
    ]


def hoodie(zipped: bool) -> list[Mark]:
    """A sweatshirt with a hood, drawstrings and a front pocket."""
    cut = Cut(
        hem=87,
        chest=19.4,
        waist=19.0,
        hip=18.0,
        shoulder=20.4,
        sleeve_top=7.2,
        sleeve_end=5.4,
        neck=8.0,
        neck_depth=38,
    )
    hollow = symmetric(
        [(0, 25.2), (4.8, 25.8), (7.2, 29.0), (6.6, 33.0), (3.6, 37.6), (0, 40.6)],
    )
    pocket = symmetric([(0, 69), (7.4, 69)], [(12.8, 79.5), (12.8, 86.6)], [(0, 87.6)] * 2)
    welt = symmetric(
        [(0, cut.hem + 1.2), (cut.hip, cut.hem - 0.4)],
        [(cut.hip - 0.3, cut.hem + 5.2), (cut.hip * 0.5, cut.hem + 6.4), (0, cut.hem + 6.7)],
    )
    cords = [
        Panel(
            shape([(3.2, 38.6), (4.0, 45), (3.6, 53)], [(4.3, 53), (4.7, 45), (4.0, 38.2)]),
            "cord",
            lift=0.3,
            roundness=0.4,
        ),
        Panel(ellipse(3.95, 53.4, 0.55, 1.0), "metal", lift=0.2, roundness=0.4),
    ]
    closing: list[Mark] = []
    if zipped:
        closing = [
            Panel(rectangle(-0.8, 40, 0.8, cut.hem + 6.6), "metal", roundness=0.5),
            stitched(curve((1.7, 42), (1.7, cut.hem + 6)), both=True),
            seam(curve((0, 40), (0, cut.hem + 6.4)), width=0.4, tone=-0.35),
        ]
    return [
        Panel(hollow, "inside", roundness=2.4, behind=True),
        *sleeve(cut),
        *cuffs(cut, 6.0),
        *torso(cut),
        armhole_seams(cut),
        Panel(pocket, lift=0.3, roundness=1.2),
        stitched(curve((7.0, 70), (11.8, 79.5), (11.8, 86)), both=True),
        Panel(welt, "rib", lift=0.1, roundness=1.8),
        *closing,
        *_hood_rim(),
        *[mark for cord in cords for mark in pair(cord)],
    ]


def _hood_rim() -> list[Mark]:
    """The hood lying round the neck: two soft halves that cross in front."""
    half = shape(
        [(0, 20.6), (6.8, 21.4), (11.2, 26.6), (11.6, 32.4)],
        [(11.6, 32.4), (8.8, 37.2), (3.4, 41.2), (-1.6, 43.0)],
        [(-1.6, 43.0), (2.2, 38.6), (6.2, 33.6), (6.9, 29.0), (4.6, 25.6), (0, 24.8)],
    )
    folds = (
        fold((10.2, 26), (9.6, 31), (6.4, 36), width=1.6, depth=0.16),
        fold((8.2, 23.6), (9.0, 28), (7.6, 32), width=1.2, depth=0.12),
    )
    edge = curve((0, 25.6), (5.2, 26.4), (7.6, 29.4), (6.8, 34), (2.8, 39.2), (-0.6, 42.4))
    return [*pair(Panel(half, "main", 16, folds, lift=0.5)), stitched(edge, both=True)]
