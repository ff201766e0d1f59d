from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests.worlds.factories import photo
from tests.worlds.statements import statements
from vitrine.core.errors import Invalid, Unavailable
from vitrine.services import catalog, imports
from vitrine.services.catalog import adding, thumbnails
from vitrine.services.imports import ImportSummary, Outcome
from vitrine.tables.blobs import Blob
from vitrine.vision import images
from vitrine.vision.likeness import Likeness, likeness_of
from vitrine.wiring import Runtime

HEADER = "external_id,title,colour,price,currency,images,fit\n"


def iterate(runtime: Runtime, path: Path, *, dry_run: bool = False) -> Iterator[Outcome]:
    source = imports.source(path)
    limits = runtime.settings.limits
    with imports.opened(source, imports.look(source)) as opened:
        yield from imports.import_opened(
            runtime.sessions, runtime.ports, limits, opened, dry_run=dry_run
        )


def run(runtime: Runtime, path: Path) -> list[Outcome]:
    return list(iterate(runtime, path))


def counts(outcomes: list[Outcome]) -> dict[str, int]:
    return dict(Counter(outcome.what for outcome in outcomes))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shop = tmp_path / "shop"
    (shop / "images").mkdir(parents=True)
    for number in range(3):
        (shop / "images" / f"{number}.jpg").write_bytes(photo(seed=number))
    (tmp_path / "beside.jpg").write_bytes(photo(seed=9))
    return shop


def write_csv(folder: Path, *rows: str, encoding: str = "utf-8") -> Path:
    path = folder / "products.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding=encoding)
    return path


def test_rows_become_products_and_a_second_run_changes_nothing(
    runtime: Runtime, folder: Path
) -> None:
    write_csv(
        folder,
        "A,Red shirt,Red,19.90,EUR,images/0.jpg;images/1.jpg,slim",
        'B,"Shirt, ""blue""",Blue,,,../beside.jpg,',
        encoding="utf-8-sig",
    )
    first = run(runtime, folder)
    assert counts(first) == {"created": 2}
    assert all(outcome.job_id for outcome in first)
    with runtime.sessions.read() as session:
        product = catalog.find(session, "A")
        assert product is not None
        assert (len(product.images), product.attributes) == (2, {"fit": "slim"})
        other = catalog.find(session, "B")
        assert other is not None
        assert other.title == 'Shirt, "blue"'
    again = run(runtime, folder)
    assert counts(again) == {"unchanged": 2}
    assert not any(outcome.job_id for outcome in again)


def test_known_rows_are_read_together(runtime: Runtime, folder: Path) -> None:
    write_csv(folder, *(f"P{number},Shirt {number},,,,," for number in range(20)))
    assert counts(run(runtime, folder)) == {"created": 20}
    with statements(runtime.sessions) as asked:
        assert counts(run(runtime, folder)) == {"unchanged": 20}
    reads = [each for each in asked if "FROM products" in each.text]
    assert len(reads) == 2, "the living, and among the rest the deleted"


def test_new_products_are_written_together(runtime: Runtime, folder: Path) -> None:
    write_csv(folder, *(f"P{number},Shirt,,,,images/{number}.jpg," for number in range(3)))
    with statements(runtime.sessions) as asked:
        assert counts(run(runtime, folder)) == {"created": 3}
    for table in ("blobs", "products", "images", "jobs"):
        assert sum(f"INSERT INTO {table} " in each.text for each in asked) == 1


def test_photos_are_looked_at_for_likes_while_their_pixels_are_there(
    runtime: Runtime, folder: Path
) -> None:
    run(runtime, write_csv(folder, "A,Coat,red,10,EUR,images/0.jpg,"))
    told = likeness_of(images.open((folder / "images" / "0.jpg").read_bytes()))
    with runtime.sessions.read() as session:
        assert not thumbnails.due(session), "no job decodes them once more"
        [row] = session.scalars(select(Blob))
        assert Likeness(row.perceptual_hash, row.colour_grid) == told


