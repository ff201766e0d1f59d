"""Single boxes of stored photos: looked at, embedded and kept, without looking at the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.ports import Blobs, Vision
from vitrine.services.indexing import crops, labels, settling, spaces
from vitrine.services.jobs.work import Work
from vitrine.tables.catalog import Crop, CropEmbedding, Image, blob_key
from vitrine.vision.types import WHOLE, Box, Detection, Space, Vector, Versions


class Place(NamedTuple):
    """A box on a stored photo."""

    sha256: str
    box: Box


class _Waiting(NamedTuple):
    crop_id: str
    place: Place


def fill_product(work: Work) -> None:
    """The job of one product: embed those crops that have no vector yet, and publish it."""
    product_id = str(work.claim.product_id)
    fill(work, spaces.searched(work), product_id)
    settling.settle(work, [product_id], work.finish)


def fill(work: Work, vision: Vision, product_id: str) -> int:
    """Embed the product's crops that have no vector in this vision's space; how many there were.

    The primary crop is chosen anew by them. Photos that this vision has not seen at all are left to
    the index job, whole pictures that do not stand in are left out.
    """
    versions = vision.versions
    with work.sessions.read() as session:
        waiting = _waiting(session, product_id, versions.space)
    if not waiting:
        return 0
    seen = see(work.ports.blobs, vision, [one.place for one in waiting])
    found = {one.crop_id: detection for one, detection in zip(waiting, seen, strict=True)}
    with work.write() as session:
        products = crops.locked(session, [product_id])
        for product in products:
            for crop in (crop for image in product.images for crop in image.crops):
                if crop.id in found:
                    write_down(crop, found[crop.id], versions)
            told = {crop_id: detection.labels for crop_id, detection in found.items()}
            labels.write(session, [product], told)
        crops.choose_each(session, products, versions.space)
    return len(found)


def see(blobs: Blobs, vision: Vision, places: Sequence[Place]) -> list[Detection]:
    """What vision says of each box, its vector among it; each photo is fetched once.

    Raises NotFound for a photo that is gone, Invalid for a box outside of its photo.
    """
    fetched = {place.sha256: blobs.get(blob_key(place.sha256)) for place in places}
    photos = [fetched[place.sha256] for place in places]
    analyses = vision.analyze(photos, [place.box for place in places])
    return [analysis.detections[0] for analysis in analyses]


def write_down(crop: Crop, detection: Detection, versions: Versions) -> None:
    """Keep the vector and the colours of a box that was looked at."""
    crop.measures = {**crop.measures, "colours": asdict(detection.measures)["colours"]}
    if detection.embedding is not None:
        keep(crop, detection.embedding, versions)


def keep(crop: Crop, vector: Vector, versions: Versions) -> None:
    """Give the crop this vector in the space of these versions, in place of an earlier one."""
    for known in crop.embeddings:
        if known.space == versions.space:
            known.vector = vector
            return
    crop.embeddings.append(CropEmbedding(vector=vector, space=versions.space))


def _waiting(session: Session, product_id: str, space: Space) -> list[_Waiting]:
    rows = session.execute(
        select(Crop, Image.sha256)
        .join(Image, Image.id == Crop.image_id)
        .where(Image.product_id == product_id)
        .order_by(Crop.id)
    ).all()
    embedded = select(CropEmbedding.crop_id).where(
        CropEmbedding.space == space, CropEmbedding.crop_id.in_([crop.id for crop, _ in rows])
    )
    done = set(session.scalars(embedded))
    known = {crop.image_id for crop, _ in rows if crop.id in done}
    return [
        _Waiting(crop.id, Place(sha256, crop.box))
        for crop, sha256 in rows
        if crop.id not in done and crop.image_id in known and (crop.kind != WHOLE or crop.kept)
    ]
