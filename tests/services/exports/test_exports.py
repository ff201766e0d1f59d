from __future__ import annotations

import json
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
