"""Words for a shot: its title, a piece of its description, or a line composed of what is known.

Composed lines are English, German or Japanese, out of the lexicon; nothing else is translated.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from training import lexicon, phrases, spelling
from training.data import FACETS, Shot
from training.lexicon import LANGUAGES, Concept, Word

SHARES = (0.7, 0.15, 0.15)
"""How much of the composed lines each of LANGUAGES has."""
TITLES, DESCRIBED = 0.4, 0.06
"""How often the title is said, and how often a piece of the description."""
MISSPELT = 0.12
ALONE = 0.3
"""The share of composed lines that say a single facet."""
WIDER = 0.12
"""How often the group or department is said in place of the category."""
NAMED, GUESSED = 0.4, 0.03
"""How often a concept is said where the title names it, and where it merely may be so."""
WEIGHTS = {
    **{"category": 12.0, "colour": 5.0, "gender": 2.0, "brand": 1.5, "pattern": 2.5},
    **{"sleeve": 2.0, "neck": 1.0, "fabric": 1.0, "usage": 0.7},
}
"""How readily each facet is said; `group` and `department` only stand in for the category."""
TEMPLATES = {
    "en": {
        "category": ("{}", "a photo of {}", "a product photo: {}"),
        "": ("{}", "{} clothing", "a photo of something {}"),
    },
    "de": {
        "category": ("{}", "Foto: {}", "ein Bild von {}"),
        "": ("{}", "Mode: {}", "Foto, {}"),
    },
    "ja": {
        "category": ("{}", "{}の写真", "{}の商品画像"),
        "": ("{}", "{}服", "{}ファッションの写真"),
    },
}
"""Lines to name a value by; those under "" are for facets that describe."""
PROMPTED = 4
"""So many words of a value are prompted with, the first of the lexicon."""


@dataclass(frozen=True, slots=True)
class Caption:
    """A line of words; `facets` are places in FACETS it speaks of, none = of this shot alone.

    Its words may be right for other values than the shot's own: `also` are those, as places in
    FACETS and values. "Sneakers", said of casual shoes, fit sports shoes too.
    """

    text: str
    facets: tuple[int, ...] = ()
    also: frozenset[tuple[int, str]] = frozenset()


def caption(shot: Shot, dice: random.Random, titles: float = TITLES) -> Caption:
    """A new line for the shot, different at every call, one in eight misspelt."""
    line = _line(shot, dice, titles)
    if dice.random() < MISSPELT:
        return Caption(spelling.misspelt(line.text, dice), line.facets, line.also)
    return line


def composed(shot: Shot, dice: random.Random, language: str | None = None) -> Caption:
    """A line of one to five known facets, well spelt, in the language or in any."""
    language = language or dice.choices(LANGUAGES, SHARES)[0]
    sayable = [facet for facet in WEIGHTS if _words(shot, facet, language)]
    if not sayable:
        return Caption(shot.title) if language == "en" else composed(shot, dice, "en")
    parts: dict[str, Word] = {}
    also: set[tuple[int, str]] = set()
    concept = _concept(shot, dice)
    for facet in _chosen(sayable, dice):
        if concept and concept.facet == facet:
            continue
        spoken, word = _say(shot, facet, language, dice)
        parts[spoken] = word
        also |= _others(spoken, lexicon.meant(spoken, word.text))
    said = {FACETS.index(facet) for facet in parts}
    if concept:
        parts[concept.facet] = dice.choice(concept.words[language])
        said.add(FACETS.index(concept.facet))
        also |= _others(concept.facet, concept.near)
    text = phrases.phrase(parts, language, dice)
    if concept and _is_named(concept, shot):
        # Which other shots are so, their values do not tell.
        return Caption(text)
    own = {(FACETS.index(facet), value) for facet, value in shot.facets.items()}
    return Caption(text, tuple(sorted(said)), frozenset(also - own))


def prompts(facet: str, value: str, language: str) -> list[str]:
    """Lines that name the value, always the same; embedded and averaged they are its label."""
    words = lexicon.words(facet, value, language) or lexicon.words(facet, value, "en")
    kind = "category" if facet in phrases.HEADS else ""
    lines = [
        _filled(template, word.text)
        for template in TEMPLATES[language][kind]
        for word in words[:PROMPTED]
    ]
    return list(dict.fromkeys(lines))


def _line(shot: Shot, dice: random.Random, titles: float) -> Caption:
    roll = dice.random()
    if shot.title and roll < titles:
        return Caption(_dropout(shot.title, dice))
    if len(shot.description) > 40 and roll < titles + DESCRIBED:
        return Caption(_piece(shot.description, dice))
    return composed(shot, dice)


def _words(shot: Shot, facet: str, language: str) -> Sequence[Word]:
    value = shot.facets.get(facet, "")
    if not value:
        return ()
    return (Word(value),) if facet == "brand" else lexicon.words(facet, value, language)


def _chosen(sayable: Sequence[str], dice: random.Random) -> list[str]:
    """Facets to say, in their order: one alone, or two to five, the likelier the heavier."""
    count = 1 if dice.random() < ALONE else dice.choice((2, 2, 2, 3, 3, 4, 5))
    # The exponential clocks of a weighted draw without replacement.
    clocks = {facet: dice.expovariate(WEIGHTS[facet]) for facet in sayable}
    return sorted(sorted(sayable, key=clocks.__getitem__)[:count], key=FACETS.index)


def _say(shot: Shot, facet: str, language: str, dice: random.Random) -> tuple[str, Word]:
    """A word for the facet and the facet it speaks of: one of the group's words means the group."""
    if facet != "category":
        return facet, dice.choice(_words(shot, facet, language))
    if dice.random() < WIDER:
        wider = dice.choice(("group", "group", "group", "department"))
        if found := _words(shot, wider, language):
            return wider, dice.choice(found)
    word = dice.choice(_words(shot, facet, language))
    return ("group" if word in _words(shot, "group", language) else facet), word


def _concept(shot: Shot, dice: random.Random) -> Concept | None:
    """A concept to say of the shot, now and then; one its title names rather than a guess."""
    roll = dice.random()
    if roll < NAMED and (found := lexicon.named(shot.title, shot.facets)):
        return dice.choice(found)
    if roll < GUESSED:
        facet = dice.choice(("category", "category", "pattern", "colour"))
        if guesses := lexicon.nearby(facet, shot.facets.get(facet, "")):
            return dice.choice(guesses)
    return None


def _is_named(concept: Concept, shot: Shot) -> bool:
    return concept in lexicon.named(shot.title, shot.facets)


def _others(facet: str, values: frozenset[str]) -> set[tuple[int, str]]:
    return {(FACETS.index(facet), value) for value in values}


def _filled(template: str, text: str) -> str:
    before, after = template.split("{}")
    # 赤い takes no の before its noun, 緑 does.
    return (
        phrases.joined(text, after) if after.startswith(("服", "ファ")) else before + text + after
    )


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
