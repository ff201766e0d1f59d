"""Jackets, and what they share with coats."""

from __future__ import annotations

from dataclasses import replace

from vitrine.sample.garments.bodice import (
    Cut,
    armhole_seams,
    back_neck,
    cuffs,
    front,
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
    ribbon,
    shape,
    symmetric,
)
from vitrine.sample.marks import Mark, Panel, button, flipped, fold, pair, seam, stitched

JACKET = Cut(
    hem=90,
    chest=19.4,
    waist=18.4,
    hip=18.8,
    shoulder=20.4,
    sleeve_top=6.9,
    sleeve_end=5.4,
    neck=8.0,
    neck_depth=37,
)


def linings(cut: Cut) -> list[Mark]:
    """What an open garment shows of its inside when nobody wears it."""
    if cut.opening <= 0:
        return [back_neck(cut, 1.0)]
    rim = symmetric(
        [(0, 30.6), (cut.neck + 1, 30.6)],
        [(cut.opening + 5, 50), (cut.opening + 5, cut.hem - 1)],
        [(0, cut.hem - 1)] * 2,
    )
    return [Panel(rim, "inside", roundness=5.0, edge=0.2, behind=True)]


def fronts_of(cut: Cut, opened: bool) -> Cut:
    """The cut, hanging open if asked for."""
    return replace(cut, opening=5.2) if opened else cut


def _edge_line(cut: Cut, opened: bool, inset: float) -> Points:
    """A line beside the front edge, inset towards the side."""
    if not opened:
        return curve((inset, 40), (inset, cut.hem + 1.4))
    edge = cut.opening
    return curve(
        (edge * 0.86 + inset, 44),
        (edge * 0.82 + inset, 52),
        (edge + inset, cut.waist_line),
        (edge * 1.15 + inset, cut.hem + 1.2),
    )


def denim_jacket(opened: bool) -> list[Mark]:
    """A trucker jacket with chest pockets and contrast stitching."""
    cut = fronts_of(replace(JACKET, hem=84, waist_line=66), opened)
    middle = 5.0 if opened else 0.0
    yoke = curve((middle + 0.4, 46.4), (10, 46.8), (17.4, 46.0))
    flap = shape([(7.2, 46.8), (14.6, 46.8)], [(14.6, 50.2), (10.9, 52.2), (7.2, 50.2)])
    darts = [curve((8.2, 51.5), (middle + 4.4, 82)), curve((13.8, 51.5), (11.6, 82))]
    band = shape(
        [(middle * 1.1, cut.hem - 2.6), (cut.hip * 0.6, cut.hem - 2.6), (cut.hip, cut.hem - 3.2)],
        [(cut.hip - 0.3, cut.hem + 1.4), (cut.hip * 0.5, cut.hem + 2.4), (middle * 1.15, 86.4)],
    )
    return [
        *linings(cut),
        *sleeve(cut),
        *cuffs(cut, 5.0, "main", 0.1),
        *torso(cut),
        armhole_seams(cut),
        seam(yoke, *darts, both=True),
        stitched(
            moved(yoke, 0, 0.7), *[moved(line, 0.6, 0) for line in darts], both=True, cloth="thread"
        ),
        *pair(Panel(flap, lift=0.25, roundness=0.7)),
        stitched(curve((7.8, 49.8), (10.9, 51.4), (14.0, 49.8)), both=True, cloth="thread"),
        *pair(Panel(band, lift=0.15, roundness=1.0)),
        stitched(_edge_line(cut, opened, 2.4), both=True, cloth="thread"),
        *([] if opened else [seam(curve((0, 38), (0, 86.4)), width=0.35)]),
        *[one for y in (43, 52, 61, 70, 79) for one in button(middle + 1.1, y, 0.6, "metal")],
        *[one for x in (-10.9, 10.9) for one in button(x, 50.4, 0.5, "metal")],
        *collar("main", 41.4, 8.6),
    ]


def bomber(opened: bool) -> list[Mark]:
    """A zipped jacket with ribbed collar, cuffs and hem."""
    cut = fronts_of(replace(JACKET, hem=82, waist=20.2, hip=18.8, waist_line=68, chest=20), opened)
    middle = 6.0 if opened else 0.0
    welt = shape(
        [(middle, cut.hem + 0.6), (cut.hip * 0.6, cut.hem + 0.6), (cut.hip, cut.hem - 0.6)],
        [(cut.hip - 1.0, cut.hem + 5), (cut.hip * 0.5, cut.hem + 6.3), (middle, cut.hem + 6.5)],
    )
    neck = shape(
        [(0.3, 37.4), (4.6, 35.6), (7.2, 30.0)],
        [(9.6, 30.6), (7.6, 37.4), (2.0, 41.6), (0.3, 42)],
    )
    slit = ribbon(curve((11.2, 66), (14.6, 76)), 0.75)
    zipper: list[Mark] = [
        seam(_edge_line(cut, opened, 0.9), both=True, width=0.2),
        seam(_edge_line(cut, opened, 0.3), both=True, width=0.55, tone=0.5),
    ]
    return [
        *linings(cut),
        *sleeve(cut),
        *cuffs(cut, 5.6),
        *torso(cut),
        armhole_seams(cut),
        *pair(Panel(slit, lift=0.2, roundness=0.4, edge=0.4)),
        *pair(Panel(welt, "rib", lift=0.15, roundness=1.8)),
        *zipper,
        *pair(Panel(neck, "rib", lift=0.3, roundness=1.2)),
    ]


