"""What a collection is to be made by, from what somebody asks for."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy.orm import Session

from vitrine.core.errors import Conflict
from vitrine.core.groups import VisionSettings
from vitrine.services import models
from vitrine.vision import analyzer
from vitrine.vision.card import EncoderCard, Padding
from vitrine.vision.types import Versions


@dataclass(frozen=True, slots=True)
class Recipe:
    """An encoder, and how pixels and words are prepared for it; None is as the settings say."""

    model_version: str
    margin: float | None = None
    padding: Padding | None = None
    text_share: float | None = None


def versions(session: Session, settings: VisionSettings, recipe: Recipe) -> Versions:
    """What makes the collection of a recipe.

    Raises NotFound for an unknown encoder, Conflict for one that is not in the store.
    """
    model = models.model(session, "encoder", recipe.model_version)
    try:
        card = EncoderCard.model_validate(model.card)
    except ValidationError:
        raise Conflict(
            "model_not_stored",
            f"{model.version} is not in the store: add its folder with `vitrine models add`.",
        ) from None
    asked = {
        "margin": recipe.margin,
        "padding": recipe.padding,
        "text_share": recipe.text_share,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    return analyzer.versions_of(card, settings.model_copy(update=given))
