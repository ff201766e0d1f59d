"""Views of the catalogue: each person's own."""

from __future__ import annotations

from vitrine.api.deps import CallerDep, ReadSession, WriteSession
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.views import NewView, View, Views
from vitrine.services.catalog import views

router = guarded("/v1/views", "products")


@router.get("", summary="List your views of the catalogue")
def list_views(session: ReadSession, caller: CallerDep) -> Views:
    """All that you saved, by name."""
    found = views.list_views(session, caller.user_id)
    return Views(views=[View.model_validate(each) for each in found])


@router.post("", summary="Save a view of the catalogue", status_code=201)
def save_view(asked: NewView, session: WriteSession, caller: CallerDep) -> View:
    """409 for a name that you have given before."""
    made = views.save(session, caller.user_id, asked.name, asked.kept)
    return View.model_validate(made)


@router.put("/{view_id}", summary="Change a view of the catalogue")
def change_view(view_id: str, asked: NewView, session: WriteSession, caller: CallerDep) -> View:
    """Its name and all that it shows."""
    made = views.change(session, caller.user_id, view_id, asked.name, asked.kept)
    return View.model_validate(made)


@router.delete("/{view_id}", summary="Delete a view of the catalogue", status_code=204)
def delete_view(view_id: str, session: WriteSession, caller: CallerDep) -> None:
    """Products stay as they are."""
    views.remove(session, caller.user_id, view_id)
