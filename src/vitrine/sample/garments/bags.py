"""Bags, in their own centimetres: x from the middle, y = 0 at the top edge of the body."""

from __future__ import annotations

from vitrine.sample.geometry import (
    Points,
    curve,
    ellipse,
    mirrored,
    moved,
    rectangle,
    ribbon,
    symmetric,
)
from vitrine.sample.marks import Mark, Panel, fold, folds_both, pair, seam, stitched


def _handle(reach: float, height: float, half: float, top: float = 1.0) -> Points:
    return ribbon(
        curve(
            (-reach, top),
            (-reach * 0.86, -height * 0.62),
            (0, -height),
            (reach * 0.86, -height * 0.62),
            (reach, top),
        ),
        half,
    )


def tote(leather: bool) -> list[Mark]:
    """An open shopper on two handles."""
    body = symmetric([(0, 0.6), (17.6, 0)], [(18.4, 16), (17.2, 33.4)], [(15.6, 35), (0, 35.8)])
    cloth = "main" if leather else "handle"
    back = symmetric([(0, -1.4), (16.6, -1.0)], [(17.4, 1.0), (0, 2.0)])
    patch = [
        *pair(Panel(rectangle(6.7, -1.2, 9.5, 5.4, 0.5), cloth, lift=0.2, roundness=0.5)),
        stitched(rectangle(7.1, 1.0, 9.1, 5.0), both=True),
    ]
    folds = folds_both(
        fold((17, 20), (12, 27), (11, 34), width=3.0, depth=0.10),
        fold((9, 6), (10.4, 16), (9.4, 24), width=2.6, depth=0.08),
    )
    pocket = [seam(rectangle(-8, 12, 8, 27, 1.0), tone=-0.16)] if leather else []
    return [
        Panel(_handle(8.0, 19, 0.95), cloth, roundness=0.7),
        Panel(back, "inside", roundness=1.0),
        Panel(body, folds=folds, roundness=3.0),
        seam(curve((0, 3.4), (17.6, 2.8)), both=True, tone=-0.2),
        *pocket,
        Panel(_handle(8.1, 15, 1.0), cloth, lift=0.4, roundness=0.7),
        *patch,
    ]


def crossbody(quilted: bool) -> list[Mark]:
    """A small flap bag on a long strap."""
    strap = ribbon(
        curve((-12.4, 3), (-12.8, -14), (-6, -30), (5, -30), (12.2, -14), (12.4, 3)), 0.62
    )
    body = symmetric([(0, -0.6), (12.6, 0)], [(13.4, 9), (12.6, 17)], [(10.6, 19), (0, 19.4)])
    flap = symmetric([(0, -1.0), (12.4, -0.4)], [(13.2, 3), (13.0, 8)], [(9.4, 12.4), (0, 13.4)])
    clasp = [
        Panel(rectangle(-1.9, 10.6, 1.9, 14.6, 0.8), "metal", lift=0.3, roundness=0.7),
        Panel(ellipse(0, 12.6, 0.7), "inside", roundness=0.3),
    ]
    rings = pair(Panel(ellipse(12.5, 2.4, 1.3), "metal", lift=0.2, roundness=0.5))
    outline = curve((0, 12.4), (9.0, 11.5), (12.0, 7.6), (12.3, 1))
    return [
        Panel(strap, "main", roundness=0.5),
        *rings,
        Panel(body, "plain" if quilted else "main", roundness=2.4),
        Panel(flap, lift=0.5, roundness=2.2),
        stitched(outline, both=True),
        *clasp,
    ]


