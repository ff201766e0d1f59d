"""From stored photos to crops and vectors in SQL: the index job of one product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, lazyload, selectinload

from vitrine.core.clock import new_id
from vitrine.core.errors import NotFound
from vitrine.ports import Vision
from vitrine.services.indexing import boxes, crops, labels, product_words, settling, spaces
from vitrine.services.indexing.product_words import Words
from vitrine.services.indexing.spaces import PICTURES_AT_ONCE
from vitrine.services.jobs.work import Work, joined
from vitrine.services.webhooks import events
from vitrine.tables.catalog import (
    MODEL,
    PERSON,
    Crop,
    CropEmbedding,
    Image,
    Product,
    blob_key,
)
from vitrine.tables.jobs import IndexingResult
from vitrine.vision.types import GIVEN, Analysis, Box, Detection, LabelScore, Versions


class Photo(NamedTuple):
    """A stored photo that waits for its analysis, and the boxes that people decided on."""

    image_id: str
    sha256: str
    held: Sequence[Box] = ()


def index(work: Work) -> None:
    """Index one product: analyse its new photos, store the crops, publish its vector, finish."""
    index_together([work])


def index_together(works: Sequence[Work]) -> None:
    """Index the products of several jobs, no product twice: models, SQL and index run once for all.

    Raises as soon as one of them cannot be indexed, and then none has ended.
    """
    work = joined(works)
    jobs = {str(each.claim.product_id): each.claim.job_id for each in works}
    index_products(work, jobs)

    def end(session: Session) -> None:
        _tell(session, jobs)
        work.finish(session)

    settling.settle(work, list(jobs), end)


def index_products(work: Work, jobs: Mapping[str, str]) -> None:
    """Analyse the photos that have no vector of the searched versions and store what was seen.

    `jobs` are by product those that it is told of as their result.
    """
    vision = spaces.searched(work)
    versions, product_ids = vision.versions, list(jobs)
    with work.sessions.read() as session:
        products = _with_images(session, product_ids)
        photos = _waiting(session, products, versions)
        texts = [_Texts(product_words.words_of(each), _photos(each)) for each in products]
    seen: dict[str, Analysis] = {}
    for start in range(0, len(photos), PICTURES_AT_ONCE):
        seen |= _analyze(work, vision, photos[start : start + PICTURES_AT_ONCE])
    read = product_words.embed(vision, _that_matter(texts, versions, seen))
    with work.note() as session:
        product_words.remember(session, versions.encoder, read)
        incomplete = _store(session, work, versions, jobs, seen)
    if incomplete:
        _complete(work, incomplete)


def _complete(work: Work, product_ids: Sequence[str]) -> None:
    """Give what is kept by our rules and was rejected by vision's all that kept crops have."""
    vision = spaces.searched(work)
    for product_id in product_ids:
        boxes.fill(work, vision, product_id)
    labels.relabel(work, product_ids)


def _tell(session: Session, jobs: Mapping[str, str]) -> None:
    events.emit_each(session, events.PRODUCT_INDEXED, _told(session, jobs))


