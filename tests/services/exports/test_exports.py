from __future__ import annotations

import csv
import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worlds import catalogues
from tests.worlds.catalogues import written
from tests.worlds.factories import photo
from tests.worlds.factories import product_with_photos as add_product
from vitrine.core.errors import Invalid
from vitrine.db import Sessions
from vitrine.fields import FIELDS, ProductFields
from vitrine.services import catalog, exports, imports
from vitrine.services.imports import words
from vitrine.wiring import Runtime

ENDINGS = {"jsonl": ".jsonl", "google": ".tsv", "google-xml": ".xml"}


def exported(sessions: Sessions, kind: str, path: Path, naming: exports.Naming) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        written_ = sum(1 for _ in exports.export(sessions, kind, file, naming))
        assert written_ == exports.count(sessions, kind)
    return path


def imported(runtime: Runtime, path: Path) -> Counter[str]:
    outcomes = list(
        imports.import_catalogue(
            runtime.sessions, runtime.ports, runtime.settings.limits, imports.source(path)
        )
    )
    assert not [outcome for outcome in outcomes if outcome.what == "refused"], outcomes
    return Counter(outcome.what for outcome in outcomes)


def stored(sessions: Sessions) -> dict[str, dict[str, Any]]:
    with sessions.read() as session:
        products = catalog.list_products(session, catalog.Filters(), None, 200).products
        return {
            product.external_id: {name: getattr(product, name) for name in FIELDS}
            | {"images": [image.sha256 for image in product.images]}
            for product in products
        }


@pytest.fixture
def shop(runtime: Runtime, tmp_path: Path) -> Path:
    """A runtime's catalogue from the Shopify sample, with pictures; the folder they are in."""
    folder = tmp_path / "shop"
    folder.mkdir()
    for seed, name in enumerate(("tee-1", "tee-2", "tee-3", "dress")):
        (folder / f"{name}.jpg").write_bytes(photo(seed=seed))
    source = replace(imports.source(written(folder, catalogues.SHOPIFY)), currency="EUR")
    limits = runtime.settings.limits
    outcomes = imports.import_catalogue(runtime.sessions, runtime.ports, limits, source)
    assert [outcome.what for outcome in outcomes] == ["created", "created"]
    with runtime.sessions.write() as session:
        hard = {"external_id": "H", "title": 'a, "b"; <b>\tc', "description": "1 < 2\n& so <i>on"}
        product = catalog.create(session, ProductFields.model_validate(hard), None)
        product.attributes = {"waist": 30, "tags": ["x", "y"], "care": "cold"}
        gone = catalog.create(session, ProductFields(external_id="GONE", title="T"), None)
        catalog.remove(session, runtime.ports, gone)
    return folder


@pytest.mark.parametrize("kind", exports.FORMATS)
def test_an_export_imported_again_changes_nothing(runtime: Runtime, shop: Path, kind: str) -> None:
    before = stored(runtime.sessions)
    naming = exports.into_folder(runtime.ports.blobs, shop / "out", shop)
    path = exported(runtime.sessions, kind, shop / f"export{ENDINGS.get(kind, '.csv')}", naming)
    assert imports.look(imports.source(path)).kind.name == kind
    offered = 2 if kind.startswith("google") else 3  # no feed for Google names a draft
    assert imported(runtime, path) == {"unchanged": offered}
    assert stored(runtime.sessions) == before
    assert len(list((shop / "out").iterdir())) == offered + 1


@pytest.mark.parametrize("kind", exports.FORMATS)
def test_an_export_fills_an_empty_catalogue(
    runtime: Runtime, shop: Path, kind: str, tmp_path: Path
) -> None:
    before = stored(runtime.sessions)
    naming = exports.into_folder(runtime.ports.blobs, shop / "out", shop)
    path = exported(runtime.sessions, kind, shop / f"export{ENDINGS.get(kind, '.csv')}", naming)
    with runtime.sessions.write() as session:
        for product in catalog.list_products(session, catalog.Filters(), None, 10).products:
            product.external_id = f"old-{product.external_id}"
    offered = 2 if kind.startswith("google") else 3
    assert imported(runtime, path) == {"created": offered}
    after = stored(runtime.sessions)
    lossless = kind in ("csv", "jsonl")
    for name, held in before.items():
        if name not in after:
            assert (kind[:6], held["status"]) == ("google", "draft")
            continue
        again = after[name]
        kept = set(held) if lossless else {"title", "description", "images", "price"}
        assert {key: again[key] for key in kept} == {key: held[key] for key in kept}
        assert again["attributes"].get("sku") == held["attributes"].get("sku")


