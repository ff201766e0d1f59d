"""The kinds the detector knows, and which kind each of the shop's article types is."""

from __future__ import annotations

KINDS = (
    *("top", "outerwear", "dress", "pants", "shorts", "skirt", "shoes", "bag", "hat"),
    *("scarf", "belt", "sunglasses", "accessory"),
)

MAIN = ("top", "outerwear", "dress", "pants", "skirt", "shoes", "bag")
"""The kinds whose mean is held against the target."""

_ARTICLES = {
    "top": "Tshirts, Shirts, Tops, Sweatshirts, Sweaters, Kurtas, Kurtis, Tunics, "
    "Innerwear Vests, Waistcoat",
    "outerwear": "Jackets, Rain Jacket, Blazers, Nehru Jackets",
    "dress": "Dresses, Nightdress, Jumpsuit",
    "pants": "Jeans, Trousers, Track Pants, Leggings, Capris, Lounge Pants, Churidar, Tights, "
    "Jeggings, Salwar, Patiala",
    "shorts": "Shorts, Lounge Shorts",
    "skirt": "Skirts",
    "shoes": "Casual Shoes, Sports Shoes, Formal Shoes, Heels, Flats, Sandals, Flip Flops, "
    "Sports Sandals",
    "bag": "Handbags, Backpacks, Clutches, Laptop Bag, Duffel Bag, Messenger Bag, Rucksacks, "
    "Trolley Bag, Waist Pouch, Tablet Sleeve, Wallets",
    "hat": "Caps, Hat",
    "scarf": "Mufflers, Scarves, Stoles, Dupatta",
    "belt": "Belts",
    "sunglasses": "Sunglasses",
    "accessory": "Watches, Ties, Socks, Cufflinks, Gloves, Stockings, Necklace and Chains, "
    "Pendant, Earrings, Bracelet, Bangle, Ring, Headband, Booties",
}
KIND_OF = {
    article.strip(): kind for kind, articles in _ARTICLES.items() for article in articles.split(",")
}
"""The kind of an article type; types that are no single garment are not in it."""

PHONE_KINDS = {
    **dict.fromkeys(
        ("T-Shirt", "Longsleeve", "Shirt", "Undershirt", "Polo", "Top", "Blouse", "Body"), "top"
    ),
    **dict.fromkeys(("Outwear", "Blazer"), "outerwear"),
    "Hoodie": "top",
    "Dress": "dress",
    "Pants": "pants",
    "Shorts": "shorts",
    "Skirt": "skirt",
    "Shoes": "shoes",
    "Hat": "hat",
}
"""The kind of a phone photo's label."""
