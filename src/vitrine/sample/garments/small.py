"""Hats, scarves, belts and sunglasses, placed on the shared body where they can be worn."""

from __future__ import annotations

from vitrine.sample.geometry import (
    curve,
    ellipse,
    mirrored,
    moved,
    rectangle,
    ribbon,
    shape,
    symmetric,
)
from vitrine.sample.marks import Mark, Panel, fold, folds_both, pair, seam, stitched


def cap(washed: bool) -> list[Mark]:
    """A baseball cap, its peak towards the viewer's right."""
    del washed
    crown = shape(
        [(-8.6, 7.4), (-8.8, 2.4), (-5.6, -2.6), (0, -4.2), (5.4, -2.8), (8.4, 2), (8.5, 6.6)],
        [(8.5, 6.6), (0, 5.0), (-8.6, 7.4)],
    )
    peak = shape(
        [(-7.6, 6.4), (0, 4.4), (8.4, 5.8)],
        [(11.2, 8.4), (9.6, 10.4), (1.6, 8.8), (-6.8, 9.8), (-8.6, 8.4), (-7.6, 6.4)],
    )
    panels = [curve((0.2, -4), (-3.2, 0), (-4.2, 5.6)), curve((0.2, -4), (3.8, 0), (4.6, 5.2))]
    return [
        Panel(crown, roundness=2.6),
        seam(*panels, tone=-0.22),
        stitched(moved(panels[0], -0.5, 0), moved(panels[1], 0.5, 0)),
        Panel(ellipse(0.1, -4.2, 0.7, 0.45), "accent", roundness=0.3),
        Panel(peak, "accent", lift=0.4, roundness=1.2),
        stitched(
            curve((-7.2, 7.4), (1, 5.9), (9.4, 7.4)), curve((-6.9, 8.4), (1, 7.2), (9.6, 8.8))
        ),
        *[Panel(ellipse(x, 0.4, 0.3), "inside", roundness=0.2) for x in (-1.8, 2.2)],
    ]


def beanie(bobble: bool) -> list[Mark]:
    """A ribbed knitted hat with a turn-up."""
    crown = symmetric([(0, -5.4), (4.4, -4.6), (7.6, -0.6), (8.4, 5)], [(8, 8), (0, 8.6)])
    brim = symmetric(
        [(0, 3.2), (5, 2.9), (8.7, 2.2)], [(9.0, 5), (8.6, 8.6)], [(4.6, 9.6), (0, 9.9)]
    )
    ball: list[Mark] = []
    if bobble:
        ball = [
            Panel(
                ellipse(0, -7.6, 3.3, 3.1),
                "accent",
                roundness=2.6,
                edge=0.1,
                folds=(fold((-2, -9), (-1, -7), width=1.0), fold((1, -6), (2, -8), width=1.0)),
            )
        ]
    return [
        *ball,
        Panel(
            crown,
            "rib",
            roundness=2.6,
            folds=folds_both(fold((3, -4), (4.6, -1), (5, 3), width=1.0, depth=0.12)),
        ),
        Panel(brim, "rib", lift=0.4, roundness=1.6),
    ]


def brimmed_hat(straw: bool) -> list[Mark]:
    """A hat with a wide brim and a band."""
    del straw
    brim = symmetric(
        [(0, 4.2), (8, 3.4), (16.6, 5.3), (17.9, 6.7), (16.4, 8.2), (9, 10.0), (0, 10.4)]
    )
    under = symmetric([(0, 4.0), (10, 4.6), (17, 6.4)], [(8, 6.4), (0, 6.0)])
    crown = symmetric(
        [(0, -6.2), (3.4, -6.9), (6.4, -5.4)], [(8.2, 0), (8.6, 6.2)], [(4, 7.8), (0, 8.1)]
    )
    band = symmetric([(0, 4.2), (5, 3.8), (8.3, 2.6)], [(8.7, 6.2), (4, 7.8), (0, 8.1)])
    dent = (fold((0.4, -5.6), (0.2, -2.6), (0.6, 1), width=2.0, depth=0.22),)
    return [
        Panel(under, "inside", roundness=1.0, behind=True),
        Panel(brim, roundness=1.6),
        seam(curve((0, 9.7), (9, 9.3), (17.4, 7.0)), both=True, tone=-0.15),
        Panel(crown, folds=dent, lift=0.5, roundness=2.6),
        Panel(band, "accent", roundness=1.0),
    ]