def _told(session: Session, jobs: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    # Those that were deleted meanwhile are not here, and that was told.
    products = session.scalars(select(Product).where(Product.id.in_(jobs)).order_by(Product.id))
    for product in products:
        searchable = product.primary_crop_id is not None
        yield events.told_of(product, job_id=jobs[product.id], searchable=searchable)


class _Texts(NamedTuple):
    """The words of a product, and the ids of its photos."""

    words: Words
    photos: Sequence[str]


def _photos(product: Product) -> list[str]:
    return [image.id for image in product.images]


def _that_matter(
    texts: Sequence[_Texts], versions: Versions, seen: Mapping[str, Analysis]
) -> list[Words]:
    """The words by which crops are chosen, or that are shared."""
    return [
        words
        for words, photos in texts
        if versions.text_share > 0
        or len(photos) > 1
        or any(len(seen[each].detections) > 1 for each in photos if each in seen)
    ]


def _waiting(session: Session, products: Sequence[Product], versions: Versions) -> list[Photo]:
    images = [(product, image) for product in products for image in product.images]
    done = set(
        session.scalars(
            select(Crop.image_id)
            .join(CropEmbedding, CropEmbedding.crop_id == Crop.id)
            .where(
                Crop.image_id.in_([image.id for _, image in images]),
                Crop.detector == versions.detector,
                CropEmbedding.space == versions.space,
            )
        )
    )
    return [
        Photo(image.id, image.sha256, _held(product, image))
        for product, image in images
        if image.id not in done
    ]


def _with_images(session: Session, product_ids: Sequence[str]) -> Sequence[Product]:
    photos = selectinload(Product.images).selectinload(Image.crops)
    query = select(Product).where(Product.id.in_(product_ids)).order_by(Product.id)
    found = session.scalars(query.options(photos, lazyload(Product.said))).all()
    if len(found) < len(product_ids):
        raise NotFound("product_unknown", "The product was deleted before it was indexed.")
    return found


def _held(product: Product, image: Image) -> list[Box]:
    """The boxes of crops that a person kept, rejected or chose: they outlive what vision sees."""
    return [crop.box for crop in image.crops if _decided(product, crop)]


def _decided(product: Product, crop: Crop) -> bool:
    chosen = product.primary_source == PERSON and product.primary_crop_id == crop.id
    return chosen or crop.verdict_source == PERSON


def _analyze(work: Work, vision: Vision, photos: Sequence[Photo]) -> dict[str, Analysis]:
    blobs = [work.ports.blobs.get(blob_key(photo.sha256)) for photo in photos]
    asked: list[tuple[Photo, bytes, Box | None]] = [
        (photo, blob, box)
        for photo, blob in zip(photos, blobs, strict=True)
        for box in (None, *photo.held)
    ]
    analyses = vision.analyze([blob for _, blob, _ in asked], [box for *_, box in asked])
    seen: dict[str, Analysis] = {}
    for (photo, *_), analysis in zip(asked, analyses, strict=True):
        first = seen.setdefault(photo.image_id, analysis)
        if first is not analysis:  # what a person decided on comes after what vision saw
            both = first.detections + analysis.detections
            seen[photo.image_id] = replace(first, detections=both)
    return seen


def _store(
    session: Session,
    work: Work,
    versions: Versions,
    jobs: Mapping[str, str],
    seen: dict[str, Analysis],
) -> list[str]:
    """Write all that was seen; the products with a kept crop that vision did not label."""
    products = crops.locked(session, list(jobs))
    if len(products) < len(jobs):
        raise NotFound("product_unknown", "The product was deleted while it was indexed.")
    told: dict[str, Sequence[LabelScore] | None] = {}
    for product in products:
        for image in product.images:
            if image.id in seen:
                told |= _replace_crops(product, image, seen[image.id])
        crops.judge(product, work.rules)
    said = {crop_id: some for crop_id, some in told.items() if some is not None}
    labels.write(session, products, said)
    crops.choose_each(session, products, versions.space)
    _record(session, jobs, products, versions, seen)
    # A model server that judges by other rules left unlabelled what is kept here.
    return [
        product.id
        for product in products
        if any(
            crop.kept and told.get(crop.id, ()) is None
            for image in product.images
            for crop in image.crops
        )
    ]


def _replace_crops(
    product: Product, image: Image, analysis: Analysis
) -> dict[str, Sequence[LabelScore] | None]:
    """Keep the rows of crops seen again in the same place, so that what refers to them holds.

    The labels of each crop by its id, None where vision rejected it.
    """
    known = {(crop.box, crop.kind): crop for crop in image.crops}
    held = {crop.box: crop for crop in image.crops if _decided(product, crop)}
    kept: dict[str, Crop] = {}
    told: dict[str, Sequence[LabelScore] | None] = {}
    for detection in analysis.detections:
        crop = known.get((detection.box, detection.kind))
        if detection.kind == GIVEN:
            crop = held.get(detection.box, crop)
        crop = crop or _new_crop(image, detection)
        _write_down(crop, detection, analysis.versions)
        kept[crop.id] = crop
        told[crop.id] = detection.labels if detection.verdict.kept else None
    image.crops = list(kept.values())
    return told


def _write_down(crop: Crop, detection: Detection, versions: Versions) -> None:
    crop.detector = versions.detector
    if detection.kind == GIVEN:  # of a box that was given, vision tells no score and no verdict
        crop.measures = {**crop.measures, "colours": asdict(detection.measures)["colours"]}
    else:
        crop.score, crop.measures = detection.score, asdict(detection.measures)
        if crop.verdict_source == MODEL:
            crop.verdict, crop.reason = detection.verdict.outcome, detection.verdict.reason
    if detection.embedding is not None:
        boxes.keep(crop, detection.embedding, versions)


def _new_crop(image: Image, detection: Detection) -> Crop:
    x1, y1, x2, y2 = detection.box.as_tuple()
    return Crop(
        id=new_id(),
        image_id=image.id,
        x1=x1,
        y1=y1,
        x2=x2,
        y2=y2,
        kind=detection.kind,
        score=detection.score,
        verdict_source=MODEL,
    )


def _record(
    session: Session,
    jobs: Mapping[str, str],
    products: Sequence[Product],
    versions: Versions,
    seen: dict[str, Analysis],
) -> None:
    # An earlier attempt of these jobs may have got this far; what is true now is what counts.
    earlier = delete(IndexingResult).where(IndexingResult.job_id.in_(jobs.values()))
    session.execute(earlier)
    session.add_all(_result(jobs[each.id], each, versions, seen) for each in products)


def _result(
    job_id: str, product: Product, versions: Versions, seen: dict[str, Analysis]
) -> IndexingResult:
    found = [crop for image in product.images for crop in image.crops]
    spent: Counter[str] = Counter()
    for image in product.images:
        if image.id in seen:
            spent.update(dict(seen[image.id].milliseconds))
    return IndexingResult(
        job_id=job_id,
        product_id=product.id,
        space=versions.space,
        detector=versions.detector,
        primary_crop_id=product.primary_crop_id,
        images=len(product.images),
        crops=len(found),
        kept=sum(crop.kept for crop in found),
        milliseconds={stage: round(value, 3) for stage, value in spent.items()},
    )