def handbag(round_flap: bool) -> list[Mark]:
    """A structured top-handle bag."""
    lean = 2.4 if round_flap else 0.0
    body = symmetric(
        [(0, 0), (13.2 - lean, 0)], [(15.4, 12), (16.6, 22.4)], [(15.4, 24), (0, 24.4)]
    )
    flap = symmetric(
        [(0, -0.6), (13.0 - lean, -0.4)], [(13.6 - lean * 0.6, 5)], [(9, 9.4), (0, 10.4)]
    )
    tab = symmetric([(0, 5.4), (2.2, 5.4)], [(2.2, 11), (0, 13.4)])
    return [
        Panel(_handle(7.4, 12.5, 1.0), lift=0.1, roundness=0.8),
        Panel(body, roundness=3.0),
        seam(curve((12.4 - lean, 1), (13.6, 12), (14.2, 24)), both=True, tone=-0.16),
        Panel(flap, lift=0.45, roundness=1.6),
        stitched(curve((0, 9.5), (8.6, 8.6), (12.6 - lean * 0.6, 4.8)), both=True),
        Panel(tab, lift=0.35, roundness=0.8),
        Panel(rectangle(-1.4, 9, 1.4, 11.2, 0.4), "metal", lift=0.2, roundness=0.5),
        *pair(Panel(ellipse(7.4, 0.8, 1.2), "metal", lift=0.25, roundness=0.5)),
        *pair(Panel(ellipse(14.6, 23.0, 0.6), "metal", lift=0.15, roundness=0.3)),
    ]


def backpack(rolled: bool) -> list[Mark]:
    """A rucksack with a front pocket."""
    body = symmetric([(0, -4), (8, -3.2), (13.4, 2)], [(15, 18), (15, 34)], [(13, 37.6), (0, 38.2)])
    strap = ribbon(curve((9, -1), (17.4, 6), (18.8, 20), (14.6, 33)), 1.3)
    lid = symmetric(
        [(0, -4.6), (8.2, -3.8), (13.8, 2)], [(14.2, 9), (12.4, 12.4)], [(6, 13.6), (0, 13.8)]
    )
    pocket = symmetric([(0, 19), (9.6, 19)], [(10.6, 26), (10, 34.4)], [(8.6, 36), (0, 36.2)])
    buckles = [
        *pair(Panel(rectangle(5.0, 8, 7.2, 20.5, 0.4), "handle", lift=0.25, roundness=0.5)),
        *pair(Panel(rectangle(4.5, 15.4, 7.7, 18.2, 0.5), "metal", lift=0.25, roundness=0.5)),
    ]
    band = [seam(curve((0, 2.6), (13.4, 3.6)), both=True, tone=-0.2)] if rolled else []
    return [
        *pair(Panel(strap, "handle", roundness=0.9)),
        Panel(_handle(3.4, 9.4, 0.75, -3), "handle", roundness=0.5),
        Panel(
            body,
            roundness=3.4,
            folds=folds_both(fold((13, 14), (11.4, 24), (12.4, 36), width=2.0, depth=0.12)),
        ),
        Panel(pocket, lift=0.35, roundness=1.8),
        seam(curve((0, 21.6), (9.8, 21.6)), both=True, width=0.5, tone=-0.3),
        Panel(lid, lift=0.6, roundness=2.2),
        stitched(curve((0, 12.6), (6, 12.4), (11.6, 11.4), (13.2, 8.4)), both=True),
        *band,
        *buckles,
    ]


def bucket_bag(drawn: bool) -> list[Mark]:
    """A soft drawstring bag on a shoulder strap."""
    body = symmetric(
        [(0, 1), (11.4, 0)], [(12.8, 8), (13.6, 18), (13.0, 27)], [(10.8, 29), (0, 30)]
    )
    strap = ribbon(curve((-11.2, 3), (-10, -14), (0, -25), (10, -14), (11.2, 3)), 0.9)
    mouth = symmetric([(0, -1.2), (7, -0.9), (11.4, 0)], [(7, 1.8), (0, 2.2)])
    folds = tuple(
        fold((x, 1.5), (x * 1.05, 6.5), (x * 1.12, 13), width=1.5, depth=0.2)
        for x in (-9, -6, -3, 0.4, 3.4, 6.4, 9.4)
    )
    cord = ribbon(curve((-12.2, 6), (0, 7.6), (12.2, 6)), 0.4)
    tails = ribbon(curve((1, 7.4), (2.4, 12), (1.8, 18)), 0.36)
    return [
        Panel(strap, roundness=0.7),
        Panel(mouth, "inside", roundness=0.8),
        Panel(body, folds=folds if drawn else (), roundness=3.2),
        Panel(cord, "handle", lift=0.25, roundness=0.4),
        Panel(tails, "handle", lift=0.25, roundness=0.4),
        Panel(moved(mirrored(tails), 1.2, 0), "handle", lift=0.25, roundness=0.4),
        seam(curve((0, 25), (13.2, 24)), both=True, tone=-0.22),
    ]