def lapels(notch: float, depth: float, middle: float) -> list[Mark]:
    """Tailored lapels rolled back from the neck to the first button."""
    lapel = shape(
        [(middle, depth), (middle + 4.2, depth - 12), (12.2, notch)],
        [(8.6, notch - 1.6), (8.0, notch - 4.4)],
        [(7.6, 31.2), (5.4, 38), (middle, depth)],
    )
    top = shape(
        [(7.0, 29.4), (9.8, 31.4), (11.8, 37.0)],
        [(11.8, 37.0), (8.4, notch - 1.6)],
        [(8.4, notch - 1.6), (6.4, 36.6), (6.2, 31)],
    )
    return [
        *pair(Panel(lapel, "lapel", 16, lift=0.45, roundness=1.2)),
        *pair(Panel(top, "lapel", 24, lift=0.35, roundness=1.0)),
    ]


def lining_gap(depth: float) -> Mark:
    """The lining that shows between closed lapels."""
    rim = symmetric([(0, 30.4), (8, 30.2)], [(6.6, 40), (0.6, depth)], [(0, depth)] * 2)
    return Panel(rim, "inside", roundness=2.4, behind=True)


def cutaway(cut: Cut, depth: float, hem: float) -> list[Mark]:
    """Two fronts that leave a v below the neck and overlap from the button down."""
    body_front = front(replace(cut, opening=0.0))
    half: list[Point] = [(8.0, 31), (6.2, 40), (0.0, depth)]
    outer = shape(
        [(8.0, 30.8), (14, 32.4), (cut.shoulder, 34.2)],
        [(cut.shoulder, 34.2), (cut.chest - 1.2, 42), (cut.chest, 51)],
        [(cut.chest, 51), (cut.waist, cut.waist_line), (cut.hip, hem - 1)],
        [(cut.hip, hem - 1), (cut.hip * 0.5, hem + 0.6), (-1.2, hem + 1.2)],
        [(-1.2, hem + 1.2), (-1.6, depth + 8), (-1.4, depth)],
        half[::-1],
    )
    right = Panel(outer, folds=tuple(f for f in body_front.folds if f.line[0, 0] > 0), lift=0.4)
    return [flipped(right), right]


def blazer(opened: bool) -> list[Mark]:
    """A single-breasted blazer with notch lapels."""
    cut = replace(JACKET, hem=94, waist=17.0, hip=19.4, waist_line=68)
    depth = 64.0
    fronts = torso(fronts_of(cut, True)) if opened else cutaway(cut, depth, cut.hem)
    middle = 4.4 if opened else 0.2
    flap = shape([(6.6, 78), (15.2, 77)], [(15.6, 80.6), (7.0, 81.8)])
    welt = shape([(7.6, 53.4), (13.2, 52.2)], [(13.4, 54.2), (7.8, 55.4)])
    buttons = [] if opened else [*button(-0.2, 66.5, 0.85), *button(-0.2, 76.5, 0.85)]
    return [
        *(linings(fronts_of(cut, True)) if opened else [lining_gap(depth)]),
        *sleeve(cut),
        *fronts,
        armhole_seams(cut),
        seam(curve((11.6, 56), (10.6, 68), (11.6, 78)), both=True, tone=-0.16),
        *pair(Panel(flap, lift=0.3, roundness=0.6)),
        flipped(Panel(welt, lift=0.15, roundness=0.5)),
        *lapels(44.0, depth, middle),
        *buttons,
    ]


def _quilted_rows() -> list[Mark]:
    """Padded rows across the body, each tucked under the one above."""
    rows: list[Mark] = []
    for number, y in enumerate(range(34, 86, 9)):
        wide = 20.4 if number else 19.4
        rim = symmetric(
            [(0, y), (wide * 0.6, y - 0.2), (wide - 0.6, y)],
            [(wide - 0.6, y), (wide + 0.7, y + 4.6), (wide - 0.4, y + 9.6)],
            [(wide * 0.5, y + 10.4), (0, y + 10.4)],
        )
        creases = tuple(
            fold((x, y + 1.0), (x + 0.4, y + 4.4), width=1.3, depth=0.16)
            for x in range(-17 + number % 3, 18, 5)
        )
        rows.insert(0, Panel(rim, folds=creases, lift=0.1, roundness=3.2))
    return rows


def puffer(opened: bool) -> list[Mark]:
    """A padded jacket, quilted in rows, with a high collar."""
    del opened
    cut = replace(
        JACKET,
        hem=88,
        chest=21.0,
        waist=20.8,
        hip=20.2,
        sleeve_top=8.0,
        sleeve_end=6.4,
        waist_line=72,
    )
    neck = symmetric(
        [(0, 26.6), (5, 26.0), (8.4, 27.0)], [(9.6, 31), (9.8, 36)], [(5, 39.6), (0, 40.4)]
    )
    arm = sleeve(cut)
    bands = [
        curve((17 + i * 1.3, y + 5), (22 + i * 1.1, y + 4), (28 + i * 1.2, y))
        for i, y in enumerate((44, 53, 62, 71, 80))
    ]
    return [
        Panel(symmetric([(0, 25.4), (8, 26.2)], [(8, 29), (0, 30)]), "inside", behind=True),
        *arm,
        seam(*bands, both=True, width=0.5, tone=-0.3),
        seam(*[moved(line, 0.1, 0.9) for line in bands], both=True, width=0.9, tone=0.10),
        *cuffs(cut, 3.0),
        *torso(cut),
        *_quilted_rows(),
        Panel(
            neck,
            lift=0.4,
            roundness=2.4,
            folds=(fold((-8.6, 33), (0, 35), (8.6, 33), width=1.2, depth=0.2),),
        ),
        seam(curve((0, 27), (0, 88.5)), width=0.9, tone=-0.35),
        seam(curve((0, 27), (0, 88.5)), width=0.3, tone=0.35),
        stitched(mirrored(curve((1.6, 28), (1.6, 88)))),
    ]
