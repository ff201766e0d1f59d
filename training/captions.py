"""Words for a shot: its title, a piece of its description, or a line composed of what is known."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from training.data import FACETS, Shot

ALIASES: dict[str, tuple[str, ...]] = {
    "tshirts": ("t-shirt", "tshirt", "tee", "t shirt"),
    "t-shirt": ("t-shirt", "tshirt", "tee"),
    "casual shoes": ("casual shoe", "sneakers", "shoes"),
    "sports shoes": ("sports shoe", "running shoes", "trainers", "sneakers"),
    "formal shoes": ("formal shoe", "dress shoes", "leather shoes"),
    "flip flops": ("flip flop", "slippers"),
    "trousers": ("pants", "chinos"),
    "pants": ("trousers", "jeans"),
    "track pants": ("joggers", "sweatpants"),
    "handbags": ("handbag", "bag", "purse"),
    "purse": ("handbag", "bag"),
    "wallets": ("wallet", "purse"),
    "sweatshirts": ("sweatshirt", "hoodie", "sweater"),
    "hoodies": ("hoodie", "hooded sweatshirt"),
    "jackets": ("jacket", "coat", "outerwear"),
    "outerwear": ("jacket", "coat"),
    "caps": ("cap", "hat"),
    "hats": ("hat", "cap"),
    "mufflers": ("scarf", "muffler"),
    "innerwear vests": ("vest", "undershirt", "tank top"),
    "briefs": ("underwear", "brief"),
    "trunk": ("boxer", "underwear"),
    "heels": ("heel", "high heels", "pumps"),
    "flats": ("flat shoes", "ballerinas", "flat"),
    "kurtas": ("kurta", "tunic"),
    "watches": ("watch", "wristwatch"),
    "sunglasses": ("shades", "sun glasses"),
    "grey": ("gray",),
    "navy blue": ("navy", "dark blue"),
    "checked": ("plaid", "checks", "check", "checkered"),
    "striped": ("stripes", "stripe"),
    "printed": ("print", "graphic"),
    "solid": ("plain",),
    "multi": ("multicolour", "multicoloured", "colourful"),
    "women": ("woman", "womens", "women's", "ladies"),
    "men": ("man", "mens", "men's"),
    "girls": ("girl",),
    "boys": ("boy",),
}
OPENINGS = ("", "", "", "", "a ", "a photo of a ", "a photo of ", "picture of a ", "some ")


@dataclass(frozen=True, slots=True)
class Caption:
    """A line of words; `facets` are places in FACETS it speaks of, none = of this shot alone."""

    text: str
    facets: tuple[int, ...] = ()


def caption(shot: Shot, dice: random.Random) -> Caption:
    """A new line for the shot, different at every call."""
    roll = dice.random()
    if shot.title and roll < 0.5:
        return Caption(_dropout(shot.title, dice))
    if len(shot.description) > 40 and roll < 0.58:
        return Caption(_piece(shot.description, dice))
    return composed(shot, dice)


def composed(shot: Shot, dice: random.Random) -> Caption:
    """A line of one to five known facets, the category among them three times in four."""
    known = [index for index, facet in enumerate(FACETS) if shot.facets.get(facet)]
    if not known:
        return Caption(shot.title)
    count = min(len(known), dice.choice((1, 1, 2, 2, 3, 3, 4, 5)))
    chosen = set(dice.sample(known, count))
    if 0 in known and dice.random() < 0.75:
        chosen.add(0)
    words = {index: _say(shot.facets[FACETS[index]], dice) for index in chosen}
    order = [index for index in _order(dice) if index in chosen]
    return Caption(dice.choice(OPENINGS) + " ".join(words[i] for i in order), tuple(sorted(chosen)))


def _order(dice: random.Random) -> list[int]:
    front = [3, 2, 1, 4, 5, 6, 7, 8]
    if dice.random() < 0.5:
        dice.shuffle(front)
    return [*front, 0]


def _say(value: str, dice: random.Random) -> str:
    word = value.lower()
    choices = [word, word, *ALIASES.get(word, ())]
    if len(word) > 4 and word.endswith("s") and not word.endswith("ss"):
        choices.append(word[:-2] if word.endswith(("sses", "shes")) else word[:-1])
    return dice.choice(choices)


def _dropout(text: str, dice: random.Random) -> str:
    words = text.split()
    if dice.random() < 0.4:
        return text
    kept = [word for word in words if dice.random() > 0.2]
    return " ".join(kept or words)


def _piece(text: str, dice: random.Random) -> str:
    words = re.findall(r"[\w'’-]+", text)
    length = dice.randint(6, 20)
    start = dice.randint(0, max(0, min(len(words), 60) - length))
    return " ".join(words[start : start + length])
