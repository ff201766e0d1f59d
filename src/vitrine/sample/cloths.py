"""Which cloth each part of a product is made of."""

from __future__ import annotations

from dataclasses import replace

from vitrine.sample.catalogue import Product
from vitrine.sample.fabrics import Cloth
from vitrine.sample.palette import (
    BRASS,
    COLOURS,
    DARK_WOOD,
    GUM,
    HORN,
    METAL,
    PAPER,
    SKIN,
    THREAD,
    WOOD,
    lightness,
    mixed,
)

_RIBBED = {"Knitwear", "Hoodies", "Polo shirts", "T-shirts", "Dresses", "Jackets", "Hats"}

PROPS: dict[str, Cloth] = {
    "metal": Cloth(METAL, gloss=0.5),
    "brass": Cloth(BRASS, gloss=0.5),
    "skin": Cloth(SKIN),
    "wood": Cloth(WOOD),
    "dark wood": Cloth(DARK_WOOD),
    "thread": Cloth(THREAD),
    "lens": Cloth((0.2, 0.2, 0.22), gloss=0.5),
    "elastic": Cloth(COLOURS["charcoal"], weave="rib"),
}


def cloths_of(product: Product) -> dict[str, Cloth]:
    """The cloths a product's panels refer to."""
    cut = product.cut
    colour, accent = COLOURS[product.colour], COLOURS[product.accent]
    if cut.weave == "denim":
        colour = mixed(colour, (0.35, 0.40, 0.48), 0.22)
    main = Cloth(colour, accent, product.print, cut.weave, cut.gloss)
    plain = replace(main, print="plain", weave="smooth")
    light = lightness(colour) > 0.62
    rib = replace(plain, weave="rib" if product.category in _RIBBED else cut.weave)
    handle = accent if product.print == "plain" and product.accent != "white" else None
    return {
        **PROPS,
        "main": main,
        "plain": plain,
        "rib": rib,
        "lapel": main,
        "inside": replace(plain, colour=mixed(colour, (0.08, 0.07, 0.08), 0.30)),
        "accent": replace(plain, colour=accent),
        "button": Cloth(HORN if light or product.kind == "outerwear" else PAPER, gloss=0.4),
        "cord": Cloth(COLOURS["charcoal"] if light and product.kind != "shoes" else PAPER),
        "leather": Cloth(COLOURS["brown"], gloss=0.3),
        "handle": Cloth(handle or COLOURS["brown"], gloss=0.3),
        "sole": Cloth(GUM if product.colour in {"grey", "mustard"} else PAPER),
        "insole": Cloth(COLOURS["beige"]),
        "heel": Cloth(HORN, gloss=0.3),
        "fringe": plain,
    }
