from __future__ import annotations

from decimal import Decimal

import pytest
from babel import numbers
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vitrine.core.errors import Invalid
from vitrine.services.catalog import prices
from vitrine.services.catalog.prices import Usage

LOCALES = [
    *("en_US", "en_GB", "en_CA", "en_AU", "en_IN", "en_ZA", "de_DE", "de_AT", "de_CH", "fr_FR"),
    *("fr_CH", "fr_CA", "it_IT", "it_CH", "es_ES", "es_MX", "es_AR", "pt_PT", "pt_BR", "nl_NL"),
    *("nl_BE", "sv_SE", "nb_NO", "da_DK", "fi_FI", "is_IS", "pl_PL", "cs_CZ", "sk_SK", "hu_HU"),
    *("ro_RO", "bg_BG", "hr_HR", "tr_TR", "el_GR", "ru_RU", "uk_UA", "ja_JP", "ko_KR", "zh_CN"),
    *("hi_IN", "ar_EG", "he_IL", "th_TH", "vi_VN"),
]
CURRENCIES = [
    *("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "JPY", "KRW", "INR"),
    *("KWD", "BRL"),
]


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("19.90", "19.90", ""),
        ("19,90 €", "19.90", "EUR"),
        ("EUR 1.299,00", "1299.00", "EUR"),
        ("1,299.00 USD", "1299.00", "USD"),
        ("1,299", "1299", ""),
        ("1 299,5", "1299.5", ""),
        ("1.234.567,89", "1234567.89", ""),
        ("1,234,567", "1234567", ""),
        ("£5", "5", "GBP"),
        ("-1", "-1", ""),
        ("1.299 €", "1299", "EUR"),
        ("1.500 €", "1500", "EUR"),
        ("29,0000", "29.0000", ""),
        ("12,500000", "12.500000", ""),
        ("1\u00a0299,00\u00a0kr", "1299.00", ""),
        ("19,-", "19", ""),
        ("1.299,-- €", "1299", "EUR"),
        ("$19.99", "19.99", "USD"),
        ("US$ 19", "19", "USD"),
        ("199,00 zł", "199.00", "PLN"),
        ("₹1,29,999.00", "129999.00", "INR"),
        ("CHF 1'299.00", "1299.00", "CHF"),
        ("Fr. 1’299.–", "1299", "CHF"),
        ("19€90", "19.90", "EUR"),
        ("¥1,500", "1500", "JPY"),
        ("１，２００円", "1200", "JPY"),
        ("٣٤٫٥٠", "34.50", ""),
        ("0,125", "0.125", ""),
        ("1299,000", "1299.000", ""),
        ("2.500,000 KWD", "2500.000", "KWD"),
        ("usd 5", "5", "USD"),
    ],
)
def test_prices_as_shops_write_them(text: str, amount: str, currency: str) -> None:
    found = prices.read(text)
    assert (str(found.value), found.currency) == (amount, currency)


@pytest.mark.parametrize(
    "text",
    [
        "free",
        "",
        "ab 19,90",
        "19.90 - 29.90",
        "1e5",
        "1.299.00",
        "1,2,3",
        "1 29",
        "5 apples",
        "<!--5",
        "apples -5",
    ],
)
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="is not a number"):
        prices.read(text)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("12,500", ("12500", "12.500")),
        ("1.500 EUR", ("1500", "1.500")),
        ("1,500 KWD", ("1500", "1.500")),
    ],
)
def test_what_may_be_two_amounts_is_refused_with_both(text: str, readings: tuple[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        prices.read(text)
    assert all(each in refused.value.fields["price"] for each in readings)


def test_column_country_and_currency_decide_in_this_order() -> None:
    def value(text: str, **given: str) -> str:
        return str(prices.read(text, Usage(**given)).value)

    assert value("12,500", decimal=",") == "12.500"
    assert value("12,500", decimal=".") == "12500"
    assert value("12,500", decimal=".", country="DE") == "12500"
    assert value("12,500", country="DE") == "12.500"
    assert value("12.500", country="DE") == "12500"
    assert value("12,500", country="US") == "12500"
    assert value("1,500", country="KW", currency="KWD", decimal=",") == "1.500"
    with pytest.raises(Invalid, match=r"1299 or 1\.299"):  # no euro has three decimals
        prices.read("1,299", Usage(country="DE", currency="EUR"))
    with pytest.raises(Invalid, match="is no country"):
        prices.read("1,500", Usage(country="XX"))


def test_a_symbol_of_several_currencies_is_the_shops_own_or_told() -> None:
    assert prices.read("$5", Usage("CAD")).currency == "CAD"
    told = prices.read("$5", Usage("EUR"))
    assert (told.currency, "USD" in told.note) == ("USD", True)
    assert prices.read("5 kr", Usage("SEK")).currency == "SEK"
    told = prices.read("5 kr", Usage("EUR"))
    assert (told.currency, "SEK" in told.note) == ("", True)


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("19,90", ","),
        ("1.299,00", ","),
        ("1.299.000", ","),
        ("12,500", ""),
        ("29.0000", "."),
        ("0,125", ","),
        ("5", ""),
        ("x", ""),
    ],
)
def test_what_a_price_tells_of_its_column(text: str, separator: str) -> None:
    assert prices.decimal_of(text) == separator


@settings(max_examples=600, deadline=None)
@given(
    locale=st.sampled_from(LOCALES),
    currency=st.sampled_from(CURRENCIES),
    cents=st.integers(0, 10**9),
    usual=st.sampled_from(["", "EUR", "USD", "KWD"]),
)
@example(locale="de_DE", currency="KWD", cents=1_500_000, usual="")
@example(locale="en_IN", currency="INR", cents=12_999_900, usual="")
def test_a_price_in_any_locale_is_the_same_amount_or_refused(
    locale: str, currency: str, cents: int, usual: str
) -> None:
    digits = numbers.get_currency_precision(currency)
    amount = Decimal(cents).scaleb(-digits)
    text = numbers.format_currency(amount, currency, locale=locale)
    try:
        found = prices.read(text, Usage(usual))
    except Invalid:
        return
    assert found.value == amount, text
    assert found.currency in ("", currency) or found.note, text


def test_most_prices_of_most_locales_are_read() -> None:
    def is_read(locale: str, amount: str, currency: str) -> bool:
        text = numbers.format_currency(Decimal(amount), currency, locale=locale)
        try:
            return prices.read(text).value == Decimal(amount)
        except Invalid:
            return False

    asked = [
        (locale, amount, currency)
        for locale in LOCALES
        for amount in ("5", "1299.90")
        for currency in ("EUR", "USD")
    ]
    unread = [each for each in asked if not is_read(*each)]
    assert len(unread) < len(asked) * 0.02, unread
