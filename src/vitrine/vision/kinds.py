"""Which kind of detection a product's own words ask for."""

from __future__ import annotations

import re

_WORDS = {
    "top": "top tops tshirt tshirts tee tees shirt shirts blouse blouses sweater sweaters jumper "
    "jumpers pullover pullovers sweatshirt sweatshirts hoodie hoodies tunic tunics kurta kurtas "
    "kurti kurtis polo bodysuit camisole longsleeve undershirt",
    "outerwear": "outerwear coat coats jacket jackets blazer blazers parka parkas cape capes vest "
    "vests waistcoat waistcoats gilet gilets cardigan cardigans",
    "dress": "dress dresses gown gowns jumpsuit jumpsuits romper rompers nightdress nightdresses",
    "pants": "pants jeans trousers leggings jeggings chinos joggers capris churidar salwar "
    "trackpants",
    "shorts": "shorts",
    "skirt": "skirt skirts",
    "shoes": "shoe shoes footwear sneaker sneakers boot boots booties sandal sandals heel heels "
    "pump pumps loafer loafers wedge wedges flip-flops slipper slippers trainers",
    "bag": "bag bags purse purses handbag handbags backpack backpacks clutch clutches wallet "
    "wallets rucksack rucksacks tote totes",
    "hat": "hat hats cap caps beanie beanies",
    "scarf": "scarf scarves muffler mufflers stole stoles dupatta shawl shawls",
    "belt": "belt belts",
    "sunglasses": "sunglasses glasses eyewear",
    "accessory": "accessory accessories watch watches tie ties sock socks glove gloves necklace "
    "necklaces bracelet bracelets bangle bangles ring rings earring earrings stocking stockings "
    "tights pendant pendants cufflinks headband headbands jewellery jewelry",
}
KIND_OF = {word: kind for kind, words in _WORDS.items() for word in words.split()}
"""The kind of vitrine-garments that an English word for a garment means."""


def stated(*texts: str) -> str | None:
    """The kind the first text that names one asks for; its last such word counts.

    The last, because English puts the garment there: a "shirt dress" is a dress.
    """
    for text in texts:
        words = re.findall(r"[a-z]+(?:-[a-z]+)?", text.lower().replace("t-shirt", "tshirt"))
        known = [KIND_OF[word] for word in words if word in KIND_OF]
        if known:
            return known[-1]
    return None