def test_pictures_are_named_by_their_address(runtime: Runtime, tmp_path: Path) -> None:
    with runtime.sessions.write() as session:
        product, _ = add_product(session, runtime.ports, "A", photo(seed=1), photo(seed=2))
        product.images[0].source_url = "https://shop.example/a.jpg?x=1&y=2"
    path = exported(runtime.sessions, "jsonl", tmp_path / "a.jsonl", exports.addresses_only)
    assert json.loads(path.read_text())["images"] == ["https://shop.example/a.jpg?x=1&y=2"]
    path = exported(runtime.sessions, "google-xml", tmp_path / "a.xml", exports.addresses_only)
    links = ElementTree.parse(path).findall(".//{http://base.google.com/ns/1.0}image_link")
    assert [link.text for link in links] == ["https://shop.example/a.jpg?x=1&y=2"]


def test_an_export_of_many_pages_holds_each_product_once(
    sessions: Sessions, tmp_path: Path
) -> None:
    with sessions.write() as session:
        for number in range(450):
            catalog.create(session, ProductFields(external_id=f"P{number}", title="T"), None)
    path = exported(sessions, "jsonl", tmp_path / "a.jsonl", exports.addresses_only)
    ids = [json.loads(line)["external_id"] for line in path.read_text().splitlines()]
    assert ids == [f"P{number}" for number in range(450)]


def test_an_unknown_format_is_refused(sessions: Sessions, tmp_path: Path) -> None:
    with (tmp_path / "a").open("w") as file, pytest.raises(Invalid, match="shopify"):
        next(exports.export(sessions, "excel", file, exports.addresses_only))


LETTERS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
    | st.sampled_from("'=+-@\"&;,|<>/\\ \u00a0\u2028"),
    max_size=12,
)
LINES = LETTERS | st.lists(
    LETTERS | st.sampled_from(["", "  - x", "a\tb", "&copy; <b>", "=1+1"]), max_size=4
).map("\n".join)
WORDS = LETTERS.map(lambda text: " ".join(text.replace(",", "").split()).rstrip("\\")).filter(bool)
"""Without what separates values in some format, or would stand for another character there."""
SKUS = WORDS.filter(lambda text: not re.fullmatch(r"[\d.]+[eE]\+?\d+", text))
"""Without numbers that a spreadsheet has shortened, which imports refuse."""
LISTS = st.lists(WORDS, min_size=1, max_size=3, unique_by=str.strip)
HELD = {
    "shopify": {"tags", "sku", "size"},
    "google": {"sku", "size", "availability", "material", "gtin"},
    "google-xml": {"sku", "size", "availability", "material", "gtin"},
    "medusa": {"tags", "sku", "size"},
    "woocommerce": {"tags", "sku", "size", "availability", "gtin"},
}
"""The attributes that each of these formats holds; csv and jsonl hold all."""


@st.composite
def products(draw: st.DrawFn) -> dict[str, Any]:
    """Any product that an import could have stored."""
    words = st.one_of(WORDS, st.integers(-9, 99), st.booleans(), LISTS)
    colours = draw(st.lists(WORDS, min_size=2, max_size=3, unique=True))
    one_colour = draw(st.booleans())
    attributes = {
        "tags": draw(LISTS),
        "sku": draw(st.lists(SKUS, min_size=1, max_size=3, unique_by=str.strip)),
        "size": draw(LISTS),
        "availability": draw(st.sampled_from(["in_stock", "In Stock", "preorder", "soon"])),
        "material": draw(words),
        "gtin": draw(st.sampled_from(["0012345678905", "'7"])),
        "fit": draw(words),
        **({} if one_colour else {"colours": colours}),
    }
    kept = draw(st.sets(st.sampled_from(sorted(attributes))))
    return {
        "title": draw(LETTERS.filter(str.strip)),
        "description": draw(LINES),
        "category": draw(WORDS),
        "brand": draw(LETTERS),
        "gender": draw(st.sampled_from(["", "men", "Damen", "girls", "=x"])),
        "colour": draw(WORDS) if one_colour else "",
        "price": draw(st.none() | st.decimals(0, 10**6, places=3)),
        "currency": draw(st.sampled_from(["", "EUR", "KWD", "JPY"])),
        "status": draw(st.sampled_from(["active", "draft"])),
        "url": draw(
            st.sampled_from(["", "https://shop.example/a?x=1&copy=2", "http://a.example/é"])
        ),
        "attributes": {name: attributes[name] for name in kept},
    }


