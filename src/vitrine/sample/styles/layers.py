"""Jackets, coats and dresses."""

from __future__ import annotations

from vitrine.sample.garments import coats, dresses, outerwear
from vitrine.sample.styles.style import Style

OUTERWEAR: dict[str, Style] = {
    "denim jacket": Style(
        "denim jacket",
        "Jackets",
        "outerwear",
        outerwear.denim_jacket,
        False,
        "A trucker jacket in rigid denim with contrast stitching.",
        weave="denim",
    ),
    "bomber": Style(
        "bomber jacket",
        "Jackets",
        "outerwear",
        outerwear.bomber,
        False,
        "A light zipped bomber with ribbed collar, cuffs and hem.",
    ),
    "blazer": Style(
        "blazer",
        "Jackets",
        "outerwear",
        outerwear.blazer,
        False,
        "A half-lined, single-breasted blazer with notch lapels.",
        weave="wool",
    ),
    "puffer": Style(
        "puffer jacket",
        "Jackets",
        "outerwear",
        outerwear.puffer,
        False,
        "A padded jacket with a high collar and recycled filling.",
        gloss=0.4,
    ),
    "coat": Style(
        "wool coat",
        "Coats",
        "outerwear",
        coats.wool_coat,
        False,
        "A double-breasted coat in felted wool that falls to the knee.",
        weave="wool",
    ),
    "trench": Style(
        "trench coat",
        "Coats",
        "outerwear",
        coats.trench,
        False,
        "A belted trench in water-repellent cotton with a storm flap.",
    ),
}

DRESSES: dict[str, Style] = {
    "midi dress": Style(
        "midi dress",
        "Dresses",
        "dress",
        dresses.midi_dress,
        True,
        "A V-neck dress with a fitted bodice and a skirt that swings.",
        gender="women",
    ),
    "tea dress": Style(
        "tea dress",
        "Dresses",
        "dress",
        dresses.midi_dress,
        False,
        "A round-neck dress with elbow sleeves and a full skirt.",
        gender="women",
    ),
    "shirt dress": Style(
        "shirt dress",
        "Dresses",
        "dress",
        dresses.shirt_dress,
        True,
        "A buttoned shirt dress with a leather belt at the waist.",
        gender="women",
    ),
    "slip dress": Style(
        "slip dress",
        "Dresses",
        "dress",
        dresses.slip_dress,
        True,
        "Bias-cut satin on thin straps, with a draped neck.",
        gloss=0.5,
        gender="women",
    ),
    "knit dress": Style(
        "knit dress",
        "Dresses",
        "dress",
        dresses.knit_dress,
        False,
        "A straight ribbed dress with long sleeves and a side slit.",
        weave="rib",
        gender="women",
    ),
}
