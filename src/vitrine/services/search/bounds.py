"""Prices and sizes that words ask for, in English, German and Japanese."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

WIDE = str.maketrans("０１２３４５６７８９．，～－＄￥", "0123456789.,~-$¥")
"""Wide forms and what they are, one letter each, so that places stay."""

CURRENCIES = {
    "EUR": r"€|euros?|eur|ユーロ",
    "USD": r"\$|us-?dollars?|dollars?|usd|bucks|ドル",
    "GBP": r"£|pounds?|gbp|pfund|ポンド",
    "CHF": r"chf|franken|スイスフラン|フラン",
    "JPY": r"¥|yen|jpy|円",
}
"""By code how a currency is written."""

ANY_CURRENCY = "|".join(CURRENCIES.values())
NUMBER = r"\d{1,3}(?:[.,'’]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2})?(?!\d)"
UNITS = r"cm|mm|m|km|inch(?:es)?|zoll|den(?:ier)?|kg|g|grams?|gramm|years?|jahren?|months?"
NO_PRICE = rf"(?!\s?(?:(?:{UNITS})(?!\w)|[%°\"]|[.,]\d))"
"""What follows a bare number that is a price: no unit of length, weight or age."""

UNDER = r"under|below|less than|cheaper than|at most|no more than|unter|höchstens|hoechstens"
UNDER += r"|weniger als|billiger als|günstiger als|guenstiger als|nicht mehr als|maximal"
UP_TO = r"up to|max(?:imum|\.)?|bis zu|bis|<=?"
OVER = r"over|above|more than|from|at least|starting at|min(?:imum|\.)?|über|ueber|ab|mindestens"
OVER += r"|mehr als|teurer als|>=?"
NOT_MORE = r"or less|or under|or below|and under|max(?:imum|\.)?|oder weniger|oder günstiger"
NOT_LESS = r"or more|and up|and over|and above|oder mehr|aufwärts"
NOT_MORE_JA, NOT_LESS_JA = "以下|以内|まで|未満", "以上|から|超"
BEFORE = r"(?:\b(?:for|für|fuer|zu)\s+)?"
TO = r"\s*(?:-|–|—|~|〜|to|and|bis|und)\s*"


def _money(number: str) -> str:
    """An amount and its currency, before or after it, in groups of this number."""
    ahead = rf"(?:(?P<ahead{number}>€|\$|£|¥|eur|usd|gbp|chf)\s?)?"
    amount = rf"(?P<amount{number}>{NUMBER})(?P<ten{number}>万)?"
    return rf"{ahead}{amount}(?:\s?(?P<after{number}>{ANY_CURRENCY})(?![a-z]))?"


@dataclass(frozen=True, slots=True)
class Bound:
    """A range of prices that a text asks for, and where it does; the currency is empty where the
    text names none."""

    start: int
    end: int
    low: Decimal | None
    high: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A way to ask for a price; where `named`, the currency must be said."""

    pattern: re.Pattern[str]
    bounds: Callable[[list[Decimal]], tuple[Decimal | None, Decimal | None]]
    named: bool = True


def _high(amounts: list[Decimal]) -> tuple[Decimal | None, Decimal | None]:
    return None, amounts[0]


def _low(amounts: list[Decimal]) -> tuple[Decimal | None, Decimal | None]:
    return amounts[0], None


def _both(amounts: list[Decimal]) -> tuple[Decimal | None, Decimal | None]:
    return min(amounts), max(amounts)


def _line(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_ONE, _TWO = _money("1"), _money("2")
_LINES = (
    _Line(_line(rf"{BEFORE}\b(?:between|zwischen|from|von)\s+{_ONE}{TO}{_TWO}"), _both),
    _Line(_line(rf"{_ONE}{TO}{_TWO}(?:の)?"), _both),
    _Line(_line(rf"{_ONE}\s?から\s?{_TWO}(?:まで)?(?:の)?"), _both),
    _Line(_line(rf"{_ONE}\s?(?:{NOT_MORE_JA})(?:の)?"), _high),
    _Line(_line(rf"{_ONE}\s?(?:{NOT_LESS_JA})(?:の)?"), _low),
    _Line(_line(rf"{_ONE}\s(?:{NOT_MORE})(?!\w)"), _high),
    _Line(_line(rf"{_ONE}\s(?:{NOT_LESS})(?!\w)"), _low),
    _Line(_line(rf"{BEFORE}(?<!\w)(?:{UNDER})\s*{_ONE}{NO_PRICE}"), _high, named=False),
    _Line(_line(rf"{BEFORE}(?<!\w)(?:{UNDER}|{UP_TO})\s*{_ONE}"), _high),
    _Line(_line(rf"{BEFORE}(?<!\w)(?:{OVER})\s*{_ONE}"), _low),
)

_VALUE = r"(?P<value>[a-z]{1,4}|\d{1,3}(?:[.,/]\d{1,2})?|one size)"
_SIZES = (
    _line(rf"(?:\bin\s+)?\b(?:size|größe|groesse|grösse|gr\.)\s*[:=]?\s*{_VALUE}(?![a-z\d])"),
    _line(rf"サイズ\s*[:=]?\s*{_VALUE}(?![a-z\d])(?:の)?"),
    _line(rf"(?<![a-z\d]){_VALUE}[\s-]?(?:サイズ)(?:の)?"),
    _line(rf"(?<![a-z\d]){_VALUE}[\s-]size(?![a-z])"),
    _line(r"(?<![a-z\d])(?P<value>x{1,3}[sl]|[2-6]xl)(?![a-z\d])"),
)


@dataclass(frozen=True, slots=True)
class Size:
    """A size that a text names, as it writes it, and where."""

    start: int
    end: int
    value: str


def prices(text: str) -> list[Bound]:
    """The ranges of prices in a text, those that say most first; none overlaps another."""
    plain, taken = text.translate(WIDE), list[Bound]()
    for line in _LINES:
        for found in line.pattern.finditer(plain):
            read = _read(line, found)
            if read and all(read.end <= one.start or one.end <= read.start for one in taken):
                taken.append(read)
    return taken


def sizes(text: str) -> Iterator[Size]:
    """Whatever a text calls a size; whether there is such a one the catalogue knows."""
    plain = text.translate(WIDE)
    for pattern in _SIZES:
        for found in pattern.finditer(plain):
            yield Size(found.start(), found.end(), found["value"])


def _read(line: _Line, found: re.Match[str]) -> Bound | None:
    told = found.groupdict()
    numbers = [number for number in "12" if told.get(f"amount{number}")]
    written = [told[f"{side}{number}"] for number in numbers for side in ("ahead", "after")]
    currency = next((_currency(each) for each in written if each), "")
    if line.named and not currency:
        return None
    amounts = [_amount(told[f"amount{number}"]) for number in numbers]
    tens = [10_000 if told[f"ten{number}"] else 1 for number in numbers]
    low, high = line.bounds([one * ten for one, ten in zip(amounts, tens, strict=True)])
    return Bound(found.start(), found.end(), low, high, currency)


def _currency(written: str) -> str:
    return next(
        code
        for code, pattern in CURRENCIES.items()
        if re.fullmatch(pattern, written, re.IGNORECASE)
    )


def _amount(written: str) -> Decimal:
    """The number as either language writes it: what has three digits behind it groups thousands."""
    cents = re.search(r"[.,](\d{1,2})$", written)
    whole = written[: cents.start()] if cents else written
    digits = re.sub(r"\D", "", whole)
    return Decimal(f"{digits}.{cents[1]}" if cents else digits)
