"""In which encoding a file was written: by its marks, by UTF-8's own rules, else by its letters.

Bytes beyond ASCII are read in every encoding that shops' files come in, and the reading is taken
that makes words of one language. Where two readings are as good, the file is refused: letters that
are silently wrong are worse than a question.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from math import log2
from pathlib import Path

from charset_normalizer.constant import FREQUENCIES

from vitrine.core.errors import invalid

MOST_WRONG = 0.12
"""The share of letters that may fit no language, for foreign names and damage."""

CLEARLY = 1.04
"""By so much must the letters of one reading be more usual than those of another."""

UNRANKED = 60
"""The rank of a letter that is not among a language's most frequent ones."""

SAMPLED = 3_000
"""Lines with letters beyond ASCII that are judged."""

_BLOCK = 1 << 20
_BOMS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_DAMAGED = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""")
_LATIN_1 = ("iso8859-1", "ascii")
_SIGNS = frozenset("€£¥§©®™°…–—„“”‚‘’‹›«»•·×²³½¼¾¡¿ªº´¨±µ†‰№\u00a0\u00ad")
_VOWELS = frozenset("aeiouy")
_JOINING = frozenset("’‘´·-\u00ad")

_WESTERN = {
    "German": "äöüß",
    "French": "éèàêçâîôûëïùœæ",
    "Spanish": "áéíóúñü",
    "Portuguese": "ãçáéíóúâêôõà",
    "Italian": "àèéìòùí",
    "Dutch": "ëéïóöüè",
    "Swedish": "äöåé",
    "Finnish": "äöå",
    "Danish": "æøåé",
    "Norwegian": "æøåéôò",
}
_CENTRAL = {
    "Polish": "ąćęłńóśźż",
    "Czech": "áčďéěíňóřšťúůýž",
    "Slovak": "áäčďéíĺľňóôŕšťúýž",
    "Hungarian": "áéíóöőúüű",
    "Romanian": "ăâîșțşţ",
    "Croatian": "čćđšž",
    "Slovene": "čšž",
}
_CYRILLIC = {
    "Russian": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "Ukrainian": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "Bulgarian": "абвгдежзийклмнопрстуфхцчшщъьюя",
    "Serbian": "абвгдђежзијклљмнњопрстћуфхцчџш",
}
_ALPHABETS: tuple[tuple[Mapping[str, str], tuple[str, ...]], ...] = (
    (_WESTERN, ("windows-1252", "mac-roman", "cp850", "iso-8859-15")),
    (_CENTRAL, ("windows-1250", "iso-8859-2", "cp852", "mac-latin2")),
    (_CYRILLIC, ("windows-1251", "koi8-u", "mac-cyrillic", "cp866", "iso-8859-5")),
    ({"Turkish": "çğıöşüâîi̇"}, ("windows-1254",)),
    ({"Lithuanian": "ąčęėįšųūž", "Estonian": "äöõüšž"}, ("windows-1257",)),
    ({"Greek": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ"}, ("windows-1253", "iso-8859-7")),
    ({"Hebrew": "אבגדהוזחטיךכלםמןנסעףפץצקרשת"}, ("windows-1255",)),
    ({"Arabic": "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگ"}, ("windows-1256",)),
)
"""By script the letters of its languages beyond ASCII, and the encodings they are written in."""


@dataclass(frozen=True, slots=True)
class _Script:
    """A script too large for an alphabet: its standard's codec, and the rows of common letters."""

    language: str
    codec: str
    first: int
    last: int
    kana: bool = False


