"""Words of several facets as one phrase, in the order each language puts them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from training import lexicon
from training.lexicon import Word

HEADS = ("category", "group", "department")
"""Facets whose word is the noun that the others describe; at most one of them is said."""
ORDER = ("gender", "brand", "usage", "colour", "pattern", "fabric", "neck", "sleeve")
BEHIND = ("for ", "with ", "without ", "in ", "made ", "für ", "fürs ", "mit ", "ohne ", "aus ")
"""What begins so stands behind the noun."""
UNCOUNTED = ("wear", "ery", "elry", "makeup", "cosmetics", "clothing", "care", "denim", "hosiery")

ENGLISH_OPENINGS = ("",) * 6 + ("a ", "a photo of a ", "photo of a ", "picture of a ", "some ")
GERMAN_OPENINGS = ("",) * 6 + ("ein", "Foto von", "Bild von", "Foto:", "suche ein")
JAPANESE_ENDINGS = ("",) * 7 + ("の写真", "の画像", "を探しています", "が欲しい")

STRONG = {"m": "er", "f": "e", "n": "es", "p": "e"}
ARTICLES = {"m": "ein", "f": "eine", "n": "ein", "p": ""}
ACCUSATIVE = {"m": "einen", "f": "eine", "n": "ein", "p": ""}
DATIVE = {"m": "einem", "f": "einer", "n": "einem"}
COMPOUNDING = ("Damen", "Herren", "Kinder", "Mädchen", "Jungen")
COLOUR_FIRST = (
    "kariert",
    "gestreift",
    "gemustert",
    "geringelt",
    "geblümt",
    "gepunktet",
    "bedruckt",
)
"""Patterns that a colour describes: blau kariert."""

Parts = Mapping[str, Word]


def phrase(parts: Parts, language: str, dice: random.Random) -> str:
    """A phrase that holds a form of every part, now as people speak, now as they type."""
    speak = {"en": _english, "de": _german, "ja": _japanese}[language]
    return speak(parts, dice)


def plural(noun: str) -> str:
    """The English plural; what is one already, or has none, stays."""
    if noun.endswith(UNCOUNTED) or (noun.endswith("s") and not noun.endswith("ss")):
        return noun
    if noun.endswith(("s", "sh", "ch", "x")):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun[:-1]}ves" if noun.endswith("arf") else f"{noun}s"


def inflected(adjective: str, ending: str) -> str:
    """A German adjective with its ending: blau, es = blaues; beige stays beige."""
    if adjective in lexicon.uninflected():
        return adjective
    return adjective + (ending[1:] if adjective.endswith("e") else ending)


def joined(attribute: str, noun: str) -> str:
    """A Japanese attribute before its noun, with の unless it is an adjective: 赤い服, 緑の服."""
    direct = attribute.endswith(("な", "の", "付き", "入り")) or (
        len(attribute) > 1 and attribute.endswith("い") and not attribute.endswith("ぞろい")
    )
    return f"{attribute}{noun}" if direct else f"{attribute}の{noun}"


def _english(parts: Parts, dice: random.Random) -> str:
    head = _head(parts)
    noun = head.text if head else ""
    if noun and dice.random() < 0.35:
        noun = plural(noun)
    said = {facet: word.text for facet, word in parts.items() if facet not in HEADS}
    if noun and not said.get("colour", "coloured").endswith("coloured") and dice.random() < 0.08:
        said["colour"] = f"in {said['colour']}"
    front, behind = _around(said, dice)
    line = " ".join(filter(None, [*front, noun, *behind]))
    opening = (
        dice.choice(ENGLISH_OPENINGS) if (noun and len(parts) > 1) or dice.random() < 0.3 else ""
    )
    if opening.endswith("a "):
        many = noun.endswith("s") and not noun.endswith("ss")
        article = "" if many or not noun else "an " if line[0] in "aeiou" else "a "
        opening = opening[:-2] + article
    return opening + line


def _german(parts: Parts, dice: random.Random) -> str:
    head = _head(parts)
    said = {facet: word.text for facet, word in parts.items() if facet not in HEADS}
    if head is None or len(parts) == 1:
        front, behind = _around(said, dice)
        return " ".join([*front, *([head.text] if head else []), *behind])
    noun = _compound(head.text, said, dice)
    front, behind = _around(said, dice, shuffles=False)
    if dice.random() < 0.35:
        # As typed into a search box: Herrenhemd kurzarm blau, Damen Sneaker weiß.
        first = [word for word in front if word in (said.get("gender"), said.get("brand"))]
        rest = [word for word in front if word not in first]
        dice.shuffle(rest)
        return " ".join([*first, noun, *rest, *behind])
    return _spoken_german(front, Word(noun, head.gender), behind, dice)


def _spoken_german(
    front: Sequence[str], noun: Word, behind: Sequence[str], dice: random.Random
) -> str:
    opening = dice.choice(GERMAN_OPENINGS)
    if opening.endswith("von") and (noun.gender == "p" or " " in noun.text):
        opening = ""
    # ein rotes Kleid, suche einen roten Rock, Foto von einem roten Kleid
    weak = opening.endswith("von") or (opening == "suche ein" and noun.gender == "m")
    ending = "en" if weak else STRONG[noun.gender]
    adjectives = [word for word in front if _is_adjective(word)]
    names = [word for word in front if not _is_adjective(word)]
    said = [inflected(word, ending) for word in adjectives]
    for place, word in enumerate(adjectives[1:]):
        if word in COLOUR_FIRST and dice.random() < 0.7:
            said[place] = adjectives[place]
    article = {
        "ein": ARTICLES[noun.gender],
        "suche ein": f"suche {ACCUSATIVE[noun.gender]}",
        "Foto:": "Foto:",
    }.get(opening, f"{opening} {DATIVE.get(noun.gender, '')}" if opening else "")
    return " ".join(filter(None, [article.strip(), *said, *names, noun.text, *behind]))


def _japanese(parts: Parts, dice: random.Random) -> str:
    head = _head(parts)
    said = {facet: word.text for facet, word in parts.items() if facet not in HEADS}
    front = [said[facet] for facet in ORDER if facet in said]
    noun = head.text if head else ""
    if not noun or dice.random() < 0.35:
        if dice.random() < 0.5:
            dice.shuffle(front)
        typed = [*front, noun] if dice.random() < 0.6 else [noun, *front]
        return " ".join(filter(None, typed))
    line = noun
    for facet in reversed([facet for facet in ORDER if facet in said]):
        if facet == "brand":
            line = f"{said[facet]} {line}"
        elif facet in ("pattern", "sleeve", "fabric", "neck") and dice.random() < 0.5:
            line = said[facet] + line
        else:
            line = joined(said[facet], line)
    return line + (dice.choice(JAPANESE_ENDINGS) if len(parts) > 1 or dice.random() < 0.3 else "")


def _head(parts: Parts) -> Word | None:
    return next((parts[facet] for facet in HEADS if facet in parts), None)


def _around(
    said: Mapping[str, str], dice: random.Random, shuffles: bool = True
) -> tuple[list[str], list[str]]:
    order = list(ORDER)
    if shuffles and dice.random() < 0.4:
        dice.shuffle(order)
    line = [said[facet] for facet in order if facet in said]
    behind = [word for word in line if word.startswith(BEHIND)]
    return [word for word in line if word not in behind], behind


def _compound(noun: str, said: dict[str, str], dice: random.Random) -> str:
    """The noun with Damen- or Herren- before it, which is then said and leaves `said`."""
    whom = said.get("gender", "")
    if whom not in COMPOUNDING or noun.startswith(COMPOUNDING) or dice.random() < 0.3:
        return noun
    del said["gender"]
    if " " in noun:
        return f"{whom} {noun}"
    if "-" in noun or noun.isupper():
        return f"{whom}-{noun}"
    return dice.choice((whom + noun.lower(), whom + noun.lower(), f"{whom}-{noun}"))


def _is_adjective(word: str) -> bool:
    return word[0].islower()
