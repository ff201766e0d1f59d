"""Who changed what of a product, and when."""

from __future__ import annotations

import json
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.worlds.factories import photo
from tests.worlds.people import Headers
from vitrine.tables.webhooks import Event, Webhook
from vitrine.wiring import Runtime


def add(client: TestClient, editor: Headers, runtime: Runtime) -> str:
    product = {"external_id": "A", "title": "Old", "price": "10"}
    files = [("images", (f"{seed}.jpg", photo(seed=seed))) for seed in range(2)]
    form = {"product": json.dumps(product)}
    answer = client.post("/v1/products", data=form, files=files, headers=editor).json()
    runtime.run_job(answer["job"]["id"])
    return str(answer["product"]["id"])


def history(client: TestClient, headers: Headers, product_id: str, **params: Any) -> Any:
    answer = client.get(f"/v1/products/{product_id}/history", params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def change_all(client: TestClient, editor: Headers, product_id: str) -> None:
    """Edit, reorder, add, remove, decide, delete and restore, each once."""
    path = f"/v1/products/{product_id}"
    product = client.patch(path, json={"title": "New", "price": "12.5"}, headers=editor).json()
    images = [image["id"] for image in product["images"]]
    client.patch(path, json={"image_ids": images[::-1]}, headers=editor)
    files = {"images": ("c.jpg", photo("blue"))}
    assert client.post(f"{path}/images", files=files, headers=editor).status_code == 202
    client.post(f"{path}/images", files=files, headers=editor)  # again, which changes nothing
    assert client.delete(f"{path}/images/{images[0]}", headers=editor).status_code == 204
    crop = client.get(f"{path}/crops", headers=editor).json()["crops"][0]["id"]
    decided = client.patch(f"{path}/crops/{crop}", json={"verdict": "kept"}, headers=editor)
    assert decided.status_code == 200, decided.text
    assert client.delete(path, headers=editor).status_code == 204
    assert client.post(f"{path}/restore", headers=editor).status_code == 200


def test_every_change_is_told_with_its_author(
    client: TestClient, editor: Headers, viewer: Headers, runtime: Runtime
) -> None:
    product_id = add(client, editor, runtime)
    change_all(client, editor, product_id)
    events = history(client, editor, product_id)["events"]
    told = [event for event in reversed(events) if event["job"] is None]
    assert [event["action"] for event in told] == [
        "create",
        "edit",
        "edit",
        "add_images",
        "remove_image",
        "verdict",
        "delete",
        "restore",
    ]
    assert {event["by"]["email"] for event in told} == {"editor@example.org"}
    assert told[1]["changes"] == [
        {"field": "title", "before": "Old", "after": "New"},
        {"field": "price", "before": "10.00", "after": "12.50"},
    ]
    assert told[2]["changes"] == [{"field": "image_ids", "before": None, "after": "reordered"}]
    assert told[3]["changes"] == [{"field": "images", "before": 2, "after": 3}]
    assert told[4]["changes"] == [{"field": "images", "before": 3, "after": 2}]
    assert told[5]["crop_id"]
    kinds = {event["job"]["kind"] for event in events if event["job"]}
    assert "index" in kinds
    assert "publish" not in kinds
    path = f"/v1/products/{product_id}/history"
    assert client.get(path, headers=viewer).status_code == 403


def test_it_is_paged_without_repeating_or_skipping(
    client: TestClient, editor: Headers, runtime: Runtime
) -> None:
    product_id = add(client, editor, runtime)
    change_all(client, editor, product_id)
    client.delete(f"/v1/products/{product_id}", headers=editor)
    whole = history(client, editor, product_id)["events"]
    assert [event["id"] for event in whole] == sorted((e["id"] for e in whole), reverse=True)
    found: list[Any] = []
    cursor = None
    while True:
        page = history(
            client, editor, product_id, limit=3, **({"cursor": cursor} if cursor else {})
        )
        found, cursor = found + page["events"], page["next_cursor"]
        if cursor is None:
            break
    assert found == whole


def test_a_persons_edits_and_decisions_are_told_to_webhooks(
    client: TestClient, editor: Headers, runtime: Runtime
) -> None:
    given = {"url": "https://shop.example/hook", "seed": "s", "secret_hash": "h"}
    hook = Webhook(**given, events=["review.submitted"])
    with runtime.sessions.write() as session:
        session.add(hook)
    product_id = add(client, editor, runtime)
    change_all(client, editor, product_id)
    with runtime.sessions.read() as session:
        bodies = [json.loads(event.body) for event in session.scalars(select(Event))]
    told = [body["data"] for body in bodies if body["type"] == "review.submitted"]
    assert [data["action"] for data in told] == ["edit", "edit", "verdict"]
    assert {data["product_id"] for data in told} == {product_id}
    assert (told[0]["before"]["title"], told[0]["after"]["title"]) == ("Old", "New")
