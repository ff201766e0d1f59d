"""What the review desk's services found, in the API's words."""

from __future__ import annotations

from collections.abc import Sequence

from vitrine.api.schemas.catalog import Image, Product
from vitrine.api.schemas.crops import crop_told
from vitrine.api.schemas.history import Actor
from vitrine.api.schemas.review import (
    Candidate,
    DayAccuracy,
    DayPace,
    Doubt,
    DoubtOpen,
    FacetOpen,
    FacetQuality,
    ModelAccuracy,
    ReviewComment,
    ReviewerQuality,
    ReviewFacet,
    ReviewItem,
    ReviewPhoto,
    ReviewProgress,
    ReviewQuality,
    SubjectQuality,
)
from vitrine.api.schemas.review_answers import PastAnswer
from vitrine.services.review.history import Past
from vitrine.services.review.items import FacetShown, Shown
from vitrine.services.review.progress import Progress
from vitrine.services.review.quality import Quality, ReviewerFigures, Subject
from vitrine.tables.review import SECOND


def item_told(shown: Shown) -> ReviewItem:
    """An item as a reviewer sees it."""
    item, product = shown.item, shown.product
    return ReviewItem(
        id=item.id,
        version=shown.version,
        lease_until=item.lease_until,
        product=Product.model_validate(product),
        photos=[
            ReviewPhoto(image=Image.model_validate(image), crops=[crop_told(one) for one in crops])
            for image, crops in shown.photos
        ],
        primary_crop_id=product.primary_crop_id,
        primary_source="person" if product.primary_source == "person" else "model",
        facets=[_facet(one) for one in shown.facets],
        doubts=[Doubt.model_validate(one) for one in shown.doubts],
        priority=item.priority,
        traffic=item.traffic,
        sampled=item.sampled,
        second=item.state == SECOND,
        state=item.state,
        comment=ReviewComment.model_validate(shown.comment) if shown.comment else None,
    )


def progress_told(progress: Progress) -> ReviewProgress:
    """How far reviewing is."""
    depth = progress.depth
    return ReviewProgress(
        open=depth.open,
        by_doubt=[
            DoubtOpen.model_validate({"kind": kind, "open": count})
            for kind, count in depth.by_doubt.items()
        ],
        by_facet=[FacetOpen(facet=facet, open=count) for facet, count in depth.by_facet.items()],
        mine_today=progress.mine_today,
        done_today=progress.done_today,
        done_total=progress.done_total,
        per_hour=progress.per_hour,
        disputes=progress.disputes,
        second_open=progress.second_open,
        flagged=progress.flagged,
    )


def quality_told(quality: Quality) -> ReviewQuality:
    """The dashboard."""
    return ReviewQuality(
        facets=[
            FacetQuality(
                facet=one.name,
                alpha=one.agreement.alpha,
                doubly=one.agreement.doubly,
                models=_models(one),
                days=_days(one),
            )
            for one in quality.facets
        ],
        primary=SubjectQuality(models=_models(quality.primary), days=_days(quality.primary)),
        reviewers=[_reviewer(one) for one in quality.reviewers],
        pace=[DayPace(day=day, n=count) for day, count in quality.pace],
    )


def answers_told(past: Sequence[Past]) -> list[PastAnswer]:
    """Answers as they were given."""
    names = [name for name in PastAnswer.model_fields if name not in ("by", "at")]
    return [
        PastAnswer(
            by=Actor.model_validate(one.by) if one.by else None,
            at=one.answer.created_at,
            **{name: getattr(one.answer, name) for name in names},
        )
        for one in past
    ]


def _facet(one: FacetShown) -> ReviewFacet:
    return ReviewFacet(
        facet=one.facet,
        shown=one.shown,
        candidates=[Candidate(value=value, score=score) for value, score in one.candidates],
        chosen=list(one.chosen),
        chosen_by="person" if one.chosen_by == "person" else "model",
        shop=one.shop,
        shop_means=one.shop_means,
    )


def _models(subject: Subject) -> list[ModelAccuracy]:
    return [
        ModelAccuracy(
            model_version=name,
            n=share.n,
            accuracy=round(share.accuracy, 4),
            low=round(share.interval[0], 4),
            high=round(share.interval[1], 4),
        )
        for name, share in subject.models.items()
    ]


def _days(subject: Subject) -> list[DayAccuracy]:
    return [
        DayAccuracy(
            day=day,
            n=share.n,
            right=share.right,
            low=round(share.interval[0], 4),
            high=round(share.interval[1], 4),
        )
        for day, share in subject.days.items()
    ]


def _reviewer(one: ReviewerFigures) -> ReviewerQuality:
    return ReviewerQuality(
        user_id=one.user_id,
        name=one.name,
        answered=one.answered,
        agreement=round(one.right / one.asked, 4) if one.asked else None,
        n=one.asked,
        seconds_median=one.seconds,
    )
