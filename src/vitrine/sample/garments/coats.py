"""Long coats."""

from __future__ import annotations

from dataclasses import replace

from vitrine.sample.garments.bodice import armhole_seams, cuffs, hem_stitches, sleeve, torso
from vitrine.sample.garments.outerwear import (
    JACKET,
    cutaway,
    fronts_of,
    lapels,
    lining_gap,
    linings,
)
from vitrine.sample.geometry import curve, rectangle, ribbon, shape, symmetric
from vitrine.sample.marks import Mark, Panel, button, pair


def wool_coat(opened: bool) -> list[Mark]:
    """A long tailored coat with wide lapels."""
    cut = replace(
        JACKET, hem=128, waist=18.6, hip=22.4, waist_line=70, sleeve_top=7.2, sleeve_end=6.0
    )
    depth = 66.0
    fronts = torso(fronts_of(cut, True)) if opened else cutaway(cut, depth, cut.hem)
    middle = 4.4 if opened else 0.2
    pocket = ribbon(curve((11.4, 78), (14.4, 91)), 1.25)
    rows = (
        []
        if opened
        else [mark for y in (69.0, 81.0, 93.0) for x in (-4.2, 4.2) for mark in button(x, y, 1.0)]
    )
    return [
        *(linings(fronts_of(cut, True)) if opened else [lining_gap(depth)]),
        *sleeve(cut),
        *fronts,
        armhole_seams(cut),
        *pair(Panel(pocket, lift=0.3, roundness=0.8)),
        *lapels(45.5, depth, middle),
        *rows,
    ]


def trench(opened: bool) -> list[Mark]:
    """A belted double-breasted coat with storm flap and epaulettes."""
    del opened
    cut = replace(JACKET, hem=122, waist=16.4, hip=23.0, waist_line=71, sleeve_end=5.8)
    depth = 56.0
    flap = shape(
        [(2.0, 49), (9.6, 40), (19.4, 35.6)],
        [(17.0, 43), (18, 52.5)],
        [(12, 57), (6, 57.6), (1.4, 55)],
    )
    belt = symmetric([(0, 70.0), (10, 69.4), (16.9, 68.2)], [(16.9, 72.2), (10, 73.4), (0, 74)])
    tail = shape([(-1.4, 72.5), (1.8, 72.8)], [(4.0, 88), (3.2, 91), (0.4, 90)])
    buckle = [
        Panel(rectangle(-2.6, 68.8, 2.6, 75.2, 0.8), "button", lift=0.3, roundness=0.5),
        Panel(rectangle(-1.5, 70.0, 1.5, 74.0, 0.4), roundness=0.8),
    ]
    pocket = ribbon(curve((11.0, 80), (14.6, 92)), 1.2)
    strap = shape([(10.6, 32.2), (19.6, 35.2)], [(19.0, 37.4), (10.4, 34.4)])
    rows = [
        mark for y in (58.5, 65.0, 82.0, 94.0) for x in (-5.0, 5.0) for mark in button(x, y, 0.9)
    ]
    return [
        lining_gap(depth),
        *sleeve(cut),
        *cuffs(cut, 3.2, "main", 0.3),
        *cutaway(cut, depth, cut.hem),
        armhole_seams(cut),
        Panel(flap, lift=0.4, roundness=1.2),
        *pair(Panel(pocket, lift=0.3, roundness=0.6)),
        *pair(Panel(strap, lift=0.3, roundness=0.5)),
        *lapels(46.0, depth, 0.2),
        *rows,
        Panel(tail, lift=0.4, roundness=0.8),
        Panel(belt, lift=0.5, roundness=1.0),
        *buckle,
        hem_stitches(cut, 2.4),
    ]
