from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from tests.worlds.factories import encoded, photo
from tests.worlds.people import Headers
from vitrine.core.clock import now
from vitrine.tables.catalog import Image as ImageRow
from vitrine.wiring import Runtime

SignedIn = Callable[..., Headers]


def upload(client: TestClient, headers: Headers, data: bytes, name: str = "a.jpg") -> str:
    answer = client.post("/v1/uploads", files={"image": (name, data)}, headers=headers)
    assert answer.status_code == 201, answer.text
    upload_id: str = answer.json()["upload_id"]
    return upload_id


@pytest.fixture
def product_image(client: TestClient, editor: Headers) -> str:
    fields = json.dumps({"external_id": "A-1", "title": "Shirt"})
    answer = client.post(
        "/v1/products",
        data={"product": fields},
        files=[("images", ("front.jpg", photo(size=(600, 400)), "image/jpeg"))],
        headers=editor,
    )
    image_id: str = answer.json()["product"]["images"][0]["id"]
    return image_id


def test_a_photo_is_answered_as_it_came(
    client: TestClient, viewer: Headers, product_image: str
) -> None:
    answer = client.get(f"/v1/images/{product_image}", headers=viewer)
    assert answer.content == photo(size=(600, 400))
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == (
        "inline; filename=\"front.jpg\"; filename*=UTF-8''front.jpg"
    )


@pytest.mark.parametrize("form", ["HEIF", "TIFF"])
def test_what_no_browser_shows_is_answered_as_jpeg(
    client: TestClient, editor: Headers, form: str
) -> None:
    data = encoded(Image.new("RGB", (600, 400), "red"), form)
    image_id = upload(client, editor, data, "IMG_0001.heic")
    for path in ("", "/thumbnail?format=jpg"):
        answer = client.get(f"/v1/images/{image_id}{path}", headers=editor)
        assert answer.headers["content-type"] == "image/jpeg"
        with Image.open(io.BytesIO(answer.content)) as shown:
            assert (shown.format, shown.size[0] > shown.size[1]) == ("JPEG", True)