def test_one_that_cannot_be_written_with_others_is_refused_alone(
    runtime: Runtime, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def conflict(*_: Any) -> None:
        raise IntegrityError("INSERT", {}, Exception("products.external_id"))

    monkeypatch.setattr(adding, "add", conflict)  # as if another import had been faster
    write_csv(folder, "A,One,,,,images/0.jpg,", "B,Two,,,,images/1.jpg,")
    outcomes = run(runtime, folder)
    assert counts(outcomes) == {"created": 2}
    assert all(outcome.job_id for outcome in outcomes)


def test_changes_update_and_deleted_products_come_back(runtime: Runtime, folder: Path) -> None:
    write_csv(folder, "A,Red shirt,Red,19.90,EUR,images/0.jpg,")
    run(runtime, folder)
    write_csv(folder, "A,Crimson shirt,Red,19.90,EUR,images/0.jpg,")
    assert counts(run(runtime, folder)) == {"updated": 1}
    write_csv(folder, "A,Crimson shirt,Red,19.90,EUR,images/0.jpg;images/1.jpg,")
    assert counts(run(runtime, folder)) == {"updated": 1}
    with runtime.sessions.write() as session:
        product = catalog.find(session, "A")
        assert product is not None
        catalog.remove(session, runtime.ports, product)
    assert counts(run(runtime, folder)) == {"restored": 1}
    with runtime.sessions.read() as session:
        back = catalog.find(session, "A")
        assert back is not None
        assert back.id == product.id


def test_a_bad_row_is_named_and_stops_no_other(runtime: Runtime, folder: Path) -> None:
    (folder / "images" / "text.jpg").write_text("not a picture")
    write_csv(
        folder,
        "A,Good,Red,1,EUR,images/0.jpg,",
        "B,,Red,1,EUR,images/0.jpg,",
        "C,Title,Red,-1,EUR,images/0.jpg,",
        "D,Title,Red,1,EUR,images/none.jpg,",
        "E,Title,Red,1,EUR,images/text.jpg,",
        "F,Title,Red,1,EUR,/etc/passwd,",
        "G,Title,Red,1,EUR,../../outside.jpg,",
        "H,Title,Red,1,EUR,a\x00b.jpg,",
        "I,Title,Red,1,EUR,images/0.jpg,slim,too,many",
        "J,Good,Red,1,EUR,images/1.jpg,",
    )
    outcomes = run(runtime, folder)
    assert counts(outcomes) == {"created": 7, "refused": 3}
    told = {o.line: (o.what, sorted(o.fields)) for o in outcomes if o.fields}
    assert told == {
        3: ("refused", ["title"]),
        4: ("refused", ["price"]),
        5: ("created", ["images"]),
        6: ("created", ["images"]),
        7: ("created", ["images"]),
        8: ("created", ["images"]),
        9: ("created", ["images"]),
        10: ("refused", ["row"]),
    }
    with runtime.sessions.read() as session:
        assert catalog.find(session, "C") is None
        stored = catalog.find(session, "E")
        assert stored is not None
        assert (stored.images, stored.colour, str(stored.price)) == ([], "Red", "1.00")


def test_the_same_id_twice_in_one_file_refuses_the_second(runtime: Runtime, folder: Path) -> None:
    write_csv(folder, "A,One,,,,images/0.jpg,", "B,B,,,,,", "A,Two,,,,images/1.jpg,")
    outcomes = run(runtime, folder)
    assert sorted((o.line, o.what) for o in outcomes) == [
        (2, "created"),
        (3, "created"),
        (4, "refused"),
    ]
    assert "line 2" in next(o for o in outcomes if o.line == 4).fields["external_id"]
    assert counts(run(runtime, folder)) == {"unchanged": 2, "refused": 1}


def test_json_lines(runtime: Runtime, folder: Path) -> None:
    rows = [
        {"external_id": "A", "title": "One", "price": 5, "images": ["images/0.jpg"], "fit": "slim"},
        {"external_id": "B", "title": "Two", "images": "images/1.jpg", "attributes": {"x": [1]}},
        {"external_id": "C", "title": "Three", "images": {"no": "list"}},
        {"external_id": "\ud800", "title": "Half a letter"},
        {"external_id": "a\x00b", "title": "NUL"},
    ]
    lines = [json.dumps(row) for row in rows] + ["", "{broken", "[1]", "[" * 200_000]
    (folder / "products.jsonl").write_text("\n".join(lines))
    outcomes = run(runtime, folder)
    assert [(o.line, o.what) for o in outcomes] == [
        (1, "created"),
        (2, "refused"),
        (3, "refused"),
        (4, "refused"),
        (5, "created"),
        (7, "refused"),
        (8, "refused"),
        (9, "refused"),
    ]
    told = {o.line: o.fields for o in outcomes if o.what == "refused"}
    assert told[2] == {"attributes.x": "is neither text, a number, true, false nor a list of texts"}
    assert told[7] == {"row": "The row is not JSON: it breaks off at character 2."}
    assert told[9] == {
        "row": "The row is not JSON that can be read: it is nested too deeply or has a huge number."
    }


def test_staff_read_why_in_plain_words(runtime: Runtime, folder: Path) -> None:
    write_csv(folder, "A,,Red,cheap,EURO,,", f",Shirt,{'x' * 101},1.23456,,,")
    file = io.StringIO()
    tally = ImportSummary(file)
    for outcome in iterate(runtime, folder):
        tally.add(outcome)
    assert list(csv.reader(file.getvalue().splitlines()))[1:] == [
        ["2", "A", "title", "is empty"],
        ["2", "A", "price", "is not a number"],
        ["2", "A", "currency", "must be three capital letters, such as EUR"],
        ["3", "", "external_id", "is empty"],
        ["3", "", "colour", "has more than 100 characters"],
        ["3", "", "price", "has more than 4 decimals"],
    ]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_a_file_is_read_in_its_encoding(runtime: Runtime, folder: Path, encoding: str) -> None:
    write_csv(folder, "A,Müller „Größe“ 5 €,Red,1,EUR,images/0.jpg,", encoding=encoding)
    assert counts(run(runtime, folder)) == {"created": 1}
    with runtime.sessions.read() as session:
        product = catalog.find(session, "A")
        assert product is not None
        assert product.title == "Müller „Größe“ 5 €"


def test_too_many_and_too_large_pictures(runtime: Runtime, folder: Path) -> None:
    limits = runtime.settings.limits.model_copy(
        update={"image_bytes": 100, "images_per_product": 1}
    )
    write_csv(folder, "A,One,,,,images/0.jpg,")
    outcome = next(
        imports.import_catalogue(runtime.sessions, runtime.ports, limits, imports.source(folder))
    )
    assert "over 100 bytes" in outcome.fields["images"]


def test_a_folder_without_a_catalogue_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(Invalid, match=r"products\.csv"):
            imports.source(path)


def test_a_store_that_does_not_answer_stops_the_import(
    runtime: Runtime, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Unavailable("blobs_unavailable", "The store is away.")

    write_csv(folder, "A,One,,,,images/0.jpg,")
    monkeypatch.setattr(runtime.ports.blobs, "put", away)
    with pytest.raises(Unavailable):
        run(runtime, folder)


def test_one_bad_byte_and_one_huge_cell_refuse_their_own_rows_only(
    runtime: Runtime, folder: Path
) -> None:
    path = write_csv(folder, *(f"P{n},Title {n} für,,,,images/0.jpg," for n in range(4)))
    lines = path.read_bytes().splitlines()
    lines[2] = lines[2].replace(b"Title", b"T\xfctle")
    lines[3] = lines[3].replace(b"Title", b"x" * 1_100_000)
    path.write_bytes(b"\n".join(lines))
    whats = [outcome.what for outcome in run(runtime, folder)]
    assert whats == ["created", "refused", "refused", "created"]


def test_what_a_file_does_not_speak_of_stays_and_blank_takes_away(
    runtime: Runtime, folder: Path
) -> None:
    write_csv(folder, "A,Red shirt,Red,19.90,EUR,images/0.jpg,slim")
    run(runtime, folder)
    path = folder / "products.csv"
    path.write_text("external_id,brand,colour,sleeve\nA,Acme,,long\n")
    assert counts(run(runtime, folder)) == {"updated": 1}
    with runtime.sessions.read() as session:
        product = catalog.find(session, "A")
        assert product is not None
        assert (product.title, product.brand, product.colour) == ("Red shirt", "Acme", "")
        assert product.attributes == {"fit": "slim", "sleeve": "long"}
    path.write_text("external_id,fit,price\nA,,\n")
    assert counts(run(runtime, folder)) == {"updated": 1}
    with runtime.sessions.read() as session:
        product = catalog.find(session, "A")
        assert product is not None
        assert (product.attributes, product.price) == ({"sleeve": "long"}, None)
    path.write_text("external_id,brand\nNEW,Acme\n")
    (outcome,) = run(runtime, folder)
    assert "title" in outcome.fields, "a new product needs one"


def write_with_faults(folder: Path, count: int) -> list[int]:
    """A file with five kinds of fault, one in every twentieth row; the lines of bad rows."""
    faults = {
        0: 'B{n},,Red,1,EUR,,"no title"',
        1: "B{n},T,Red,minus,EUR,,",
        2: "B{n},T,Red,1,doubloons,,",
        3: "G0,T,Red,1,EUR,,the id of another row",
        4: 'B{n},"T,Red,1,EUR,,',
    }
    rows = [
        faults[n // 20 % 5].format(n=n) if n % 20 == 19 else f"G{n},T {n},Red,1,EUR,,slim"
        for n in range(count)
    ]
    write_csv(folder, *rows)
    return [n + 2 for n in range(count) if n % 20 == 19]


@pytest.mark.parametrize(("count", "dry_run"), [(3_000, True), (1_000, False)])
def test_every_20th_row_bad_ends_with_exact_counts(
    runtime: Runtime, folder: Path, count: int, dry_run: bool
) -> None:
    # `python -m bench.import_rows` does the same with 20,000.
    bad = write_with_faults(folder, count)
    errors = io.StringIO()
    tally = ImportSummary(errors)
    for outcome in iterate(runtime, folder, dry_run=dry_run):
        tally.add(outcome)
    assert tally.counts == {"created": count * 19 // 20, "refused": count // 20}
    told = list(csv.DictReader(io.StringIO(errors.getvalue())))
    assert sorted(int(row["line"]) for row in told) == bad
    kinds = ("title", "price", "currency", "external_id", "row")
    assert Counter(row["field"] for row in told) == dict.fromkeys(kinds, count // 100)
    if not dry_run:
        again = Counter(outcome.what for outcome in iterate(runtime, folder))
        assert again == {"unchanged": count * 19 // 20, "refused": count // 20}


def test_cells_of_the_errors_file_are_no_formulas(runtime: Runtime, folder: Path) -> None:
    write_csv(folder, '"=HYPERLINK(""x"")",,,,,,', "-1,,,,,,")
    errors = io.StringIO()
    tally = ImportSummary(errors)
    for outcome in iterate(runtime, folder):
        tally.add(outcome)
    ids = [row["external_id"] for row in csv.DictReader(io.StringIO(errors.getvalue()))]
    assert ids == ['\'=HYPERLINK("x")', "'-1"]
