"""The crops and labels of a product, and what people decide about them."""

from __future__ import annotations

from vitrine.api.deps import CallerDep, ReadSession, RuntimeDep, WriteSession
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.catalog import LabelsChange, Product
from vitrine.api.schemas.crops import CropChange, Crops, PrimaryChange, crops_told
from vitrine.services import catalog
from vitrine.services.accounts import Caller
from vitrine.services.review import decisions
from vitrine.services.review.decisions import Person
from vitrine.wiring import Runtime

router = guarded("/v1/products", "products")


@router.get("/{product_id}/crops", summary="List a product's crops")
def list_crops(product_id: str, session: ReadSession) -> Crops:
    """Every crop with its verdict, measures and score, rejected ones too."""
    return crops_told(catalog.get(session, product_id))


@router.patch("/{product_id}/crops/{crop_id}", summary="Keep or reject a crop")
def change_crop(
    product_id: str,
    crop_id: str,
    asked: CropChange,
    caller: CallerDep,
    runtime: RuntimeDep,
    session: WriteSession,
) -> Crops:
    """`kept` or `rejected` for good, or `rules` to leave the crop to the rules again."""
    crop = decisions.find(session, product_id, crop_id)
    keeps = None if asked.verdict == "rules" else asked.verdict == "kept"
    return crops_told(
        decisions.decide(session, runtime.ports, crop, keeps, _person(runtime, caller))
    )


@router.put("/{product_id}/primary-crop", summary="Choose a product's primary crop")
def choose_primary_crop(
    product_id: str,
    asked: PrimaryChange,
    caller: CallerDep,
    runtime: RuntimeDep,
    session: WriteSession,
) -> Crops:
    """The crop stands for the product until another is chosen; null leaves it to the rule."""
    person = _person(runtime, caller)
    if asked.crop_id is None:
        product = catalog.get(session, product_id)
        return crops_told(decisions.leave_primary(session, runtime.ports, product, person))
    crop = decisions.find(session, product_id, asked.crop_id)
    return crops_told(decisions.make_primary(session, runtime.ports, crop, person))


@router.put("/{product_id}/labels/{facet}", summary="Say which labels of a facet fit")
def state_labels(
    product_id: str,
    facet: str,
    asked: LabelsChange,
    caller: CallerDep,
    runtime: RuntimeDep,
    session: WriteSession,
) -> Product:
    """They stand in place of the model's until taken back with null; searches follow at once."""
    person = _person(runtime, caller)
    return Product.model_validate(
        decisions.state_labels(session, product_id, facet, asked.values, person)
    )


def _person(runtime: Runtime, caller: Caller) -> Person:
    return Person(caller.user_id, runtime.settings.vision.quality)
