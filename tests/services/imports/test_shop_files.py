"""What shops' daily files hold: quotes, ids, control letters, statuses, words of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.worlds import catalogues
from tests.worlds.catalogues import records, written
from vitrine.core.errors import Invalid
from vitrine.services import imports
from vitrine.services.imports import words


def values(folder: Path, text: str | bytes, name: str, **given: Any) -> list[Any]:
    """One field or attribute of every record, `!` for one that is refused."""
    return [
        "!" if each.error or each.refused else {**each.attributes, **each.values}.get(name)
        for each in records(written(folder, text), **given)
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    ("line", "delimiter"), [("sep=;", ";"), ('"sep=,"', ","), ("SEP=\t", "\t")]
)
def test_a_first_line_names_the_delimiter(
    tmp_path: Path, encoding: str, line: str, delimiter: str
) -> None:
    text = f"{line}\r\nsku;title\r\nA;one, two;\r\n".replace(";", delimiter, 3)
    text = text.replace("one, two", '"one, two"') if delimiter == "," else text
    path = written(tmp_path, text.replace("A;", f"A{delimiter}").encode(encoding))
    assert imports.look(imports.source(path)).delimiter == delimiter
    (record,) = records(path)
    assert (record.line, record.values["title"]) == (3, "one, two")


def test_between_tabs_a_quote_is_a_letter(tmp_path: Path) -> None:
    assert values(tmp_path, catalogues.QUOTED_TSV, "title") == [
        '"Boyfriend" jeans',
        '"Mom jeans, blue',
        "Plain coat",
        'Scarf 70"',
        '5" heel',
    ]


def test_no_quote_joins_rows_unsaid(tmp_path: Path) -> None:
    text = 'sku,title,price\nA,"Mom jeans,1\nB,Coat,2\nC,Scarf 70",3\nD,Hat,4\n'
    assert values(tmp_path, text, "title") == ["!", "Coat", 'Scarf 70"', "Hat"]
    text = 'sku,title,price\nA,"Jeans \\"loose\\" fit",1\nB,"two\nlines",2\n'
    assert values(tmp_path, text, "title") == ['Jeans "loose" fit', "two\nlines"]


def test_ids_are_what_was_typed(tmp_path: Path) -> None:
    text = 'sku,title\n"=""00123""",a\n\'00124,b\n 00126 ,c\n4.01E+12,d\nab,e\nAB,f\n'
    assert values(tmp_path, text, "external_id") == ["00123", "00124", "00126", "!", "ab", "AB"]
    lines = '{"sku": 7}\n{"sku": 8.0}\n{"sku": "09"}\n{"sku": 1.5}\n{"sku": true}\n{"sku": "x"}\n'
    assert values(tmp_path, lines, "external_id") == ["7", "8", "09", "!", "!", "x"]


@pytest.mark.parametrize("letter", ["\x0b", "\x03", "\x85", "\x7f", "\ufffe", "\uffff"])
def test_control_letters_are_blanks_in_every_format(tmp_path: Path, letter: str) -> None:
    texts = {
        "products.csv": f"external_id,title\nA,Knit{letter}dress\n",
        "shopify.csv": f"Handle,Title,Variant Price\nA,Knit{letter}dress,1\n",
        "feed.tsv": f"id\ttitle\timage_link\nA\tKnit{letter}dress\t\n",
        "feed.xml": f"<rss><item><id>A</id><title>Knit{letter}dress</title></item></rss>",
        "products.jsonl": f'{{"external_id": "A", "title": "Knit\\u{ord(letter):04x}dress"}}',
    }
    for name, text in texts.items():
        (record,) = records(written(tmp_path, text, name))
        assert record.values["title"] == "Knit dress", name
        assert record.notes, name


@pytest.mark.parametrize(
    ("name", "spellings", "word"),
    [
        (
            "availability",
            "in stock,in_stock,In Stock,https://schema.org/InStock,InStock,1",
            "in_stock",
        ),
        (
            "availability",
            "out of stock,OutOfStock,sold out,http://schema.org/SoldOut",
            "out_of_stock",
        ),
        ("availability", "preorder,pre-order,PreOrder,https://schema.org/PreOrder", "preorder"),
        ("gender", "male,Men,men's,Herren,M", "men"),
        ("gender", "female,Women's,Damen,ladies", "women"),
        ("gender", "unisex,Unisex", "unisex"),
        ("age_group", "kids,Kinder,Children", "kids"),
        ("condition", "new,New,Neu,https://schema.org/NewCondition", "new"),
        ("colour", "RED", "RED"),
        ("availability", "next week", "next week"),
    ],
)
def test_one_word_for_every_spelling(name: str, spellings: str, word: str) -> None:
    assert {words.word(name, each) for each in spellings.split(",")} == {word}


def test_a_page_of_the_shop_is_taken_as_it_is_and_what_is_none_costs_itself(tmp_path: Path) -> None:
    pages = ["https://shop.example/a?x=1&copy=2", "https://shop.example/a?x=1&amp;y=2", "/a", ""]
    text = "id\ttitle\timage_link\tlink\n" + "".join(
        f"{n}\tT\t\t{page}\n" for n, page in enumerate(pages)
    )
    found = records(written(tmp_path, text))
    told = [record.values.get("url") for record in found]
    assert told == [pages[0], "https://shop.example/a?x=1&y=2", None, ""]
    assert [list(record.notes) for record in found] == [[], [], ["url"], []]


