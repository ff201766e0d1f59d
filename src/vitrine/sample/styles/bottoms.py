"""Skirts, trousers and shorts."""

from __future__ import annotations

from vitrine.sample.garments import bottoms, dresses
from vitrine.sample.styles.style import Style

BOTTOMS: dict[str, Style] = {
    "pleated skirt": Style(
        "pleated skirt",
        "Skirts",
        "skirt",
        dresses.pleated_skirt,
        True,
        "Knife pleats that move, set into a narrow waistband.",
        gender="women",
    ),
    "mini skirt": Style(
        "button-front skirt",
        "Skirts",
        "skirt",
        dresses.a_line_skirt,
        True,
        "A short A-line skirt in soft corduroy with a row of buttons.",
        weave="cord",
        gender="women",
    ),
    "wrap skirt": Style(
        "wrap skirt",
        "Skirts",
        "skirt",
        dresses.wrap_skirt,
        True,
        "A flowing viscose skirt that wraps to one side.",
        gender="women",
    ),
    "jeans": Style(
        "slim jeans",
        "Jeans",
        "pants",
        bottoms.jeans,
        False,
        "Five-pocket jeans in comfortable stretch denim.",
        weave="denim",
    ),
    "wide jeans": Style(
        "wide-leg jeans",
        "Jeans",
        "pants",
        bottoms.jeans,
        True,
        "High-waisted jeans with a wide, straight leg.",
        weave="denim",
        gender="women",
    ),
    "chinos": Style(
        "chinos",
        "Trousers",
        "pants",
        bottoms.chinos,
        True,
        "Garment-dyed cotton twill with turn-ups.",
        gender="men",
    ),
    "wide trousers": Style(
        "wide-leg trousers",
        "Trousers",
        "pants",
        bottoms.wide_trousers,
        False,
        "Fluid trousers with front pleats and deep pockets.",
        gender="women",
    ),
    "joggers": Style(
        "joggers",
        "Trousers",
        "pants",
        bottoms.joggers,
        False,
        "Soft jersey joggers with ribbed ankles.",
    ),
    "shorts": Style(
        "tailored shorts",
        "Shorts",
        "shorts",
        bottoms.shorts,
        True,
        "Cotton shorts cut to just above the knee.",
    ),
    "drawstring shorts": Style(
        "drawstring shorts",
        "Shorts",
        "shorts",
        bottoms.shorts,
        False,
        "Easy shorts on a drawstring waist, made for warm days.",
    ),
}
