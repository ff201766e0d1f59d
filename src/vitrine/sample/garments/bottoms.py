"""Trousers, jeans and shorts."""

from __future__ import annotations

from vitrine.sample.geometry import Point, Points, curve, moved, rectangle, symmetric
from vitrine.sample.marks import Fold, Mark, Panel, button, fold, folds_both, pair, seam, stitched

_TOP = 70.0


def _legs(knee: Point, hem: Point, hem_y: float, hip: float = 18.4) -> Points:
    """Both legs in one outline; knee and hem are the inner and outer x of the right leg."""
    shortened = hem_y < 130
    outer: list[Point] = [(14.7, _TOP + 3), (17.4, 82), (hip, 92)]
    outer += [] if shortened else [(knee[1], 130)]
    inner: list[Point] = [(hem[0], hem_y + 0.6)]
    inner += [] if shortened else [(knee[0], 132), ((knee[0] + 0.8) / 2 + 0.3, 114)]
    return symmetric(
        [(0, _TOP + 3.6), (14.7, _TOP + 3)],
        [*outer, (hem[1], hem_y)],
        [(hem[1], hem_y), ((hem[0] + hem[1]) / 2, hem_y + 1.2), (hem[0], hem_y + 0.6)],
        [*inner, (0.8, 101.5), (0, 100.4)],
    )


def _hip_folds() -> tuple[Fold, ...]:
    return folds_both(
        fold((1.0, 98), (6, 95.6), (11, 95), width=2.0, depth=0.16),
        fold((1.0, 100), (6, 101), (10, 104.6), width=1.8, depth=0.14),
        fold((2.0, 103), (6, 106.6), (8.4, 112), width=2.0, depth=0.12),
    )


def _leg_folds(knee: Point, hem: Point, hem_y: float) -> tuple[Fold, ...]:
    inside, outside = knee
    low_in, low_out = hem
    middle = (inside + outside) / 2
    return folds_both(
        fold((inside + 0.6, 127), (middle, 129.6), (outside - 2, 128), width=1.9, depth=0.13),
        fold((outside - 0.6, 133), (middle, 135), (inside + 2, 133.6), width=1.7, depth=0.11),
        fold(
            (low_in + 0.5, hem_y - 9),
            ((low_in + low_out) / 2, hem_y - 6.4),
            (low_out - 1, hem_y - 8),
            width=1.6,
            depth=0.13,
        ),
        fold((low_out - 0.5, hem_y - 4.4), (low_in + 2.4, hem_y - 3.2), width=1.5, depth=0.11),
    )


def _waist(loops: bool, cloth: str = "main") -> list[Mark]:
    band = symmetric([(0, _TOP + 0.9), (14.3, _TOP)], [(14.8, _TOP + 4), (0, _TOP + 5)])
    back = symmetric([(0, _TOP - 0.6), (14.0, _TOP)], [(13.4, _TOP + 2.4), (0, _TOP + 3)])
    marks: list[Mark] = [
        Panel(back, "inside", roundness=0.8, behind=True),
        Panel(band, cloth, lift=0.2, roundness=1.0),
    ]
    if loops:
        for x in (4.6, 10.6):
            marks += pair(
                Panel(rectangle(x, _TOP + 0.2, x + 1.2, _TOP + 5.2), lift=0.15, roundness=0.4)
            )
    return marks


def _fly() -> list[Mark]:
    line = curve((0, _TOP + 4.8), (0, 92), (0, 100))
    return [
        seam(line),
        stitched(curve((2.8, _TOP + 5), (2.7, 84), (1.8, 88.6), (0.2, 91)), cloth="thread"),
    ]


def jeans(wide: bool) -> list[Mark]:
    """Five-pocket jeans with contrast stitching."""
    knee, hem = ((1.6, 15.6), (1.4, 17.2)) if wide else ((3.4, 13.6), (4.0, 12.4))
    hem_y = 169.0
    side = curve((14.4, 75), (16.6, 84), (17.4, 92), (knee[1] - 0.8, 130), (hem[1] - 0.8, hem_y))
    pocket = curve((6.6, 75.2), (7.8, 80.4), (12.2, 83.4), (17.0, 83.6))
    coin = curve((9.8, 82.4), (10.4, 79.0), (14.8, 79.6))
    hem_line = curve(
        (hem[0], hem_y - 1.2), ((hem[0] + hem[1]) / 2, hem_y - 0.6), (hem[1], hem_y - 1.8)
    )
    folds = _hip_folds() + _leg_folds(knee, hem, hem_y)
    return [
        Panel(_legs(knee, hem, hem_y), folds=folds, roundness=3.0),
        *_fly(),
        seam(pocket, both=True),
        stitched(moved(pocket, -0.4, 0.7), hem_line, both=True, cloth="thread"),
        stitched(coin, cloth="thread"),
        seam(side, both=True, tone=-0.16),
        *_waist(True),
        stitched(curve((0, _TOP + 4.2), (14.4, _TOP + 3.3)), both=True, cloth="thread"),
        *button(0, _TOP + 3, 0.8, "brass"),
    ]


