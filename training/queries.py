"""Queries of shoppers to try an encoder with: what they type, and what should be found.

They are for choosing and for looking, never for training: some hold words or misspellings that no
caption is made of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from training import lexicon


@dataclass(frozen=True, slots=True)
class Query:
    """What is typed, and for each facet the values that are right, as the shop names them."""

    text: str
    language: str
    expected: Mapping[str, frozenset[str]]

    def fits(self, facets: Mapping[str, str]) -> bool:
        """Whether a product of these values is right in every facet asked for."""
        return all(
            lexicon.canonical(facet, facets.get(facet, "")) in values
            for facet, values in self.expected.items()
        )


def queries() -> tuple[Query, ...]:
    """All of them, twenty a language."""
    return tuple(_query(line, language) for language, lines in LINES.items() for line in lines)


def _query(line: tuple[str, str, str], language: str) -> Query:
    text, categories, colours = line
    asked = {"category": categories, "colour": colours}
    expected = {facet: frozenset(values.split(", ")) for facet, values in asked.items() if values}
    return Query(text, language, expected)


SHOES = "Casual Shoes, Sports Shoes"
CLOSED = "Casual Shoes, Sports Shoes, Formal Shoes, Heels, Flats"
BAGS = "Handbags, Clutches, Messenger Bag"
BLUES = "Blue, Navy Blue, Turquoise Blue, Teal"
REDS = "Red, Maroon, Burgundy"
BROWNS = "Brown, Coffee Brown, Tan, Mushroom Brown, Rust"
GREYS = "Grey, Charcoal, Grey Melange, Steel, Silver"
GREENS = "Green, Olive, Sea Green, Lime Green, Fluorescent Green"

LINES = {
    "en": (
        ("red dress", "Dresses", REDS),
        ("black leather handbag", BAGS, "Black"),
        ("white trainers", SHOES, "White, Off White"),
        ("sneekers", SHOES, ""),
        ("navy check shirt men", "Shirts", BLUES),
        ("gray hoodie", "Sweatshirts, Sweaters, Jackets", GREYS),
        ("womens sandles", "Sandals, Flats, Heels", ""),
        ("brown formal shoes", "Formal Shoes, Casual Shoes", BROWNS),
        ("pink t shirt for girls", "Tshirts, Tops", "Pink, Magenta, Rose, Peach"),
        ("burgundy jumper", "Sweaters, Sweatshirts", REDS),
        ("gold wristwach", "Watches", "Gold, Copper, Bronze"),
        ("stilletos", "Heels", ""),
        ("blue denims", "Jeans", BLUES),
        ("rucksack for school", "Backpacks, Rucksacks", ""),
        ("something green to wear on my feet", CLOSED + ", Sandals, Flip Flops", GREENS),
        ("aviator shades", "Sunglasses", ""),
        ("joggers black", "Track Pants, Lounge Pants", "Black"),
        ("yellow sundress", "Dresses", "Yellow, Mustard, Lime Green"),
        ("billfold brown", "Wallets", BROWNS),
        ("thongs beach blue", "Flip Flops, Sandals", BLUES),
    ),
    "de": (
        ("rotes Kleid", "Dresses", REDS),
        ("schwarze Handtasche", BAGS, "Black"),
        ("weisse turnschuhe", SHOES, "White, Off White"),
        ("blau kariertes Hemd", "Shirts", BLUES),
        ("Herrenhemd kurzarm grün", "Shirts", GREENS),
        ("Damen Pumps schwarz", "Heels", "Black"),
        ("Sonnenbrile", "Sunglasses", ""),
        ("Armbanduhr gold", "Watches", "Gold, Copper, Bronze"),
        ("graue Jogginghose", "Track Pants, Lounge Pants", GREYS),
        ("Geldbeutel braun Leder", "Wallets", BROWNS),
        ("rosa Tshirt Mädchen", "Tshirts, Tops", "Pink, Magenta, Rose, Peach"),
        ("weinroter Pulli", "Sweaters, Sweatshirts", REDS),
        ("Guertel schwarz", "Belts", "Black"),
        ("Samtkleid lila", "Dresses", "Purple, Lavender, Mauve, Magenta"),
        ("kurze Hose beige", "Shorts", "Beige, Khaki, Cream, Tan"),
        ("Zehentrenner blau", "Flip Flops, Sandals", BLUES),
        ("Krawate rot", "Ties", REDS),
        ("Schulranzen", "Backpacks, Rucksacks", ""),
        ("goldene Ohrringe", "Earrings", "Gold, Copper, Bronze"),
        ("braune Lederstiefel", CLOSED, BROWNS),
    ),
    "ja": (
        ("赤いワンピース", "Dresses", REDS),
        ("黒のハンドバッグ", BAGS, "Black"),
        ("白いスニーカー", SHOES, "White, Off White"),
        ("メンズ チェックシャツ 青", "Shirts", BLUES),
        ("半袖Tシャツ 緑", "Tshirts", GREENS),
        ("黒 ハイヒール", "Heels", "Black"),
        ("サングラス", "Sunglasses", ""),
        ("金色の腕時計", "Watches", "Gold, Copper, Bronze"),
        ("グレーのスウェット", "Sweatshirts, Track Pants", GREYS),
        ("茶色い財布", "Wallets", BROWNS),
        (
            "ピンクのトップス レディース",
            "Tops, Tshirts, Shirts, Tunics",
            "Pink, Magenta, Rose, Peach",
        ),
        ("ワインレッドのセーター", "Sweaters, Sweatshirts", REDS),
        ("ベルト 黒 本革", "Belts", "Black"),
        ("紫のドレス", "Dresses", "Purple, Lavender, Mauve, Magenta"),
        ("ベージュの短パン", "Shorts", "Beige, Khaki, Cream, Tan"),
        ("ビーサン", "Flip Flops, Sandals", ""),
        ("すにーかー 青", SHOES, BLUES),
        ("通学用リュック", "Backpacks, Rucksacks", ""),
        ("ゴールドのピアス", "Earrings", "Gold, Copper, Bronze"),
        ("紺のジーパン", "Jeans", BLUES),
    ),
}
