"""Shoes: from the side (30 cm long, toe to the right), and from above (toe down)."""

from __future__ import annotations

from vitrine.sample.geometry import (
    Points,
    curve,
    ellipse,
    mirrored,
    moved,
    rectangle,
    ribbon,
    shape,
    symmetric,
)
from vitrine.sample.marks import Mark, Panel, fold, seam, stitched


def _lace(line: Points, half: float = 0.42) -> Panel:
    return Panel(ribbon(line, half), "cord", lift=0.2, roundness=0.4)


def sneaker_side(high: bool) -> list[Mark]:
    """A lace-up sneaker from its outer side."""
    top = -6.4 if high else 0.0
    collar = [(1.2, 1.4 + top), (3.6, 0.2 + top), (6.4, 1.8 + top), (9.6, 2.0 + top)]
    tongue = shape([(8.6, 3 + top), (9.4, -2.0 + top), (12.6, -1.8 + top)], [(15, 3.6), (12, 6.4)])
    lace_line = [(11.4, 0.8 + top), (13.4 if high else 14.0, 3.2 + top * 0.3), (18.8, 6.0)]
    upper = shape(
        [(0.8, 11), (0.2, 7), (0.9, 3.4), (1.2, 1.4 + top)],
        collar,
        [collar[-1], *lace_line],
        [(18.8, 6.0), (23.6, 6.8), (27.8, 8.6), (29.2, 11.2)],
        [(29.2, 12), (0.8, 12)],
    )
    hollow = shape(
        [(1.6, 1.6 + top), (5, -0.6 + top), (9.4, 0.6 + top)], [(8, 4 + top), (4, 3 + top)]
    )
    stay = shape(
        [(10.0, 2.2 + top), *lace_line],
        [(18.8, 6.0), (19.4, 7.4), (17.0, 8.4)],
        [(17.0, 8.4), (12.4, 6.0), (9.2, 7.2 + top * 0.5)],
    )
    heel = shape([(0.3, 11), (0.2, 6.4), (1.2, 1.6 + top)], [(3.0, 1.0 + top), (3.8, 6), (5.4, 11)])
    toe = shape([(20.6, 11.4), (21.8, 8.4), (23.8, 6.9)], [(27.8, 8.6), (29.2, 11.2)])
    sole = shape(
        [(0.0, 10.4), (8, 10.9), (18, 10.9), (29.0, 10.2)],
        [(30.2, 11.0), (30.2, 13.0), (28.6, 14.2)],
        [(28.6, 14.2), (15, 14.4), (1.2, 14.2)],
        [(1.2, 14.2), (-0.4, 13.2), (0.0, 10.4)],
    )
    laces = [
        curve((x + 0.9, y - 1.0), (x - 0.4, y + 0.6), (x - 2.0, y + 2.0))
        for x, y in _spread(lace_line, 7 if high else 4)
    ]
    return [
        Panel(hollow, "inside", roundness=1.0),
        Panel(tongue, "main", roundness=1.0),
        Panel(upper, folds=(fold((19.6, 7), (18.4, 9), (18.6, 10.6), width=1.2),), roundness=1.8),
        Panel(toe, "main", lift=0.12, roundness=1.2),
        Panel(heel, "accent", lift=0.15, roundness=1.0),
        Panel(stay, "accent", lift=0.15, roundness=0.7),
        stitched(
            curve((10.4, 8), (14, 7.4), (17.4, 9.2), (20.2, 9.4)), curve((5.8, 10.4), (4.6, 6))
        ),
        *[_lace(line) for line in laces],
        Panel(sole, "sole", lift=0.15, roundness=0.9),
        seam(curve((0.2, 13.0), (15, 13.4), (29.8, 12.8)), width=0.3, tone=-0.2),
    ]


def _spread(line: list[tuple[float, float]], count: int) -> list[tuple[float, float]]:
    path = curve(*line)
    picks = [round((0.1 + 0.78 * i / (count - 1)) * (len(path) - 1)) for i in range(count)]
    return [(float(path[i, 0]), float(path[i, 1])) for i in picks]


