"""Every kind of bad input is refused by name, and changes nothing."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from tests.worlds.factories import encoded, photo, product_with_photos
from tests.worlds.people import Headers
from vitrine.wiring import Runtime

Counts = Callable[[], dict[str, int]]
PRODUCT: dict[str, Any] = {"external_id": "NEW", "title": "Shirt"}


def bomb() -> bytes:
    """A few hundred bytes that claim to be 60,000 x 60,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100_000)
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


PHOTOS = {
    "empty file": (b"", 422),
    "text named .jpg": (b"this is no picture", 415),
    "html": (b"<svg onload=alert(1)>", 415),
    "truncated JPEG": (photo(size=(400, 400))[:3000], 422),
    "only a header": (photo()[:20], 415),
    "bomb PNG": (bomb(), 413),
    "1x1": (encoded(Image.new("RGB", (1, 1)), "PNG"), 422),
    "TGA": (encoded(Image.new("RGB", (40, 40)), "TGA"), 415),
}


@pytest.fixture
def product_id(runtime: Runtime) -> str:
    with runtime.sessions.write() as session:
        product, _ = product_with_photos(session, runtime.ports, "OLD", photo())
    return product.id


def refused(answer: Any, *fields: str, status: int = 422) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()["fields"]) == set(fields), answer.text


@pytest.mark.parametrize(("data", "status"), PHOTOS.values(), ids=list(PHOTOS))
def test_bad_photos(
    client: TestClient,
    editor: Headers,
    product_id: str,
    counts: Counts,
    data: bytes,
    status: int,
) -> None:
    before = counts()
    good, bad = ("good.jpg", photo("blue"), "image/jpeg"), ("a.jpg", data, "image/jpeg")
    two = [("images", good), ("images", bad)]
    form = {"product": json.dumps(PRODUCT)}
    answer = client.post("/v1/products", data=form, files=two, headers=editor)
    refused(answer, "images[1]", status=status)
    answer = client.post(f"/v1/products/{product_id}/images", files=two, headers=editor)
    refused(answer, "images[1]", status=status)
    for path, headers in (
        ("/v1/uploads", editor),
        ("/v1/search", editor),
        ("/v1/search", editor | {"Prefer": "respond-async"}),
    ):
        answer = client.post(path, files={"image": bad}, headers=headers)
        refused(answer, "image", status=status)
    assert counts() == before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"price": -1}, "price"),
        ({"price": "NaN"}, "price"),
        ({"price": "Infinity"}, "price"),
        ({"price": 1e400}, "price"),
        ({"price": "0.00001"}, "price"),
        ({"price": 10**12}, "price"),
        ({"currency": "EURO"}, "currency"),
        ({"title": ""}, "title"),
        ({"title": " "}, "title"),
        ({"title": "x" * 501}, "title"),
        ({"title": 5}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"title": "a\ud800b"}, "title"),
        ({"title": None}, "title"),
        ({"external_id": "x" * 201}, "external_id"),
        ({"description": "x" * 20_001}, "description"),
        ({"unknown": 1}, "unknown"),
        ({"attributes": {"a": "\x00"}}, "attributes.a"),
        ({"attributes": {str(number): 1 for number in range(101)}}, "attributes"),
        ({"attributes": {"x" * 101: 1}}, "attributes"),
        ({"attributes": {"a": "x" * 5000}}, "attributes"),
        ({"attributes": []}, "attributes"),
    ],
    ids=repr,
)
def test_bad_product_fields(
    client: TestClient, editor: Headers, counts: Counts, wrong: dict[str, Any], field: str
) -> None:
    before = counts()
    text = json.dumps(PRODUCT | wrong).replace("Infinity}", "1e400}")
    as_json = editor | {"Content-Type": "application/json"}
    refused(client.post("/v1/products", content=text, headers=as_json), field)
    files = {"images": ("a.jpg", photo(), "image/jpeg")}
    answer = client.post("/v1/products", data={"product": text}, files=files, headers=editor)
    refused(answer, field)
    assert counts() == before