_SCRIPTS = {
    "cp932": _Script("Japanese", "shift_jis", 0x88, 0x97, kana=True),
    "euc_jp": _Script("Japanese", "euc_jp", 0xB0, 0xCF, kana=True),
    "cp949": _Script("Korean", "euc_kr", 0xB0, 0xC8),
    "gb18030": _Script("Chinese", "gb2312", 0xB0, 0xD7),
    "big5": _Script("Chinese", "big5", 0xA4, 0xC6),
}


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text in one encoding; the share of its letters out of place, and how rare all are."""

    encoding: str
    text: str
    wrong: float
    rarity: float


def encoding_of(path: Path, given: str = "") -> str:
    """The name of the file's encoding; raises Invalid where it cannot be told for sure.

    UTF-8 with some broken bytes stays UTF-8, so that only their rows are refused.
    """
    if given:
        return _known(given)
    with path.open("rb") as file:
        start = file.read(4096)
    marked = next((name for mark, name in _BOMS.items() if start.startswith(mark)), None)
    if marked or (marked := _wide(start)):
        return marked
    return "utf-8" if is_utf_8(path) else _by_letters(path)


def encoding_of_feed(path: Path, given: str = "") -> str:
    """The encoding it is written in: as it says, unless its bytes say otherwise."""
    with path.open("rb") as file:
        declared = _DECLARED.search(file.read(4096))
    if given or not declared:
        return encoding_of(path, given)
    try:
        name = codecs.lookup(declared[1].decode()).name
        b"".decode(name)
    except (LookupError, UnicodeError):
        return encoding_of(path)
    if name == "utf-8" or is_utf_8(path):
        return encoding_of(path)
    return "windows-1252" if name in _LATIN_1 else name


def _known(name: str) -> str:
    try:
        found = codecs.lookup(name)
        codecs.getincrementaldecoder(found.name)("strict").decode(b"")
    except (LookupError, TypeError, ValueError):
        found = None
    if found is None or not getattr(found, "_is_text_encoding", True):
        raise invalid(
            "encoding", f"{name!r} is no encoding, such as utf-8, windows-1250, shift_jis"
        )
    return name.lower()


def _wide(start: bytes) -> str | None:
    """UTF-16 that says nothing: every other byte of Latin letters is zero."""
    half = len(start) // 2
    if half < 4:
        return None
    even, odd = start[0 : half * 2 : 2].count(0), start[1::2].count(0)
    if odd > half * 0.4 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.4 and odd < half * 0.1 else None


def is_utf_8(path: Path) -> bool:
    """Whether most letters beyond ASCII are UTF-8, or there are none."""
    decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
    whole = broken = 0
    with path.open("rb") as file:
        for block in iter(lambda: file.read(_BLOCK), b""):
            text = decode(block)
            if not text.isascii():
                damaged = len(_DAMAGED.findall(text))
                broken += damaged
                whole += len(_BEYOND_ASCII.findall(text)) - damaged
    return broken <= whole


def _by_letters(path: Path) -> str:
    readings = sorted(_readings(_sample(path)), key=lambda each: (each.wrong, each.rarity))
    if not readings or readings[0].wrong > MOST_WRONG:
        raise invalid("encoding", "cannot be told; say it by --encoding, or save the file as UTF-8")
    best = readings[0]
    for other in readings[1:]:
        as_good = other.wrong == best.wrong and other.rarity < best.rarity * CLEARLY
        if as_good and other.text != best.text:
            raise invalid("encoding", _two_ways(best, other))
    return best.encoding


def _two_ways(one: _Reading, other: _Reading) -> str:
    pairs = zip(re.findall(r"\S+", one.text), re.findall(r"\S+", other.text), strict=False)
    first, second = next(((a, b) for a, b in pairs if a != b), (one.text[:40], other.text[:40]))
    return (
        f"may be {one.encoding} ({first[:60]!r}) or {other.encoding} ({second[:60]!r}); "
        "say it by --encoding, or save the file as UTF-8"
    )


def _sample(path: Path) -> bytes:
    with path.open("rb") as file:
        lines = (each.group() for each in re.finditer(rb"[^\r\n]+", file.read(1 << 24)))
        return b"\n".join(islice((line for line in lines if not line.isascii()), SAMPLED))


def _readings(sample: bytes) -> Iterator[_Reading]:
    for languages, encodings in _ALPHABETS:
        for encoding in encodings:
            if (text := _decoded(sample, encoding)) is not None:
                yield _alphabetic(encoding, text, languages)
    for encoding, script in _SCRIPTS.items():
        if (text := _decoded(sample, encoding)) is not None:
            beyond = _BEYOND_ASCII.findall(text)
            wrong = sum(not _is_common(letter, script) for letter in beyond)
            share = max(wrong / len(beyond), _unlike(text, script))
            yield _Reading(encoding, text, share, _rarity(text, script.language))


def _decoded(sample: bytes, encoding: str) -> str | None:
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError:
        return None


def _alphabetic(encoding: str, text: str, languages: Mapping[str, str]) -> _Reading:
    """The reading in the language that fits it best."""
    beyond = list(_BEYOND_ASCII.finditer(text))
    placed = [match.group().lower() for match in beyond if _is_in_place(match, text)]
    letters = Counter(letter for letter in placed if letter.isalpha())
    fits = []
    for language, alphabet in languages.items():
        foreign = sum(count for letter, count in letters.items() if letter not in alphabet)
        fits.append((len(beyond) - len(placed) + foreign, _rarity(text, language)))
    wrong, rarity = min(fits)
    return _Reading(encoding, text, wrong / max(1, len(beyond)), rarity)


def _is_in_place(match: re.Match[str], text: str) -> bool:
    """Whether a letter or sign may stand where it does, whatever the language."""
    letter, before, after = match.group(), text[match.start() - 1], text[match.end() :][:1]
    before = before if match.start() else ""
    if not letter.isalpha() or letter in _SIGNS:
        inside = before.isalpha() and after.isalpha()
        return letter in _SIGNS and not (inside and letter not in _JOINING)
    if letter > "\u024f" and any(each.isascii() and each.isalpha() for each in (before, after)):
        return False  # two scripts in one word
    if (letter == "ς" and after.isalpha()) or (letter == "ń" and after in _VOWELS):
        return False  # the one only ends words, the other stands before no vowel
    alone = not before.isalpha() and not after.isalpha()
    inside = before.isalpha() and (before.islower() or after.islower())
    return not (letter.isupper() and (alone or inside))


def _rarity(text: str, language: str) -> float:
    """How rare the letters are in the language, on average: the logarithm of their rank."""
    ranks = {letter: rank for rank, letter in enumerate(FREQUENCIES[language], 2)}
    counted = Counter(letter for letter in text.lower() if letter.isalpha())
    total = sum(count * log2(ranks.get(letter, UNRANKED)) for letter, count in counted.items())
    return total / max(1, counted.total())


def _unlike(text: str, script: _Script) -> float:
    """At least so much is wrong: Japanese has kana, and Chinese is not all in Korean's rows."""
    if script.kana:
        return 0.0 if any(map(_is_kana, text)) else 1.0
    if script.codec != "gb2312":
        return 0.0
    leads = [letter.encode("gb2312", "replace")[0] for letter in text if letter >= "\u4e00"]
    return 0.01 if len(leads) >= 7 and max(leads) <= 0xC8 else 0.0


def _is_common(letter: str, script: _Script) -> bool:
    """Whether it is among the most used letters of a script, by its row in the standard."""
    if "\u3000" <= letter <= "\u303f" or "\uff01" <= letter <= "\uff5e" or letter in "・ー…—“”‘’":
        return True
    if _is_kana(letter):
        return script.kana
    try:
        written = letter.encode(script.codec)
    except UnicodeEncodeError:
        return False
    return len(written) == 2 and script.first <= written[0] <= script.last


def _is_kana(letter: str) -> bool:
    return "\u3041" <= letter <= "\u30fe"