def bucket_hat(stitchy: bool) -> list[Mark]:
    """A soft hat with a sloping brim."""
    crown = symmetric(
        [(0, -4.2), (5.2, -3.6), (7.2, -2.2)], [(8.2, 1), (8.8, 4.4)], [(4, 5.8), (0, 6.2)]
    )
    brim = symmetric(
        [(0, 4.8), (5, 4.4), (8.7, 3.2)], [(10.8, 6), (12.6, 9.2)], [(7, 12.0), (0, 12.8)]
    )
    rings = [
        curve((0, 4.8 + i * 1.9), (5 + i * 0.5, 4.5 + i * 1.8), (8.9 + i * 0.95, 3.6 + i * 1.5))
        for i in range(1, 4)
    ]
    return [
        Panel(crown, roundness=2.4),
        stitched(curve((0, -2.6), (4.8, -2.2), (7.4, -1.2)), both=True),
        Panel(brim, lift=0.3, roundness=2.0),
        *([stitched(*rings, both=True)] if stitchy else []),
    ]


def _fringe(x1: float, x2: float, y: float, length: float) -> list[Mark]:
    count = max(4, round((x2 - x1) / 1.1))
    threads = []
    for i in range(count):
        x = x1 + (x2 - x1) * (i + 0.5) / count
        sway = 0.4 if i % 2 else -0.3
        strand = curve((x, y), (x + sway, y + length / 2), (x, y + length))
        threads.append(Panel(ribbon(strand, 0.36), "fringe", roundness=0.4))
    return list(threads)


def scarf(wide: bool) -> list[Mark]:
    """A scarf looped round the neck, both ends falling in front."""
    reach = 5.2 if wide else 4.2
    left = shape(
        [(-7.6, 36), (-2.0, 38)],
        [(-1.0, 56), (-1.6, 77)],
        [(-6, 78.2), (-10.4, 77.4)],
        [(-10.6, 58), (-7.6, 36)],
    )
    right = shape(
        [(1.6, 37), (7.4, 35)],
        [(1.6 + reach * 1.7, 54), (1.4 + reach * 1.7, 68)],
        [(6, 69.2), (1.6, 68.4)],
        [(1.4, 52), (1.6, 37)],
    )
    loop = symmetric([(0, 26.6), (6, 25.4), (10.6, 28)], [(12.4, 33), (9.4, 40), (4, 44), (0, 45)])
    over = shape(
        [(-11, 28), (-5.6, 32.4), (2, 33.4), (10.8, 27.6)],
        [(12.2, 32), (7.2, 41), (-1.2, 41.8), (-9.4, 37.6), (-12.2, 32), (-11, 28)],
    )
    drape = (
        fold((-10, 30), (-3, 36), (9, 32), width=1.5, depth=0.2),
        fold((-10.6, 32.6), (-2, 39.4), (8, 36), width=1.6, depth=0.18),
    )
    hollow = symmetric([(0, 23.6), (5.6, 24.2), (8.4, 28)], [(5, 31), (0, 32)])
    fall = (fold((-6.6, 44), (-6.2, 58), (-7, 76), width=1.8, depth=0.16),)
    drop = (fold((5.2, 42), (6, 54), (5.4, 67), width=1.6, depth=0.16),)
    return [
        Panel(hollow, "inside", roundness=1.4, behind=True),
        *_fringe(1.9, 1.0 + reach * 1.7, 68, 4.6),
        Panel(right, folds=drop, lift=0.4, roundness=2.0),
        *_fringe(-10.2, -1.8, 77, 4.8),
        Panel(left, folds=fall, lift=0.5, roundness=2.2),
        Panel(loop, grain=8, lift=0.5, roundness=2.6),
        Panel(over, grain=-14, folds=drape, lift=0.7, roundness=2.4),
    ]


def folded_scarf(wide: bool) -> list[Mark]:
    """A scarf folded over and laid down, its fringe at the bottom."""
    half = 12.0 if wide else 9.6
    under = rectangle(-half + 2.4, 30, half + 2.6, 74, 1.2)
    body = rectangle(-half, 28, half, 68, 1.6)
    folds = (
        fold((-half + 5, 31), (-half + 4.4, 48), (-half + 5.4, 67), width=1.8, depth=0.12),
        fold((half - 6, 30), (half - 5.4, 52), (half - 6.4, 67), width=1.8, depth=0.10),
    )
    return [
        *_fringe(-half + 2.8, half + 2.2, 73.6, 5.0),
        Panel(under, roundness=2.0),
        *_fringe(-half + 0.4, half - 0.4, 67.6, 5.0),
        Panel(body, folds=folds, lift=0.9, roundness=2.6),
        seam(curve((-half + 0.6, 28.9), (half - 0.6, 28.9)), width=0.7, tone=0.12),
    ]


