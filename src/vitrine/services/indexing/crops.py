"""The two stages after an analysis, each a job of its own that runs again on what is stored.

`filter_crops` judges every crop anew, from its stored measures, after a threshold changed.
`select_primary` chooses the crop that stands for its product, after words or crops changed. No
picture runs through a model; `select_primary` runs only words that are new through the text model.
A whole picture that stands in from now on gets its vector by a job `boxes`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, lazyload, selectinload

from vitrine.core.groups import QualitySettings
from vitrine.services import jobs, models
from vitrine.services.indexing import labels, primary, publish, spaces
from vitrine.services.indexing.primary import Candidate
from vitrine.services.indexing.product_words import Words
from vitrine.services.jobs import Order
from vitrine.services.jobs.batches import batches
from vitrine.services.jobs.kinds import Boxes
from vitrine.services.jobs.work import Work
from vitrine.tables.catalog import (
    MODEL,
    PERSON,
    Crop,
    CropEmbedding,
    Image,
    Product,
    TextEmbedding,
)
from vitrine.vision import items, kinds, measuring, quality
from vitrine.vision.types import KEPT, WHOLE, Detection, Size, Space, Verdict
from vitrine.vision.vocabulary import CATEGORY

REMOVED, MOVED = "removed", "moved"
"""The reasons of a box that a person took away, or put another one in place of."""


def filter_crops(work: Work) -> None:
    """The job: judge the stored crops of one product, or of all, by the present thresholds."""
    for product_ids, done, total in batches(work, _asked(work)):
        with work.write() as session:
            products = locked(session, product_ids)
            changed = [product for product in products if judge(product, work.rules)]
            _settle(session, work, changed)
        if changed:
            labels.relabel(work, [product.id for product in changed])
        work.report(done, total)
    with work.write() as session:
        work.finish(session)


def select_primary(work: Work) -> None:
    """The job: choose the primary crop of one product, or of all, by the present words and rule."""
    for product_ids, done, total in batches(work, _asked(work)):
        read = spaces.read_words(work, product_ids)
        with work.write() as session:
            reworded = read if models.any_shares(session) else ()
            _settle(session, work, locked(session, product_ids), reworded)
        work.report(done, total)
    with work.write() as session:
        work.finish(session)


def judge(product: Product, rules: QualitySettings) -> bool:
    """Judge a product's crops by what is stored of them; whether any verdict changed.

    What a person decided stays. A picture stored without its whole, by an early version, keeps its
    verdicts where nothing on it would be kept.
    """
    changed = [_judge_image(image, rules) for image in product.images]  # every one of them
    return any(changed)


def choose(session: Session, product: Product, space: Space | None = None) -> bool:
    """Score the product's kept crops and make the best its primary; whether that is another crop.

    A person's choice stays for as long as its crop does. Without a space it is the active one.
    """
    return bool(choose_each(session, [product], space))


def choose_each(
    session: Session, products: Sequence[Product], space: Space | None = None
) -> list[Product]:
    """Choose for several products as `choose` does for one; those whose primary is another now."""
    session.flush()
    space = space or _active_space(session)
    kept = {product.id: _kept(product) for product in products}
    crop_ids = [crop.id for some in kept.values() for *_, crop in some]
    near = _nearness(session, list(kept), crop_ids, space)
    meanings = models.meanings(session)
    return [
        product
        for product in products
        if _choose(product, kept[product.id], _scored(product, kept[product.id], near, meanings))
    ]


_Kept = Sequence[tuple[int, Image, Crop]]
"""The kept crops of a product, each with its picture and that one's place."""


def _kept(product: Product) -> _Kept:
    images = sorted(product.images, key=lambda image: (image.position, image.id))
    return [
        (place, image, crop)
        for place, image in enumerate(images)
        for crop in image.crops
        if crop.kept
    ]


def _choose(product: Product, kept: _Kept, scored: Sequence[primary.Scored]) -> bool:
    before, chosen = product.primary_crop_id, primary.choose_primary(scored)
    if product.primary_source == PERSON and before in {crop.id for *_, crop in kept}:
        return False
    product.primary_source, product.primary_crop_id = MODEL, chosen
    return chosen != before


def locked(session: Session, product_ids: Sequence[str]) -> list[Product]:
    """The living products with images and crops, locked until the session ends."""
    query = (
        select(Product)
        .where(Product.id.in_(product_ids))
        .order_by(Product.id)  # always the same way round, so that two never wait for each other
        .options(selectinload(Product.images).selectinload(Image.crops), lazyload(Product.said))
        .with_for_update()
    )
    return list(session.scalars(query))


