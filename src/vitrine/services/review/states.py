"""What of a product an answer may change: read as plain values, compared, and put back exactly."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from vitrine.core.errors import Conflict
from vitrine.db import SHOW_DELETED
from vitrine.tables.catalog import Crop, Label, Product

State = dict[str, Any]
"""`primary`, `crops` by id and `labels` by id, each a dictionary of JSON values."""

CROP = ("kind", "verdict", "reason", "verdict_source", "primary_score", "primary_parts")
FOLLOWS = frozenset({"primary_score", "primary_parts"})
"""What the rule computes again whenever crops change: nobody's decision."""


def read(session: Session, product: Product) -> State:
    """All of the product that an answer may change, as it is now."""
    session.flush()
    labels = session.scalars(select(Label).where(Label.product_id == product.id))
    return {
        "primary": {"crop_id": product.primary_crop_id, "source": product.primary_source},
        "crops": {crop.id: _crop(crop) for image in product.images for crop in image.crops},
        "labels": {label.id: _label(label) for label in labels},
    }


def version(product: Product, state: State) -> str:
    """32 hex digits that change with all that a reviewer is shown and asked about."""
    crops = {
        crop_id: {name: value for name, value in crop.items() if name not in FOLLOWS}
        for crop_id, crop in state["crops"].items()
    }
    said = sorted(
        (one["crop_id"] or "", one["facet"], one["value"], one["source"])
        for one in state["labels"].values()
    )
    images = sorted((image.position, image.id) for image in product.images)
    whole = [state["primary"], crops, said, images]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:32]


def difference(before: State, after: State) -> tuple[State, State]:
    """The parts of both states in which they differ; None for a row that is in only one."""
    told: tuple[State, State] = ({}, {})
    if before["primary"] != after["primary"]:
        told[0]["primary"], told[1]["primary"] = before["primary"], after["primary"]
    for rows in ("crops", "labels"):
        for row_id in sorted(before[rows].keys() | after[rows].keys()):
            old, new = before[rows].get(row_id), after[rows].get(row_id)
            if old != new:
                told[0].setdefault(rows, {})[row_id] = old
                told[1].setdefault(rows, {})[row_id] = new
    return told


def put_back(session: Session, product: Product, before: State, after: State) -> None:
    """Undo a difference: what is now as in `after` becomes as in `before`, ids and all.

    Raises Conflict, before anything is changed, where somebody changed the same since.
    """
    _check(read(session, product), after)
    labels = before.get("labels", {})
    for label_id in labels:
        _put_label_back(session, product, label_id, labels[label_id])
    for crop_id, told in before.get("crops", {}).items():
        _put_crop_back(product, crop_id, told)
    session.flush()
    if "primary" in before:
        product.primary_crop_id = before["primary"]["crop_id"]
        product.primary_source = before["primary"]["source"]
    session.flush()
    session.expire(product, ["said"])


def _check(present: State, after: State) -> None:
    if "primary" in after and present["primary"] != after["primary"]:
        raise _changed("primary", "the primary crop was chosen anew since")
    for crop_id, told in after.get("crops", {}).items():
        now = present["crops"].get(crop_id)
        if _decided(now) != _decided(told):
            raise _changed("crops", f"crop {crop_id} was changed since")
    for label_id, told in after.get("labels", {}).items():
        now = present["labels"].get(label_id)
        if (now is None) != (told is None):
            raise _changed("labels", "the labels were changed since")


def _changed(field: str, reason: str) -> Conflict:
    told = f"This answer cannot be taken back: {reason}. Take back what came later first."
    return Conflict("changed_since", told, fields={field: reason})


def _decided(told: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if told is None:
        return None
    return {name: value for name, value in told.items() if name not in FOLLOWS}


def _put_crop_back(product: Product, crop_id: str, told: Mapping[str, Any] | None) -> None:
    for image in product.images:
        for crop in list(image.crops):
            if crop.id != crop_id:
                continue
            if told is None:  # the answer added it
                if product.primary_crop_id == crop_id:
                    product.primary_crop_id = None
                image.crops.remove(crop)
                continue
            for name in CROP:
                setattr(crop, name, told[name])


def _put_label_back(
    session: Session, product: Product, label_id: str, told: Mapping[str, Any] | None
) -> None:
    row = session.scalar(select(Label).where(Label.id == label_id), execution_options=SHOW_DELETED)
    if told is None:  # the answer added it
        session.execute(delete(Label).where(Label.id == label_id))
        return
    row = row or Label(id=label_id, product_id=product.id)
    row.deleted_at = None
    row.created_at = datetime.fromisoformat(told["created_at"])
    for name in ("crop_id", "facet", "value", "score", "source"):
        setattr(row, name, told[name])
    session.add(row)
    session.flush()


def _crop(crop: Crop) -> dict[str, Any]:
    return {"box": list(crop.box.as_tuple())} | {name: getattr(crop, name) for name in CROP}


def _label(label: Label) -> dict[str, Any]:
    told = {name: getattr(label, name) for name in ("crop_id", "facet", "value", "score", "source")}
    return told | {"created_at": label.created_at.isoformat()}
