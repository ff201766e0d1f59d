"""Slips of people who type: letters swapped, lost, doubled; spaces, umlauts and small kana lost."""

from __future__ import annotations

import random
import re

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"}
BARE = str.maketrans("äöüÄÖÜß", "aouAOUs")
SHORTEST = 4
"""Shorter words are left alone: a slip would make another word of them."""
SMALL_KANA = str.maketrans("ァィゥェォッャュョ", "アイウエオツヤユヨ")
TO_HIRAGANA = str.maketrans({chr(code): chr(code - 0x60) for code in range(0x30A1, 0x30F7)})


def misspelt(text: str, dice: random.Random) -> str:
    """The text with one slip; as it was where it has no word long enough."""
    if any(letter in UMLAUTS for letter in text) and dice.random() < 0.5:
        return _without_umlauts(text, dice)
    if re.search(r"\w[ -]\w", text) and dice.random() < 0.2:
        return _run_together(text, dice)
    words = [found.span() for found in re.finditer(r"[A-Za-zÀ-ÿ]+", text)]
    long = [(start, end) for start, end in words if end - start >= SHORTEST]
    if long:
        start, end = dice.choice(long)
        return text[:start] + _slip(text[start:end], dice) + text[end:]
    return _other_kana(text, dice)


def _slip(word: str, dice: random.Random) -> str:
    # First letters are seldom wrong.
    place = dice.randrange(1, len(word))
    kind = dice.choice(("swap", "drop", "double", "neighbour"))
    if kind == "swap" and place + 1 < len(word):
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == "double":
        return word[: place + 1] + word[place:]
    if kind == "neighbour":
        return word[:place] + _neighbour(word[place], dice) + word[place + 1 :]
    return word[:place] + word[place + 1 :]


def _neighbour(letter: str, dice: random.Random) -> str:
    for row in ROWS:
        at = row.find(letter.lower())
        if at >= 0:
            return dice.choice(row[max(0, at - 1) : at] + row[at + 1 : at + 2])
    return letter


def _run_together(text: str, dice: random.Random) -> str:
    gap = dice.choice([found.start() for found in re.finditer(r"(?<=\w)[ -](?=\w)", text)])
    return text[:gap] + text[gap + 1 :]


def _without_umlauts(text: str, dice: random.Random) -> str:
    if dice.random() < 0.5:
        return text.translate(BARE)
    return "".join(UMLAUTS.get(letter, letter) for letter in text)


def _other_kana(text: str, dice: random.Random) -> str:
    ways = (
        text.replace("ー", ""),
        text.replace("ッ", ""),
        text.translate(SMALL_KANA),
        text.translate(TO_HIRAGANA),
    )
    changed = [way for way in ways if way != text]
    return dice.choice(changed) if changed else text
