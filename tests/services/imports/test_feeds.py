from __future__ import annotations

from pathlib import Path

import pytest

from tests.worlds import catalogues
from tests.worlds.catalogues import records, written
from vitrine.services import imports
from vitrine.services.imports import Record

HEAD = '<rss xmlns:g="http://base.google.com/ns/1.0"><channel>\n'
TAIL = "</channel></rss>"


def feed(folder: Path, *items: str, head: str = HEAD) -> list[Record]:
    inside = "\n".join(f"<item>{item}</item>" for item in items)
    return records(written(folder, f"{head}{inside}\n{TAIL}", "feed.xml"))


@pytest.mark.parametrize(
    "before",
    ["\n", "\n" * 600, "<!-- made by <item> -->\n", "\ufeff", "Notice: undefined index\n", " \t"],
)
def test_what_stands_before_a_feed_is_passed_over(tmp_path: Path, before: str) -> None:
    text = f'{before}<?xml version="1.0"?>{HEAD}<item><g:id>A</g:id></item>{TAIL}'
    path = written(tmp_path, text, "feed.xml")
    assert imports.look(imports.source(path)).kind.name == "google-xml"
    assert [each.external_id for each in records(path)] == ["A"]


def test_of_a_tag_that_repeats_googles_own_then_the_first_counts(tmp_path: Path) -> None:
    (record,) = feed(
        tmp_path,
        "<id>page-1</id><title>The page's</title><g:title>Tee</g:title><g:id>A</g:id>"
        "<g:product_type>Tops</g:product_type><g:product_type>Sale</g:product_type>"
        "<g:price>19 EUR</g:price><g:price>29 EUR</g:price><g:size>S</g:size><g:size>M</g:size>"
        "<g:additional_image_link>b.jpg</g:additional_image_link>"
        "<g:additional_image_link>c.jpg</g:additional_image_link>",
    )
    assert (record.external_id, record.values["title"]) == ("A", "Tee")
    assert (record.values["category"], record.values["price"]) == ("Tops", "19")
    assert (record.attributes["size"], record.images) == (["S", "M"], ("b.jpg", "c.jpg"))


def test_googles_names_may_have_another_prefix(tmp_path: Path) -> None:
    head = '<rss xmlns:goo="http://base.google.com/ns/1.0"><channel>'
    (record,) = feed(tmp_path, "<id>1</id><goo:id>A</goo:id><title>T</title>", head=head)
    assert record.external_id == "A"


def test_an_atom_feed(tmp_path: Path) -> None:
    text = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">
    <title>Shop</title><id>tag:shop</id>
    <entry><id>tag:shop,1</id><g:id>A</g:id><title>Tee</title><summary>Soft</summary>
    <link rel="alternate" href="https://shop.example/a"/><g:price>5 EUR</g:price></entry></feed>"""
    (record,) = records(written(tmp_path, text, "feed.xml"))
    assert (record.external_id, record.values["title"]) == ("A", "Tee")
    assert record.values["description"] == "Soft"
    assert (record.values["url"], record.attributes) == ("https://shop.example/a", {})


def test_a_broken_item_costs_itself_and_is_told_with_its_line(tmp_path: Path) -> None:
    found = records(written(tmp_path, catalogues.BROKEN_FEED, "feed.xml"))
    lost = {each.line: each.error.message for each in found if each.error}
    kept = {each.external_id: each for each in found if not each.error}
    assert list(kept) == ["A", "B", "F"]
    assert "unknown entity, &unheard;" in lost[7]
    assert "mismatched tag" in lost[8]
    assert "another begins within it" in lost[9]
    assert kept["B"].values["title"] == "Hat & scarf   café 5 < 6"
    assert "read as they are meant" in kept["B"].notes["row"]
    assert (kept["F"].values["title"], kept["F"].values["category"]) == ("<item> a & b", "First")


@pytest.mark.parametrize(
    "broken",
    [
        b"<g:id>B</g:id><title>T</g:title>",
        b"<g:id>B</g:id><title>T",
        b"<g:id>B</g:id><title>Gr\xfcn</title>",
        b"<g:id>B</g:id><title>&nosuch;</title>",
        b"<g:id>B</g:id><title a=1>T</title>",
    ],
)
def test_each_kind_of_fault_costs_one_item(tmp_path: Path, broken: bytes) -> None:
    items = [b"<g:id>A</g:id><title>\xc3\xbc\xc3\xbc</title>", broken, b"<g:id>C</g:id>"]
    inside = b"\n".join(b"<item>" + item + b"</item>" for item in items)
    found = records(written(tmp_path, HEAD.encode() + inside + TAIL.encode(), "feed.xml"))
    assert [(each.line, each.external_id if not each.error else "!") for each in found] == [
        (2, "A"),
        (3, "!"),
        (4, "C"),
    ]


def test_a_feed_that_ends_between_items_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEAD}<item><g:id>A</g:id></item>", "feed.xml")
    kept, lost = records(path)
    assert kept.external_id == "A"
    assert lost.error is not None
    assert "items may be missing" in lost.error.message


def test_letters_escaped_twice(tmp_path: Path) -> None:
    (record,) = feed(
        tmp_path,
        "<g:id>A</g:id><title>Tee &amp;amp; Shorts</title>"
        "<g:image_link>https://x.example/a.jpg?w=1&amp;amp;v=2</g:image_link>"
        "<description><![CDATA[<p>Soft &amp; light</p>]]></description>",
    )
    assert record.values["title"] == "Tee & Shorts"
    assert record.values["description"] == "Soft & light"
    assert record.images == ("https://x.example/a.jpg?w=1&v=2",)
