from __future__ import annotations

import struct
import tracemalloc
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.worlds.catalogues import written
from tests.worlds.factories import photo
from tests.worlds.imports import Pages, run, whats
from vitrine.core.errors import Invalid
from vitrine.services import catalog, imports
from vitrine.wiring import Runtime

MOST = 40_000_000


def rows(folder: Path, *names: str) -> Path:
    lines = "".join(f'P{n},Title {n},"{name}"\n' for n, name in enumerate(names))
    return written(folder, f"sku,title,images\n{lines}")


def test_pictures_come_from_a_zip(runtime: Runtime, tmp_path: Path) -> None:
    archive = tmp_path / "photos.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("shop/a.jpg", photo(seed=1))
        file.writestr("shop/x/b.jpg", photo(seed=2))
        file.writestr("shop/y/b.jpg", photo(seed=3))
    names = ("shop/a.jpg", "a.jpg", "shop/x/b.jpg;shop\\y\\b.jpg", "b.jpg", "none.jpg")
    outcomes = run(runtime, rows(tmp_path, *names), images=archive)
    assert whats(outcomes) == ["created"] * 5
    assert [outcome.photos for outcome in outcomes] == [1, 1, 2, 0, 0]
    assert "no file 'b.jpg' in the zip" in outcomes[3].fields["images"]


@pytest.mark.parametrize(
    "name", ["../evil.jpg", "/etc/evil.jpg", "a/../../evil.jpg", "..\\evil.jpg"]
)
def test_a_zip_cannot_climb_out(runtime: Runtime, tmp_path: Path, name: str) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    archive = shop / "photos.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(name, photo())
    before = sorted(tmp_path.rglob("*.jpg"))
    for asked in (name, "evil.jpg"):
        (outcome,) = run(runtime, rows(shop, asked), images=archive)
        assert "no file" in outcome.fields["images"]
    assert sorted(tmp_path.rglob("*.jpg")) == before


def test_a_zip_bomb_is_not_inflated(runtime: Runtime, tmp_path: Path) -> None:
    honest, liar = tmp_path / "honest.zip", tmp_path / "liar.zip"
    compressed = zipfile.ZipFile(honest, "w", zipfile.ZIP_DEFLATED)
    with compressed as file, file.open("bomb.jpg", "w") as bomb:
        for _ in range(300):
            bomb.write(bytes(1 << 20))
    # The same, but its lists say it holds a thousand bytes.
    data, size = honest.read_bytes(), struct.pack("<L", 300 << 20)
    assert size in data
    liar.write_bytes(data.replace(size, struct.pack("<L", 1000)))
    path = rows(tmp_path, "bomb.jpg")
    tracemalloc.start()
    (first,) = run(runtime, path, images=honest)
    (second,) = run(runtime, path, images=liar)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "over 40,000,000 bytes" in first.fields["images"]
    assert second.photos == 0
    assert peak < 3 * MOST


def test_broken_zips_are_refused_with_a_reason(runtime: Runtime, tmp_path: Path) -> None:
    path = rows(tmp_path, "a.jpg")
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(Invalid, match="no zip that can be read"):
        run(runtime, path, images=broken)
    with zipfile.ZipFile(broken, "w") as file:
        file.writestr("a.jpg", photo())
    data = bytearray(broken.read_bytes())
    data[60] ^= 0xFF
    broken.write_bytes(data)
    (outcome,) = run(runtime, path, images=broken)
    assert "cannot be read from the zip" in outcome.fields["images"]
    with pytest.raises(Invalid, match="no folder or zip"):
        imports.source(path, images=tmp_path / "nowhere.zip")


def test_a_zip_with_a_file_without_a_name(runtime: Runtime, tmp_path: Path) -> None:
    nameless = tmp_path / "nameless.zip"
    with zipfile.ZipFile(nameless, "w") as file:
        file.writestr("a.jpg", photo())
        file.writestr("zz", b"nothing")
    nameless.write_bytes(nameless.read_bytes().replace(b"zz", b"\0z"))  # a name ends at a NUL
    (outcome,) = run(runtime, rows(tmp_path, "a.jpg"), images=nameless)
    assert (outcome.what, outcome.photos) == ("created", 1)


