"""A scripted reviewer: answers what the queue gives over HTTP, by what is right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from bench.flywheel.truth import Truth, alike, same
from vitrine.vision.types import Box

AT_ONCE, REFUSED = 10, 422
NEW = "drawn"
"""The key of a box that the reviewer draws."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answered:
    """One item as it was answered: what doubts it had, and what was wrong of it."""

    external_id: str
    doubts: Mapping[str, float]
    sampled: bool
    changes: Json


def review(client: httpx.Client, truths: Mapping[str, Truth], count: int) -> Iterator[Answered]:
    """Answer the first `count` items of the queue, giving each once it is answered."""
    done = 0
    while done < count:
        asked = client.post("/v1/review/lease", json={"count": min(AT_ONCE, count - done)})
        leased = asked.raise_for_status().json()["items"]
        if not leased:
            return
        for item in leased:
            yield _answer(client, item, truths[item["product"]["external_id"]])
            done += 1


def _answer(client: httpx.Client, item: Json, truth: Truth) -> Answered:
    changes, path = _changes(item, truth), f"/v1/review/items/{item['id']}/answer"
    told = {"version": item["version"], "outcome": "correct" if changes else "accept"}
    more = {"looked": _looked(truth)} | ({"changes": changes} if changes else {})
    answer = client.post(path, json=told | more)
    if answer.status_code == REFUSED:  # a box that cannot be beside another: for somebody else
        print(answer.text, flush=True)
        answer = client.post(path, json=told | {"outcome": "flag", "comment": "boxes overlap"})
    answer.raise_for_status()
    doubts: dict[str, float] = {}
    for doubt in item["doubts"]:
        doubts[doubt["kind"]] = max(doubt["score"], doubts.get(doubt["kind"], 0.0))
    return Answered(item["product"]["external_id"], doubts, item["sampled"], changes)


def _looked(truth: Truth) -> Json:
    """What the reviewer can judge: facets of which the shop says what is right, and which crop
    stands for the product; of other boxes it knows nothing."""
    return {"facets": sorted(truth.labels), "primary": True, "boxes": False}


def _changes(item: Json, truth: Truth) -> Json:
    """What an attentive person would change of the item."""
    changes = _primary(item, truth)
    labels = [
        {"facet": facet["facet"], "values": [truth.labels[facet["facet"]]]}
        for facet in item["facets"]
        if facet["facet"] in truth.labels
        and ("primary" in changes or facet["chosen"] != [truth.labels[facet["facet"]]])
    ]
    return changes | ({"labels": labels} if labels else {})


def _primary(item: Json, truth: Truth) -> Json:
    """The right crop chosen and its kind put right, or drawn where the detector missed it."""
    if truth.box is None:
        return {}
    found = [crop for photo in item["photos"] for crop in photo["crops"]]
    crop = next((each for each in found if same(Box(*each["box"]), truth.box)), None)
    if crop is None:
        place = {"image_id": item["photos"][0]["image"]["id"], "box": truth.box.as_tuple()}
        drawn = {"key": NEW, **place, "kind": truth.kind or found[0]["kind"]}
        return {"primary": NEW, "boxes": {"add": [drawn]}}
    changes: Json = {} if crop["id"] == item["primary_crop_id"] else {"primary": crop["id"]}
    if truth.kind and not alike(crop["kind"], truth.kind):
        changes["boxes"] = {"change": [{"crop_id": crop["id"], "kind": truth.kind}]}
    return changes