def test_googles_numbers_are_googles_words(tmp_path: Path) -> None:
    text = "id\ttitle\timage_link\tgoogle_product_category\n" + "".join(
        f"{n}\tT\t\t{value}\n"
        for n, value in enumerate(["2271", "187", "5598 - Apparel", "99999999", "Dresses"])
    )
    assert values(tmp_path, text, "category") == [
        "Apparel & Accessories > Clothing > Dresses",
        "Apparel & Accessories > Shoes",
        "Apparel & Accessories > Clothing > Outerwear > Coats & Jackets",
        "99999999",
        "Dresses",
    ]
    assert values(tmp_path, "sku,title,category\nA,T,187\n", "category") == ["187"]


def test_the_status_in_every_formats_words(tmp_path: Path) -> None:
    text = (
        "Handle,Title,Variant Price,Published,Status\na,T,1,TRUE,active\nb,T,1,TRUE,draft\n"
        "c,T,1,TRUE,Archived\nd,T,1,FALSE,active\ne,T,1,,\n,,,,\n ,,,,\n"
    )
    assert values(tmp_path, text, "status") == ["active", "draft", "archived", "private", "active"]
    text = "sku,title,status\nA,T,Entwurf\nB,T,\nC,T,hidden\nD,T,half-price\n"
    assert values(tmp_path, text, "status") == ["draft", "active", "private", "!"]
    with pytest.raises(Invalid, match="--column"):
        words.status("half-price")
    assert "status" not in records(written(tmp_path, "sku,title\nA,T\n"))[0].values


def test_columns_that_are_called_the_same(tmp_path: Path) -> None:
    (record,) = records(
        written(tmp_path, "sku,title,image,image,notes,notes,,\nA,T,a.jpg,b.jpg,x,y,,\n")
    )
    assert (record.images, record.attributes) == (("a.jpg", "b.jpg"), {"notes": ["x", "y"]})
    (record,) = records(written(tmp_path, "sku,title,title\nA,T,U\n"))
    assert (record.values["title"], record.attributes) == ("T", {"title": "U"})


def test_headers_in_the_languages_vitrine_speaks(tmp_path: Path) -> None:
    text = "商品番号,商品名,価格\nA,コットンシャツ,2980\n"
    (record,) = records(written(tmp_path, text.encode("cp932")))
    assert (record.external_id, record.values["title"], record.values["price"]) == (
        "A",
        "コットンシャツ",
        "2980",
    )


def test_woocommerce(tmp_path: Path) -> None:
    tee, cap, belt = records(written(tmp_path, catalogues.WOOCOMMERCE))
    assert tee.values == {
        "external_id": "W",
        "title": "Tee",
        "status": "active",
        "description": "Soft",
        "price": "19.00",
        "category": "Tops > Tees",
        "colour": "Red",
    }
    assert tee.attributes["size"] == ["S", "M"]
    assert tee.attributes["sku"] == ["W-S", "W-M"]
    assert tee.attributes["tags"] == ["new", "soft, warm"]
    assert tee.images == ("https://shop.example/a.jpg", "https://shop.example/b.jpg")
    assert (cap.external_id, cap.values["category"]) == ("id:9", "Hats, caps > Caps")
    assert (cap.values["status"], cap.attributes["availability"]) == ("draft", "backorder")
    assert belt.values["status"] == "private"


def test_a_woocommerce_product_that_stands_twice_is_told(tmp_path: Path) -> None:
    text = "Type,SKU,Name,Regular price,Parent\nsimple,A,T,1,\nsimple,A,U,2,\nvariation,A-1,V,3,A\n"
    first, second = records(written(tmp_path, text))
    assert (first.values["title"], first.attributes["sku"]) == ("T", "A-1")
    assert second.error is not None
    assert "stands in line 2 already" in second.error.fields["external_id"]


def test_the_columns_other_prices_say_what_a_separator_means(tmp_path: Path) -> None:
    text = 'sku,title,price\nA,T,"12,500"\nB,T,"7,9900"\nC,T,1.299\n'
    assert values(tmp_path, text, "price") == ["12.500", "7.9900", "1299"]
    text = 'sku,title,price\nA,T,"12,500"\nB,T,5\n'
    assert values(tmp_path, text, "price") == ["!", "5"]
    assert values(tmp_path, text, "price", country="US") == ["12500", "5"]


def test_currencies(tmp_path: Path) -> None:
    text = "sku,title,price,currency\nA,T,5,€\nB,T,5 €,USD\nC,T,5 kr,\n"
    assert values(tmp_path, text, "currency", currency="EUR") == ["EUR", "!", ""]
    assert values(tmp_path, "sku,title,price\nA,T,5\n", "currency", currency="EUR") == ["EUR"]


def test_sums_of_floats_are_the_price_that_was_meant(tmp_path: Path) -> None:
    text = '{"sku": "A", "title": "T", "price": 19.990000000000002}'
    assert [str(each) for each in values(tmp_path, text, "price")] == ["19.99"]