@pytest.mark.parametrize("value", [{"deep": 1}, [1], None])
def test_an_attribute_is_flat(client: TestClient, editor: Headers, value: object) -> None:
    answer = client.post(
        "/v1/products", json=PRODUCT | {"attributes": {"a": value}}, headers=editor
    )
    assert answer.status_code == 422
    assert all(field.startswith("attributes.a") for field in answer.json()["fields"])


def test_a_taken_external_id(
    client: TestClient, editor: Headers, product_id: str, counts: Counts
) -> None:
    before = counts()
    form = {"product": json.dumps(PRODUCT | {"external_id": "OLD"})}
    files = {"images": ("a.jpg", photo("blue"), "image/jpeg")}
    answer = client.post("/v1/products", data=form, files=files, headers=editor)
    refused(answer, "external_id", status=409)
    assert counts() == before


def test_an_image_of_another_product(
    client: TestClient, editor: Headers, product_id: str, runtime: Runtime, counts: Counts
) -> None:
    with runtime.sessions.write() as session:
        other, _ = product_with_photos(session, runtime.ports, "OTHER", photo("blue"))
        foreign = other.images[0].id
    before = counts()
    answer = client.delete(f"/v1/products/{product_id}/images/{foreign}", headers=editor)
    assert (answer.status_code, answer.json()["code"]) == (404, "image_unknown")
    answer = client.patch(
        f"/v1/products/{product_id}", json={"image_ids": [foreign]}, headers=editor
    )
    refused(answer, "image_ids")
    assert client.get(f"/v1/images/{foreign}", headers=editor).status_code == 200
    assert counts() == before


def test_too_many_images(
    client: TestClient, editor: Headers, product_id: str, runtime: Runtime, counts: Counts
) -> None:
    most = runtime.settings.limits.images_per_product
    before = counts()
    for many in (most + 1, most):
        files = [
            ("images", ("a.jpg", photo("blue", seed=seed, size=(32, 32)), "image/jpeg"))
            for seed in range(many)
        ]
        answer = client.post(f"/v1/products/{product_id}/images", files=files, headers=editor)
        refused(answer, "images")
    assert counts()["images"] == before["images"]


@pytest.mark.parametrize(
    ("data", "files", "fields"),
    [
        ({"surprise": "1"}, {"image": photo()}, ["surprise"]),
        ({}, {"image": photo(), "other": b"x"}, ["other"]),
        ({"image": "text"}, {"other": b""}, ["image", "other"]),
        ({}, {}, ["image"]),
    ],
)
def test_forms_with_other_fields(
    client: TestClient,
    viewer: Headers,
    counts: Counts,
    data: dict[str, str],
    files: dict[str, bytes],
    fields: list[str],
) -> None:
    before = counts()
    parts = [(key, ("a.jpg", value)) for key, value in files.items()]
    if not parts:
        body = b"--x--\r\n"
        headers = viewer | {"Content-Type": "multipart/form-data; boundary=x"}
        answer = client.post("/v1/uploads", content=body, headers=headers)
    else:
        answer = client.post("/v1/uploads", data=data, files=parts, headers=viewer)
    refused(answer, *fields)
    assert counts() == before


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\xfe\r\n--x--', ["text"]),
        (b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\na\0\r\n--x--', ["text"]),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--", ["body"]),
        (b"no boundary anywhere", ["body"]),
        (b'--x\r\nContent-Disposition: form-data; name="image"; filename="', ["body"]),
        (b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nhalf', ["body"]),
    ],
)
def test_broken_forms(client: TestClient, viewer: Headers, body: bytes, fields: list[str]) -> None:
    headers = viewer | {"Content-Type": "multipart/form-data; boundary=x"}
    refused(client.post("/v1/search", content=body, headers=headers), *fields)


def test_a_form_without_boundary(client: TestClient, viewer: Headers) -> None:
    headers = viewer | {"Content-Type": "multipart/form-data"}
    refused(client.post("/v1/search", content=b"x", headers=headers), "body")


def test_a_field_given_twice(client: TestClient, viewer: Headers) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\na\r\n'
    headers = viewer | {"Content-Type": "multipart/form-data; boundary=x"}
    refused(client.post("/v1/search", content=part * 2 + b"--x--", headers=headers), "text")