def coiled_belt(wide: bool) -> list[Mark]:
    """A belt rolled up, its buckle in front."""
    tall = 3.9 if wide else 3.1
    ring = ellipse(0, -4.2, 10.4, 3.9)
    hollow = ellipse(0, -4.4, 9.2, 3.0)
    front = shape(
        [(-10.4, -4.2), (-7.4, -1.4), (0, -0.3), (7.4, -1.4), (10.4, -4.2)],
        [
            (10.4, tall - 2.4),
            (7.4, tall + 0.6),
            (0, tall + 1.8),
            (-7.4, tall + 0.6),
            (-10.4, tall - 2.4),
        ],
    )
    tail = shape(
        [(2, -0.3), (9, -0.6), (15.6, 1.0)],
        [(17.2, 3.0), (15.4, tall + 1.8)],
        [(9, tall + 1.4), (2, tall + 1.8)],
    )
    holes = [
        Panel(ellipse(x, y + tall / 2 - 1.4, 0.34), "inside", roundness=0.2)
        for x, y in ((9.4, 1.5), (11.6, 1.8), (13.8, 2.3))
    ]
    return [
        Panel(ring, roundness=0.8),
        Panel(hollow, "inside", roundness=1.2),
        Panel(ellipse(0, -3.7, 7.8, 2.2), roundness=0.8),
        Panel(ellipse(0, -3.5, 6.8, 1.5), "inside", roundness=0.8),
        Panel(front, roundness=1.4),
        Panel(tail, roundness=1.2, lift=0.3),
        stitched(
            curve((2.4, 0.4), (9, 0.2), (15.2, 1.8)),
            curve((2.4, tall + 1.1), (9, tall + 0.7), (15, tall + 1.1)),
        ),
        *holes,
        *_buckle(-1.6, -1.3, tall + 2.9),
    ]


def _buckle(x: float, y1: float, y2: float) -> list[Mark]:
    middle = (y1 + y2) / 2
    return [
        Panel(rectangle(x - 2.8, y1, x + 2.8, y2, 0.9), "metal", lift=0.35, roundness=0.6),
        Panel(rectangle(x - 1.7, y1 + 1.1, x + 1.7, y2 - 1.1, 0.5), roundness=0.8),
        Panel(
            ribbon(curve((x - 2.2, middle), (x + 2.6, middle)), 0.4),
            "metal",
            lift=0.3,
            roundness=0.4,
        ),
    ]


def long_belt(wide: bool) -> list[Mark]:
    """A belt laid out in a gentle curve."""
    half = 2.0 if wide else 1.6
    line = curve((-26, 3.4), (-13, -1.4), (0, 0.6), (13, 2.8), (26, -1.6))
    holes = [
        Panel(ellipse(x, y, 0.36), "inside", roundness=0.2)
        for x, y in ((14, 2.5), (16.4, 2.1), (18.8, 1.5), (21.2, 0.6))
    ]
    return [
        Panel(ribbon(line, half), lift=0.3, roundness=1.0),
        stitched(moved(line, 0, half - 0.5), moved(line, 0, -(half - 0.5))),
        *holes,
        *_buckle(-24.6, 3.0 - half - 1.4, 3.0 + half + 1.2),
    ]


def sunglasses(round_lens: bool) -> list[Mark]:
    """Sunglasses from the front, at the height of the eyes."""
    if round_lens:
        lens = ellipse(3.7, 10.4, 2.7, 2.6)
        rim = ellipse(3.7, 10.4, 3.3, 3.2)
    else:
        lens = shape(
            [(1.2, 8.7), (4, 8.3), (6.9, 8.6)],
            [(6.8, 10.8), (5.2, 12.7), (2.6, 12.6), (1.2, 10.8), (1.2, 8.7)],
        )
        rim = shape(
            [(0.6, 8.1), (4, 7.5), (7.8, 7.9)],
            [(7.5, 11), (5.6, 13.4), (2.3, 13.3), (0.5, 11), (0.6, 8.1)],
        )
    arm = ribbon(curve((7.0, 8.8), (7.8, 8.5), (8.4, 8.6)), 0.5)
    bridge = ribbon(curve((-1.2, 9.4), (0, 8.8), (1.2, 9.4)), 0.4)
    glint = ribbon(curve((2.2, 11.6), (4.4, 9.0)), 0.28)
    return [
        *[Panel(one, roundness=0.3, behind=True) for one in (arm, mirrored(arm))],
        Panel(bridge, roundness=0.3),
        *pair(Panel(rim, lift=0.15, roundness=0.5, edge=0.35)),
        *pair(Panel(lens, "lens", roundness=1.2, edge=0.3)),
        *[seam(one, width=0.7, tone=0.22) for one in (glint[:2], moved(glint[:2], -7.4, 0))],
    ]