def without_vector(session: Session, product_ids: Sequence[str]) -> list[str]:
    """Those products of which a kept crop has no vector of the searched collection: a whole picture
    that did not stand in before."""
    session.flush()
    space = _active_space(session)
    if space is None:
        return []
    here = and_(CropEmbedding.crop_id == Crop.id, CropEmbedding.space == space)
    query = (
        select(Image.product_id)
        .join(Crop, Crop.image_id == Image.id)
        .outerjoin(CropEmbedding, here)
        .where(
            Image.product_id.in_(product_ids),
            Crop.verdict == KEPT,
            Crop.kind == WHOLE,
            CropEmbedding.crop_id.is_(None),
        )
    )
    return sorted({product_id for product_id in session.scalars(query) if product_id})


def as_detection(crop: Crop) -> Detection:
    """The crop as vision saw it, as far as a verdict needs it."""
    return Detection(crop.box, crop.kind, crop.score, measures=measuring.stored(crop.measures))


def _asked(work: Work) -> Select[str]:
    query = select(Product.id)
    product_id = work.claim.product_id
    return query if product_id is None else query.where(Product.id == product_id)


def _settle(
    session: Session, work: Work, products: Sequence[Product], reworded: Sequence[Words] = ()
) -> None:
    """Choose anew and publish what that moved, or what has new words in its vector."""
    moved = {each.id for each in choose_each(session, products)}
    moved |= {words.product_id for words in reworded} & {each.id for each in products}
    if moved:
        session.flush()
        publish.publish(session, work.ports.vectors, sorted(moved))
    for product_id in without_vector(session, [product.id for product in products]):
        jobs.submit(session, work.ports.queue, Order(Boxes(), product_id))


def _judge_image(image: Image, rules: QualitySettings) -> bool:
    ours = [crop for crop in image.crops if crop.verdict_source == MODEL]
    seen = [as_detection(crop) for crop in ours]
    told = dict(zip(ours, quality.verdicts(seen, _size(image), rules), strict=True))
    by_person = any(crop.kept for crop in image.crops if crop.verdict_source == PERSON)
    for crop, verdict in told.items():
        if crop.kind == WHOLE and by_person:  # what a person keeps needs no stand-in
            told[crop] = Verdict(quality.REJECTED, quality.NOT_NEEDED)
        elif crop.kind != WHOLE and verdict.kept and _settled(image, crop, rules):
            told[crop] = Verdict(quality.REJECTED, "duplicate")
    if not by_person and not any(verdict.kept for verdict in told.values()):
        return False
    changed = [crop for crop, verdict in told.items() if crop.said != verdict]
    for crop in changed:
        crop.verdict, crop.reason = told[crop].outcome, told[crop].reason
    return bool(changed)


def _settled(image: Image, crop: Crop, rules: QualitySettings) -> bool:
    """Whether a person has a box of their own for what the crop shows, or took it away."""
    seen = as_detection(crop)
    return any(
        items.same(seen, as_detection(other), rules)
        for other in image.crops
        if other.verdict_source == PERSON and (other.kept or other.reason in (REMOVED, MOVED))
    )


def _scored(
    product: Product, kept: _Kept, near: Mapping[str, float], meanings: models.Meanings
) -> list[primary.Scored]:
    meant = models.meant(meanings, CATEGORY, product.category)
    stated = kinds.stated(meant, product.category, product.title, product.description)
    scored = []
    for place, image, crop in kept:
        candidate = Candidate(
            crop_id=crop.id,
            box=crop.box,
            size=_size(image),
            kind=crop.kind,
            score=crop.score,
            image_position=place,
            text=near.get(crop.id),
        )
        one = primary.score(candidate, stated)
        crop.primary_score, crop.primary_parts = one.score, dict(one.parts)
        scored.append(one)
    return scored


def _nearness(
    session: Session, product_ids: Sequence[str], crop_ids: Sequence[str], space: Space | None
) -> Mapping[str, float]:
    """The cosine of each crop to its product's words, where both have a vector."""
    if space is None:
        return {}
    rows = session.execute(
        select(TextEmbedding.product_id, TextEmbedding.vector).where(
            TextEmbedding.product_id.in_(product_ids),
            TextEmbedding.model_version == space.encoder,
        )
    )
    words = {row.product_id: row.vector for row in rows}
    if not words:
        return {}
    vectors = session.execute(
        select(CropEmbedding.crop_id, CropEmbedding.vector, Image.product_id)
        .join(Crop, Crop.id == CropEmbedding.crop_id)
        .join(Image, Image.id == Crop.image_id)
        .where(CropEmbedding.crop_id.in_(crop_ids), CropEmbedding.space == space)
    )
    return {
        crop_id: float(vector @ words[product_id])
        for crop_id, vector, product_id in vectors
        if product_id in words
    }


def _active_space(session: Session) -> Space | None:
    found = models.active(session)
    return found.space if found else None


def _size(image: Image) -> Size:
    return Size(image.width, image.height)
