"""The products of the sample catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from vitrine.sample.ranges import RANGES
from vitrine.sample.styles import STYLES, Style

_BRANDS = (
    "Brackwater Works",
    "Kite & Thistle",
    "Atelier Noisette",
    "Halden Row",
    "Ullvik",
    "Pebble Lane",
    "Osier Field",
    "Sunday Orchard",
)
_PATTERN_WORDS = {
    "plain": "",
    "stripes": "striped",
    "wide stripes": "striped",
    "pinstripes": "pinstripe",
    "check": "check",
    "tartan": "tartan",
    "dots": "polka-dot",
    "floral": "floral",
    "leopard": "leopard-print",
    "herringbone": "herringbone",
    "fair isle": "Fair Isle",
    "colour block": "colour-block",
}
_PATTERN_NAMES = {"wide stripes": "stripes", "pinstripes": "stripes", "tartan": "check"}
_ADVICE = {
    "top": ("Easy to layer and made to last.", "Pairs well with denim and tailoring alike."),
    "outerwear": ("Made for changeable days.", "Wear it over knitwear when it turns cold."),
    "dress": ("Dress it up with heels or down with sneakers.", "Fully lined and easy to care for."),
    "pants": ("Sits at the natural waist.", "Machine washable and pre-shrunk."),
    "shorts": ("Made for long afternoons outside.",),
    "skirt": ("Looks good with a knit or a simple T-shirt.",),
    "shoes": ("True to size, with a cushioned insole.", "Comfortable from the first day."),
    "bag": ("With an inside pocket for keys and phone.",),
    "hat": ("One size, comfortable all day.",),
    "scarf": ("Measures 180 by 35 centimetres.",),
    "belt": ("Made to grow more beautiful with wear.",),
    "sunglasses": ("Comes in a recycled felt case.",),
}


@dataclass(frozen=True)
class Product:
    """One product of the sample catalogue."""

    external_id: str
    title: str
    description: str
    category: str
    kind: str
    colour: str
    accent: str
    pattern: str
    print: str
    brand: str
    price: str
    currency: str
    gender: str
    style: str

    @property
    def cut(self) -> Style:
        """How the product is drawn."""
        return STYLES[self.style]


def product_titled(title: str) -> Product:
    """The product with this exact title."""
    return next(product for product in PRODUCTS if product.title == title)


def _title(colour: str, pattern: str, noun: str) -> str:
    words = f"{colour} {_PATTERN_WORDS[pattern]} {noun}".split()
    return " ".join([words[0].capitalize(), *words[1:]])


def _all_products() -> tuple[Product, ...]:
    products: list[Product] = []
    for style, base_price, choices in RANGES:
        cut = STYLES[style]
        for choice in choices:
            number = len(products) + 1
            colour, print_name, accent = (*choice.split("/"), "plain", "white")[:3]
            advice = _ADVICE[cut.kind]
            products.append(
                Product(
                    external_id=f"VS-{number:03d}",
                    title=_title(colour, print_name, cut.noun),
                    description=f"{cut.story} {advice[number % len(advice)]}",
                    category=cut.category,
                    kind=cut.kind,
                    colour=colour,
                    accent=accent,
                    pattern=_PATTERN_NAMES.get(print_name, print_name),
                    print=print_name,
                    brand=_BRANDS[(number * 5 + len(style)) % len(_BRANDS)],
                    price=f"{base_price + (number * 7 % 5) * 4 + 0.95:.2f}",
                    currency="EUR",
                    gender=cut.gender,
                    style=style,
                )
            )
    return tuple(products)


PRODUCTS: tuple[Product, ...] = _all_products()
