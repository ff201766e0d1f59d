"""What scores mean in this catalogue: as was fitted in it, else as the model's files say."""

from __future__ import annotations

from sqlalchemy.orm import Session

from vitrine.kept import kept
from vitrine.services import models
from vitrine.services.search.engine import SearchEngine
from vitrine.tables.models import Collection
from vitrine.vision.tuning import Tuning


def tuning_of(engine: SearchEngine, session: Session, collection: Collection) -> Tuning:
    """The tuning of a search in the collection that begins now.

    Another process may have fitted it anew: whether it did is asked every time. Weights that the
    settings name stand in place of fitted ones.
    """
    tunings = engine.tunings
    found = _fitted(engine, session, collection)
    if found is None:
        return tunings.of(collection.model_version, collection.text_share)
    if tunings.weights is None:
        return found
    return found.model_copy(update={"weights": dict(tunings.weights)})


def _fitted(engine: SearchEngine, session: Session, collection: Collection) -> Tuning | None:
    held, name = engine.cache.fitted, ("fitted", collection.id)
    moment = kept(session, name, lambda: models.fitted_at(session, collection))
    if moment is None:
        return None
    known = held.get(collection.name)
    if known is None or known[0] != moment:
        row = models.calibration(session, collection)
        known = held[collection.name] = (moment, None if row is None else models.tuning_of(row))
    return known[1]