def test_a_folder_of_its_own_for_pictures(runtime: Runtime, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "a.jpg").write_bytes(photo())
    (tmp_path / "b.jpg").write_bytes(photo(seed=2))
    outcomes = run(runtime, rows(tmp_path, "a.jpg", "../b.jpg"), images=photos)
    assert whats(outcomes) == ["created", "created"]
    assert "lies outside" in outcomes[1].fields["images"]


def test_addresses_are_fetched_once_and_never_again(runtime: Runtime, tmp_path: Path) -> None:
    pages = Pages(a=photo(seed=1), b=photo(seed=2), page=b"<html>")
    web = replace(runtime, ports=replace(runtime.ports, fetcher=pages))
    a, b, page, none = (f"https://shop.example/{name}.jpg" for name in ("a", "b", "page", "none"))
    path = rows(tmp_path, f"{a},{b}", a, page, f"{a} {none}")
    first = run(web, path)
    assert whats(first) == ["created"] * 4
    assert [outcome.photos for outcome in first] == [2, 1, 0, 1]
    assert "not a JPEG" in first[2].fields["images"]
    assert "404; tried again later" in first[3].fields["images"]
    asked = Counter(pages.asked)
    second = run(web, path)
    assert whats(second) == ["unchanged"] * 4
    assert pages.asked - asked == Counter({page: 1, none: 1}), "only what is missing"
    pages.pages[none] = photo(seed=3)
    assert whats(run(web, path)) == ["unchanged"] * 3 + ["updated"]
    with runtime.sessions.read() as session:
        product = catalog.find(session, "P0")
        assert product is not None
        assert [image.source_url for image in product.images] == [a, b]


def test_an_address_of_a_picture_that_is_there_already_is_learned(
    runtime: Runtime, tmp_path: Path
) -> None:
    (tmp_path / "a.jpg").write_bytes(photo(seed=1))
    assert whats(run(runtime, rows(tmp_path, "a.jpg"))) == ["created"]
    pages = Pages(a=photo(seed=1))
    web = replace(runtime, ports=replace(runtime.ports, fetcher=pages))
    path = rows(tmp_path, "https://shop.example/a.jpg")
    assert whats(run(web, path)) == ["unchanged"]
    assert whats(run(web, path)) == ["unchanged"]
    assert pages.asked.total() == 1


def test_without_a_fetcher_addresses_are_refused(runtime: Runtime, tmp_path: Path) -> None:
    (outcome,) = run(runtime, rows(tmp_path, "https://shop.example/a.jpg"))
    assert "not fetched" in outcome.fields["images"]


def test_a_dry_run_says_the_same_and_writes_nothing(runtime: Runtime, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(photo(seed=1))
    pages = Pages(a=photo(seed=2))
    web = replace(runtime, ports=replace(runtime.ports, fetcher=pages))
    path = rows(tmp_path, "a.jpg", "https://shop.example/a.jpg", "none.jpg")
    dry = run(web, path, dry_run=True)
    assert whats(dry) == ["created", "created", "created"]
    assert pages.asked.total() == 0
    assert runtime.ports.blobs.stored == {}  # type: ignore[attr-defined]
    with runtime.sessions.read() as session:
        assert catalog.find(session, "P0") is None
    assert whats(run(web, path)) == whats(dry)
    assert whats(run(web, path, dry_run=True)) == ["unchanged", "unchanged", "unchanged"]
    with runtime.sessions.write() as session:
        product = catalog.find(session, "P1")
        assert product is not None
        catalog.remove(session, runtime.ports, product)
    assert whats(run(web, path, dry_run=True)) == ["unchanged", "restored", "unchanged"]
    assert whats(run(web, path)) == ["unchanged", "restored", "unchanged"]
    assert whats(run(web, path)) == ["unchanged", "unchanged", "unchanged"]
