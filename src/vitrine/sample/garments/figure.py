"""The faceless mannequin that wears the clothes, and the hanger that holds them."""

from __future__ import annotations

from vitrine.sample.geometry import Points, curve, ribbon, shape, symmetric
from vitrine.sample.marks import Mark, Panel, pair

FLOOR = 177.0


def mannequin() -> list[Mark]:
    """A standing figure without a face, arms a little away from the body."""
    arm = shape(
        [(12, 33), (17.6, 34.4), (20.6, 39), (23.8, 50), (26.4, 63), (28.6, 76), (29.6, 87)],
        [
            (30.8, 92),
            (31.2, 97),
            (29.4, 103.4),
            (27.8, 103.6),
            (26.6, 99),
            (25.0, 95.6),
            (25.4, 90),
            (25.0, 86),
        ],
        [(22.8, 76), (20.2, 64), (16.6, 53), (12, 44)],
    )
    body = symmetric(
        [(0, 30), (4.4, 30), (6.0, 31.0), (8.6, 31.9), (15.4, 33.6), (18.4, 36)],
        [
            (18.4, 36),
            (16.8, 44),
            (16.2, 52),
            (14.2, 66),
            (14.0, 72),
            (16.2, 82),
            (17.4, 92),
            (17.2, 100),
            (15.6, 114),
            (12.8, 131),
            (13.2, 143),
            (11.2, 158),
            (9.9, 168),
        ],
        [(9.9, 168), (11.2, 172), (12.6, 176), (8.2, 177.2), (5.0, 176), (5.4, 171)],
        [(5.4, 168), (4.4, 152), (4.4, 140), (4.2, 130), (2.4, 112), (0.7, 99.4), (0, 98)],
    )
    neck = symmetric([(0, 18), (4.4, 18)], [(4.5, 24), (5.0, 29), (6.4, 31.4), (0, 33)])
    return [
        *pair(Panel(arm, "skin", edge=0.16)),
        Panel(body, "skin", edge=0.12, roundness=4.0),
        Panel(neck, "skin", edge=0.0, roundness=2.0),
        Panel(head_outline(), "skin", edge=0.14, lift=0.7, roundness=4.0),
    ]


def ankles() -> list[Mark]:
    """The lower legs again, to stand in shoes rather than on them."""
    ankle = shape(
        [(5.0, 152), (12.2, 152)],
        [(11.0, 160), (10.0, 168), (9.6, 170.4)],
        [(8.0, 171.4), (6.2, 170.4)],
        [(5.5, 168), (5.0, 152)],
    )
    return pair(Panel(ankle, "skin", roundness=0.8, edge=0.0))


def head_outline() -> Points:
    """The egg of the head."""
    return symmetric(
        [(0, 1.6), (4.6, 2.7), (7.3, 7.2), (7.4, 12), (6.2, 17.6), (3.4, 21.8), (0, 23.2)]
    )


def hanger() -> list[Mark]:
    """A wooden hanger with a steel hook."""
    hook = curve((0, 29), (0, 25), (2.2, 22.4), (2.6, 19.6), (0.4, 17.6), (-2, 19.2))
    bar = symmetric([(0, 28.4), (6, 30.2), (16.5, 35.4)], [(16.8, 37.4), (8, 34.2), (0, 32.2)])
    return [
        Panel(ribbon(hook, 0.35), "metal", roundness=0.4),
        Panel(bar, "wood", roundness=1.0, lift=0.2),
    ]
