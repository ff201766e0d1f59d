"""Prices as shops write them, read as one amount or refused with the readings there are.

A separator before three digits may stand between thousands or before decimals. What decides is,
in this order: how the other prices of the column are written, the shop's country, and how many
decimals the currency has.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from babel import Locale, UnknownLocaleError, numbers
from babel.core import get_global

from vitrine.core.errors import Invalid, invalid

DECIMALS = 2
"""Of a currency that is not known."""

MOST_DIGITS = 20

_LOCALES = (
    "ar az be bg bn bs ca cs da de de_CH el en en_AU en_CA en_GB en_IN en_NZ en_ZA es es_AR es_CL"
    " es_MX et fa fi fr fr_CA fr_CH ga he hi hr hu hy id is it ja ka kk km ko lt lv mk mn ms nb ne"
    " nl pl pt pt_PT ro ru sk sl sq sr sv sw ta te th tr uk ur uz vi zh zh_Hant zu"
)
"""Whose symbols of currencies are known."""

_ASSUMED = {"$": "USD", "£": "GBP", "¥": "JPY", "￥": "JPY", "Rs": "INR", "Rs.": "INR", "₤": "GBP"}
"""Symbols of several currencies, and the one that is meant where the shop's own is none of them."""

_ALSO = {
    "EUR": "euro euros",
    "RON": "lei leu",
    "JPY": "円",
    "CNY": "元",
    "CHF": "Fr. Fr SFr. SFr fr.",
    "RUB": "руб. руб р.",
    "UAH": "грн. грн",
    "TRY": "TL",
    "INR": "Rs Rs.",
    "AED": "د.إ",
    "SAR": "ر.س",
}
"""Words for currencies that shops write and the locales do not."""

_NUMBER = re.compile(r"-?[0-9](?:[0-9.,' ]*[0-9])?")
_NO_DECIMALS = re.compile(r"(?<=[0-9])\s?[.,]\s?[-–—]{1,2}(?=[^0-9]|$)|(?<=[0-9])[.,]$")
_GROUPED = re.compile(r"[0-9]{1,3}(?:([.,' ])[0-9]{3})(?:\1[0-9]{3})*")
_INDIAN = re.compile(r"[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3}")
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009\u2007\u2002\u2003\u3000\t", " "))
_LETTERS = str.maketrans(
    {"٫": ".", "٬": "'", "，": ",", "．": ".", "’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'"}
    | {"−": "-", "﹣": "-", "－": "-", "⁄": "/", "＄": "$"}
)


@dataclass(frozen=True, slots=True)
class Usage:
    """How prices are written where one stands.

    `currency` is that of prices that name none, `decimal` the separator before decimals as the
    column's other prices tell, `country` (such as DE) whose way it is where they do not.
    """

    currency: str = ""
    decimal: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """An exact amount, the `symbol` that stands with it, and the currency that this means.

    The currency is empty where there is no symbol, or it may mean several; `note` tells then, and
    what was assumed.
    """

    value: Decimal
    symbol: str = ""
    currency: str = ""
    note: str = ""


def read(text: str, usage: Usage = Usage()) -> Amount:
    """The amount of a written price; raises Invalid for none, or naming both that it may be."""
    number, symbol = _parted(text)
    currency, note = _meant(symbol, usage.currency)
    digits = _decimals(currency or usage.currency)
    signed, number = number.startswith("-"), number.lstrip("-")
    value = _value(text, number, usage, digits, written_out=bool(symbol) and len(symbol) < 3)
    return Amount(-value if signed else value, symbol, currency, note)


def decimal_of(text: str) -> str:
    """The separator that surely stands before the decimals of this price, else empty."""
    try:
        number, _ = _parted(text)
    except Invalid:
        return ""
    number = number.lstrip("-")
    separators = [letter for letter in number if letter in ".,"]
    if not separators:
        return ""
    last = separators[-1]
    behind = len(number) - number.rindex(last) - 1
    if len(set(separators)) == 2:
        return last if separators.count(last) == 1 else ""
    if len(separators) > 1:  # groups, so that decimals come behind the other
        return "," if last == "." else "."
    return last if behind != 3 or number.startswith("0") else ""


def code_of(text: str) -> str:
    """The code of a currency that is written as such or as a symbol of one alone; else the text."""
    symbol = text.strip()
    return _meant(symbol, "")[0] or symbol if symbol and _is_currency(symbol) else symbol


def _parted(text: str) -> tuple[str, str]:
    """The number in plain digits, and what says the currency; raises Invalid for no price."""
    plain = (
        "".join(_plain(letter) for letter in text).translate(_SPACES).translate(_LETTERS).strip()
    )
    plain = re.sub(r"(?<=[0-9])([€$£])(?=[0-9]{2}$)", r",\1", plain)  # 19€90
    plain = re.sub(r",([€$£])([0-9]{2})$", r",\2 \1", plain)
    plain = re.sub(_NO_DECIMALS, "", plain)
    found = list(_NUMBER.finditer(plain))
    if len(found) != 1 or len(found[0].group()) > MOST_DIGITS:
        raise invalid("price", "is not a number")
    number = found[0].group()
    before, after = plain[: found[0].start()].strip(), plain[found[0].end() :].strip()
    if before.endswith("-"):
        number, before = f"-{number}", before[:-1].strip()
    symbol = before.removeprefix("+") or after
    if (before and after and before != after) or (symbol and not _is_currency(symbol)):
        raise invalid("price", "is not a number")
    return number, symbol


