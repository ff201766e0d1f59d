"""Sleeves, neck and body: what all upper garments share."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vitrine.sample.geometry import Point, Points, curve, mirrored, normals, shape, symmetric
from vitrine.sample.marks import Fold, Mark, Panel, fold, folds_both, pair, seam, stitched

NECK_TOP = 30.0


@dataclass(frozen=True)
class Cut:
    """The measures of an upper garment, as y of its lines or half widths, in centimetres."""

    hem: float = 92.0
    chest: float = 17.6
    waist: float = 16.6
    hip: float = 17.6
    waist_line: float = 70.0
    neck: float = 8.0
    neck_depth: float = 37.0
    v_neck: bool = False
    shoulder: float = 19.0
    sleeve: float = 1.0
    sleeve_top: float = 6.1
    sleeve_end: float = 4.8
    opening: float = 0.0
    cloth: str = "main"


def armhole(cut: Cut) -> list[Point]:
    """The seam from the tip of the shoulder to under the arm."""
    tip, side = cut.shoulder, cut.chest
    return [(tip, 34.2), (min(tip, side) - 1.2, 42.0), (side, 51.0)]


def sleeve_spine(cut: Cut) -> Points:
    """The middle of the right sleeve, from shoulder to cuff."""
    reach = cut.shoulder - 19.0
    arm = curve(
        (16.4 + reach, 40.0), (20.6 + reach, 50.0), (24.4 + reach, 64.0), (26.8 + reach, 88)
    )
    stop = max(3, round(len(arm) * (0.14 + 0.86 * cut.sleeve)))
    return arm[:stop]


def sleeve(cut: Cut) -> list[Mark]:
    """Both sleeves with their elbow folds."""
    spine = sleeve_spine(cut)
    half = np.linspace(cut.sleeve_top, cut.sleeve_end, len(spine))[:, None]
    side = normals(spine) * half
    outer, inner = spine + side, spine - side
    low = outer[outer[:, 1] > 41.0][::4]
    tip: Points = np.array([(cut.shoulder - 3.0, 33.4), (cut.shoulder, 34.6)])
    tip = np.vstack([tip, [(cut.shoulder + 2.2, 37.4)]])
    under: Points = np.array([(cut.chest - 1.0, 52.0), (cut.chest - 5.0, 44.0)])
    smooth = curve(*[(float(x), float(y)) for x, y in np.vstack([tip, low, outer[-1:]])])
    rim = np.vstack([smooth, inner[-1:], inner[inner[:, 1] > 53.0][::-1], under])
    panel = Panel(rim, cut.cloth, -13.0, _sleeve_folds(cut, spine))
    return pair(panel)


def _sleeve_folds(cut: Cut, spine: Points) -> tuple[Fold, ...]:
    end_x, end_y = spine[-1]
    folds = [fold((cut.chest + 0.6, 51.5), (cut.shoulder + 0.2, 46.0), (cut.shoulder + 1.4, 41.0))]
    if cut.sleeve > 0.6:
        x, y = spine[int(len(spine) * 0.62)]
        folds += [
            fold((x - 4, y - 2), (x, y + 0.5), (x + 3.6, y - 1.0), width=1.8, depth=0.12),
            fold((x - 4.2, y + 3.5), (x - 0.5, y + 3.4), (x + 2.5, y + 1.2), width=1.6, depth=0.1),
            fold(
                (end_x - 3.5, end_y - 7),
                (end_x, end_y - 5.6),
                (end_x + 3, end_y - 7),
                width=1.5,
                depth=0.12,
            ),
            fold((end_x - 3, end_y - 3.4), (end_x + 0.5, end_y - 3.0), width=1.3, depth=0.1),
        ]
    return tuple(folds)


def cuffs(cut: Cut, height: float = 5.0, cloth: str = "rib", spread: float = 0.2) -> list[Mark]:
    """Bands at the ends of the sleeves."""
    spine = sleeve_spine(cut)
    along = spine[-1] - spine[-4]
    along = along / math.hypot(*along)
    side = np.array([along[1], -along[0]])
    end = spine[-1] + along * 0.2
    wide, narrow = cut.sleeve_end + spread, cut.sleeve_end - 0.4
    rim = np.array(
        [
            end - along * height + side * wide,
            end + side * narrow,
            end - side * narrow,
            end - along * height - side * wide,
        ]
    )
    grain = -math.degrees(math.atan2(along[0], along[1]))
    return pair(Panel(rim, cloth, grain, lift=0.15, roundness=1.6))


def neckline(cut: Cut) -> list[Point]:
    """The front neck from its middle to the shoulder seam."""
    if cut.v_neck:
        return [(0, cut.neck_depth), (cut.neck * 0.6, 35.5), (cut.neck, NECK_TOP + 0.6)]
    depth = cut.neck_depth
    return [
        (0, depth),
        (cut.neck * 0.55, depth - 1.2),
        (cut.neck * 0.92, depth - 4.2),
        (cut.neck, NECK_TOP + 0.6),
    ]


def back_neck(cut: Cut, collar_height: float = 0.0) -> Mark:
    """The inside of the back, seen through the neck."""
    top = NECK_TOP - collar_height
    half = [(0.0, top + 1.4), (cut.neck * 0.6, top + 1.0), (cut.neck + 0.2, NECK_TOP + 0.4)]
    rim = symmetric(half, [(cut.neck, NECK_TOP + 1), (cut.neck * 0.9, 37), (0, cut.neck_depth + 3)])
    return Panel(rim, "inside", roundness=1.8, behind=True)


def sides(cut: Cut) -> list[Point]:
    """The side seam from under the arm to the hem."""
    return [
        (cut.chest, 51.0),
        ((cut.chest + cut.waist) / 2 - 0.1, 60.0),
        (cut.waist, cut.waist_line),
        ((cut.waist + cut.hip) / 2 + 0.2, (cut.waist_line + cut.hem) / 2),
        (cut.hip, cut.hem),
    ]


def torso_folds(cut: Cut) -> tuple[Fold, ...]:
    """Creases that fall from the arms and gather at the waist."""
    w, y = cut.waist, cut.waist_line
    drop = min(cut.hem - 2, y + 22)
    return (
        *folds_both(
            fold((cut.chest - 1.5, 50), (cut.chest - 5.5, 54), (cut.chest - 7, 60), width=2.0),
            fold((w - 0.6, y - 5), (w - 5, y - 1), (w - 9, y), width=1.6, depth=0.12),
        ),
        fold((w - 0.4, y + 4), (w - 6, y + 7), (w - 11, y + 6.2), width=1.8, depth=0.13),
        fold((-w + 0.4, y + 8), (-w + 7, y + 4), (-w + 12, y + 5), width=1.8, depth=0.12),
        fold((-6, y + 5), (-7.5, y + 12), (-7.2, drop), width=2.2, depth=0.1),
        fold((8, y - 2), (9.4, y + 9), (8.6, drop), width=2.2, depth=0.1),
    )


def front(cut: Cut) -> Panel:
    """The whole front of a closed body."""
    hem = [(cut.hip, cut.hem), (cut.hip * 0.5, cut.hem + 1.3), (0, cut.hem + 1.6)]
    rim = symmetric(neckline(cut), shoulder_seam(cut), armhole(cut), sides(cut), hem)
    return Panel(rim, cut.cloth, folds=torso_folds(cut))


def shoulder_seam(cut: Cut) -> list[Point]:
    """From the neck to the tip of the shoulder."""
    return [
        (cut.neck, NECK_TOP + 0.6),
        (cut.neck + (cut.shoulder - cut.neck) * 0.5, 32.2),
        (cut.shoulder, 34.2),
    ]


def torso(cut: Cut) -> list[Mark]:
    """The body: one front, or two when the garment hangs open."""
    if cut.opening <= 0:
        return [front(cut)]
    folds = torso_folds(cut)
    edge = cut.opening
    inner = [(edge * 1.15, cut.hem + 1.4), (edge, cut.waist_line), (edge * 0.8, 50), (cut.neck, 31)]
    hem = [(cut.hip, cut.hem), (cut.hip * 0.5, cut.hem + 1.3)]
    half = shape(shoulder_seam(cut), armhole(cut), sides(cut), hem, inner)
    right = Panel(half, cut.cloth, folds=tuple(f for f in folds if f.line[0, 0] > 0), lift=0.5)
    left = Panel(
        mirrored(half), cut.cloth, folds=tuple(f for f in folds if f.line[0, 0] < 0), lift=0.5
    )
    return [right, left]


def neck_band(cut: Cut, width: float = 1.9, cloth: str = "rib") -> list[Mark]:
    """A ribbed band round the front of the neck."""
    inside = curve(*neckline(cut))
    grown = [(x * (1 + width / cut.neck * 0.9), y + width) for x, y in neckline(cut)]
    grown[-1] = (cut.neck + width * 0.9, NECK_TOP + 1.0)
    rim = np.vstack([inside, curve(*grown)[::-1]])
    whole = np.vstack([rim, mirrored(rim)[::-1]])
    return [Panel(whole, cloth, lift=0.12, roundness=0.9, edge=0.25)]


def hem_stitches(cut: Cut, up: float = 1.8) -> Mark:
    """A line of stitches above the hem."""
    line = curve(
        (0, cut.hem + 1.6 - up), (cut.hip * 0.5, cut.hem + 1.3 - up), (cut.hip, cut.hem - up)
    )
    return stitched(line, both=True)


def armhole_seams(cut: Cut) -> Mark:
    """The seams that set the sleeves in."""
    return seam(curve(*armhole(cut)), both=True, tone=-0.22)
