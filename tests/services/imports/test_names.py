from __future__ import annotations

import pytest

from vitrine.services.imports.names import is_address, picture_names

A, B, C = "https://x.example/a.jpg", "https://x.example/b,c.jpg", "http://x.example/my photo.jpg"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a.jpg; b.jpg|c.jpg", ["a.jpg", "b.jpg", "c.jpg"]),
        ("my photo, front.jpg", ["my photo, front.jpg"]),
        (f"{A},{B}", [A, B]),
        (f"{A}\n{B}", [A, B]),
        (f"{A}|{B};{C}  {A}", [A, B, C, A]),
        (f" {A}, ", [A]),
        (f'["{A}", "{B}"]', [A, B]),
        (f"['{A}', '{B}']", [A, B]),
        (f'"{A}"', [A]),
        ("//x.example/a.jpg", [A]),
        ("//x.example/a.jpg, //x.example/b,c.jpg", [A, B]),
        ("www.x.example/a.jpg", ["https://www.x.example/a.jpg"]),
        ("HTTP://x.example/a.jpg", ["HTTP://x.example/a.jpg"]),
        (C, [C]),
        ("https://x.example/a.jpg?x=1|2;v=3", ["https://x.example/a.jpg?x=1|2;v=3"]),
        ("https://x.example/a?w=1&amp;amp;h=2", ["https://x.example/a?w=1&h=2"]),
        ("https://x.example/a?w=1&#038;copy=2", ["https://x.example/a?w=1&copy=2"]),
        ("data:image/png;base64,iVBOR/w0K=", ["data:image/png;base64,iVBOR/w0K="]),
        (
            "https://x.example/q/w_3,h_2/a.jpg?w=3&v=2,https://x.example/a.jpg",
            ["https://x.example/q/w_3,h_2/a.jpg?w=3&v=2", A],
        ),
        ('["a.jpg", 5]', ["a.jpg"]),
        ("[draft] front.jpg", ["[draft] front.jpg"]),
    ],
)
def test_cells_with_several_pictures(text: str, names: list[str]) -> None:
    assert picture_names(text) == names


@pytest.mark.parametrize(
    "text", ["", " ", "no_selection", "N/A", "#N/A", "null", "None", "-", "[]", "undefined", "; ;"]
)
def test_what_shops_write_for_no_picture(text: str) -> None:
    assert picture_names(text) == []


def test_addresses_are_told_from_files() -> None:
    assert is_address("HTTPS://x.example/a.jpg")
    assert not is_address("data:image/png;base64,AAAA")
    assert not is_address("http.jpg")
