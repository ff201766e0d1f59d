from __future__ import annotations

from pathlib import Path

import pytest

from tests.worlds import catalogues
from tests.worlds.catalogues import records, written
from vitrine.core.errors import Invalid
from vitrine.services import imports
from vitrine.services.imports import markup
from vitrine.services.imports.formats import FORMATS, told


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (catalogues.SHOPIFY, "shopify"),
        (catalogues.SHOPIFY_2025, "shopify"),
        (catalogues.GOOGLE_TSV, "google"),
        (catalogues.GOOGLE_XML, "google-xml"),
        (catalogues.ATOM, "google-xml"),
        (catalogues.MEDUSA_V1, "medusa"),
        (catalogues.MEDUSA_V2, "medusa"),
        ('{"external_id": "A", "title": "T"}', "jsonl"),
        ("\n\nsku;name\nA;T\n", "csv"),
        ("\ufeffsku|name\nA|T\n", "csv"),
    ],
)
def test_the_format_is_known_by_what_is_in_the_file(tmp_path: Path, text: str, name: str) -> None:
    assert imports.look(imports.source(written(tmp_path, text))).kind is FORMATS[name]


def test_shopify_variants_and_pictures_by_handle_wherever_they_stand(tmp_path: Path) -> None:
    tee, dress = records(written(tmp_path, catalogues.SHOPIFY), currency="EUR")
    assert (tee.line, tee.external_id, dress.line) == (2, "tee", 4)
    assert tee.values == {
        "external_id": "tee",
        "title": "Classic Tee",
        "description": 'Soft & warm.\nMade of "cotton".',
        "brand": "Acme",
        "category": "T-Shirts",
        "price": "19.90",
        "currency": "EUR",
        "gender": "unisex",
        "colour": "",
        "status": "active",
    }
    assert tee.attributes == {
        "tags": ["basic", "new"],
        "sku": ["TEE-S-R", "TEE-M-B", "TEE-L-R"],
        "fabric": "cotton",
        "size": ["S", "M", "L"],
        "colours": ["Red", "Blue"],
    }
    assert tee.images == ("tee-1.jpg", "tee-2.jpg", "tee-3.jpg")
    assert dress.images == ("dress.jpg",)
    assert "title" not in dress.attributes, "Shopify's Default Title is no option"


@pytest.mark.parametrize("text", [catalogues.GOOGLE_TSV, catalogues.GOOGLE_XML])
def test_google_items_of_a_group_are_one_product(tmp_path: Path, text: str) -> None:
    tee, dress = records(written(tmp_path, text))
    assert (tee.external_id, dress.external_id) == ("A", "B")
    assert tee.images == ("a.jpg", "b.jpg", "c.jpg")
    assert tee.attributes["sku"] == ["A-S", "A-M"]
    assert tee.attributes["size"] == ["S", "M"]
    assert (tee.values["price"], tee.values["currency"]) == ("19.90", "EUR")
    assert tee.values["colour"] == "Red"
    assert dress.images == ("dress.jpg",)


def test_a_feed_may_be_atom(tmp_path: Path) -> None:
    (tee,) = records(written(tmp_path, catalogues.ATOM))
    assert tee.values["url"] == "https://shop.example/a"


def test_medusa_old_and_new(tmp_path: Path) -> None:
    tee, dress = records(written(tmp_path, catalogues.MEDUSA_V1))
    assert tee.images == ("a.jpg", "b.jpg")
    assert (tee.values["price"], tee.values["currency"]) == ("19.90", "EUR")
    assert tee.attributes == {
        "sku": ["TEE-S", "TEE-M"],
        "size": ["S", "M"],
    }
    assert dress.values["colour"] == "Blue"
    assert [each.values["status"] for each in (tee, dress)] == ["active", "draft"]
    (tee,) = records(written(tmp_path, catalogues.MEDUSA_V2))
    assert tee.attributes["tags"] == ["basic", "new"]
    assert tee.values["price"] == "19.90"


def test_columns_are_known_by_common_names_and_told(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "SKU,id,Product Name,Farbe,Preis,Image 1,image_url,Fit\nA,7,T,Rot,5,a.jpg,b.jpg,x\n",
    )
    layout = imports.look(imports.source(path))
    assert [told(layout.kind, use.column, use.field) for use in layout.uses] == [
        "external_id",
        "attributes.id",
        "title",
        "colour",
        "price",
        "images",
        "images",
        "attributes.Fit",
    ]
    (record,) = records(path)
    assert record.images == ("a.jpg", "b.jpg")


def test_a_column_may_be_named_by_hand(tmp_path: Path) -> None:
    path = written(tmp_path, "code,title,secret,cut\nA,T,x,slim\n")
    columns = {"code": "external_id", "secret": "", "cut": "attributes.fit"}
    (record,) = records(path, columns=columns)
    assert record.values == {"external_id": "A", "title": "T"}
    assert record.attributes == {"fit": "slim"}
    for wrong in ({"nothing": "title"}, {"code": "nothing"}):
        with pytest.raises(Invalid, match="nothing"):
            records(path, columns={"code": "external_id"} | wrong)


@pytest.mark.parametrize(
    ("text", "told_"),
    [
        ("", "no first line"),
        ("\n\n", "no first line"),
        ("a b c\n1\n", "--column"),
        ('sku,"title\nA,T\n', "quotes do not match|cannot be read"),
        ('[{"external_id": "A"}]', "one object per line"),
        (b"PK\x03\x04....", "spreadsheet"),
        (b"\x1f\x8b....", "compressed"),
        ("<!doctype html><html><body>Please sign in</body></html>", "web page"),
        ('\ufeff<?xml version="1.0"?>\n<!-- ours -->\n<HTML lang="en">\n</HTML>\n', "web page"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_with_a_reason(
    tmp_path: Path, text: str | bytes, told_: str
) -> None:
    with pytest.raises(Invalid, match=told_):
        imports.look(imports.source(written(tmp_path, text)))


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="google-xml"):
        records(written(tmp_path, "sku\nA\n"), format="excel")


def test_html_becomes_words() -> None:
    assert markup.without_html("a < b and c > d") == "a < b and c > d"
    html = "<p>One&nbsp;two</p><script>alert(1)</script><ul><li>x<li>y</ul>"
    assert markup.without_html(html) == "One two\nx\ny"
