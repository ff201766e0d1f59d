from __future__ import annotations

import csv
import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worlds.catalogues import records, written
from vitrine.core.errors import Invalid
from vitrine.services import imports
from vitrine.services.imports import Record
from vitrine.services.imports.text import LONGEST_LINE

MEGABYTE = 1 << 20


def seen(path: Path) -> list[tuple[int, str]]:
    """Lines and ids of the records, `!` for one that is refused."""
    return [(each.line, "!" if each.error else each.external_id) for each in records(path)]


def read_all(path: Path) -> tuple[int, int]:
    """Records counted, not kept; and the most bytes that were held at once."""
    source = imports.source(path)
    tracemalloc.start()
    with imports.opened(source, imports.look(source)) as catalogue:
        count = sum(1 for _ in catalogue.records())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return count, peak


def test_quotes_in_quotes_and_lines_in_cells(tmp_path: Path) -> None:
    path = written(tmp_path, 'sku,title\nA,"The ""best"" tee, ever"\nB,"two\nlines"\nC,"it\'s"\n')
    assert [r.values["title"] for r in records(path)] == [
        'The "best" tee, ever',
        "two\nlines",
        "it's",
    ]
    assert seen(path) == [(2, "A"), (3, "B"), (5, "C")]


def test_one_missing_quote_costs_one_row(tmp_path: Path) -> None:
    rows = "".join(f"P{n},Title {n}\n" for n in range(2000))
    path = written(tmp_path, f'sku,title\nA,T\nB,"never closed\n{rows}Z,"closed"\n')
    found = seen(path)
    assert found[:3] == [(2, "A"), (3, "!"), (4, "P0")]
    assert len(found) == 2003
    assert found[-1] == (2004, "Z")
    assert "quote" in records(path)[1].error.message  # type: ignore[union-attr]


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_line_of_200_megabytes_costs_one_row_and_little_memory(
    tmp_path: Path, quote: str
) -> None:
    path = tmp_path / "products.csv"
    with path.open("w") as file:
        file.write(f"sku,title\nA,T\nB,{quote}")
        for _ in range(200):
            file.write("x" * MEGABYTE)
        file.write(f"{quote}\nC,T\n")
    count, peak = read_all(path)
    assert count == 3
    assert peak < 30 * MEGABYTE
    assert seen(path) == [(2, "A"), (3, "!"), (4, "C")]


def test_a_row_that_opens_a_quote_on_every_line_ends(tmp_path: Path) -> None:
    path = written(tmp_path, 'sku,title\nA,"\n' + '","\n' * 30_000 + "Z,T\n")
    count, peak = read_all(path)
    assert count >= 1
    assert peak < 10 * MEGABYTE


def test_one_id_in_every_row_is_not_gathered_in_memory(tmp_path: Path) -> None:
    text = f"{'words ' * 300}"
    path = written(tmp_path, "sku,title\n" + f"A,{text}\n" * 10_000)
    count, peak = read_all(path)
    assert count == 10_000
    assert peak < 10 * MEGABYTE


def test_a_huge_line_of_json(tmp_path: Path) -> None:
    huge = '{"external_id": "B", "title": "' + "x" * (LONGEST_LINE + 5) + '"}'
    path = written(tmp_path, f'{{"external_id": "A"}}\n{huge}\n{{"external_id": "C"}}\n', "p.jsonl")
    assert seen(path) == [(1, "A"), (2, "!"), (3, "C")]


def test_rows_too_long_and_too_short(tmp_path: Path) -> None:
    path = written(tmp_path, "sku,title,colour,,\nA,T,Red,,\nB\nC,T,Red,,,x\nD,T,Red,,,,\n")
    assert seen(path) == [(2, "A"), (3, "B"), (4, "!"), (5, "D")]


def test_a_delimiter_that_is_another_than_the_name_says(tmp_path: Path) -> None:
    for delimiter in ",;\t|":
        text = "sku,title,price\nA,T,5\n".replace(",", delimiter)
        (record,) = records(written(tmp_path, text))
        assert record.values["title"] == "T"


def test_half_a_letter_at_the_end_of_utf_16(tmp_path: Path) -> None:
    path = written(tmp_path, "sku,title\nA,T\nB,T".encode("utf-16")[:-1])
    assert seen(path)[0] == (2, "A")


