"""Publishable keys, for admins: made, changed, revoked."""

from __future__ import annotations

from vitrine.api.deps import CallerDep, ReadSession, RuntimeDep, WriteSession
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.publishable_keys import (
    NewPublishableKey,
    PublishableKey,
    PublishableKeyChange,
    PublishableKeys,
)
from vitrine.services import shop

router = guarded("/v1/publishable-keys", "publishable keys")


@router.post("", status_code=201, summary="Make a publishable key")
def create_publishable_key(
    asked: NewPublishableKey, caller: CallerDep, runtime: RuntimeDep, session: WriteSession
) -> PublishableKey:
    """A key for a shop's own pages: it searches, within its filters, and does nothing else."""
    made = shop.create(session, asked.changes, runtime.settings.rates, caller.user_id)
    return PublishableKey.model_validate(made)


@router.get("", summary="List publishable keys")
def list_publishable_keys(session: ReadSession) -> PublishableKeys:
    """All that were not revoked, the newest first."""
    found = [PublishableKey.model_validate(key) for key in shop.list_keys(session)]
    return PublishableKeys(keys=found)


@router.patch("/{publishable_key_id}", summary="Change a publishable key")
def change_publishable_key(
    publishable_key_id: str, asked: PublishableKeyChange, session: WriteSession
) -> PublishableKey:
    """The key stays the same, so pages need no new code; at once it offers what is said now."""
    changed = shop.change(
        session, publishable_key_id, asked.changes, never_expires=asked.never_expires
    )
    return PublishableKey.model_validate(changed)


@router.delete("/{publishable_key_id}", status_code=204, summary="Revoke a publishable key")
def revoke_publishable_key(publishable_key_id: str, session: WriteSession) -> None:
    """Pages that carry it stop getting answers at once."""
    shop.revoke(session, publishable_key_id)