def _plain(letter: str) -> str:
    if unicodedata.category(letter) == "Cf":  # marks of writing direction
        return ""
    digit = unicodedata.decimal(letter, None)
    return letter if digit is None else str(digit)


def _value(text: str, number: str, usage: Usage, digits: int, *, written_out: bool) -> Decimal:
    number = re.sub(r"(?<=[0-9]) (?=[.,])|(?<=[.,]) (?=[0-9])", "", number)
    marks = re.sub(r"[0-9]", "", number)
    if not marks:
        return Decimal(number)
    last = marks[-1]
    whole, _, rest = number.rpartition(last)
    if last in ".," and marks.count(last) == 1 and (len(marks) > 1 or len(rest) != 3):
        return _joined(whole, rest)
    if len(marks) == 1 and last in ".,":
        return _three(text, number, last, usage, (digits, written_out))
    return _joined(number, "")


def _joined(whole: str, rest: str) -> Decimal:
    """Groups and decimals as one number; raises Invalid where the groups are none."""
    plain = re.sub(r"[.,' ]", "", whole)
    if whole not in ("", plain) and not (_GROUPED.fullmatch(whole) or _INDIAN.fullmatch(whole)):
        raise invalid("price", "is not a number: its separators fit no way of writing")
    return Decimal(f"{plain or 0}.{rest or 0}") if rest else Decimal(plain)


def _three(
    text: str, number: str, separator: str, usage: Usage, money: tuple[int, bool]
) -> Decimal:
    """`1.299`: thousands or decimals. `money`: the currency's decimals and whether its sign is."""
    whole, rest = number.split(separator)
    decimals = Decimal(f"{whole or 0}.{rest}")
    if not re.fullmatch(r"[1-9][0-9]{0,2}", whole):
        return decimals  # no group begins so
    thousands = Decimal(whole + rest)
    digits, written_out = money
    usual = usage.decimal or _decimal_of_country(usage.country)
    payable = digits >= 3 or rest.endswith("0" * (3 - digits))
    if usual and separator != usual:
        return thousands
    if usual and payable:
        return decimals
    if not usual and digits < 3 and (not payable or digits == 0 or written_out):
        return thousands
    told = f"{text[:60]!r} may be {_told(thousands)} or {_told(decimals)}; "
    raise invalid("price", told + "--country says how prices are written")


def _told(value: Decimal) -> str:
    return f"{value:f}"


def _is_currency(symbol: str) -> bool:
    return symbol.upper() in _in_use() or symbol in _symbols()


def _meant(symbol: str, usual: str) -> tuple[str, str]:
    """The code of a currency's symbol, and what is to be told of it."""
    if not symbol or symbol.upper() in _in_use():
        return symbol.upper(), ""
    codes = _symbols()[symbol]
    if len(codes) == 1:
        return next(iter(codes)), ""
    if usual in codes:
        return usual, ""
    if assumed := _ASSUMED.get(symbol):
        return assumed, f"{symbol} is read as {assumed}; --currency says another"
    told = ", ".join(sorted(codes)[:4])
    return "", f"{symbol} may be {told}: no currency is kept; --currency says it"


def is_in_use(code: str) -> bool:
    """Whether some country pays with the currency of this code today."""
    return code in _in_use()


@cache
def _in_use() -> frozenset[str]:
    """The codes of currencies that some country pays with today."""
    given = (each for each in get_global("territory_currencies").values())
    return frozenset(
        code
        for currencies in given
        for code, _since, until, is_tender in currencies
        if until is None and is_tender
    )


@cache
def _symbols() -> Mapping[str, frozenset[str]]:
    """By symbol the currencies in use that are written so in some country."""
    found: dict[str, set[str]] = {}
    for name in _LOCALES.split():
        for code, symbol in Locale.parse(name).currency_symbols.items():
            if code in _in_use():
                for spelled in (symbol, symbol.translate(_SPACES), symbol.rstrip(".")):
                    plain = "".join(_plain(letter) for letter in spelled).strip()
                    found.setdefault(plain, set()).add(code)
    for code, spellings in _ALSO.items():
        for spelled in spellings.split():
            found.setdefault(spelled, set()).add(code)
    found.pop("", None)
    return {symbol: frozenset(codes) for symbol, codes in found.items()}


@cache
def _decimals(currency: str) -> int:
    return int(numbers.get_currency_precision(currency)) if currency else DECIMALS


@cache
def _decimal_of_country(country: str) -> str:
    """The separator before decimals where most people of the country write so, else empty."""
    if not country:
        return ""
    try:
        locale = Locale.parse(f"und_{country.upper()}")
    except (UnknownLocaleError, ValueError):
        raise invalid("country", f"{country!r} is no country, such as DE or US") from None
    return str(numbers.get_decimal_symbol(locale))
