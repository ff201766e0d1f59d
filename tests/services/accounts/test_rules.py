from __future__ import annotations

import pytest

from vitrine.core.errors import Invalid
from vitrine.services.accounts import rules

ADA = ("ada.lovelace@example.org", "Ada Lovelace")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("x" * 11, "password_length"),
        ("x" * 129, "password_length"),
        ("ada.lovelace-1843", "password_personal"),
        ("I am Lovelace, hello", "password_personal"),
        ("example.org forever", "password_personal"),
        ("123456789012", "password_common"),
        ("passwordpassword", "password_common"),
        ("qwertyuiop123", "password_common"),
        ("letmein12345", "password_common"),
        ("aaaaaaaaaaaa", "password_common"),
        ("P@ssw0rd2024!", "password_common"),
        ("vitrinevitrine", "password_common"),
        ("abcdefghijklmnop", "password_common"),
    ],
)
def test_what_is_short_personal_or_guessed_first_is_refused(password: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check(password, "new_password", ADA)
    assert refused.value.code == code
    assert list(refused.value.fields) == ["new_password"]
    assert password not in refused.value.message


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "kq3zm-8wptx-r6hvn-dyc9s",
        "Straßenbahn über Ödland",
        "青い猫が屋根の上で静かに眠る",
        "lowercase only but long",
        "x" * 40 + " and then something else",
    ],
)
def test_no_composition_is_asked_for(password: str) -> None:
    rules.check(password, "password", ADA)


def test_a_name_that_is_a_short_syllable_forbids_nothing() -> None:
    rules.check("a candid camera adage", "password", ("ada@ex.io", "Al"))