def _sole_shape(grown: float = 0.0) -> Points:
    """The right shoe from above: heel at y = 0, toe at y = 29."""
    g = grown
    return shape(
        [
            (0, -g),
            (3.4 + g, 1.0 - g * 0.6),
            (4.4 + g, 5.6),
            (4.2 + g, 12),
            (5.4 + g, 19),
            (5.0 + g, 24.4),
            (2.2 + g * 0.6, 28.6 + g * 0.8),
            (-0.6, 29.2 + g),
            (-3.4 - g * 0.8, 27.2 + g * 0.6),
            (-4.8 - g, 22),
            (-4.2 - g, 15),
            (-3.8 - g, 8),
            (-3.6 - g, 3),
            (-2.2 - g * 0.6, 0.6 - g * 0.6),
            (0, -g),
        ],
    )


def sneaker_top(high: bool) -> list[Mark]:
    """One right sneaker from above."""
    del high
    opening = symmetric([(0, 1.2), (2.7, 2.4), (3.0, 7), (2.6, 10.4), (0, 11.2)])
    tongue = symmetric([(0, 8.2), (2.0, 8.6), (2.3, 13), (1.8, 19), (0, 19.6)])
    stay = symmetric(
        [(1.6, 9.4), (3.4, 10.6), (3.7, 15), (2.9, 20.2), (0, 21.4)],
        [(0, 19.6), (1.5, 18.6), (1.5, 12), (1.6, 9.4)],
    )
    laces = [curve((-2.7, y + 0.3), (0, y - 0.4), (2.7, y + 0.3)) for y in (11.6, 13.8, 16.0, 18.2)]
    bow = [
        curve((0, 11.0), (3.4, 8.8), (4.6, 11.2), (0.4, 11.4)),
        curve((0, 11.0), (-3.2, 8.6), (-4.8, 10.6), (-0.4, 11.4)),
        curve((0, 11.2), (2.6, 13.4), (4.6, 14.0)),
        curve((0, 11.2), (-3.2, 13.0), (-4.8, 14.8)),
    ]
    return [
        Panel(_sole_shape(0.7), "sole", roundness=0.8),
        Panel(_sole_shape(0.0), roundness=2.2, lift=0.15),
        Panel(opening, "inside", roundness=1.4, edge=0.4),
        Panel(symmetric([(0, 3), (1.9, 4), (2.0, 8), (0, 9)]), "insole", roundness=0.8, edge=0.1),
        Panel(tongue, roundness=0.9, lift=0.2),
        Panel(stay, "accent", lift=0.2, roundness=0.7),
        seam(curve((-4.4, 22.6), (0, 21.8), (4.9, 23)), tone=-0.25),
        *[_lace(line) for line in laces],
        *[_lace(line, 0.26) for line in bow],
    ]


def loafer_side(high: bool) -> list[Mark]:
    """A penny loafer from its outer side."""
    del high
    upper = shape(
        [(0.8, 11.4), (0.3, 7.4), (1.0, 3.8), (2.0, 2.4)],
        [(2.0, 2.4), (6, 4.8), (10.4, 5.0), (13.6, 2.6)],
        [(13.6, 2.6), (16.4, 3.0), (20, 5.2), (25.6, 7.0), (28.6, 9.0), (29.4, 11.6)],
        [(29.4, 12), (0.8, 12)],
    )
    hollow = shape([(1.8, 2.6), (6, 2.6), (13.4, 2.4)], [(11, 5.4), (5, 5.2)])
    saddle = shape(
        [(14.4, 2.4), (17.2, 3.2), (19.6, 4.8)],
        [(18.4, 7.4), (15.6, 9.2), (13, 11.4)],
        [(9.6, 11.4), (12, 7), (14.4, 2.4)],
    )
    sole = shape(
        [(0.4, 11.2), (15, 12), (29.6, 11.0)],
        [(30.4, 11.8), (29.6, 13.0)],
        [(20, 13.2), (9.6, 12.9)],
        [(9.4, 14.4), (0.6, 14.4), (0.4, 11.2)],
    )
    apron = curve((18.8, 6.4), (23, 7.6), (26.6, 9.2), (27.6, 10.2))
    return [
        Panel(hollow, "inside", roundness=1.0),
        Panel(upper, folds=(fold((20.4, 6.8), (19.4, 9), width=1.4),), roundness=1.8),
        Panel(saddle, lift=0.25, roundness=0.9),
        Panel(ribbon(curve((15.2, 5.2), (17.4, 6.2)), 0.5), "inside", roundness=0.4),
        seam(apron, width=0.4, tone=-0.35),
        stitched(moved(apron, -0.4, 0.8)),
        stitched(curve((5.4, 11), (4.6, 7.4), (4.8, 4.8))),
        Panel(sole, "heel", lift=0.15, roundness=0.7),
    ]