DOCTYPE = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("doctype", [DOCTYPE, OUTSIDE, '<!DOCTYPE rss SYSTEM "http://127.0.0.1/">'])
def test_a_feed_with_a_doctype_is_refused(tmp_path: Path, doctype: str) -> None:
    body = "<rss><item><id>A</id><title>&b;</title></item></rss>"
    (record,) = records(written(tmp_path, f"<?xml version='1.0'?>{doctype}{body}", "feed.xml"))
    assert "DOCTYPE" in record.error.message  # type: ignore[union-attr]


def test_a_feed_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    text = "<rss><item><id>A</id></item>\n<item><id>B</id></rss>"
    first, second = records(written(tmp_path, text, "feed.xml"))
    assert first.external_id == "A"
    assert second.line == 2
    assert "breaks off" in second.error.message  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "item",
    [
        "<id>B</id><title>" + "x" * (3 * MEGABYTE) + "</title>",
        "<id>B</id>" + "".join(f"<x{n}>{'y' * 500}</x{n}>" for n in range(5000)),
    ],
)
def test_an_item_that_is_too_large_costs_itself(tmp_path: Path, item: str) -> None:
    text = f"<rss><item><id>A</id></item><item>{item}</item><item><id>C</id></item></rss>"
    assert [each for _, each in seen(written(tmp_path, text, "feed.xml"))] == ["A", "!", "C"]


def test_a_tag_that_never_ends_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    with path.open("w") as file:
        file.write("<rss><item><id>A</id></item><item a='")
        for _ in range(40):
            file.write("x" * MEGABYTE)
    count, peak = read_all(path)
    assert count == 2
    assert peak < 10 * MEGABYTE


def rows(count: int) -> Iterable[dict[str, object]]:
    return (
        {
            "sku": f"SKU-{n:06}",
            "title": f"Title of product number {n}",
            "description": f"words about {n} " * 20,
            "colour": "red",
        }
        for n in range(count)
    )


def as_csv(path: Path, count: int) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["sku", "title", "description", "colour"])
        writer.writeheader()
        writer.writerows(rows(count))
    return path


def as_feed(path: Path, count: int) -> Path:
    with path.open("w") as file:
        file.write("<rss><channel>")
        for row in rows(count):
            inside = "".join(f"<{name}>{value}</{name}>" for name, value in row.items())
            file.write(f"<item>{inside.replace('sku>', 'id>')}</item>\n")
        file.write("</channel></rss>")
    return path


@pytest.mark.parametrize("make", [as_csv, as_feed])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, make: object) -> None:
    small = read_all(make(tmp_path / "small.txt", 4_000))  # type: ignore[operator]
    large = read_all(make(tmp_path / "large.txt", 12_000))  # type: ignore[operator]
    assert (small[0], large[0]) == (4_000, 12_000)
    assert large[1] < small[1] + MEGABYTE, (small, large)


CELLS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn"), exclude_characters="&")
    | st.sampled_from("\n\"',;\t|"),
    max_size=30,
).filter(lambda text: not text.startswith(("'", "=")))
"""Cells that mean what they say: references, protected formulas and what is no letter have tests of
their own."""


@settings(max_examples=60)
@given(
    table=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_a_spreadsheet_writes_is_what_is_read(
    tmp_path: Path, table: list[tuple[str, str]], delimiter: str, encoding: str
) -> None:
    path = tmp_path / "products.csv"
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(["sku", "title", "fit"])
        writer.writerows([f"P{n}", *cells] for n, cells in enumerate(table))
    found = [(r.values["title"], r.attributes["fit"] or "") for r in records(path)]
    assert found == table


def read_or_asked(path: Path) -> list[Record]:
    """The records; none where the file is refused because its encoding cannot be told."""
    try:
        return records(path)
    except Invalid as error:
        if "--encoding" not in error.fields.get("encoding", ""):
            raise
        return []


@settings(max_examples=100)
@given(data=st.binary(max_size=300))
def test_no_bytes_break_the_reader(tmp_path: Path, data: bytes) -> None:
    for name, start in (
        ("products.csv", b"sku,title\n"),
        ("feed.xml", b"<rss><item>"),
        ("products.jsonl", b'{"sku": "A"}\n'),
    ):
        found = read_or_asked(written(tmp_path, start + data, name))
        assert all(isinstance(record, Record) for record in found)
