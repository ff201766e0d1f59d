from __future__ import annotations

import io
import json

from fastapi.testclient import TestClient
from PIL import Image

from tests.worlds.factories import photo
from tests.worlds.people import Headers
from vitrine.core.clock import new_id


def create(client: TestClient, editor: Headers, external_id: str) -> dict[str, str]:
    answer = client.post(
        "/v1/products",
        data={"product": json.dumps({"external_id": external_id, "title": "Shirt"})},
        files=[("images", ("front.jpg", photo(size=(300, 200)), "image/jpeg"))],
        headers=editor,
    )
    made: dict[str, str] = answer.json()["product"]
    return made


def test_the_same_photo_links_two_products(client: TestClient, editor: Headers) -> None:
    first, second = create(client, editor, "A"), create(client, editor, "B")
    told = client.get("/v1/duplicates", headers=editor).json()
    assert told["total"] == 1
    [pair] = told["duplicates"]
    assert (pair["exact"], pair["distance"]) == (True, 0)
    assert [pair["first"]["product_id"], pair["second"]["product_id"]] == [
        first["id"],
        second["id"],
    ]
    query = f"/v1/duplicates?product_id={second['id']}"
    assert client.get(query, headers=editor).json() == told


def test_what_is_no_product_or_no_distance_is_refused(client: TestClient, viewer: Headers) -> None:
    unknown = client.get(f"/v1/duplicates?product_id={new_id()}", headers=viewer)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "product_unknown")
    for query in ("product_id=x", "distance=8", "distance=-1", "limit=0"):
        answer = client.get(f"/v1/duplicates?{query}", headers=viewer)
        assert (answer.status_code, list(answer.json()["fields"])) == (422, [query.split("=")[0]])


def test_a_thumbnail_can_be_jpeg_with_an_etag_of_its_own(
    client: TestClient, editor: Headers, viewer: Headers
) -> None:
    create(client, editor, "A")
    product = client.get("/v1/products", headers=viewer).json()["products"][0]
    url = product["images"][0]["thumbnail_url"]
    jpeg = client.get(f"{url}?size=160&format=jpg", headers=viewer)
    assert jpeg.headers["content-type"] == "image/jpeg"
    assert jpeg.headers["cache-control"] == "private, max-age=31536000, immutable"
    with Image.open(io.BytesIO(jpeg.content)) as picture:
        assert (picture.format, max(picture.size)) == ("JPEG", 160)
    webp = client.get(f"{url}?size=160", headers=viewer)
    assert webp.headers["etag"] != jpeg.headers["etag"]
    link = client.get(f"{product['images'][0]['url']}/url?variant=160.jpg", headers=viewer)
    assert client.get(link.json()["url"]).content == jpeg.content