@settings(max_examples=120, deadline=None)
@given(held=products(), kind=st.sampled_from(exports.FORMATS))
def test_any_product_exported_and_imported_is_unchanged(
    runtime: Runtime, tmp_path: Path, held: dict[str, Any], kind: str
) -> None:
    external_id = "'=A\\ &amp;,<1>"
    with runtime.sessions.write() as session:
        fields = ProductFields.model_validate({"external_id": external_id, **held})
        product = catalog.find(session, external_id) or catalog.create(session, fields, None)
        catalog.update(session, runtime.ports, product, fields.model_dump())
    path = exported(runtime.sessions, kind, tmp_path / "p", exports.addresses_only)
    offered = held["status"] == "active" or not kind.startswith("google")
    assert imported(runtime, path) == ({"unchanged": 1} if offered else {}), path.read_text()


@settings(max_examples=60, deadline=None)
@given(held=products(), kind=st.sampled_from(exports.FORMATS))
def test_any_product_comes_back_as_far_as_the_format_holds_it(
    runtime: Runtime, tmp_path: Path, held: dict[str, Any], kind: str
) -> None:
    held |= {"status": "active", "gender": "men", "currency": "EUR"}
    fields = ProductFields.model_validate({"external_id": "A", **held})
    with runtime.sessions.write() as session:
        for each in catalog.list_products(session, catalog.Filters(), None, 200).products:
            each.external_id = f"old-{each.id}"
            catalog.remove(session, runtime.ports, each)
        session.flush()
        catalog.create(session, fields, None)
    path = exported(runtime.sessions, kind, tmp_path / "p", exports.addresses_only)
    with runtime.sessions.write() as session:
        found = catalog.find(session, "A")
        assert found is not None
        found.external_id = f"old-{found.id}"
    imports_ = imports.import_catalogue(
        runtime.sessions, runtime.ports, runtime.settings.limits, imports.source(path)
    )
    assert "created" in [outcome.what for outcome in imports_]
    again = stored(runtime.sessions)["A"]
    assert (again["title"], again["description"]) == (fields.title, fields.description)
    assert again["price"] == fields.price
    if kind in ("csv", "jsonl") or kind.startswith("google"):
        assert again["url"] == fields.url
    for name in HELD.get(kind, set(fields.attributes)) & set(fields.attributes):
        assert texts(again["attributes"].get(name)) == texts(fields.attributes[name]), name


def texts(value: object) -> str:
    """The words of an attribute, a list as one; availability in the common vocabulary."""
    listed = value if isinstance(value, list) else [value]
    return "/".join(words.word("availability", str(each)).strip() for each in listed)


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.just("\n"), max_size=20)


@settings(max_examples=40)
@given(
    title=TEXT.filter(lambda text: text.strip()),
    description=TEXT,
    value=st.one_of(
        TEXT.filter(bool), st.integers(-9, 9), st.booleans(), st.lists(TEXT, min_size=1)
    ),
    kind=st.sampled_from(["csv", "jsonl"]),
)
def test_csv_and_json_lines_hold_all_there_is(
    runtime: Runtime, tmp_path: Path, title: str, description: str, value: object, kind: str
) -> None:
    given_ = {"title": title, "description": description, "attributes": {"a": value}}
    with runtime.sessions.write() as session:
        product = catalog.find(session, "A")
        fields = ProductFields.model_validate({"external_id": "A", **given_})
        product = product or catalog.create(session, fields, None)
        catalog.update(session, runtime.ports, product, fields.model_dump())
    path = exported(runtime.sessions, kind, tmp_path / "p", exports.addresses_only)
    assert imported(runtime, path) == {"unchanged": 1}


@pytest.mark.parametrize("kind", ["csv", "shopify", "google", "medusa", "woocommerce"])
def test_no_cell_is_a_formula(runtime: Runtime, tmp_path: Path, kind: str) -> None:
    for number, sign in enumerate("=+-@\t\r"):
        attack = f"{sign}HYPERLINK(1)"
        given = {"external_id": f"={number}", "title": attack, "description": attack}
        said = {"brand": attack, "colour": attack, "attributes": {f"{sign}a": attack}}
        with runtime.sessions.write() as session:
            fields = ProductFields.model_validate(given | said | {"status": "active"})
            catalog.create(session, fields, None)
    path = exported(runtime.sessions, kind, tmp_path / "p", exports.addresses_only)
    delimiter = "\t" if kind == "google" else ","
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file, delimiter=delimiter))
    cells = [cell for row in rows for cell in row]
    assert sum(cell.startswith("'") for cell in cells) > 6
    assert [cell for cell in cells if cell.startswith(tuple("=+-@\t\r"))] == []