@pytest.mark.parametrize("path", ["", "/thumbnail", "/thumbnail?size=160"])
def test_a_picture_one_has_is_not_sent_again(
    client: TestClient, viewer: Headers, product_image: str, path: str
) -> None:
    url = f"/v1/images/{product_image}{path}"
    tag = client.get(url, headers=viewer).headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get(url, headers=viewer | {"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    changed = client.get(url, headers=viewer | {"If-None-Match": '"other"'})
    assert changed.status_code == 200


@pytest.mark.parametrize(("query", "side"), [("", 480), ("?size=160", 160), ("?size=1080", 600)])
def test_a_thumbnail_is_webp_of_the_size_asked_for_never_enlarged(
    client: TestClient, viewer: Headers, product_image: str, query: str, side: int
) -> None:
    answer = client.get(f"/v1/images/{product_image}/thumbnail{query}", headers=viewer)
    assert answer.headers["content-type"] == "image/webp"
    assert max(Image.open(io.BytesIO(answer.content)).size) == side


@pytest.mark.parametrize("size", ["0", "161", "x", "-1", "10000000000000000000000"])
def test_a_thumbnail_of_another_size_is_refused(
    client: TestClient, viewer: Headers, product_image: str, size: str
) -> None:
    answer = client.get(f"/v1/images/{product_image}/thumbnail?size={size}", headers=viewer)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["size"])


def test_the_type_comes_from_the_bytes_not_from_the_name(
    client: TestClient, viewer: Headers
) -> None:
    image_id = upload(client, viewer, encoded(Image.new("RGB", (40, 40)), "PNG"), "a.jpg")
    assert client.get(f"/v1/images/{image_id}", headers=viewer).headers["content-type"] == (
        "image/png"
    )


def test_a_turned_photo_has_its_upright_size(client: TestClient, viewer: Headers) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(Image.new("RGB", (60, 40)), exif=exif)
    answer = client.post("/v1/uploads", files={"image": ("a.jpg", data)}, headers=viewer)
    assert (answer.json()["width"], answer.json()["height"]) == (40, 60)


@pytest.mark.parametrize(
    ("name", "kept", "plain"),
    [
        ("../../etc/passwd", "passwd", "passwd"),
        ("C:\\dir\\shirt.jpg", "shirt.jpg", "shirt.jpg"),
        ("kjole – blå.jpg", "kjole%20%E2%80%93%20bl%C3%A5.jpg", "kjole _ bl_.jpg"),
        ('a"b;c.jpg', "a%22b%3Bc.jpg", "a_b;c.jpg"),
        ("", "image", "image"),
    ],
)
def test_a_name_is_told_harmlessly(
    client: TestClient, viewer: Headers, name: str, kept: str, plain: str
) -> None:
    parts = f'form-data; name="image"; filename="{name.replace(chr(34), "%22")}"'
    if '"' in name:  # browsers write quotes this way; what we decode is the bytes as sent
        kept, plain = "a%2522b%3Bc.jpg", "a_22b;c.jpg"
    body = b"--x\r\nContent-Disposition: " + parts.encode() + b"\r\n\r\n" + photo() + b"\r\n--x--"
    headers = viewer | {"Content-Type": "multipart/form-data; boundary=x"}
    answer = client.post("/v1/uploads", content=body, headers=headers)
    assert answer.status_code == 201, answer.text
    shown = client.get(f"/v1/images/{answer.json()['upload_id']}", headers=viewer)
    assert shown.headers["content-disposition"] == (
        f"inline; filename=\"{plain}\"; filename*=UTF-8''{kept}"
    )


def test_an_upload_is_its_makers_and_admins_alone(
    client: TestClient, viewer: Headers, admin: Headers, signed_in: SignedIn
) -> None:
    image_id = upload(client, viewer, photo())
    for path in ("", "/thumbnail", "/url"):
        url = f"/v1/images/{image_id}{path}"
        assert client.get(url, headers=viewer).status_code == 200
        assert client.get(url, headers=admin).status_code == 200
        assert client.get(url, headers=signed_in("reviewer", f"other{path[1:]}")).status_code == 404


@pytest.mark.parametrize("variant", ["original", "160"])
def test_a_signed_link_needs_no_account(
    client: TestClient, viewer: Headers, product_image: str, variant: str
) -> None:
    url = f"/v1/images/{product_image}/url?variant={variant}"
    link = client.get(url, headers=viewer).json()["url"]
    answer = client.get(link)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == (
        "image/jpeg" if variant == "original" else "image/webp"
    )
    assert client.post("/v1/uploads", files={"image": ("a", photo())}).status_code == 401


def test_a_link_that_was_changed_or_ran_out_opens_nothing(
    client: TestClient, viewer: Headers, product_image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = client.get(f"/v1/images/{product_image}/url", headers=viewer).json()["url"]
    other = upload(client, viewer, photo("blue"))
    for changed in (
        link.replace("variant=original", "variant=160"),
        link.replace("expires=", "expires=9"),
        link.replace(product_image, other),
        link[:-1] + ("0" if link[-1] != "0" else "1"),
        link[: link.index("signature=")] + "signature=",
    ):
        assert client.get(changed).status_code == 403, changed
    monkeypatch.setattr("vitrine.api.routes.images.time.time", lambda: now().timestamp() + 10_000)
    assert client.get(link).json()["code"] == "link_expired"


def test_a_link_to_a_deleted_photo_opens_nothing(
    client: TestClient, viewer: Headers, product_image: str, runtime: Runtime
) -> None:
    link = client.get(f"/v1/images/{product_image}/url", headers=viewer).json()["url"]
    with runtime.sessions.write() as session:
        session.get_one(ImageRow, product_image).deleted_at = now()
    assert client.get(link).status_code == 404