def loafer_top(high: bool) -> list[Mark]:
    """One right loafer from above."""
    del high
    opening = symmetric([(0, 1.2), (2.8, 2.4), (3.1, 8), (2.4, 13.6), (0, 15)])
    apron = symmetric([(0, 14.6), (2.8, 14.8), (3.6, 20), (2.4, 25.2), (0, 26.2)])
    saddle = shape([(-4.4, 15.4), (0, 14.6), (4.8, 15.4)], [(5.4, 19.2), (0, 18.4), (-4.7, 19.2)])
    return [
        Panel(_sole_shape(0.35), "heel", roundness=0.7),
        Panel(_sole_shape(0.0), roundness=2.2, lift=0.15),
        Panel(opening, "inside", roundness=1.4, edge=0.4),
        Panel(symmetric([(0, 3), (2.0, 4), (2.2, 11), (0, 12)]), "insole", roundness=0.8, edge=0.1),
        Panel(apron, roundness=1.4, lift=0.2),
        Panel(saddle, roundness=0.9, lift=0.3),
        Panel(rectangle(-1.7, 15.9, 1.7, 17.2, 0.5), "inside", roundness=0.4),
    ]


def boot_side(high: bool) -> list[Mark]:
    """A chelsea boot from its outer side."""
    top = -15.0 if high else -8.6
    upper = shape(
        [(0.9, 11.4), (0.4, 7), (1.4, 2.4), (1.5, top + 0.8)],
        [(1.5, top + 0.8), (7, top + 0.3), (13.0, top)],
        [(13.0, top), (13.2, -2.4), (15.2, 2.0), (20.4, 5.0), (26.4, 7.0), (29.2, 11.4)],
        [(29.2, 12), (0.9, 12)],
    )
    gore = shape(
        [(5.0, top + 0.6), (10.4, top + 0.4)], [(9.4, 0), (8.2, 4.0), (6.6, 4.2), (5.4, 0)]
    )
    hollow = shape([(1.6, top + 0.9), (7, top - 0.9), (13.0, top)], [(7, top + 1.4)] * 2)
    sole = shape(
        [(0.4, 11.2), (15, 12.0), (29.4, 11.0)],
        [(30.4, 11.8), (29.6, 13.2)],
        [(20, 13.4), (9.8, 13.0)],
        [(9.6, 15), (0.6, 15), (0.4, 11.2)],
    )
    loop = ribbon(curve((1.4, top + 2.4), (0.0, top - 0.4), (1.8, top - 1.2), (2.6, top + 2)), 0.4)
    creases = (
        fold((14.2, 0.6), (11, 3.0), (10, 5), width=1.6, depth=0.2),
        fold((19.4, 5.4), (17.4, 8), (18, 10.4), width=1.6, depth=0.18),
    )
    return [
        Panel(loop, "elastic", roundness=0.4),
        Panel(hollow, "inside", roundness=0.6),
        Panel(upper, folds=creases, roundness=2.2),
        Panel(gore, "elastic", roundness=0.8),
        seam(curve((7.4, 4.2), (7.8, 8), (9, 11.2)), tone=-0.2),
        stitched(
            curve((11.0, top + 0.8), (9.9, 0), (8.6, 4.6), (6.2, 4.8), (4.8, 0), (4.4, top + 1))
        ),
        Panel(sole, "heel", lift=0.15, roundness=0.8),
    ]


def boot_front(high: bool) -> list[Mark]:
    """One right boot seen from the front, heel at y = 0, toe at y = 29."""
    top = -24.0 if high else -13.0
    shaft = symmetric([(0, top + 0.6), (4.5, top)], [(4.4, top / 2), (4.3, 2), (4.8, 10), (0, 13)])
    return [
        Panel(_sole_shape(0.5), "heel", roundness=0.8),
        Panel(_sole_shape(0.0), roundness=2.4, lift=0.15),
        Panel(ellipse(0, top + 0.5, 4.4, 1.6), "inside", roundness=0.6, behind=True),
        Panel(
            shaft,
            roundness=2.2,
            lift=0.2,
            folds=(
                fold((-4.4, 4), (0, 6.2), (4.4, 4), width=1.8, depth=0.18),
                fold((-4, 9), (0, 11), (4, 9), width=1.6, depth=0.14),
            ),
        ),
        Panel(
            mirrored(shape([(4.3, top + 1), (4.3, 0)], [(3.4, 1.0), (3.6, top + 1)])),
            "elastic",
            roundness=0.6,
        ),
    ]
