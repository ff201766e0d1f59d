"""What the shop chose for all that it sells."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from vitrine.api.schemas.common import AnswerModel, RequestModel


class PreferencesChange(RequestModel):
    """The currency of prices that name none; empty leaves it to the settings of the process."""

    currency: Annotated[str, Field(max_length=20)] = Field(examples=["EUR"])


class Preferences(AnswerModel):
    """What counts now, whether people chose it or the settings of the process say so."""

    currency: str = Field(description="Of prices that name none; empty for no such.")