def test_a_file_name_longer_than_any_header(
    client: TestClient, viewer: Headers, counts: Counts
) -> None:
    before = counts()
    files = {"image": ("x" * 5000, photo())}
    refused(client.post("/v1/uploads", files=files, headers=viewer), "body")
    assert counts() == before


@pytest.mark.parametrize(
    "name", ["x" * 3000, "a\x00b.jpg", "../../etc/passwd", "..", "\u202egpj.exe"]
)
def test_odd_file_names_are_made_harmless(
    client: TestClient, viewer: Headers, runtime: Runtime, name: str
) -> None:
    answer = client.post("/v1/uploads", files={"image": (name, photo())}, headers=viewer)
    assert answer.status_code == 201, answer.text
    assert all(key.startswith("images/") for key in runtime.ports.blobs.keys(""))
    shown = client.get(f"/v1/images/{answer.json()['upload_id']}", headers=viewer)
    assert len(shown.headers["content-disposition"]) < 1000
    assert "/" not in shown.headers["content-disposition"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 10**9}, "limit"),
        ({"limit": -1}, "limit"),
        ({"limit": 1.5}, "limit"),
        ({"weight": 1.1}, "weight"),
        ({"weight": "NaN"}, "weight"),
        ({"text": "x" * 1001}, "text"),
        ({"text": "a\x00"}, "text"),
        ({"box": [0, 0, 5, 5]}, "box"),
        ({"upload_id": "nonsense"}, "upload_id"),
        ({"upload_id": "01890000-0000-7000-8000-000000000000"}, "upload_id"),
        ({"product_id": "nonsense"}, "product_id"),
        ({"product_id": ["x"]}, "product_id"),
        ({"not_text": "x" * 1001}, "not_text"),
        ({"not_text": "a\x00"}, "not_text"),
        ({"not_text": 5}, "not_text"),
        ({"text": "", "not_text": "red"}, "not_text"),
        ({"text": "", "min_level": "close"}, "min_level"),
        ({"min_level": "none"}, "min_level"),
        ({"min_level": 1}, "min_level"),
        ({"surprise": 1}, "surprise"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("prefer", ["", "respond-async"])
def test_bad_searches(
    client: TestClient,
    viewer: Headers,
    counts: Counts,
    wrong: dict[str, Any],
    field: str,
    prefer: str,
) -> None:
    before = counts()
    asked = {"text": "shirt"} | wrong
    answer = client.post("/v1/search", json=asked, headers=viewer | {"Prefer": prefer})
    refused(answer, field)
    assert counts() == before


@pytest.mark.parametrize(
    "box",
    ["-1,0,50,50", "0,0,97,50", "0,0,50,129", "50,50,10,10", "5,5,5,5", "1e9,0,2e9,50"],
)
@pytest.mark.parametrize("prefer", ["", "respond-async"])
def test_boxes_outside_the_photo(
    client: TestClient, viewer: Headers, counts: Counts, box: str, prefer: str
) -> None:
    before = counts()
    headers = viewer | {"Prefer": prefer}
    files = {"image": ("a.jpg", photo(size=(96, 128)))}
    refused(client.post("/v1/search", data={"box": box}, files=files, headers=headers), "box")
    assert counts() == before


@pytest.mark.parametrize(
    "box", ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "NaN,0,1,1", "[" * 5000, "{}"]
)
def test_boxes_that_are_none(client: TestClient, viewer: Headers, box: str) -> None:
    files = {"image": ("a.jpg", photo())}
    answer = client.post("/v1/search", data={"box": box}, files=files, headers=viewer)
    assert answer.status_code == 422
    assert all(field.startswith("box") for field in answer.json()["fields"])


@pytest.mark.parametrize("limit", ["0", "501", "1000000000", "x", "9" * 5000])
def test_bad_limits_of_similar(
    client: TestClient, viewer: Headers, product_id: str, limit: str
) -> None:
    path = f"/v1/products/{product_id}/similar?limit={limit}"
    refused(client.get(path, headers=viewer), "limit")
