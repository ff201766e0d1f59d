"""What the shop chose for all that it sells."""

from __future__ import annotations

from vitrine.api.deps import CallerDep, ReadSession, RuntimeDep, WriteSession
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.preferences import Preferences, PreferencesChange
from vitrine.services.catalog import preferences

router = guarded("/v1/preferences", "system")


@router.get("", summary="Show what the shop chose")
def show_preferences(runtime: RuntimeDep, session: ReadSession) -> Preferences:
    """What forms are filled in with, and what prices that name no currency are in."""
    return Preferences.model_validate(preferences.of_shop(session, runtime.settings.shop))


@router.put("", summary="Choose for the shop")
def choose_preferences(
    asked: PreferencesChange, runtime: RuntimeDep, session: WriteSession, caller: CallerDep
) -> Preferences:
    """Products, offers and imports are read so from now on; what is there stays as it is."""
    preferences.choose_currency(session, asked.currency, caller.user_id)
    session.flush()
    return Preferences.model_validate(preferences.of_shop(session, runtime.settings.shop))
