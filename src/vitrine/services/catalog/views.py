"""Views of the catalogue: saved by a person, seen and changed by nobody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vitrine.core.errors import Conflict, NotFound, invalid
from vitrine.tables.views import SavedView

MOST = 50
"""Most views of one person."""


def list_views(session: Session, user_id: str) -> Sequence[SavedView]:
    """Theirs, by name."""
    theirs = select(SavedView).where(SavedView.user_id == user_id)
    return session.scalars(theirs.order_by(func.lower(SavedView.name), SavedView.id)).all()


def save(session: Session, user_id: str, name: str, shows: Mapping[str, Any]) -> SavedView:
    """A new view; raises Conflict for a name they have, Invalid for one too many."""
    if len(list_views(session, user_id)) >= MOST:
        raise invalid("name", f"{name!r} would be one more than the {MOST} views there can be")
    view = SavedView(user_id=user_id, name=name, shows=dict(shows))
    session.add(view)
    _flush(session, name)
    return view


def change(
    session: Session, user_id: str, view_id: str, name: str, shows: Mapping[str, Any]
) -> SavedView:
    """Their view, as it is from now on; raises NotFound, or Conflict for a name they have."""
    view = _get(session, user_id, view_id)
    view.name, view.shows = name, dict(shows)
    _flush(session, name)
    return view


def remove(session: Session, user_id: str, view_id: str) -> None:
    """Forget their view; raises NotFound."""
    session.delete(_get(session, user_id, view_id))


def _get(session: Session, user_id: str, view_id: str) -> SavedView:
    view = session.get(SavedView, view_id)
    if view is None or view.user_id != user_id:
        raise NotFound("view_unknown", "You have no such view.")
    return view


def _flush(session: Session, name: str) -> None:
    try:
        session.flush()
    except IntegrityError:
        raise Conflict(
            "view_name_taken", f"You have a view {name!r} already.", fields={"name": "is taken"}
        ) from None