def chinos(cuffed: bool) -> list[Mark]:
    """Straight cotton trousers with slant pockets."""
    knee, hem, hem_y = (2.8, 14.2), (3.2, 13.4), 168.0
    pocket = curve((8.4, 75), (13.2, 85), (16.6, 89))
    crease = curve((8.0, 82), (8.6, 120), (8.4, hem_y))
    turn_up = (
        [
            *pair(
                Panel(
                    rectangle(hem[0] - 0.2, hem_y - 3.2, hem[1] + 0.3, hem_y + 1.2, 0.5),
                    lift=0.25,
                    roundness=0.8,
                )
            )
        ]
        if cuffed
        else []
    )
    return [
        Panel(
            _legs(knee, hem, hem_y),
            folds=_hip_folds() + _leg_folds(knee, hem, hem_y),
            roundness=3.0,
        ),
        seam(crease, both=True, width=0.4, tone=-0.12),
        seam(moved(crease, 0.6, 0), both=True, width=0.6, tone=0.06),
        seam(curve((0, _TOP + 4.8), (0, 100))),
        stitched(curve((2.8, _TOP + 5), (2.7, 84), (1.8, 88.6), (0.2, 91))),
        seam(pocket, both=True),
        stitched(moved(pocket, -0.7, 0), both=True),
        *turn_up,
        *_waist(True),
        *button(0, _TOP + 3, 0.75),
    ]


def wide_trousers(tied: bool) -> list[Mark]:
    """Flowing wide-leg trousers with front pleats."""
    knee, hem, hem_y = (1.2, 18.6), (1.2, 21.4), 170.0
    falls = folds_both(
        fold((8, 76), (9.4, 110), (10.4, 172), width=2.6, depth=0.16),
        fold((13.4, 84), (15.6, 120), (17.2, 172), width=2.6, depth=0.14),
        fold((3.4, 104), (4.6, 134), (5.2, 172), width=2.4, depth=0.14),
    )
    pleats = curve((7.6, 75), (8.4, 90), (8.8, 104))
    bow: list[Mark] = []
    if tied:
        tail = curve((0.6, 74), (2.6, 82), (2.0, 90))
        bow = [
            *pair(
                Panel(
                    moved(symmetric([(0, 0), (0.5, 0)], [(0.7, 16), (0, 16)]), 2.2, 73),
                    lift=0.3,
                    roundness=0.4,
                )
            ),
            seam(tail, both=True, tone=-0.1),
        ]
    return [
        Panel(_legs(knee, hem, hem_y), folds=_hip_folds()[:2] + falls, roundness=3.4),
        seam(pleats, both=True, width=0.5, tone=-0.25),
        seam(curve((0, _TOP + 4.8), (0, 100))),
        seam(curve((10.4, 75), (14.6, 85), (16.9, 89)), both=True),
        *_waist(not tied),
        *bow,
    ]


def joggers(striped: bool) -> list[Mark]:
    """Soft jersey trousers with ribbed ankles and a drawstring."""
    knee, hem, hem_y = (3.0, 14.6), (5.0, 11.8), 163.0
    rib = symmetric([(0, 0), (3.4, 0.2)], [(3.0, 6), (0, 6.4)])
    cord = moved(symmetric([(0, 0), (0.35, 0)], [(0.45, 13), (0, 13)]), 1.7, 73)
    side = curve((14.0, 75), (16.4, 84), (17.1, 92), (13.4, 130), (10.9, hem_y))
    return [
        Panel(
            _legs(knee, hem, hem_y),
            folds=_hip_folds() + _leg_folds(knee, hem, hem_y),
            roundness=3.4,
        ),
        *([seam(side, both=True, width=1.4, tone=0.75)] if striped else []),
        seam(curve((9.6, 75), (14.0, 86), (16.4, 89)), curve((0, 75), (0, 100)), both=True),
        *pair(Panel(moved(rib, 8.4, hem_y - 0.4), "rib", lift=0.15, roundness=1.2)),
        *_waist(False, "rib"),
        *pair(Panel(cord, "cord", lift=0.25, roundness=0.3)),
    ]


def shorts(tailored: bool) -> list[Mark]:
    """Shorts to above the knee."""
    hem, hem_y = (1.6, 19.4), 118.0
    pocket = curve((8.4, 75), (13.2, 85), (16.8, 89))
    line = curve((hem[0], hem_y - 1.6), (10, hem_y - 1.0), (hem[1], hem_y - 2.4))
    folds = _hip_folds() + folds_both(
        fold((9, 98), (10.4, 108), (10, 118), width=2.6, depth=0.12),
        fold((17.6, 96), (16.6, 106), (17, 116), width=2.2, depth=0.12),
    )
    cord = moved(symmetric([(0, 0), (0.4, 0)], [(0.5, 11), (0, 11)]), 1.8, 73)
    ties: list[Mark] = [] if tailored else pair(Panel(cord, "cord", lift=0.25, roundness=0.3))
    closing = button(0, _TOP + 3, 0.75) if tailored else []
    return [
        Panel(_legs((0, 0), hem, hem_y, 18.8), folds=folds, roundness=3.2),
        seam(curve((0, _TOP + 4.8), (0, 100))),
        seam(pocket, both=True),
        stitched(moved(pocket, -0.7, 0), line, both=True),
        *_waist(tailored),
        *closing,
        *ties,
    ]
